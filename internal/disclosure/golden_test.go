package disclosure

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

var update = flag.Bool("update", false, "write the golden files again")

const (
	goldenFile    = "testdata/month.golden"
	goldenDivider = "== figures of 31 days sealed with key 42 ==\n"
)

// TestMonthOfASmallCharity reads the true counts of a month from the upper part
// of the golden file (one line for a value: table, value and a number for each
// day from 1 March 2025) and compares all that a reader gets with its lower part.
func TestMonthOfASmallCharity(t *testing.T) {
	b, err := os.ReadFile(goldenFile)
	if err != nil {
		t.Fatal(err)
	}
	input, want, ok := strings.Cut(string(b), goldenDivider)
	if !ok {
		t.Fatalf("%s has no line %q", goldenFile, goldenDivider)
	}
	plan := testPlan(t)
	plan.First = mustDay(t, "2025-03-01")
	plan.Domains = map[cell.Table][]string{
		cell.Device: {"computer", "phone", "tablet", "other"},
		cell.Issue:  {"bullying", "housing", "money", "never-asked"},
	}
	m := newMemory(parseCounts(t, plan.First, input)...)
	sealAll(t, m, fixedKeys(t, 42), plan, mustDay(t, "2025-04-04"))
	got := allFigures(t, NewBook(m), plan)
	if *update {
		if err := os.WriteFile(goldenFile, []byte(input+goldenDivider+got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
}

func parseCounts(t *testing.T, first day.Day, input string) []cell.Cell {
	t.Helper()
	var cells []cell.Cell
	for line := range strings.Lines(input) {
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0] == "#" {
			continue
		}
		if len(fields) != 33 {
			t.Fatalf("want table, value and 31 counts: %q", line)
		}
		for i, f := range fields[2:] {
			n, err := strconv.ParseUint(f, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			if n > 0 {
				value := strings.TrimPrefix(fields[1], "-")
				cells = append(cells, at(first+day.Day(i), cell.Table(fields[0]), value, n))
			}
		}
	}
	return cells
}

func allFigures(t *testing.T, b *Book, plan Plan) string {
	t.Helper()
	var out strings.Builder
	q := Query{Site: testSite, Table: cell.Total}
	out.WriteString("\ntotal by day")
	points, err := b.Series(t.Context(), q, Days(plan.First, plan.First+32))
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range points {
		if i%7 == 0 {
			fmt.Fprintf(&out, "\n  %s ", p.Period.Name)
		}
		n, shown := p.Figure.Shown()
		switch {
		case !p.Sealed:
			out.WriteString("   ?")
		case !shown:
			out.WriteString("   -")
		default:
			fmt.Fprintf(&out, " %3d", n)
		}
	}
	out.WriteString("\n")
	for _, c := range []struct {
		table   cell.Table
		periods string
	}{
		{cell.Total, "2025-W10 2025-W13 2025-W14 2025-03 2025-Q1"},
		{cell.Page, "2025-W10 2025-W13 2025-03 2025-04 2025-Q1"},
		{cell.Device, "2025-W10 2025-03"},
		{cell.Issue, "2025-W10 2025-03 2025-Q1"},
	} {
		q.Table = c.table
		for name := range strings.FieldsSeq(c.periods) {
			q.Period = period(t, name)
			fmt.Fprintf(&out, "\n%s in %s\n", c.table, name)
			rows, err := b.TableOf(t.Context(), q, plan.Domains[c.table])
			switch {
			case errors.Is(err, ErrOpen), errors.Is(err, ErrNoFigure):
				fmt.Fprintf(&out, "  error: %s\n", err)
			case err != nil:
				t.Fatal(err)
			}
			for _, row := range rows {
				fmt.Fprintf(&out, "  %-18s %s\n", row.Value, row.Figure)
			}
		}
	}
	return out.String()
}
