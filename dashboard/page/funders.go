package page

import (
	"io"
	"slices"

	"github.com/footfall-analytics/footfall/internal/funder"
)

// FunderView is one funder: its grants, and the form in which it is written.
type FunderView struct {
	Staff
	funder.Giver
	Form
	May   bool // write it
	Lines []GrantLine
}

// New says that the funder is not there yet.
func (v FunderView) New() bool { return v.Version == 0 }

// NewFunderFields are the fields of the form of a funder that is not there yet.
func NewFunderFields() []Field {
	id := text("who", "id", "Short name", "For addresses and commands: lower-case letters, digits and hyphens. Empty: made of the name.")
	return slices.Insert(FunderFields(), 2, id)
}

// FunderFields are the fields of the form of a funder. Those of the part
// "words" are limits.
func FunderFields() []Field {
	words := func(name, label, hint string) Field {
		return Field{Part: "words", Name: name, Label: label, Hint: hint, Type: "number"}
	}
	return []Field{
		needed(text("who", "name", "Name", "As it stands in reports, and as visitors are told of it.")),
		text("who", "org_id", "Organisation number", "For open data: its register and number, such as GB-CHC-123456 for charity 123456."),
		words("happened", "What happened", "The main passage of a report."),
		words("learned", "What we learned", "What the charity would do again, or otherwise."),
		words("changed", "What was hard, or has changed", "Troubles, and changes of the plan."),
		words("next", "What comes next", "Plans for the next period."),
		words("story", "A story", "One story in which nobody can be found."),
	}
}

// Funder draws one funder.
func Funder(w io.Writer, v FunderView) error { return draw(w, "funder", v) }
