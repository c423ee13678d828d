package funder

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// Indicator names what is counted: a whole table ("contact"), one declared
// value of it ("outcome/felt-safer"), or what a charity has defined itself
// ("indicator/families-in-touch").
type Indicator struct {
	Table cell.Table
	Value string // "" = all values of the table
}

// Defined stands in the place of the table for indicators that a charity
// defines; their value is the id of the Definition.
const Defined = cell.Indicator

// indicated lists the tables that a target may be about.
var indicated = []cell.Table{cell.Total, cell.Contact, cell.Issue, cell.Outcome, cell.Signpost, cell.Search, cell.Download, cell.Page, Defined}

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
	table, value, parted := strings.Cut(string(b), "/")
	next := Indicator{Table: cell.Table(table), Value: value}
	if err := next.fault(); err != nil {
		return err
	}
	if parted && value == "" {
		return fmt.Errorf("indicator %q: leave out the / or name a value after it", b)
	}
	*i = next
	return nil
}

func (i Indicator) fault() error {
	switch {
	case !slices.Contains(indicated, i.Table):
		return fmt.Errorf("indicator %q: want one of %v, with /value for one of its values", i, indicated)
	case i.Table == cell.Total && i.Value != "":
		return fmt.Errorf("indicator %q: visits have no values, want %q", i, cell.Total)
	case i.Table == cell.Page && i.Value == "":
		return fmt.Errorf("indicator %q: a visit sees several pages, so they do not add up: name one group of pages, such as page//help, or want %q", i, cell.Total)
	case i.Table == Defined && i.Value == "":
		return fmt.Errorf("indicator %q: name one, such as %s/families-in-touch", i, Defined)
	case strings.ContainsAny(i.Value, "\x00\n\r\t") || len(i.Value) > 200:
		return fmt.Errorf("indicator of %s: want a value of one line and at most 200 letters", i.Table)
	default:
		return nil
	}
}

// DefinitionKind is the record kind of definitions; the record id is the site's
// key, a hyphen and the definition's id.
const DefinitionKind record.Kind = "indicator"

// Definition is an indicator as a charity defines it, once for all its grants.
// What it counts never changes under its id: a later version may only word it
// anew.
type Definition struct {
	ID      string      `json:"id"`
	Site    string      `json:"site"` // public key of the site
	Heading Heading     `json:"heading"`
	Label   site.Text   `json:"label"`
	Unit    site.Text   `json:"unit"`             // "contacts", "families"
	Meaning site.Text   `json:"definition"`       // what counts and what does not
	How     site.Text   `json:"how"`              // how it is measured, one sentence
	Source  Source      `json:"source"`           // where its figures come from
	Reads   []Indicator `json:"reads,omitempty"`  // counts of the website that are added up
	OutOf   string      `json:"out_of,omitempty"` // value of the same table that says how many were asked

	Values []site.Choice `json:"values,omitempty"` // of case records: what the total may be broken down by
}

// Heading is the part of a report under which an indicator stands.
type Heading string

var headings = []Heading{"contacts", "usage", "issues", "outcomes", "other"}

// Source is where figures come from. No figure is a sum of both.
type Source string

// The sources of figures.
const (
	Website Source = "website" // counted by Footfall
	Records Source = "records" // of the charity's case records: entered by hand or imported as totals
)

// Validate says everything that is wrong with the definition.
func (d Definition) Validate() error {
	f := faults{"indicator"}
	wrong := f.check(
		rule{idForm.MatchString(d.ID), "id: want at most 40 lower-case letters, digits and hyphens"},
		rule{d.Site != "", "site: name the site whose charity defines it"},
		rule{slices.Contains(headings, d.Heading), fmt.Sprintf("heading: want one of %v", headings)},
		rule{both(d.Label, 100) && d.Label.En != "", "label: want English and Welsh, at most 100 letters on one line"},
		rule{both(d.Unit, 40) && d.Unit.En != "", "unit: say what is counted in English and Welsh, such as families, at most 40 letters"},
		rule{both(d.Meaning, 500), "definition: want both English and Welsh or neither, at most 500 letters on one line"},
		rule{both(d.How, 200), "how: want both English and Welsh or neither, at most 200 letters on one line"},
		rule{d.Source == Website || d.Source == Records, "source: want website (counted by Footfall) or records (entered from case records)"},
		rule{d.Source != Website || len(d.Reads) > 0, "reads: name what is counted on the website, such as contact/webchat"},
		rule{d.Source != Records || len(d.Reads) == 0 && d.OutOf == "", "reads: figures of case records are entered, not read from the website: leave out reads and out_of"},
		rule{d.Source == Records || len(d.Values) == 0, "values: what the website counts has the values that the site declares: leave them out"},
		rule{d.OutOf == "" || len(d.Reads) == 1 && d.Reads[0].Value != "" && d.Reads[0].Value != d.OutOf, "out_of: a percentage needs one value in reads, and another of the same table in out_of"},
	)
	return errors.Join(slices.Concat(wrong, d.readable(), d.valueFaults())...)
}

// maxValues bounds a breakdown: each more is one more small number.
const maxValues = 30

