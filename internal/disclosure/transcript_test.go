package disclosure

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

// transcript is every answer that a reader can get of the ledger for the
// periods from the plan's first day to end, errors included, as bytes.
func transcript(t testing.TB, l Ledger, plan Plan, end day.Day) string {
	t.Helper()
	var out strings.Builder
	write := func(q Query, what string, answer any, err error) {
		b, jsonErr := json.Marshal(answer)
		if jsonErr != nil {
			t.Fatal(jsonErr)
		}
		fmt.Fprintf(&out, "%s %s %s %q: %s %v\n", what, q.Table, q.Period.Name, q.Value, b, err)
	}
	b := NewBook(l)
	b.Strict = plan.Strict
	for _, table := range []cell.Table{cell.Total, cell.Page, cell.Device, cell.Issue} {
		values := append([]string{"", "/page/0", "/page/7", "/page/29"}, plan.Domains[table]...)
		for _, p := range readable(plan, end) {
			q := Query{Site: plan.Site, Table: table, Period: p}
			rows, err := b.Table(t.Context(), q)
			write(q, "table", rows, err)
			rows, err = b.TableOf(t.Context(), q, plan.Domains[table])
			write(q, "table of", rows, err)
			for _, v := range values {
				q.Value = v
				f, err := b.Figure(t.Context(), q)
				write(q, "figure", f, err)
			}
		}
		for _, g := range []Grain{Day, Week, Month, Quarter, Year} {
			for _, v := range values {
				q := Query{Site: plan.Site, Table: table, Value: v}
				points, err := b.Series(t.Context(), q, periods(g, plan.First, end, plan.QuarterStart))
				write(q, "series by "+string(g), points, err)
			}
		}
	}
	return out.String()
}

// readable lists the periods that a reader may ask for: all of the calendar,
// and runs of months from the first.
func readable(plan Plan, end day.Day) []Period {
	all := map[string]Period{}
	for _, g := range []Grain{Day, Week, Month, Quarter, Year} {
		for _, p := range periods(g, plan.First, end, plan.QuarterStart) {
			all[p.Name] = p
		}
	}
	for _, m := range Months(plan.First, end) {
		run := Run(plan.First, m.First)
		all[run.Name] = run
	}
	return slices.SortedFunc(maps.Values(all), func(a, b Period) int { return strings.Compare(a.Name, b.Name) })
}
