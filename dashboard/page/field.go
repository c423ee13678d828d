package page

import (
	"slices"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/report"
)

// Field is one field of a form in which staff write something down.
type Field struct {
	Part, Name, Label, Hint string
	Type                    string // text, date, number, tick, lines (several of them); "" with Groups
	Required                bool
	Locked                  bool // shown, and not to be changed by who looks at it
	Groups                  []ChoiceGroup
	Value                   string // Ticked or "" of a tick
	Problem                 string
	Stored                  string // what somebody else saved meanwhile, if it is something else
}

// Ticked is the value of a field of type tick that is ticked.
const Ticked = "yes"

// Input is the type of the input that it is typed into. What is no date is shown
// as text: the field of a date would show nothing of it.
func (f Field) Input() string {
	if _, err := day.Parse(f.Value); f.Type == "date" && (err == nil || f.Value == "") {
		return "date"
	}
	return "text"
}

// Described lists the ids of what describes the field.
func (f Field) Described() string {
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

// Optional says that the label should say that the field may be empty; of
// others the hint of their part says it.
func (f Field) Optional() bool {
	return !f.Required && len(f.Groups) == 0 && f.Name != "funder" && slices.Contains([]string{"who", "terms", "open"}, f.Part)
}

// Says is a value of the field in words.
func (f Field) Says(value string) string {
	for _, g := range f.Groups {
		if i := slices.IndexFunc(g.Choices, func(c Choice) bool { return c.ID == value }); i >= 0 {
			return g.Choices[i].Label
		}
	}
	switch {
	case f.Type == "tick" && value == "":
		return "not ticked"
	case f.Type == "tick":
		return "ticked"
	case value == "":
		return "nothing"
	}
	return value
}

// ChoiceGroup is a part of a list of options; one without a name has none.
type ChoiceGroup struct {
	Name    string
	Choices []Choice
}

func one(choices ...Choice) []ChoiceGroup { return []ChoiceGroup{{Choices: choices}} }

// Problem is one thing that is wrong with what was typed.
type Problem struct{ Field, Text string }

// Form is a form with what became of it when it was sent.
type Form struct {
	From     uint32 // version that the form was made from
	Saved    bool   // it was, just now
	Fields   []Field
	Problems []Problem
	// Conflict says that somebody saved meanwhile: the fields have what was typed
	// here, and beside it what is stored.
	Conflict *report.ConflictError
}

// Part are the fields of one part of the form.
func (f Form) Part(name string) (some []Field) {
	for _, one := range f.Fields {
		if one.Part == name {
			some = append(some, one)
		}
	}
	return some
}
