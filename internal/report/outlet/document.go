// Package outlet writes a frozen report as the files that a funder keeps: an
// Excel workbook, a Word document and the schema of the JSON. It reads the
// report and nothing else, so that every file says what the page says.
package outlet

import (
	"fmt"
	"slices"
	"strings"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
)

// Section is a heading of a report with what stands under it.
type Section struct {
	ID, Heading string
	Source      string // where its figures come from, and of which days
	Before      []string
	Tables      []Table
	After       []string
	Passages    []report.Words // what the charity says itself
	Shown       []report.Table // those of Tables that are tables of the report
}

// Table is a table as files have it. Its first column names the rows.
type Table struct {
	Sheet   string // short name
	Caption string
	Note    string
	Columns []string
	Rows    [][]Cell
	Data    bool // for workbooks alone: the page says it in a sentence
}

// Cell is one cell of a table.
type Cell struct {
	text   string
	figure disclosure.Figure
	number uint64
	kind   kind
}

type kind int

const (
	isText    kind = iota
	isFigure       // of a book
	isAdded        // a sum of shown figures, or of a strict table
	isTarget       // a number that is no figure; 0 = none
	isPercent      // of a shown base
)

// Say writes the cell in words.
func (c Cell) Say(w disclosure.Words) string {
	switch {
	case c.kind == isFigure:
		return w.Figure(c.figure)
	case c.kind == isAdded:
		return w.Added(c.figure)
	case c.kind == isTarget && c.number == 0:
		return "none"
	case c.kind == isTarget:
		return w.Number(c.number)
	case c.kind == isPercent:
		return w.Percent(int(c.number))
	default:
		return c.text
	}
}

// Number is the cell's number; ok is false for a text and for what is hidden.
func (c Cell) Number() (n float64, ok bool) {
	switch c.kind {
	case isFigure, isAdded:
		shown, ok := c.figure.Shown()
		return float64(shown), ok
	case isTarget:
		return float64(c.number), c.number > 0
	case isPercent:
		return float64(c.number) / 100, true
	default:
		return 0, false
	}
}

func text(s string) Cell { return Cell{text: s} }

func figure(f disclosure.Figure, added bool) Cell {
	if added {
		return Cell{figure: f, kind: isAdded}
	}
	return Cell{figure: f, kind: isFigure}
}

func target(n uint64) Cell { return Cell{number: n, kind: isTarget} }

// Sections are the sections of a report in the order of its page.
func Sections(r report.Report) (all []Section) {
	add := func(s Section) {
		if len(s.Tables)+len(s.Passages)+len(s.Before) > 0 {
			all = append(all, s)
		}
	}
	add(glance(r))
	add(progress(r))
	add(visits(r))
	add(contacts(r))
	for _, id := range []cell.Table{cell.Issue, cell.Outcome, cell.Signpost} {
		add(ofTables(r, string(id), id))
	}
	add(use(r))
	add(ofTables(r, string(cell.Area), cell.Area))
	add(Section{ID: "words", Heading: headings["words"], Passages: r.Words})
	add(compared(r))
	add(counted(r))
	return all
}

// headings are those of the sections, by their id.
var headings = map[string]string{
	"glance": "At a glance", "progress": "Progress against targets", "use": "How the website was used",
	"contact": "How people got in touch", "issue": "What they needed help with", "outcome": "What changed for them",
	"signpost": "Where else we sent them", "area": "Where visitors were",
	"words": "In our words", "compared": "Compared with before", "counted": "How we counted",
}

// Heading is the heading of a section.
func Heading(id string) string { return headings[id] }

// Source says where figures come from, and of which days or as of which day.
func Source(s funder.Source, r report.Report, asOf day.Day) string {
	switch {
	case s != funder.Records:
		return "From the website, " + r.Period.CountedDates()
	case asOf == 0:
		return "From case records, " + r.Period.CountedDates()
	default:
		return "From case records, entered on " + Date(asOf)
	}
}

