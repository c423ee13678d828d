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
	Grants []GrantLine
	Sites  []SiteLine // at which the user may add one
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
	May      bool   // write it
	From     uint32 // version of the grant that the form was made from
	Saved    bool   // it was, just now
	Periods  []GrantPeriod
	Fields   []GrantField
	Rows     [][]GrantField // of targets: indicator, wording, for each period, for the whole grant
	Problems []GrantProblem
	// Conflict says that somebody saved meanwhile: the fields have what was typed
	// here, and beside it what is stored.
	Conflict *report.ConflictError
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

// Part are the fields of one part of the form.
func (v GrantView) Part(name string) (some []GrantField) {
	for _, f := range v.Fields {
		if f.Part == name {
			some = append(some, f)
		}
	}
	return some
}

// GrantField is one field of the form.
type GrantField struct {
	Part, Name, Label, Hint string
	Type                    string // text, date, number; "" with Groups
	Required                bool
	Groups                  []ChoiceGroup
	Value                   string
	Problem                 string
	Stored                  string // what somebody else saved meanwhile, if it is something else
}

// Described lists the ids of what describes the field.
func (f GrantField) Described() string {
	ids := ""
	for _, d := range []struct {
		there bool
		id    string
	}{{f.Problem != "", "-problem"}, {f.Hint != "", "-hint"}, {f.Stored != "", "-stored"}} {
		if d.there {
			ids += " " + f.Name + d.id
		}
	}
	return ids
}

// Says is a value of the field in words.
func (f GrantField) Says(value string) string {
	for _, g := range f.Groups {
		if i := slices.IndexFunc(g.Choices, func(c Choice) bool { return c.ID == value }); i >= 0 {
			return g.Choices[i].Label
		}
	}
	if value == "" {
		return "nothing"
	}
	return value
}

// ChoiceGroup is a part of a list of options; one without a name has none.
type ChoiceGroup struct {
	Name    string
	Choices []Choice
}

// GrantProblem is one thing that is wrong with what was typed.
type GrantProblem struct{ Field, Text string }

// GrantFields are the fields of the form above its targets and below them, but
// for the funders to choose from.
func GrantFields() []GrantField {
	text := func(part, name, label, hint string, required bool) GrantField {
		return GrantField{Part: part, Name: name, Label: label, Hint: hint, Type: "text", Required: required}
	}
	return []GrantField{
		{Part: "who", Name: "funder", Label: "Funder"},
		text("who", "new_funder", "Or the name of a new funder", "", false),
		text("who", "title", "Title of the grant", "As the funder calls it.", true),
		text("who", "funder_ref", "Funder’s reference", "The number of the grant at the funder.", true),
		text("who", "charity_ref", "Our own reference", "", false),
		{Part: "when", Name: "start", Label: "First day", Type: "date", Required: true},
		{Part: "when", Name: "end", Label: "Last day", Type: "date", Required: true},
		{Part: "when", Name: "pattern", Label: "Reports", Groups: one(
			Choice{string(funder.Quarterly), "Every quarter"}, Choice{string(funder.HalfYearly), "Every half-year"}, Choice{string(funder.Yearly), "Every year"},
			Choice{string(funder.OneOff), "Once, at the end"})},
		{Part: "when", Name: "nation", Label: "Bank holidays of", Groups: one(
			Choice{string(funder.England), "England"}, Choice{string(funder.Wales), "Wales"}, Choice{string(funder.Scotland), "Scotland"},
			Choice{string(funder.NorthernIreland), "Northern Ireland"})},
		{Part: "when", Name: "due_count", Label: "A report is due", Hint: "Counted from the last day of its period. Empty if no day is agreed.", Type: "number"},
		{Part: "when", Name: "due_rule", Label: "After how many", Groups: one(
			Choice{"days after, next working day", "days, or the next working day"}, Choice{"days after, previous working day", "days, or the working day before"},
			Choice{"working days after", "working days"}, Choice{"months after, next working day", "months, or the next working day"},
			Choice{"months after, previous working day", "months, or the working day before"})},
		text("terms", "agreement", "Reference of the data sharing agreement", "Needed before a report can be sent to the funder.", false),
		text("terms", "assessment", "Reference of the impact assessment", "Needed as well.", false),
	}
}

func one(choices ...Choice) []ChoiceGroup { return []ChoiceGroup{{Choices: choices}} }

// Grants draws the list of grants.
func Grants(w io.Writer, v GrantsView) error { return draw(w, "grants", v) }

// Grant draws one grant.
func Grant(w io.Writer, v GrantView) error { return draw(w, "grant", v) }
