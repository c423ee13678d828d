package funder

import (
	"slices"
	"time"

	"github.com/footfall-analytics/footfall/internal/day"
)

// Nation is the part of the United Kingdom whose bank holidays a grant follows.
type Nation string

// The nations. England and Wales have the same bank holidays.
const (
	England         Nation = "england"
	Wales           Nation = "wales"
	Scotland        Nation = "scotland"
	NorthernIreland Nation = "northern-ireland"
)

var nations = []Nation{England, Wales, Scotland, NorthernIreland}

// extra is the bank holidays that a proclamation made for one year. A new one
// is a line here: nothing else about bank holidays has to be kept up to date.
var extra = []struct {
	day day.Day
	in  []Nation // nil = all
}{
	{day.New(2011, 4, 29), nil}, // royal wedding
	{day.New(2012, 6, 5), nil},  // Diamond Jubilee
	{day.New(2022, 6, 3), nil},  // Platinum Jubilee
	{day.New(2022, 9, 19), nil}, // state funeral
	{day.New(2023, 5, 8), nil},  // coronation
	{day.New(2026, 6, 15), []Nation{Scotland}},
}

// moved is the bank holidays of May that were on another day in one year.
var moved = map[day.Day]day.Day{
	day.New(2012, 5, 28): day.New(2012, 6, 4),
	day.New(2020, 5, 4):  day.New(2020, 5, 8),
	day.New(2022, 5, 30): day.New(2022, 6, 2),
}

// Holidays lists the bank holidays of a year, in order: right from 2008 on, as
// far as the law knows them today. A nation that is none of ours has those of
// England.
func (n Nation) Holidays(year int) []day.Day {
	easter := easterSunday(year)
	days := []day.Day{
		easter - 2, // Good Friday
		whenMoved(mondayFrom(day.New(year, time.May, 1))),
		whenMoved(mondayFrom(day.New(year, time.May, 25))),
	}
	dated := []day.Day{day.New(year, time.January, 1), day.New(year, time.December, 25), day.New(year, time.December, 26)}
	if n == Scotland {
		days = append(days, mondayFrom(day.New(year, time.August, 1)))
		dated = append(dated, day.New(year, time.January, 2), day.New(year, time.November, 30)) // St Andrew
	} else {
		days = append(days, easter+1, mondayFrom(day.New(year, time.August, 25)))
	}
	if n == NorthernIreland {
		dated = append(dated, day.New(year, time.March, 17), day.New(year, time.July, 12)) // St Patrick, the Boyne
	}
	for _, e := range extra {
		if e.day.Year() == year && (e.in == nil || slices.Contains(e.in, n)) {
			days = append(days, e.day)
		}
	}
	days = append(days, substituted(dated)...)
	slices.Sort(days)
	return days
}

// substituted moves what falls on a weekend to the next weekday that is no bank
// holiday of the list itself.
func substituted(dated []day.Day) (days []day.Day) {
	taken := slices.Clone(dated)
	for _, d := range dated {
		for weekend(d) || d != dated[len(days)] && slices.Contains(taken, d) {
			d++
		}
		days, taken = append(days, d), append(taken, d)
	}
	return days
}

// Working says whether d is neither of a weekend nor a bank holiday.
func (n Nation) Working(d day.Day) bool {
	return !weekend(d) && !slices.Contains(n.Holidays(d.Year()), d)
}

func weekend(d day.Day) bool { return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday }

// mondayFrom is the first Monday on or after d.
func mondayFrom(d day.Day) day.Day { return d + (8-day.Day(d.Weekday()))%7 }

func whenMoved(d day.Day) day.Day {
	if to, ok := moved[d]; ok {
		return to
	}
	return d
}

// easterSunday is the Gregorian computus of Meeus, Jones and Butcher.
func easterSunday(year int) day.Day {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return day.New(year, time.Month(n/31), n%31+1)
}
