package disclosure

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/internal/day"
)

// periodName matches every name of one period; the groups are year, week,
// quarter (and the month it begins in), month, day of the month.
var periodName = regexp.MustCompile(`^(\d{4})(?:-W(\d\d)|-Q(\d)(?:-(\d\d))?|-(\d\d)(?:-(\d\d))?)?$`)

// firstYear keeps dates apart from those that no counter can have seen.
const firstYear = 1970

// ParsePeriod reads the name of a period, as PeriodOf and Run write
// it. Quarters must be those of quarterStart (month 1-12). Anything else is an
// ErrPeriod.
func ParsePeriod(name string, quarterStart int) (Period, error) {
	p, err := parsePeriod(name)
	if err != nil {
		return Period{}, err
	}
	if p.Grain == Quarter && p != PeriodOf(Quarter, p.First, quarterStart) {
		return Period{}, fmt.Errorf("period %q is no quarter of this site: %w", name, ErrPeriod)
	}
	return p, nil
}

// parsePeriod is ParsePeriod for quarters of any start: what is sealed stays
// readable after a site has moved its quarters.
func parsePeriod(name string) (Period, error) {
	from, to, isRun := strings.Cut(name, "..")
	p, err := parseOne(from)
	if err != nil {
		return Period{}, err
	}
	if !isRun {
		return p, nil
	}
	last, err := parseOne(to)
	if err != nil {
		return Period{}, err
	}
	if p.Grain != Month || last.Grain != Month || p.First >= last.First {
		return Period{}, fmt.Errorf("period %q: %w", name, ErrPeriod)
	}
	return Run(p.First, last.First), nil
}

// parseOne finds a day within the period and names that day's period: the name
// is right if the two agree (there is no 2025-W53 and no 2025-02-29).
func parseOne(name string) (Period, error) {
	m := periodName.FindStringSubmatch(name)
	if m == nil {
		return Period{}, fmt.Errorf("period %.40q: %w", name, ErrPeriod)
	}
	num := func(group int) int { n, _ := strconv.Atoi(m[group]); return n } // digits, or 0 if absent
	var p Period
	switch year := num(1); {
	case m[2] != "":
		// 4 January is always in week 1.
		p = PeriodOf(Week, day.New(year, 1, 4)+day.Day(7*(num(2)-1)), 1)
	case m[4] != "":
		p = PeriodOf(Quarter, day.New(year, time.Month(num(4)), 1), num(4))
	case m[3] != "":
		p = PeriodOf(Quarter, day.New(year, time.Month(3*num(3)-2), 1), 1)
	case m[6] != "":
		p = PeriodOf(Day, day.New(year, time.Month(num(5)), num(6)), 1)
	case m[5] != "":
		p = PeriodOf(Month, day.New(year, time.Month(num(5)), 1), 1)
	default:
		p = PeriodOf(Year, day.New(year, 1, 1), 1)
	}
	if p.Name != name || p.CountingYear() < firstYear {
		return Period{}, fmt.Errorf("period %q: %w", name, ErrPeriod)
	}
	return p, nil
}
