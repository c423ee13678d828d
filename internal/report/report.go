// Package report makes the report a funder reads: figures of one grant period,
// taken from sealed figures once and then frozen with their words. Everything
// a reader sees, on the page, on paper, in CSV or JSON, comes from the frozen
// report alone.
package report

import (
	"fmt"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
)

// Kind is the record kind of frozen reports; the record id is the report's id,
// and the record's version is the report's.
const Kind record.Kind = "report"

// Schema is the version of the frozen form.
const Schema = 1

// Report is one version of one funder report.
type Report struct {
	Schema     int         `json:"schema"`
	ID         string      `json:"id"`      // on every page; no secret
	Version    int         `json:"version"` // from 1
	Status     Status      `json:"status"`
	Published  day.Day     `json:"published"`
	Correction string      `json:"correction,omitempty"` // why there is a later version
	Charity    Charity     `json:"charity"`
	Funder     string      `json:"funder"`
	Grant      Grant       `json:"grant"`
	Period     Period      `json:"period"`
	Cards      []Card      `json:"cards"`
	Progress   []Progress  `json:"progress"`
	Visits     []Month     `json:"visits"` // by month, oldest first, up to the end of the period
	Tables     []Table     `json:"tables"`
	Monthly    []MonthRows `json:"monthly,omitempty"` // contacts by month and channel
	Answers    Answers     `json:"answers"`
	Words      []Words     `json:"words,omitempty"`
	Compared   []Compared  `json:"compared,omitempty"`
	Checks     []string    `json:"checks,omitempty"`   // what was checked before publication, in words
	Approved   day.Day     `json:"approved,omitempty"` // by somebody who wrote no part of it
	SHA256     string      `json:"sha256"`             // of the JSON of all the rest
}

// Status says whether the figures of the whole period are in.
type Status string

// The states of a published report.
const (
	Final       Status = "Final"
	Provisional Status = "Provisional" // some months of the period are not closed
)

// Charity is who reports.
type Charity struct {
	Name    string `json:"name"`
	Number  string `json:"number"` // registered charity number, may be empty
	Website string `json:"website"`
}

// Grant is what the report is for.
type Grant struct {
	Title      string  `json:"title"`
	FunderRef  string  `json:"funder_ref"`
	CharityRef string  `json:"charity_ref"`
	Start      day.Day `json:"start"`
	End        day.Day `json:"end"`

	Giving     string       `json:"giving_id,omitempty"` // of the grant, as 360Giving has it
	CharityOrg string       `json:"charity_org_id,omitempty"`
	FunderOrg  string       `json:"funder_org_id,omitempty"`
	Areas      []string     `json:"areas,omitempty"` // ONS codes
	Slice      funder.Slice `json:"slice,omitzero"`  // what the report may show; nothing in it is outside
}

// Period is the time the report is about.
type Period struct {
	Name         string  `json:"name"`  // Y2Q3
	Label        string  `json:"label"` // Grant year 2, quarter 3
	First        day.Day `json:"first"`
	Last         day.Day `json:"last"`
	CountedTo    day.Day `json:"counted_to"`    // last day with figures
	CountedSince day.Day `json:"counted_since"` // first day of the grant with figures

	Agreed funder.Span `json:"agreed,omitzero"` // the days as the agreement has them
	Note   string      `json:"note,omitempty"`  // how they differ from First to Last
	Due    day.Day     `json:"due,omitempty"`
}

// Dates are the days of the period in words.
func (p Period) Dates() string { return funder.Dates(p.First, p.Last) }

// CountedDates are the days of the period that have figures, in words.
func (p Period) CountedDates() string { return funder.Dates(p.First, p.CountedTo) }

// Card is one of the four numbers at the top.
type Card struct {
	Table    cell.Table        `json:"table"`
	Title    string            `json:"title"`
	Figure   disclosure.Figure `json:"figure"`
	Target   uint64            `json:"target,omitempty"`
	Position Position          `json:"position"`
	Sentence string            `json:"sentence"`
	Note     string            `json:"note,omitempty"` // how the number came about
	Source   funder.Source     `json:"source,omitempty"`
	Strict   bool              `json:"strict,omitempty"` // of a strict table
}

// Added says that the number may be 10 and more where it is hidden: it is a sum
// of rows, or of a strict table.
func (c Card) Added() bool { return c.Strict || funder.Indicator{Table: c.Table}.Added() }

// Progress is where one target stands.
type Progress struct {
	Indicator funder.Indicator  `json:"indicator"`
	Wording   string            `json:"wording"`
	Figure    disclosure.Figure `json:"figure"`
	Target    uint64            `json:"target,omitempty"`
	SoFar     disclosure.Figure `json:"so_far"` // since CountedSince
	Whole     uint64            `json:"whole,omitempty"`
	Parts     []Row             `json:"parts,omitempty"` // rows of which SoFar is the sum
	Position  Position          `json:"position"`
	Note      string            `json:"note,omitempty"`

	Heading    funder.Heading `json:"heading,omitempty"`
	Unit       string         `json:"unit,omitempty"`
	Source     funder.Source  `json:"source,omitempty"`
	AsOf       day.Day        `json:"as_of,omitempty"` // day on which the case records were entered last
	Since      day.Day        `json:"since,omitempty"` // first day of SoFar, where it is not CountedSince: of case records
	Until      day.Day        `json:"until,omitempty"` // last day of both, where it is not CountedTo: of case records
	Definition string         `json:"definition,omitempty"`
	How        string         `json:"how,omitempty"` // how it is measured
	Strict     bool           `json:"strict,omitempty"`
	Exact      bool           `json:"exact,omitempty"` // a total of case records that the contract wants as it is
}