func (d Definition) valueFaults() (wrong []error) {
	if len(d.Values) > maxValues {
		wrong = append(wrong, fmt.Errorf("indicator values: want at most %d", maxValues))
	}
	for i, v := range d.Values {
		if !idForm.MatchString(v.ID) || !both(v.Label, 100) || v.Label.En == "" {
			wrong = append(wrong, fmt.Errorf("indicator values: %q: want an id of at most 40 lower-case letters, digits and hyphens, and a label in English and Welsh", v.ID))
		}
		if slices.ContainsFunc(d.Values[:i], func(w site.Choice) bool { return w.ID == v.ID }) {
			wrong = append(wrong, fmt.Errorf("indicator values: %q is there twice", v.ID))
		}
	}
	return wrong
}

// readable sees to it that what is read adds up.
func (d Definition) readable() (wrong []error) {
	seen := map[Indicator]bool{}
	for _, r := range d.Reads {
		switch err := r.fault(); {
		case err != nil:
			wrong = append(wrong, err)
		case r.Table == Defined:
			wrong = append(wrong, fmt.Errorf("indicator reads: %q is defined itself: name what it reads", r))
		case seen[r]:
			wrong = append(wrong, fmt.Errorf("indicator reads: %q is there twice", r))
		case r.Table != d.Reads[0].Table:
			wrong = append(wrong, fmt.Errorf("indicator reads: %q and %q are of two tables and do not add up", d.Reads[0], r))
		case len(d.Reads) > 1 && (r.Value == "" || r.Table == cell.Page):
			wrong = append(wrong, fmt.Errorf("indicator reads: %q cannot be added to others", r))
		}
		seen[r] = true
	}
	return wrong
}

// Reword returns the definition as next words it; it refuses one that counts
// something else.
func (d Definition) Reword(next Definition) (Definition, error) {
	if next.ID != d.ID || next.Site != d.Site || next.Source != d.Source || next.Unit != d.Unit || next.OutOf != d.OutOf || !slices.Equal(next.Reads, d.Reads) {
		return Definition{}, fmt.Errorf("indicator %q: what is counted, its unit and its source stay what they are, or figures of two things would stand in one line: define another", d.ID)
	}
	for i, v := range d.Values {
		if i >= len(next.Values) || next.Values[i].ID != v.ID {
			return Definition{}, fmt.Errorf("indicator %q: its value %q stays where it is: word it anew, or add others after the last", d.ID, v.ID)
		}
	}
	return next, nil
}

// Vocabulary is what the targets of a site's grants may be about.
type Vocabulary struct {
	Site    site.Site
	Defined []Definition
}

// Find returns what an indicator reads. One that nobody defined reads itself.
func (v Vocabulary) Find(i Indicator) (Definition, error) {
	if i.Table != Defined {
		return v.standing(i)
	}
	for _, d := range v.Defined {
		if d.ID == i.Value {
			return d, nil
		}
	}
	return Definition{}, fmt.Errorf("indicator %q is not defined: `footfall indicator list %s` shows those that are", i, v.Site.Key)
}

// standing is the definition of an indicator that needs none.
func (v Vocabulary) standing(i Indicator) (Definition, error) {
	d := Definition{ID: i.String(), Site: v.Site.Key, Source: Website, Reads: []Indicator{i}, Label: tableLabels[i.Table]}
	if i.Value == "" || i.Table == cell.Page {
		if i.Table == cell.Page {
			d.Label = site.Text{En: i.Value, Cy: i.Value}
		}
		return d, nil
	}
	var ids []string
	for _, c := range v.Site.Vocabulary[i.Table] {
		if c.ID == i.Value {
			d.Label = c.Label
			return d, nil
		}
		ids = append(ids, c.ID)
	}
	return Definition{}, fmt.Errorf("indicator %q: the site has declared no such %s, only %v", i, i.Table, ids)
}

// Check says everything that is wrong with a definition at its site.
func (v Vocabulary) Check(d Definition) error {
	wrong := []error{d.Validate()}
	asked := slices.Clone(d.Reads)
	if d.OutOf != "" && len(d.Reads) > 0 {
		asked = append(asked, Indicator{d.Reads[0].Table, d.OutOf})
	}
	for _, r := range asked {
		if _, err := v.Find(r); err != nil {
			wrong = append(wrong, err)
		}
	}
	return errors.Join(wrong...)
}

// Standing lists the indicators of a site that need no definition.
func (v Vocabulary) Standing() (all []Definition) {
	for _, table := range indicated {
		ids := []string{""}
		for _, c := range v.Site.Vocabulary[table] {
			ids = append(ids, c.ID)
		}
		for _, id := range ids {
			i := Indicator{Table: table, Value: id}
			if d, err := v.standing(i); err == nil && i.fault() == nil {
				all = append(all, d)
			}
		}
	}
	return all
}

// tableLabels is what whole tables are called.
var tableLabels = map[cell.Table]site.Text{
	cell.Total:    {En: "Visits", Cy: "Ymweliadau"},
	cell.Contact:  {En: "Contacts", Cy: "Cysylltiadau"},
	cell.Issue:    {En: "Issues", Cy: "Materion"},
	cell.Outcome:  {En: "Outcomes", Cy: "Canlyniadau"},
	cell.Signpost: {En: "Services that visitors went on to", Cy: "Gwasanaethau yr aeth ymwelwyr ymlaen iddynt"},
	cell.Search:   {En: "Searches", Cy: "Chwiliadau"},
	cell.Download: {En: "Downloads", Cy: "Lawrlwythiadau"},
}
