package tally

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/site"
)

// vocabulary finds indicators and values by id or label, in either language.
type vocabulary struct {
	indicators map[string]string            // what is written -> id
	values     map[string]map[string]string // indicator's id -> what is written -> id
	names      []string                     // ids, as refusals list them
}

func plain(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(strings.NewReplacer("’", "'", "‘", "'", "\u00a0", " ").Replace(s)), " "))
}

func vocabularyOf(o Options) vocabulary {
	v := vocabulary{map[string]string{}, map[string]map[string]string{}, nil}
	for _, d := range o.Defined {
		if d.Source != funder.Records {
			continue
		}
		v.names = append(v.names, d.ID)
		name(v.indicators, d.ID, d.Label)
		v.indicators[plain(funder.Indicator{Table: funder.Defined, Value: d.ID}.String())] = d.ID
		v.values[d.ID] = map[string]string{}
		for _, c := range d.Values {
			name(v.values[d.ID], c.ID, c.Label)
		}
	}
	slices.Sort(v.names)
	return v
}

func name(all map[string]string, id string, label site.Text) {
	for _, text := range []string{label.En, label.Cy, id} { // an id wins over a label
		if text != "" {
			all[plain(text)] = id
		}
	}
}

// count is one number of a file and where it stands.
type count struct {
	period           disclosure.Period
	indicator, value string
	n                uint64
	row, column      int // column is an index
}

// reader reads the one sheet of a file that has totals.
type reader struct {
	Options
	sheet      sheet
	vocabulary vocabulary

	layout   layout
	counts   []count
	sums     []count // of rows that say Total; indicator and value may be ""
	problems []Problem
	notes    []string
	days     int // cells of the period column that are single days
}

func (r *reader) wrong(row, col int, format string, args ...any) {
	p := Problem{Row: row, Text: fmt.Sprintf(format, args...)}
	if col >= 0 {
		p.Column = column(col)
	}
	r.problems = append(r.problems, p)
}

func (r *reader) read() (File, error) {
	r.layout = r.sheet.layout()
	if len(r.vocabulary.names) == 0 {
		return File{}, refuse("the site has no indicator of case records yet: define one first, or take a template")
	}
	r.checkColumns()
	if len(r.problems) == 0 {
		for _, row := range r.sheet.rows[r.layout.row+1:] {
			if !row.empty() {
				r.readRow(row)
			}
		}
	}
	if r.onePerPerson() {
		return File{}, &Refusal{People: true, Problems: []Problem{{Text: "the file seems to have a row for each person or contact, not totals. " + countHere}}}
	}
	r.checkTwice()
	r.checkSums()
	file := r.totals()
	r.problems = append(r.problems, file.check()...)
	if len(r.problems) == 0 && len(file.Totals) == 0 {
		r.wrong(0, -1, "there are headings but no rows with counts below them")
	}
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b Problem) int { return a.Row - b.Row })
		return File{}, &Refusal{Problems: r.problems}
	}
	return file, nil
}

// checkColumns refuses columns that are not understood: what is not needed
// should not have left the charity's computer.
func (r *reader) checkColumns() {
	l := r.layout
	heading := r.sheet.rows[l.row]
	if l.row > 0 {
		r.notes = append(r.notes, fmt.Sprintf("The rows above row %d were taken for titles.", heading.n))
	}
	r.checkUnknown()
	seen := map[role]int{}
	for i, role := range l.roles {
		if role == unknown || role == asMonth || role == asTotal {
			continue
		}
		if first, twice := seen[role]; twice {
			r.wrong(heading.n, i, "columns %s and %s have headings that mean the same: keep one of them", column(first), column(i))
		}
		seen[role] = i
	}
	if l.at(asIndicator) < 0 && r.Indicator == "" && len(r.vocabulary.names) > 1 {
		r.wrong(heading.n, -1, "there is no column Indicator, and the site has several: %s", strings.Join(r.vocabulary.names, ", "))
	}
	if l.wide() {
		r.checkMonths(heading)
	}
}

// checkUnknown refuses what stands in other columns, once for each.
func (r *reader) checkUnknown() {
	told := map[int]bool{}
	for _, row := range r.sheet.rows[r.layout.row:] {
		for i := range row.cells {
			known := i < len(r.layout.roles) && r.layout.roles[i] != unknown
			if !known && row.cell(i) != "" && !told[i] {
				told[i] = true
				r.wrong(row.n, i, "this column is none of Period, Indicator, Value and Count: delete it and try again, what is not needed should stay with you")
			}
		}
	}
}

