package disclosure

import (
	"errors"
	"fmt"
	"time"

	"github.com/footfall-analytics/footfall/internal/day"
)

// Grace is how long a period stays open after its end for hits that come late.
const Grace = 48 * time.Hour

// ErrPeriod is returned for what is not the name of a period.
var ErrPeriod = errors.New("want a period such as 2026-11-30, 2026-W48, 2026-11, 2026-Q4, 2026 or 2026-09..2026-11")

// PeriodOf returns the period of grain that d is in. quarterStart is the month
// (1-12) in which a quarter of the site begins; 1, 4, 7 and 10 are the same,
// and 0 stands for 1. For a run of months it returns the month, for an unknown
// grain the day.
func PeriodOf(g Grain, d day.Day, quarterStart int) Period {
	switch g {
	case Week:
		return weekOf(d)
	case Month, MonthRun:
		return Period{Grain: Month, Name: monthName(d), First: monthStart(d, 0), Last: monthStart(d, 1) - 1}
	case Quarter:
		return quarterOf(d, quarterStart)
	case Year:
		y := d.Year()
		return Period{Grain: Year, Name: fmt.Sprintf("%04d", y), First: day.New(y, 1, 1), Last: day.New(y, 12, 31)}
	default:
		return Period{Grain: Day, Name: d.String(), First: d, Last: d}
	}
}

// weekOf is the ISO week: from Monday, of the year that has its Thursday.
func weekOf(d day.Day) Period {
	first := d - day.Day((d.Weekday()+6)%7)
	year, week := first.Time().ISOWeek()
	return Period{Grain: Week, Name: fmt.Sprintf("%04d-W%02d", year, week), First: first, Last: first + 6}
}

// quarterOf numbers a quarter within the calendar year of its first day.
func quarterOf(d day.Day, quarterStart int) Period {
	offset := max(quarterStart-1, 0) % 3 // 0, 1 or 2 months after January
	into := (int(d.Month()) - 1 - offset + 3) % 3
	first := monthStart(d, -into)
	name := fmt.Sprintf("%04d-Q%d", first.Year(), (int(first.Month())-1)/3+1)
	if offset != 0 {
		name += fmt.Sprintf("-%02d", int(first.Month()))
	}
	return Period{Grain: Quarter, Name: name, First: first, Last: monthStart(first, 3) - 1}
}

// monthStart is the first day of the month that is n months after that of d.
func monthStart(d day.Day, n int) day.Day {
	return day.New(d.Year(), d.Month()+time.Month(n), 1)
}

func monthName(d day.Day) string { return d.Time().Format("2006-01") }

// Run returns the run of whole months from that of first to that of last: one
// month if they are the same or reversed.
func Run(first, last day.Day) Period {
	from, to := PeriodOf(Month, first, 1), PeriodOf(Month, last, 1)
	if from.First >= to.First {
		return from
	}
	return Period{Grain: MonthRun, Name: from.Name + ".." + to.Name, First: from.First, Last: to.Last}
}

// Days lists the days from first to last, inclusive.
func Days(first, last day.Day) []Period { return periods(Day, first, last, 1) }

// Weeks lists the ISO weeks that have a day within first..last.
func Weeks(first, last day.Day) []Period { return periods(Week, first, last, 1) }

// Months lists the months that have a day within first..last.
func Months(first, last day.Day) []Period { return periods(Month, first, last, 1) }

// Quarters lists the quarters that have a day within first..last, with the
// site's quarterStart (month 1-12).
func Quarters(first, last day.Day, quarterStart int) []Period {
	return periods(Quarter, first, last, quarterStart)
}

// periods lists the periods of g that have a day within first..last, in order.
func periods(g Grain, first, last day.Day, quarterStart int) []Period {
	var all []Period
	for d := first; d <= last; {
		p := PeriodOf(g, d, quarterStart)
		all = append(all, p)
		d = p.Last + 1
	}
	return all
}

// ClosesAt is the moment from which p may be sealed: 48 hours after the end of
// its last day in loc. A day of the clock change is 23 or 25 hours long.
func (p Period) ClosesAt(loc *time.Location) time.Time {
	return p.Last.End(loc).Add(Grace)
}

// Closed tells whether p may be sealed at now.
func (p Period) Closed(loc *time.Location, now time.Time) bool {
	return !now.Before(p.ClosesAt(loc))
}

// CountingYear is the year whose key makes the noise of p: the ISO year of a
// week, else the calendar year of the first day. A quarter that runs into
// January therefore needs the old year's key until it is sealed.
func (p Period) CountingYear() int {
	if p.Grain == Week {
		year, _ := p.First.Time().ISOWeek()
		return year
	}
	return p.First.Year()
}

func (p Period) overlaps(q Period) bool { return p.First <= q.Last && q.First <= p.Last }

// wholeMonths tells whether p begins and ends with a month.
func (p Period) wholeMonths() bool {
	return p.First == monthStart(p.First, 0) && p.Last+1 == monthStart(p.Last, 1)
}
