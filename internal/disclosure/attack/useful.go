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
	errors       []float64                // relative, of the ten largest pages of each month
	correlation  []float64                // of each month's chart of visits, hidden columns as none
	by           map[disclosure.Grain]int // what the columns are, in how many charts
	shown, pages int                      // page-months with 10 visits or more
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
	if u.by == nil {
		u.by = map[disclosure.Grain]int{}
	}
	for _, m := range v.months() {
		grain, correlation := v.chart(m)
		u.by[grain]++
		u.correlation = append(u.correlation, correlation)
	}
}

// smallest is the median column below which a page's chart goes over to the
// next longer period.
const smallest = 50

// chart is what the columns of a month's chart of visits are, as the page
// chooses it, and the correlation of those shown with the truth.
func (v *view) chart(m disclosure.Period) (grain disclosure.Grain, correlation float64) {
	col := v.index[column{cell.Total, ""}]
	for _, columns := range [][]disclosure.Period{
		disclosure.Days(m.First, m.Last), disclosure.Weeks(m.Last-13*7, m.Last), disclosure.Months(day.New(m.Last.Year(), m.Last.Month()-11, 1), m.Last),
	} {
		var truth, shown []float64
		for _, p := range columns {
			if p.First >= v.from && p.Last <= v.end { // others have no column
				truth, shown = append(truth, float64(v.truth(col, p.First, p.Last))), append(shown, float64(v.shown[p][col]))
			}
		}
		grain, correlation = columns[0].Grain, correlate(truth, shown)
		if median(shown) >= smallest {
			break
		}
	}
	return grain, correlation
}

func correlate(xs, ys []float64) float64 {
	var n, x, y, xx, yy, xy float64
	for i, a := range xs {
		b := ys[i]
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
