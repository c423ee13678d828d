package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// Fact is one figure of a report with all that says what it is.
type Fact struct {
	Part   string // where the page shows it: card, progress, progress so far, part of so far, compared, visits, table, answers
	Table  cell.Table
	Value  string
	Label  string
	First  day.Day
	Last   day.Day
	Unit   string
	Figure disclosure.Figure
	Added  bool // a sum of rows
	Target uint64
}

// words writes the figure as data.
func (f Fact) words() string {
	if f.Added {
		return disclosure.Data.Added(f.Figure)
	}
	return disclosure.Data.Figure(f.Figure)
}

// Facts lists every figure of the report once for each place that shows it.
func (r Report) Facts() (facts []Fact) {
	first, last := r.Period.First, r.Period.CountedTo
	for _, c := range r.Cards {
		facts = append(facts, Fact{Part: "card", Table: c.Table, Label: c.Title, First: first, Last: last, Figure: c.Figure, Added: c.Added(), Target: c.Target})
	}
	for _, p := range r.Progress {
		facts = append(facts,
			Fact{Part: "progress", Table: p.Indicator.Table, Value: p.Indicator.Value, Label: p.Wording, First: first, Last: last, Figure: p.Figure, Added: p.Added(), Target: p.Target},
			Fact{Part: "progress so far", Table: p.Indicator.Table, Value: p.Indicator.Value, Label: p.Wording,
				First: r.Period.CountedSince, Last: last, Figure: p.SoFar, Added: p.Added(), Target: p.Whole})
		for _, row := range p.Parts {
			facts = append(facts, Fact{Part: "part of so far", Table: p.Indicator.Table, Value: row.Value, Label: row.Label,
				First: r.Period.CountedSince, Last: last, Figure: row.Figure})
		}
	}
	for _, c := range r.Compared {
		for _, then := range []Then{c.Now, c.Before, c.LastYear} {
			if then != (Then{}) {
				facts = append(facts, Fact{Part: "compared", Table: c.Indicator.Table, Value: c.Indicator.Value, Label: c.Label,
					First: then.First, Last: then.Last, Figure: then.Figure, Added: c.Added})
			}
		}
	}
	for _, m := range r.Visits {
		facts = append(facts, Fact{Part: "visits", Table: cell.Total, Label: "Visits in the month", First: m.First, Last: m.Last, Unit: "Visits", Figure: m.Figure})
	}
	for _, t := range r.Tables {
		for _, row := range t.Rows {
			facts = append(facts, Fact{Part: "table", Table: t.ID, Value: row.Value, Label: row.Label, First: first, Last: last, Unit: t.Unit, Figure: row.Figure})
		}
	}
	for _, a := range r.Answers.List() {
		facts = append(facts, Fact{Part: "answers", Table: cell.Decision, Value: a.Value, Label: a.Label, First: first, Last: last, Unit: "Answers", Figure: a.Figure})
	}
	return facts
}

// WriteCSV writes the report's figures as a tidy table, one a row.
func WriteCSV(w io.Writer, r Report) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true // RFC 4180
	rows := [][]string{{"report", "version", "status", "charity", "charity_number", "funder", "funder_reference", "charity_reference",
		"part", "table", "value", "label", "first_day", "last_day", "unit", "figure", "target"}}
	for _, f := range r.Facts() {
		target := ""
		if f.Target > 0 {
			target = strconv.FormatUint(f.Target, 10)
		}
		rows = append(rows, []string{r.ID, strconv.Itoa(r.Version), string(r.Status), r.Charity.Name, r.Charity.Number,
			r.Funder, r.Grant.FunderRef, r.Grant.CharityRef, f.Part, string(f.Table), f.Value, f.Label,
			f.First.String(), f.Last.String(), strings.ToLower(f.Unit), f.words(), target})
	}
	for _, row := range rows {
		for i := range row {
			row[i] = plainCell(row[i])
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	return nil
}

// plainCell keeps a spreadsheet from taking a text for a formula.
func plainCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