// Date writes a day for people.
func Date(d day.Day) string { return d.Time().Format("2 January 2006") }

func glance(r report.Report) Section {
	t := Table{Sheet: "At a glance", Caption: headings["glance"], Columns: []string{"What", "This period", "Target", "Position", "In words", "From"}}
	for _, c := range r.Cards {
		t.Rows = append(t.Rows, []Cell{text(c.Title), figure(c.Figure, c.Added()), target(c.Target), text(string(c.Position)),
			text(joined(c.Sentence, c.Note)), text(Source(c.Source, r, 0))})
	}
	return fromOne(Section{ID: "glance", Heading: headings["glance"], Tables: []Table{t}})
}

func progress(r report.Report) Section {
	if len(r.Progress) == 0 {
		return Section{}
	}
	t := Table{Sheet: "Progress", Caption: headings["progress"],
		Columns: []string{"What was promised", "This period", "Target", "Grant so far", "Whole grant", "Position", "Note", "From"}}
	parts := Table{Sheet: "Grant so far", Caption: "Grant so far, row by row", Data: true, Note: "The rows of which “Grant so far” is the sum.",
		Columns: []string{"Row", "What was promised", "Grant so far"}}
	for _, p := range r.Progress {
		t.Rows = append(t.Rows, []Cell{text(p.Wording), figure(p.Figure, p.Added()), target(p.Target),
			figure(p.SoFar, p.Added()), target(p.Whole), text(string(p.Position)), text(Remark(p)), text(Source(p.Source, r, p.AsOf))})
		for _, row := range p.Parts {
			parts.Rows = append(parts.Rows, []Cell{text(row.Label), text(p.Wording), figure(row.Figure, p.Strict)})
		}
	}
	s := Section{ID: "progress", Heading: headings["progress"], Tables: []Table{t}, After: []string{OnTrack(r)}}
	if len(parts.Rows) > 0 {
		s.Tables = append(s.Tables, parts)
	}
	return fromOne(s)
}

// fromOne says the source of a section once where all rows of its first table
// are from the same: the last column, which says it, goes.
func fromOne(s Section) Section {
	t := &s.Tables[0]
	last := len(t.Columns) - 1
	for _, row := range t.Rows {
		if row[last] != t.Rows[0][last] {
			return s
		}
	}
	if len(t.Rows) > 0 {
		s.Source = t.Rows[0][last].text
	}
	t.Columns = t.Columns[:last]
	for i := range t.Rows {
		t.Rows[i] = t.Rows[i][:last]
	}
	return s
}

// Remark is what stands beside a target: its note, how it is measured and what
// counts, each once.
func Remark(p report.Progress) string {
	remark := p.Note
	if p.How != "" && p.How != p.Note {
		remark = joined(remark, p.How)
	}
	remark = joined(remark, p.Definition)
	if p.Since != 0 {
		remark = sentences(remark, "“Grant so far” is of case records from "+Date(p.Since)+" on.")
	}
	if p.Until != 0 {
		remark = sentences(remark, "There are case records up to "+Date(p.Until)+".")
	}
	if p.Exact {
		remark = joined(remark, "An exact total, as the agreement asks; its parts are rounded.")
	}
	return remark
}

// OnTrack says what the positions mean and what “Grant so far” counts.
func OnTrack(r report.Report) string {
	return fmt.Sprintf("On track means between 90\u00a0%% and 110\u00a0%% of the target. “Grant so far” counts from %s to %s; it is counted as one run, so it need not be the sum of the reports before.",
		Date(r.Period.CountedSince), Date(r.Period.CountedTo))
}

