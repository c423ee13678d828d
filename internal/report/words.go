package report

import (
	"fmt"
	"strings"

	"github.com/footfall-analytics/footfall/internal/cell"
)

// sentence says one thing about a card's number, from shown figures alone, and
// how the number came about.
func (b *builder) sentence(r Report, table cell.Table) (sentence, note string) {
	if table == cell.Total {
		note = "Visits by people who said yes to being counted."
		if busiest, _ := busiestMonth(r.Visits); busiest != nil {
			sentence = fmt.Sprintf("Most in %s (%s).", busiest.First.Time().Format("January"), busiest.Figure)
		}
		return sentence, note
	}
	t, _ := r.Table(table)
	note = "Added up from the rows shown"
	var most []string
	for _, row := range t.Rows {
		switch {
		case b.isBase(table, row.Value):
			note += ", without “" + row.Label + "”"
		case row.Figure.IsShown() && len(most) < 2:
			most = append(most, fmt.Sprintf("%s (%s)", row.Label, row.Figure))
		}
	}
	switch {
	case len(t.Rows) == 0:
		return "None are declared for this website yet.", ""
	case len(most) == 0:
		return "Too few of each to show.", ""
	default:
		return "Most often: " + strings.Join(most, ", then ") + ".", note + "."
	}
}

// Headline says what the visits of the period did, in one line.
func (r Report) Headline() string {
	if line, ok := trend(r.Visits); ok {
		return line
	}
	busiest, tied := busiestMonth(r.Visits)
	switch {
	case busiest == nil:
		return "Too few visits in each month to show"
	case tied:
		return fmt.Sprintf("The busiest months had %s visits each", busiest.Figure)
	default:
		return fmt.Sprintf("%s was the busiest month, with %s visits", busiest.First.Time().Format("January"), busiest.Figure)
	}
}

// trend says that visits rose or fell every month, if they did.
func trend(months []Month) (line string, ok bool) {
	var in []Month
	up, down := true, true
	for _, m := range months {
		if !m.Inside {
			continue
		}
		n, ok := m.Figure.Shown()
		if !ok {
			return "", false
		}
		if len(in) > 0 {
			before, _ := in[len(in)-1].Figure.Shown()
			up, down = up && n > before, down && n < before
		}
		in = append(in, m)
	}
	if len(in) < 2 || !up && !down {
		return "", false
	}
	word := "rose"
	if down {
		word = "fell"
	}
	return fmt.Sprintf("Visits %s every month, from %s to %s", word, in[0].Figure, in[len(in)-1].Figure), true
}

// busiestMonth is the month of the period with the largest shown figure, nil
// if none is shown; tied says that another has the same.
func busiestMonth(months []Month) (busiest *Month, tied bool) {
	var most uint64
	for i, m := range months {
		n, ok := m.Figure.Shown()
		switch {
		case !m.Inside || !ok || n < most:
		case n == most:
			tied = true
		default:
			busiest, most, tied = &months[i], n, false
		}
	}
	return busiest, tied
}
