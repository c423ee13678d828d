package attack

import (
	"math"
	"slices"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// published looks at what is shown: how many figures, and of how small counts.
type published struct {
	figures, below5, below8 int
	unfit                   int // no multiple of 5, or below 10
}

func (p *published) add(q published) {
	p.figures += q.figures
	p.below5 += q.below5
	p.below8 += q.below8
	p.unfit += q.unfit
}

// published counts the figures of all periods of the calendar.
func (v *view) published() (p published) {
	for period, shown := range v.shown {
		if period.Name == "" { // a free run of days
			continue
		}
		for col, n := range shown {
			if n == 0 {
				continue
			}
			truth := v.truth(col, period.First, period.Last)
			p.figures++
			p.below5 += b2i(truth < 5)
			p.below8 += b2i(truth < 8)
			p.unfit += b2i(n < 10 || n%5 != 0)
		}
	}
	return p
}

// use is what a reader who wants to learn from the figures gets.
type use struct {
	errors       []float64 // relative, of the ten largest pages of each month
	correlation  []float64 // of each charity's chart of days, hidden ones as none
	guessed      []float64 // the same with hidden days taken for 5
	shown, pages int       // page-months with 10 visits or more
}

func (u *use) add(v *view) {
	pages := v.columns(cell.Page)
	for _, m := range v.months() {
		byTruth := func(a, b int) int { return v.truth(b, m.First, m.Last) - v.truth(a, m.First, m.Last) }
		slices.SortFunc(pages, byTruth)
		for rank, col := range pages {
			truth, shown := v.truth(col, m.First, m.Last), v.shown[m][col]
			if truth < 10 {
				continue
			}
			u.pages++
			u.shown += b2i(shown > 0)
			if rank < 10 {
				u.errors = append(u.errors, math.Abs(float64(shown-truth))/float64(truth))
			}
		}
	}
	u.correlation = append(u.correlation, v.chart(0))
	u.guessed = append(u.guessed, v.chart(5))
}

// chart is the correlation of the shown visits of all days with the true ones.
func (v *view) chart(hidden float64) float64 {
	col := v.index[column{cell.Total, ""}]
	var n, x, y, xx, yy, xy float64
	for d := v.from; d <= v.end; d++ {
		a, b := float64(v.truth(col, d, d)), float64(v.shown[dayOf(d)][col])
		if b == 0 {
			b = hidden
		}
		n, x, y, xx, yy, xy = n+1, x+a, y+b, xx+a*a, yy+b*b, xy+a*b
	}
	return (n*xy - x*y) / math.Sqrt((n*xx-x*x)*(n*yy-y*y))
}

func dayOf(d day.Day) disclosure.Period { return disclosure.PeriodOf(disclosure.Day, d, 1) }

func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	x = slices.Sorted(slices.Values(x))
	return x[len(x)/2]
}