func visits(r report.Report) Section {
	if len(r.Visits) == 0 {
		return Section{}
	}
	t := Table{Sheet: "Visits by month", Caption: VisitsSubtitle(r), Columns: []string{"Month", "Visits", "In this report"}}
	for _, m := range r.Visits {
		inside := "no"
		if m.Inside {
			inside = "yes"
		}
		t.Rows = append(t.Rows, []Cell{text(Month(m.First)), figure(m.Figure, m.Strict), text(inside)})
	}
	return Section{ID: "visits", Heading: r.Headline(), Tables: []Table{t}}
}

func contacts(r report.Report) Section {
	s := ofTables(r, string(cell.Contact), cell.Contact, cell.ContactHour)
	if len(r.Monthly) > 0 {
		s.Tables = append(s.Tables, monthly(r))
	}
	return s
}

// Monthly is the caption of contacts by month.
const Monthly = "Contacts by month and channel"

func monthly(r report.Report) Table {
	t := Table{Sheet: "Contacts by month", Caption: Monthly, Columns: []string{"Month"}}
	for _, channel := range r.Monthly[0].Rows {
		t.Columns = append(t.Columns, channel.Label)
	}
	for _, m := range r.Monthly {
		row := []Cell{text(Month(m.First))}
		for _, channel := range m.Rows {
			row = append(row, figure(channel.Figure, m.Strict))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Month names the month of a day.
func Month(d day.Day) string { return d.Time().Format("January 2006") }

// VisitsSubtitle says what the visits by month are of.
func VisitsSubtitle(r report.Report) string {
	first, last := r.Visits[0].First.Time(), r.Visits[len(r.Visits)-1].First.Time()
	from := first.Format("January")
	if first.Year() != last.Year() {
		from = first.Format("January 2006")
	}
	return fmt.Sprintf("Visits to %s by month, %s to %s, rounded to 5", r.Charity.Website, from, last.Format("January 2006"))
}

// ofTables is a section of some tables.
func ofTables(r report.Report, id string, ids ...cell.Table) Section {
	s := Section{ID: id, Heading: headings[id]}
	for _, t := range r.Tables {
		if slices.Contains(ids, t.ID) && len(t.Rows) > 0 {
			s.Tables, s.Shown = append(s.Tables, ofRows(t)), append(s.Shown, t)
			s.Source = Source(t.Source, r, 0)
		}
	}
	if id == string(cell.Area) && len(s.Tables) > 0 {
		s.After = []string{Estimated}
	}
	return s
}

// Estimated says how nations are known.
const Estimated = "Estimated from the network a visitor used, which can be wrong. Nothing finer than a nation is ever worked out."

// elsewhere are the tables with a section of their own.
var elsewhere = []cell.Table{cell.Contact, cell.ContactHour, cell.Issue, cell.Outcome, cell.Signpost, cell.Area}

func use(r report.Report) Section {
	var ids []cell.Table
	for _, t := range r.Tables {
		if !slices.Contains(elsewhere, t.ID) {
			ids = append(ids, t.ID)
		}
	}
	return ofTables(r, "use", ids...)
}

func ofRows(t report.Table) Table {
	name := t.Title
	if t.ID == cell.Page {
		name = "Page"
	}
	table := Table{Sheet: t.Title, Caption: t.Title, Note: t.Note, Columns: []string{name, t.Unit}}
	shares := slices.ContainsFunc(t.Rows, func(r report.Row) bool { return r.Share != nil })
	if shares {
		table.Columns = append(table.Columns, "Percentage", "Of")
	}
	for _, r := range t.Rows {
		row := []Cell{text(r.Label), figure(r.Figure, t.Strict)}
		switch {
		case r.Share != nil:
			row = append(row, Cell{number: uint64(r.Share.Percent), kind: isPercent}, text(r.Share.Of))
		case shares:
			row = append(row, text(""), text(""))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// sentences puts two texts into one line, each with its full stop.
func sentences(a, b string) string {
	if a != "" && !strings.HasSuffix(a, ".") {
		a += "."
	}
	return joined(a, b)
}

func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " " + b
}
