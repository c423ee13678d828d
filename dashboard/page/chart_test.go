package page

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/footfall-analytics/footfall/internal/disclosure"
)

func figure(n uint64) (f disclosure.Figure) {
	if n > 0 {
		if err := f.UnmarshalJSON(strconv.AppendUint(nil, n, 10)); err != nil {
			panic(err)
		}
	}
	return f
}

// Any chart holds its columns, in proportion, under at most five gridlines.
func TestPlot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ns := rapid.SliceOfN(rapid.Uint64Range(0, 400_000), 1, 40).Draw(t, "figures")
		c := Chart{ID: "c"}
		for i, n := range ns {
			if n < 2 {
				n = 0
			}
			ns[i] = n * 5
			c.Columns = append(c.Columns, Column{Figure: figure(ns[i])})
		}
		grid := c.Grid()
		if len(grid) < 2 || len(grid) > 5 || grid[len(grid)-1].Y != 0 {
			t.Fatalf("gridlines %+v", grid)
		}
		for i, p := range c.Plot() {
			if p.Top < 0 || p.Top+p.Height != plotHeight || p.Shown != (ns[i] > 0) || (p.Height > 0) && !p.Shown {
				t.Fatalf("column of %d: %+v", ns[i], p)
			}
			for j, q := range c.Plot() {
				if ns[i] > ns[j] && p.Height < q.Height {
					t.Fatalf("%d is drawn lower than %d", ns[i], ns[j])
				}
			}
		}
	})
}

func TestChartText(t *testing.T) {
	c := Chart{Columns: []Column{{Name: "October 2026", Tick: "Oct", Figure: figure(1250), Strong: true}, {Name: "November 2026", Tick: "14", Figure: figure(0)}}}
	if got, want := c.Text(), "Column chart. October 2026: 1,250; November 2026: fewer than 10."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if !c.Hides() || c.Empty() || !c.Mixed() {
		t.Error("the chart hides one, shows one and fills one")
	}
	if b := c.Bracket(); !b.OK || b.From != "4.0%" || b.To != "46.0%" {
		t.Errorf("bracket %+v", b)
	}
	if c.Columns[0].Letter()+c.Columns[0].Rest() != "Oct" || c.Columns[1].Letter() != "14" {
		t.Error("a tick is cut wrongly")
	}
}

func TestNumber(t *testing.T) {
	for n, want := range map[uint64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := words.Number(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
	if b := bar(figure(50), 200); b != "25.0%" {
		t.Error(b)
	}
	if b := bar(figure(0), 200); b != "0" {
		t.Error(b)
	}
	if tr := track(figure(300), 200); tr.Fill != "100.0%" || !strings.HasPrefix(tr.Mark, "66.7") {
		t.Errorf("%+v", tr)
	}
}
