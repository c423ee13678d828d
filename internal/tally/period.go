package tally

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// periodReader reads the many ways in which people write months and quarters.
type periodReader struct {
	quarterStart int // of the site
	yearStart    int // of a year such as 2026/27; 0 = April
	serials      bool
	dates1904    bool
}

// What is wrong with a cell that should say when.
var (
	errNoPeriod = errors.New("this is no month or quarter: write it as 2026-10, Oct 2026 or 2026-Q4")
	errOneDay   = errors.New("this is a single day: totals are of whole months or quarters, such as 2026-10")
	errYear     = errors.New("this is a whole year: enter its months or quarters, a year is added up from them")
	errRun      = errors.New("these days are no whole month and no quarter of the site: enter months")
	errQuarter  = errors.New("the site's quarters begin in other months: enter months, or set the site's quarter start")
)

var monthNames = map[string]time.Month{
	"ionawr": 1, "ion": 1, "chwefror": 2, "chwe": 2, "chw": 2, "mawrth": 3, "maw": 3, "ebrill": 4, "ebr": 4, "mai": 5, "mehefin": 6, "meh": 6,
	"gorffennaf": 7, "gorff": 7, "gor": 7, "awst": 8, "medi": 9, "hydref": 10, "hyd": 10, "tachwedd": 11, "tach": 11, "rhagfyr": 12, "rhag": 12, "sept": 9,
}

func init() {
	for m := time.January; m <= time.December; m++ {
		monthNames[strings.ToLower(m.String())] = m
		monthNames[strings.ToLower(m.String()[:3])] = m
	}
}

