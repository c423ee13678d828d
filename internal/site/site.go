// Package site has a charity's website as Footfall knows it: where it lives,
// what may be counted there, and what its visitors are told.
package site

import (
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
)

// Kind is the record kind of sites; the record id is the site's key.
const Kind = "site"

// Site is the settings of one website.
type Site struct {
	Key          string                  `json:"key"`     // public, six characters of 0-9a-z
	Name         string                  `json:"name"`    // "Harbour Young People"
	Charity      string                  `json:"charity"` // registered number, may be empty
	Hosts        []string                `json:"hosts"`   // "www.harbour.example", "127.0.0.1:8080"; lower case
	TimeZone     string                  `json:"time_zone"`
	QuarterStart int                     `json:"quarter_start"` // month 1-12 in which a quarter of the site begins; 1, 4, 7 and 10 are the same
	NoticeURL    string                  `json:"notice_url"`    // the charity's own privacy notice, may be empty
	Funders      []string                `json:"funders"`       // names said in the banner
	Vocabulary   map[cell.Table][]Choice `json:"vocabulary"`    // declared values of contact, issue, outcome, signpost, search, download
	Campaigns    []string                `json:"campaigns"`     // allow-list, lower case
	Sisters      []string                `json:"sisters"`       // the charity's other hosts
	Pages        []PageRule              `json:"pages"`
	Strict       []cell.Table            `json:"strict"` // tables with more noise and twice the thresholds, for a counting year each

	Basis        Basis     `json:"basis"`        // of statistics: Consent, also if empty, or Exception
	Audience     string    `json:"audience"`     // Everybody, also if empty, or Children
	Safeguarding bool      `json:"safeguarding"` // traces on the device could endanger a visitor
	Exit         string    `json:"exit"`         // CSS selector of the quick-exit button, may be empty
	Purposes     []Purpose `json:"purposes"`     // beside statistics
	Contact      Contact   `json:"contact"`
}

// The audiences of a website. To children nothing is put but statistics, in
// plain words, and where they are is not counted at all.
const (
	Everybody = "all"
	Children  = "children"
)

// Contact is what the privacy notice says about the charity.
type Contact struct {
	Address    string `json:"address"`    // of the charity, one line
	Email      string `json:"email"`      // of its data protection contact
	Phone      string `json:"phone"`      // of the same
	DPO        string `json:"dpo"`        // name or role of the data protection officer, may be empty
	Complaints string `json:"complaints"` // address of the page on how to complain, may be empty
	Regulator  string `json:"regulator"`  // "ico" (United Kingdom) or "odpa" (Guernsey)
}

// Choice is one declared value of a table.
type Choice struct {
	ID    string `json:"id"` // lower case letters, digits, hyphens; at most 40
	Label Text   `json:"label"`
}

// Text is a text in the two languages that are always complete.
type Text struct {
	En string `json:"en"`
	Cy string `json:"cy"`
}

// PageRule puts the pages under a prefix into one group, or drops them.
type PageRule struct {
	Prefix    string `json:"prefix"`
	Group     string `json:"group"`     // shown name; "" keeps the path
	Drop      bool   `json:"drop"`      // never counted under any name
	Sensitive bool   `json:"sensitive"` // told apart by nobody: needs a group or drop, and so does every rule within
}

// Location is the site's time zone; Europe/London if it names none that is known.
func (s Site) Location() *time.Location {
	if l, err := time.LoadLocation(s.TimeZone); err == nil && s.TimeZone != "" {
		return l
	}
	l, err := time.LoadLocation("Europe/London")
	if err != nil {
		return time.UTC
	}
	return l
}
