// Package funder has the people a charity reports to: funders, their grants
// with periods and targets, and the links that open a report.
package funder

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/record"
)

// The record kinds of this package. The record id of a link is the hash of
// its token, so a token is looked up without being stored.
const (
	Kind      record.Kind = "funder"
	GrantKind record.Kind = "grant"
	LinkKind  record.Kind = "link"
)

// Funder gives grants.
type Funder struct {
	ID   string `json:"id"` // lower case letters, digits, hyphens
	Name string `json:"name"`
}

// Grant is what a funder pays for at one site, and what it wants to know.
type Grant struct {
	ID         string   `json:"id"`
	Site       string   `json:"site"`   // public key of the site
	Funder     string   `json:"funder"` // id
	Title      string   `json:"title"`
	FunderRef  string   `json:"funder_ref"`  // the funder's own reference
	CharityRef string   `json:"charity_ref"` // the charity's own reference
	Start      day.Day  `json:"start"`
	End        day.Day  `json:"end"` // last day, inclusive
	Pattern    Pattern  `json:"pattern"`
	Targets    []Target `json:"targets"`
	Agreement  string   `json:"agreement"`  // reference of the data sharing agreement
	Assessment string   `json:"assessment"` // reference of the impact assessment
}

// Target is what a grant hopes to reach for one indicator, in the grant's own
// words. Zero numbers are "no target".
type Target struct {
	Indicator Indicator `json:"indicator"`
	Wording   string    `json:"wording"`
	Period    uint64    `json:"period,omitempty"` // for each period
	Whole     uint64    `json:"whole,omitempty"`  // for the whole grant
	OutOf     string    `json:"out_of,omitempty"` // value of the same table that says how many were asked
	How       string    `json:"how,omitempty"`    // how it is measured, one sentence
}

// Indicator names what is counted: a whole table ("contact") or one declared
// value of it ("outcome/felt-safer").
type Indicator struct {
	Table cell.Table
	Value string // "" = all values of the table
}

// String writes the indicator as "table" or "table/value".
func (i Indicator) String() string {
	if i.Value == "" {
		return string(i.Table)
	}
	return string(i.Table) + "/" + i.Value
}

// Added says whether the number is a sum of a table's rows: a table counts each
// of its values and has no total of its own, but for that of visits.
func (i Indicator) Added() bool { return i.Value == "" && i.Table != cell.Total }

// MarshalText writes the indicator as "table" or "table/value".
func (i Indicator) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads what MarshalText wrote; it refuses unknown tables.
func (i *Indicator) UnmarshalText(b []byte) error {
	table, value, _ := strings.Cut(string(b), "/")
	if !slices.Contains(indicated, cell.Table(table)) {
		return fmt.Errorf("indicator %q: want one of %v, with /value for one of its values", b, indicated)
	}
	*i = Indicator{Table: cell.Table(table), Value: value}
	return nil
}

var indicated = []cell.Table{cell.Total, cell.Contact, cell.Issue, cell.Outcome}

// ErrNoAgreement is returned for a link to a report of a grant that does not
// name both its data sharing agreement and its impact assessment.
var ErrNoAgreement = errors.New("the grant names no data sharing agreement or no impact assessment: add both references before sharing")

// Validate says everything that is wrong with the grant.
func (g Grant) Validate() error {
	var wrong []error
	need := func(ok bool, what string) {
		if !ok {
			wrong = append(wrong, errors.New("grant "+what))
		}
	}
	need(g.Site != "", "site: name the site it pays for")
	need(g.Funder != "", "funder: name the funder")
	need(g.Title != "", "title: give it a title")
	need(g.FunderRef != "", "reference: give the funder's reference")
	need(g.Start < g.End, "end: must be after its start")
	need(g.Pattern.months() > 0, "pattern: want quarterly, half-yearly or yearly")
	need(g.Pattern.months() == 0 || len(g.Periods()) > 0, "dates: it covers no whole month")
	for _, t := range g.Targets {
		if err := t.validate(); err != nil {
			wrong = append(wrong, err)
		}
	}
	return errors.Join(wrong...)
}

func (t Target) validate() error {
	switch {
	case !slices.Contains(indicated, t.Indicator.Table):
		return fmt.Errorf("target %q: indicator: want one of %v", t.Wording, indicated)
	case t.Wording == "":
		return fmt.Errorf("target %s: say it in the grant's words", t.Indicator)
	case t.OutOf != "" && t.Indicator.Value == "":
		return fmt.Errorf("target %q: a percentage needs one value, not a whole table", t.Wording)
	case t.OutOf == t.Indicator.Value && t.OutOf != "":
		return fmt.Errorf("target %q: a percentage needs two different values", t.Wording)
	}
	return nil
}