// Added says the same as that of a card.
func (p Progress) Added() bool { return p.Strict || p.Indicator.Added() || len(p.Parts) > 0 }

// Month is the visits of one month.
type Month struct {
	First  day.Day           `json:"first"`
	Last   day.Day           `json:"last"`
	Figure disclosure.Figure `json:"figure"`
	Inside bool              `json:"inside"` // of the report's period
	Strict bool              `json:"strict,omitempty"`
}

// MonthRows is the contacts of one month by channel, in the order of the site.
type MonthRows struct {
	First day.Day `json:"first"`
	Last  day.Day `json:"last"`
	Rows  []Row   `json:"rows"`

	Strict bool `json:"strict,omitempty"`
}

// Table is one table of the period, largest row first.
type Table struct {
	ID    cell.Table `json:"id"`
	Title string     `json:"title"`
	Unit  string     `json:"unit"`  // visits, contacts, times
	Known bool       `json:"known"` // rows are declared, so hidden ones are listed too
	Note  string     `json:"note,omitempty"`
	Rows  []Row      `json:"rows"`

	Source funder.Source `json:"source,omitempty"`
	Strict bool          `json:"strict,omitempty"` // sealed with more noise: hidden rows may be 10 and more
}

// Row is one row of a table.
type Row struct {
	Value  string            `json:"value"`
	Label  string            `json:"label"`
	Figure disclosure.Figure `json:"figure"`
	Share  *Share            `json:"share,omitempty"`
}

// Share is a percentage of a shown base of at least 30.
type Share struct {
	Percent int               `json:"percent"`
	Of      string            `json:"of"` // label of the base
	Base    disclosure.Figure `json:"base"`
}

// String says the share in words: 74 % of 530 “Asked at the end of a chat”.
func (s Share) String() string {
	return fmt.Sprintf("%s of %s “%s”", disclosure.English.Percent(s.Percent), s.Base, s.Of)
}

// Answers are the choices made in the banner.
type Answers struct {
	Yes     disclosure.Figure  `json:"yes"`            // to all that was asked
	Some    *disclosure.Figure `json:"some,omitempty"` // to a part of it; nil where one thing alone was asked
	No      disclosure.Figure  `json:"no"`
	Percent *int               `json:"percent,omitempty"` // yes among all three, if all of them are shown
	Outside bool               `json:"outside,omitempty"` // the report may not show them: there are none
}

// Answer is one kind of answer in words.
type Answer struct {
	Value, Label string
	Figure       disclosure.Figure
}

// List has the kinds of answers that visitors could give.
func (a Answers) List() []Answer {
	switch {
	case a.Outside:
		return nil
	case a.Some == nil:
		return []Answer{{"yes", "Said yes", a.Yes}, {"no", "Said no", a.No}}
	}
	return []Answer{{"yes", "Said yes to all that was asked", a.Yes}, {"some", "Said yes to some of it", *a.Some}, {"no", "Said no", a.No}}
}

// share is the percentage of those who answered that said yes to all. There is
// none where a part of its base is hidden: it would give that part away.
func (a Answers) share() *int {
	var base []disclosure.Figure
	for _, kind := range a.List() {
		if !kind.Figure.IsShown() {
			return nil
		}
		base = append(base, kind.Figure)
	}
	percent, ok := disclosure.Percent(a.Yes, disclosure.Add(base...))
	if !ok {
		return nil
	}
	return &percent
}

// Words is a passage the charity wrote itself.
type Words struct {
	Heading string `json:"heading"`
	Text    string `json:"text"`            // paragraphs parted by empty lines
	Kind    About  `json:"kind,omitempty"`  // "" = another
	Limit   int    `json:"limit,omitempty"` // words that the funder takes, 0 = any number
}

// About is what a passage is about.
type About string

// The kinds of passages.
const (
	Happened About = "happened"
	Learned  About = "learned"
	Changed  About = "changed" // what was hard, or is done in another way now
	Next     About = "next"
	Story    About = "story" // of somebody whom nobody can find in it
)

// Compared is a number of the period beside the same of earlier ones. One that
// cannot be compared is left out, and Break says why.
type Compared struct {
	Indicator funder.Indicator `json:"indicator"`
	Label     string           `json:"label"` // as the indicator is worded
	Source    funder.Source    `json:"source"`
	Added     bool             `json:"added,omitempty"` // as that of a card
	Now       Then             `json:"now"`
	Before    Then             `json:"before,omitzero"`    // the period before
	LastYear  Then             `json:"last_year,omitzero"` // the same period of the grant year before
	Break     string           `json:"break,omitempty"`    // "Counting changed on 3 March 2026."
}

// Then is a number and its days.
type Then struct {
	First  day.Day           `json:"first"`
	Last   day.Day           `json:"last"`
	Figure disclosure.Figure `json:"figure"`
}

// Table returns the table with an id; ok is false if the report has none.
func (r Report) Table(id cell.Table) (t Table, ok bool) {
	for _, t := range r.Tables {
		if t.ID == id {
			return t, true
		}
	}
	return Table{}, false
}
