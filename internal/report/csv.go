package report

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
)

// Fact is one figure of a report with all that says what it is.
type Fact struct {
	Part   string // where the page shows it: card, progress, progress so far, part of so far, compared, visits, table, contacts by month, answers
	Table  cell.Table
	Value  string
	Label  string
	First  day.Day
	Last   day.Day
	Unit   string
	Figure disclosure.Figure
	Added  bool // a sum of rows, or of a strict table: hidden, it may be 10 or more
	Target uint64
	Source funder.Source // "" = the website
	AsOf   day.Day       // day on which case records were entered
}

// areaCodes are the ONS codes of the nations of the UK, by their ISO 3166-2 codes.
var areaCodes = map[string]string{"GB": "K02000001", "GB-ENG": "E92000001", "GB-WLS": "W92000004", "GB-SCT": "S92000003", "GB-NIR": "N92000002"}

// area is the ONS code of the fact's area, if it is of one.
func (f Fact) area() string {
	if f.Table != cell.Area {
		return ""
	}
	return areaCodes[f.Value]
}

// from is the fact's source, said.
func (f Fact) from() string {
	if f.Source == "" {
		return string(funder.Website)
	}
	return string(f.Source)
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
		facts = append(facts, Fact{Part: "card", Table: c.Table, Label: c.Title, First: first, Last: last, Figure: c.Figure, Added: c.Added(), Target: c.Target, Source: c.Source})
	}
	for _, p := range r.Progress {
		last, since := cmp.Or(p.Until, last), cmp.Or(p.Since, r.Period.CountedSince)
		facts = append(facts,
			Fact{Part: "progress", Table: p.Indicator.Table, Value: p.Indicator.Value, Label: p.Wording, First: first, Last: last, Figure: p.Figure, Added: p.Added(), Target: p.Target, Source: p.Source, AsOf: p.AsOf},
			Fact{Part: "progress so far", Table: p.Indicator.Table, Value: p.Indicator.Value, Label: p.Wording,
				First: since, Last: last, Figure: p.SoFar, Added: p.Added(), Target: p.Whole, Source: p.Source, AsOf: p.AsOf})
		for _, row := range p.Parts {
			facts = append(facts, Fact{Part: "part of so far", Table: p.Indicator.Table, Value: row.Value, Label: row.Label,
				First: since, Last: last, Figure: row.Figure, Added: p.Strict, Source: p.Source, AsOf: p.AsOf})
		}
	}
	for _, c := range r.Compared {
		for _, then := range []Then{c.Now, c.Before, c.LastYear} {
			if then != (Then{}) {
				facts = append(facts, Fact{Part: "compared", Table: c.Indicator.Table, Value: c.Indicator.Value, Label: c.Label,
					First: then.First, Last: then.Last, Figure: then.Figure, Added: c.Added, Source: c.Source})
			}
		}
	}
	for _, m := range r.Visits {
		facts = append(facts, Fact{Part: "visits", Table: cell.Total, Label: "Visits in the month", First: m.First, Last: m.Last, Unit: "Visits", Figure: m.Figure, Added: m.Strict})
	}
	for _, t := range r.Tables {
		for _, row := range t.Rows {
			facts = append(facts, Fact{Part: "table", Table: t.ID, Value: row.Value, Label: row.Label, First: first, Last: last, Unit: t.Unit, Figure: row.Figure, Added: t.Strict, Source: t.Source})
		}
	}
	for _, m := range r.Monthly {
		facts = append(facts, m.facts()...)
	}
	for _, a := range r.Answers.List() {
		facts = append(facts, Fact{Part: "answers", Table: cell.Decision, Value: a.Value, Label: a.Label, First: first, Last: last, Unit: "Answers", Figure: a.Figure})
	}
	return facts
}

func (m MonthRows) facts() (facts []Fact) {
	for _, row := range m.Rows {
		facts = append(facts, Fact{Part: "contacts by month", Table: cell.Contact, Value: row.Value, Label: row.Label, First: m.First, Last: m.Last,
			Unit: kinds[cell.Contact].unit, Figure: row.Figure, Added: m.Strict, Source: funder.Website})
	}
	return facts
}

// columns are those of the CSV; new ones are added at the end.
var columns = []string{"report", "version", "status", "charity", "charity_number", "funder", "funder_reference", "charity_reference",
	"part", "table", "value", "label", "first_day", "last_day", "unit", "figure", "target",
	"source", "as_of", "area_code", "giving_id", "charity_org_id", "funder_org_id", "grant_areas"}

// WriteCSV writes the report's figures as a tidy table, one a row.
func WriteCSV(w io.Writer, r Report) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true // RFC 4180
	rows := [][]string{slices.Clone(columns)}
	for _, f := range r.Facts() {
		rows = append(rows, []string{r.ID, strconv.Itoa(r.Version), string(r.Status), r.Charity.Name, r.Charity.Number,
			r.Funder, r.Grant.FunderRef, r.Grant.CharityRef, f.Part, string(f.Table), f.Value, f.Label,
			f.First.String(), f.Last.String(), strings.ToLower(f.Unit), f.words(), numberOr(f.Target), f.from(), dayOr(f.AsOf), f.area(),
			r.Grant.Giving, r.Grant.CharityOrg, r.Grant.FunderOrg, strings.Join(r.Grant.Areas, " ")})
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

func numberOr(n uint64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

func dayOr(d day.Day) string {
	if d == 0 {
		return ""
	}
	return d.String()
}
