package page

import (
	"io"
	"slices"

	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
)

// GrantsView lists the grants of the sites that a user sees.
type GrantsView struct {
	Staff
	Grants  []GrantLine
	Sites   []SiteLine // at which the user may add one
	Funders []funder.Funder
	May     bool // add a funder
}

// GrantLine is one grant of the list.
type GrantLine struct {
	funder.Line
	When string // its next report is due, in words
}

// Dates are the days of the grant, in words.
func (l GrantLine) Dates() string { return funder.Dates(l.Start, l.End) }

// GrantView is one grant: its periods, and the form in which it is written.
type GrantView struct {
	Staff
	funder.Sheet
	Form
	May     bool // write it
	Periods []GrantPeriod
	Rows    []TargetRow
}

// TargetRow are the fields of one target.
type TargetRow struct {
	Main []Field // what is counted, in the grant's words, for each period, for the whole grant
	More []Field // what is seldom wanted
}

// Open says that there is something to see among what is seldom wanted.
func (r TargetRow) Open() bool {
	return slices.ContainsFunc(r.More, func(f Field) bool { return f.Problem != "" || f.Stored != "" || f.Type == "tick" && f.Value != "" })
}

// Each takes every field of the form.
func (v GrantView) Each(take func(*Field)) {
	all := [][]Field{v.Fields}
	for _, row := range v.Rows {
		all = append(all, row.Main, row.More)
	}
	for _, fields := range all {
		for i := range fields {
			take(&fields[i])
		}
	}
}

// GrantPeriod is one period of the grant, and how far its report has come.
type GrantPeriod struct {
	funder.SheetPeriod
	Draft string // id of its report, if that can be begun
	State report.State
	Over  bool // its last day is
}

// Months are the months whose figures stand for the period.
func (p GrantPeriod) Months() string {
	first, last := p.First.Time(), p.Last.Time()
	switch {
	case first.Year() == last.Year() && first.Month() == last.Month():
		return first.Format("January 2006")
	case first.Year() == last.Year():
		return first.Format("January") + " to " + last.Format("January 2006")
	}
	return first.Format("January 2006") + " to " + last.Format("January 2006")
}

// Stands says in words how far the report has come.
func (p GrantPeriod) Stands() string { return stands(p.State) }

// Dates are the days of the grant, in words.
func (v GrantView) Dates() string { return funder.Dates(v.Grant.Start, v.Grant.End) }

// New says that the grant is not there yet.
func (v GrantView) New() bool { return v.Version == 0 }

// Grants draws the list of grants.
func Grants(w io.Writer, v GrantsView) error { return draw(w, "grants", v) }

// Grant draws one grant.
func Grant(w io.Writer, v GrantView) error { return draw(w, "grant", v) }