var (
	isoMonth    = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})$`)
	ukMonth     = regexp.MustCompile(`^(\d{1,2})[-/.](\d{4})$`)
	nameYear    = regexp.MustCompile(`^(\pL+)[ /,.'’-]*(\d{4}|\d{2})$`)
	yearName    = regexp.MustCompile(`^(\d{4})[ /,.'’-]*(\pL+)\.?$`)
	isoDay      = regexp.MustCompile(`^(\d{4})-(\d{2})-(\d{2})(?:[t ]00:00(?::00)?(?:\.0+)?z?)?$`)
	ukDay       = regexp.MustCompile(`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?: 00:00(?::00)?)?$`)
	namedDay    = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?[ -](\pL+)\.?,?[ -](\d{4}|\d{2})$`)
	quarterOf   = regexp.MustCompile(`^(\d{4})(?:[-/](\d{2}|\d{4}))?[ -]*(?:q|quarter|qtr|ch|chwarter)\.? ?([1-4])(?:-\d\d)?$`)
	quarterFor  = regexp.MustCompile(`^(?:q|quarter|qtr|ch|chwarter)\.? ?([1-4])[ ,-]*(?:of |fy)?(\d{4})(?:[-/](\d{2}|\d{4}))?$`)
	monthsFor   = regexp.MustCompile(`^(\pL+)\.?(?: (\d{4}))? ?(?:-|to|i) ?(\pL+)\.? (\d{4})$`)
	wholeYear   = regexp.MustCompile(`^(?:fy ?)?\d{4}(?:[-/]\d{2}(?:\d\d)?)?$`)
	serial      = regexp.MustCompile(`^\d{5}(?:\.0+)?$`)
	leastSerial = 36526 // 1 January 2000
	mostSerial  = 73050 // 31 December 2099
)

// looksLikePeriod says whether a cell is a period or a day of any kind.
func looksLikePeriod(cell string) bool {
	_, err := periodReader{}.read(cell)
	return err == nil || !errors.Is(err, errNoPeriod)
}

// read returns the month or quarter of a cell. Whether the quarter is one of the
// site's is checked if the reader knows them.
func (r periodReader) read(cell string) (disclosure.Period, error) {
	text := strings.ToLower(strings.Join(strings.Fields(strings.NewReplacer("–", "-", "—", "-", "\u2011", "-", "\u00a0", " ").Replace(trim(cell))), " "))
	if len(text) > 60 {
		return disclosure.Period{}, errNoPeriod
	}
	if wholeYear.MatchString(text) && !isoMonth.MatchString(text) {
		return disclosure.Period{}, errYear
	}
	for _, way := range []func(string) (disclosure.Period, bool, error){r.month, r.quarter, r.months, r.days} {
		if p, ok, err := way(text); ok || err != nil {
			return p, err
		}
	}
	return disclosure.Period{}, errNoPeriod
}

func month(year, m int) (disclosure.Period, bool, error) {
	if m < 1 || m > 12 || year < 2000 || year > 2099 {
		return disclosure.Period{}, false, nil
	}
	return disclosure.PeriodOf(disclosure.Month, day.New(year, time.Month(m), 1), 1), true, nil
}

func number(digits string) int { n, _ := strconv.Atoi(digits); return n } // digits by its form

func year(digits string) int {
	if len(digits) == 2 {
		return 2000 + number(digits)
	}
	return number(digits)
}

func (periodReader) month(text string) (disclosure.Period, bool, error) {
	if m := isoMonth.FindStringSubmatch(text); m != nil {
		if p, ok, err := month(number(m[1]), number(m[2])); ok {
			return p, ok, err
		}
		if number(m[2]) == (number(m[1])+1)%100 {
			return disclosure.Period{}, false, errYear // 2026/27
		}
		return disclosure.Period{}, false, errNoPeriod
	}
	if m := ukMonth.FindStringSubmatch(text); m != nil {
		return month(number(m[2]), number(m[1]))
	}
	if m := nameYear.FindStringSubmatch(text); m != nil {
		return month(year(m[2]), int(monthNames[m[1]]))
	}
	if m := yearName.FindStringSubmatch(text); m != nil {
		return month(number(m[1]), int(monthNames[m[2]]))
	}
	return disclosure.Period{}, false, nil
}

// quarter reads 2026-Q4, the quarter of a calendar year by where it begins, and
// Q3 2026/27, that of a year which begins in April or where the reader says.
func (r periodReader) quarter(text string) (disclosure.Period, bool, error) {
	var first, second, q string
	if m := quarterOf.FindStringSubmatch(text); m != nil {
		first, second, q = m[1], m[2], m[3]
	} else if m := quarterFor.FindStringSubmatch(text); m != nil {
		q, first, second = m[1], m[2], m[3]
	} else {
		return disclosure.Period{}, false, nil
	}
	y, n := number(first), number(q)
	if y < 2000 || y > 2099 {
		return disclosure.Period{}, false, errNoPeriod
	}
	start := 3*n - 2 + max(r.quarterStart-1, 0)%3 // the site's own, numbered as the ledger does
	if second != "" {
		if number(second)%100 != (y+1)%100 {
			return disclosure.Period{}, false, errNoPeriod
		}
		from := r.yearStart
		if from == 0 {
			from = int(time.April)
		}
		start = from + 3*(n-1)
	}
	return r.threeMonths(day.New(y, time.Month(start), 1))
}

// threeMonths is the site's quarter that begins on a day.
func (r periodReader) threeMonths(first day.Day) (disclosure.Period, bool, error) {
	start := r.quarterStart
	if start == 0 {
		start = int(first.Month()) // only the form is asked for
	}
	p := disclosure.PeriodOf(disclosure.Quarter, first, start)
	if p.First != first {
		return disclosure.Period{}, false, errQuarter
	}
	return p, true, nil
}

// months reads October to December 2026.
func (r periodReader) months(text string) (disclosure.Period, bool, error) {
	m := monthsFor.FindStringSubmatch(text)
	if m == nil || monthNames[m[1]] == 0 || monthNames[m[3]] == 0 {
		return disclosure.Period{}, false, nil
	}
	y := number(m[4])
	if m[2] != "" {
		y = number(m[2])
	} else if monthNames[m[1]] > monthNames[m[3]] {
		y-- // November to January 2027
	}
	first, last := day.New(y, monthNames[m[1]], 1), day.New(number(m[4]), monthNames[m[3]]+1, 1)-1
	return r.run(first, last)
}

// run is the month or the quarter that goes from one day to another.
func (r periodReader) run(first, last day.Day) (disclosure.Period, bool, error) {
	if first.Year() < 2000 || last.Year() > 2099 {
		return disclosure.Period{}, false, errNoPeriod
	}
	p := disclosure.PeriodOf(disclosure.Month, first, 1)
	if p.First == first && p.Last == last {
		return p, true, nil
	}
	if first == p.First && last == day.New(first.Year(), first.Month()+3, 1)-1 {
		return r.threeMonths(first)
	}
	return disclosure.Period{}, false, errRun
}

// days reads a run of days, and a day that stands for its month: the first.
func (r periodReader) days(text string) (disclosure.Period, bool, error) {
	if d, ok := r.day(text); ok {
		if d != disclosure.PeriodOf(disclosure.Month, d, 1).First {
			return disclosure.Period{}, false, errOneDay
		}
		return month(d.Year(), int(d.Month()))
	}
	for _, cut := range []string{"..", " to ", " - ", " i ", " hyd "} {
		from, to, ok := strings.Cut(text, cut)
		first, ok1 := r.day(strings.TrimSpace(from))
		last, ok2 := r.day(strings.TrimSpace(to))
		if ok && ok1 && ok2 {
			return r.run(first, last)
		}
	}
	if n := len(text); n == 21 && text[10] == '-' { // 01/10/2026-31/10/2026
		first, ok1 := r.day(text[:10])
		last, ok2 := r.day(text[11:])
		if ok1 && ok2 {
			return r.run(first, last)
		}
	}
	return disclosure.Period{}, false, nil
}

func (r periodReader) day(text string) (day.Day, bool) {
	if r.serials && serial.MatchString(text) {
		n := number(text[:5])
		if r.dates1904 {
			n += 1462
		}
		return day.New(1899, time.December, 30) + day.Day(n), n >= leastSerial && n <= mostSerial
	}
	y, m, d := 0, 0, 0
	if f := isoDay.FindStringSubmatch(text); f != nil {
		y, m, d = number(f[1]), number(f[2]), number(f[3])
	} else if f := ukDay.FindStringSubmatch(text); f != nil {
		y, m, d = year(f[3]), number(f[2]), number(f[1])
	} else if f := namedDay.FindStringSubmatch(text); f != nil {
		y, m, d = year(f[3]), int(monthNames[f[2]]), number(f[1])
	}
	made := day.New(y, time.Month(m), d)
	return made, y > 0 && made.String() == fmt.Sprintf("%04d-%02d-%02d", y, m, d)
}
