package funder

import (
	"fmt"
	"time"

	"github.com/footfall-analytics/footfall/internal/day"
)

// Pattern says how often a grant is reported on.
type Pattern string

// The patterns of a grant.
const (
	Quarterly  Pattern = "quarterly"
	HalfYearly Pattern = "half-yearly"
	Yearly     Pattern = "yearly"
)

func (p Pattern) months() int {
	switch p {
	case Quarterly:
		return 3
	case HalfYearly:
		return 6
	case Yearly:
		return 12
	}
	return 0
}

// Period is one reporting period of a grant: whole calendar months.
type Period struct {
	Pattern     Pattern
	Year        int     // grant year, from 1
	Part        int     // within the grant year, from 1
	First, Last day.Day // inclusive
}

// Name is short and unique within the grant: Y2Q3, Y1H2, Y3.
func (p Period) Name() string {
	switch p.Pattern {
	case Quarterly:
		return fmt.Sprintf("Y%dQ%d", p.Year, p.Part)
	case HalfYearly:
		return fmt.Sprintf("Y%dH%d", p.Year, p.Part)
	default:
		return fmt.Sprintf("Y%d", p.Year)
	}
}

// Label says the period in words: "Grant year 2, quarter 3".
func (p Period) Label() string {
	switch p.Pattern {
	case Quarterly:
		return fmt.Sprintf("Grant year %d, quarter %d", p.Year, p.Part)
	case HalfYearly:
		return fmt.Sprintf("Grant year %d, %s half", p.Year, [...]string{"first", "second"}[p.Part-1])
	default:
		return fmt.Sprintf("Grant year %d", p.Year)
	}
}

// String is the label with its dates: "Grant year 2, quarter 3 (1 October to
// 31 December 2026)".
func (p Period) String() string {
	return p.Label() + " (" + Dates(p.First, p.Last) + ")"
}

// Dates says a run of days in words, naming the year once if it can.
func Dates(first, last day.Day) string {
	from := first.Time().Format("2 January")
	if first.Year() != last.Year() {
		from = first.Time().Format("2 January 2006")
	}
	return from + " to " + last.Time().Format("2 January 2006")
}

// Periods lists the grant's periods in order. Grant years start on the grant's
// date, moved to the nearest start of a month (the 15th and before go back),
// because figures exist for whole months only. The last period is shorter if
// the grant ends within it.
func (g Grant) Periods() []Period {
	step := g.Pattern.months()
	if step == 0 {
		return nil
	}
	first, end := nearestMonth(g.Start), nearestMonth(g.End+1)
	var ps []Period
	for i := 0; ; i++ {
		from, to := addMonths(first, i*step), addMonths(first, (i+1)*step)
		if from >= end {
			return ps
		}
		perYear := 12 / step
		ps = append(ps, Period{
			Pattern: g.Pattern, Year: i/perYear + 1, Part: i%perYear + 1,
			First: from, Last: min(to, end) - 1,
		})
	}
}

// Period finds a period by its name, for example Y2Q3.
func (g Grant) Period(name string) (Period, error) {
	for _, p := range g.Periods() {
		if p.Name() == name {
			return p, nil
		}
	}
	return Period{}, fmt.Errorf("grant %s has no period %q", g.ID, name)
}

// nearestMonth is the first day of the month whose start is nearest to d.
func nearestMonth(d day.Day) day.Day {
	y, m, n := d.Time().Date()
	if n > 15 {
		m++
	}
	return day.New(y, m, 1)
}

// addMonths moves the first day of a month on by n months.
func addMonths(d day.Day, n int) day.Day {
	y, m, _ := d.Time().Date()
	return day.New(y, m+time.Month(n), 1)
}