// checkMonths reads the headings of a wide table.
func (r *reader) checkMonths(heading row) {
	seen := map[string]int{}
	for i, role := range r.layout.roles {
		if role != asMonth {
			continue
		}
		p, err := r.period(heading.cell(i))
		if err != nil {
			r.wrong(heading.n, i, "%v", err)
			continue
		}
		if first, twice := seen[p.Name]; twice {
			r.wrong(heading.n, i, "columns %s and %s are of the same period: keep one of them", column(first), column(i))
		}
		seen[p.Name] = i
	}
}

func (r *reader) readRow(row row) {
	l := r.layout
	if r.isSum(row) {
		r.readSum(row)
		return
	}
	indicator, value, ok := r.what(row)
	if l.wide() {
		r.readWide(row, indicator, value, ok)
		return
	}
	p, err := r.period(row.cell(l.at(asPeriod)))
	if err != nil {
		r.wrong(row.n, l.at(asPeriod), "%v", err)
	}
	n, wrong := countOf(row.cell(l.at(asCount)))
	if wrong != nil {
		r.wrong(row.n, l.at(asCount), "%v", wrong)
	}
	if ok && err == nil && wrong == nil {
		r.counts = append(r.counts, count{p, indicator, value, n, row.n, l.at(asCount)})
	}
}

// readWide reads a row that has a count for each period; known says that what is
// counted in it is.
func (r *reader) readWide(row row, indicator, value string, known bool) {
	l := r.layout
	for i, role := range l.roles {
		if role != asMonth || row.cell(i) == "" { // an empty cell of a wide table: not counted
			continue
		}
		n, err := countOf(row.cell(i))
		if err != nil {
			r.wrong(row.n, i, "%v", err)
			continue
		}
		if p, err := r.period(r.sheet.rows[l.row].cell(i)); known && err == nil {
			r.counts = append(r.counts, count{p, indicator, value, n, row.n, i})
		}
	}
	r.checkRowSum(row)
}

// checkRowSum compares the column of sums of a wide table with its row.
func (r *reader) checkRowSum(row row) {
	at := r.layout.at(asTotal)
	if at < 0 || row.cell(at) == "" {
		return
	}
	sum, n := uint64(0), 0
	for _, c := range r.counts {
		if c.row == row.n {
			sum, n = sum+c.n, n+1
		}
	}
	if said, err := countOf(row.cell(at)); n > 0 && (err != nil || said != sum) {
		r.wrong(row.n, at, "the sum in this column is not what its row adds up to: mend one of them")
	}
}

// what is counted in a row.
func (r *reader) what(row row) (indicator, value string, ok bool) {
	at := r.layout.at(asIndicator)
	switch {
	case at >= 0:
		if indicator = r.vocabulary.indicators[plain(row.cell(at))]; indicator == "" {
			r.wrong(row.n, at, "this is no indicator of case records of the site: want one of %s, or its label", strings.Join(r.vocabulary.names, ", "))
			return "", "", false
		}
	case r.Indicator != "":
		indicator = r.Indicator
	default:
		indicator = r.vocabulary.names[0]
	}
	at = r.layout.at(asValue)
	cell := row.cell(at)
	if at < 0 || cell == "" || isTotal(cell) {
		return indicator, "", true
	}
	values := r.vocabulary.values[indicator]
	if value = values[plain(cell)]; value != "" {
		return indicator, value, true
	}
	if len(values) == 0 {
		r.wrong(row.n, at, "%s has no values: leave this cell empty, or give the indicator values first", indicator)
	} else {
		r.wrong(row.n, at, "this is no value of %s: want one of %s, or its label", indicator, strings.Join(ids(values), ", "))
	}
	return "", "", false
}

func ids(values map[string]string) (all []string) {
	for _, id := range values {
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	slices.Sort(all)
	return all
}

// period is the period of a cell, if totals of it can be entered.
func (r *reader) period(cell string) (disclosure.Period, error) {
	p, err := periodReader{r.QuarterStart, r.YearStart, r.sheet.serials, r.sheet.dates1904}.read(cell)
	if errors.Is(err, errOneDay) {
		r.days++
	}
	if err != nil {
		return p, err
	}
	if p.Last >= r.Today {
		return p, fmt.Errorf("%s is not over: enter its total afterwards", p.Name)
	}
	return p, nil
}
