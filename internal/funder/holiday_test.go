package funder

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/footfall-analytics/footfall/internal/day"
)

// The bank holidays of 2024 to 2027, checked by hand against the lists that the
// governments publish.
var published = map[Nation]string{
	England: `
		2024-01-01 2024-03-29 2024-04-01 2024-05-06 2024-05-27 2024-08-26 2024-12-25 2024-12-26
		2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26
		2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28
		2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28`,
	Scotland: `
		2024-01-01 2024-01-02 2024-03-29 2024-05-06 2024-05-27 2024-08-05 2024-12-02 2024-12-25 2024-12-26
		2025-01-01 2025-01-02 2025-04-18 2025-05-05 2025-05-26 2025-08-04 2025-12-01 2025-12-25 2025-12-26
		2026-01-01 2026-01-02 2026-04-03 2026-05-04 2026-05-25 2026-06-15 2026-08-03 2026-11-30 2026-12-25 2026-12-28
		2027-01-01 2027-01-04 2027-03-26 2027-05-03 2027-05-31 2027-08-02 2027-11-30 2027-12-27 2027-12-28`,
	NorthernIreland: `
		2024-01-01 2024-03-18 2024-03-29 2024-04-01 2024-05-06 2024-05-27 2024-07-12 2024-08-26 2024-12-25 2024-12-26
		2025-01-01 2025-03-17 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-07-14 2025-08-25 2025-12-25 2025-12-26
		2026-01-01 2026-03-17 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-07-13 2026-08-31 2026-12-25 2026-12-28
		2027-01-01 2027-03-17 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-07-12 2027-08-30 2027-12-27 2027-12-28`,
}

func TestHolidaysAreThosePublished(t *testing.T) {
	published[Wales] = published[England]
	for n, list := range published {
		var got []string
		for year := 2024; year <= 2027; year++ {
			for _, d := range n.Holidays(year) {
				got = append(got, d.String())
			}
		}
		if diff := cmp.Diff(strings.Fields(list), got); diff != "" {
			t.Errorf("%s (-published +ours):\n%s", n, diff)
		}
	}
}

// Years in which proclamations moved and added days, and whole weekends at the
// turn of the year.
func TestHolidaysOfOddYears(t *testing.T) {
	for _, c := range []struct {
		nation Nation
		year   int
		want   string
	}{
		{England, 2011, "2011-01-03 2011-04-22 2011-04-25 2011-04-29 2011-05-02 2011-05-30 2011-08-29 2011-12-26 2011-12-27"},
		{England, 2012, "2012-01-02 2012-04-06 2012-04-09 2012-05-07 2012-06-04 2012-06-05 2012-08-27 2012-12-25 2012-12-26"},
		{England, 2020, "2020-01-01 2020-04-10 2020-04-13 2020-05-08 2020-05-25 2020-08-31 2020-12-25 2020-12-28"},
		{Wales, 2022, "2022-01-03 2022-04-15 2022-04-18 2022-05-02 2022-06-02 2022-06-03 2022-08-29 2022-09-19 2022-12-26 2022-12-27"},
		{Scotland, 2022, "2022-01-03 2022-01-04 2022-04-15 2022-05-02 2022-06-02 2022-06-03 2022-08-01 2022-09-19 2022-11-30 2022-12-26 2022-12-27"},
		{Scotland, 2023, "2023-01-02 2023-01-03 2023-04-07 2023-05-01 2023-05-08 2023-05-29 2023-08-07 2023-11-30 2023-12-25 2023-12-26"},
		{NorthernIreland, 2023, "2023-01-02 2023-03-17 2023-04-07 2023-04-10 2023-05-01 2023-05-08 2023-05-29 2023-07-12 2023-08-28 2023-12-25 2023-12-26"},
		{NorthernIreland, 2032, "2032-01-01 2032-03-17 2032-03-26 2032-03-29 2032-05-03 2032-05-31 2032-07-12 2032-08-30 2032-12-27 2032-12-28"},
		{Scotland, 2033, "2033-01-03 2033-01-04 2033-04-15 2033-05-02 2033-05-30 2033-08-01 2033-11-30 2033-12-26 2033-12-27"},
	} {
		var got []string
		for _, d := range c.nation.Holidays(c.year) {
			got = append(got, d.String())
		}
		if diff := cmp.Diff(strings.Fields(c.want), got); diff != "" {
			t.Errorf("%s %d (-want +got):\n%s", c.nation, c.year, diff)
		}
	}
}

func TestEaster(t *testing.T) {
	for _, want := range strings.Fields(`2024-03-31 2025-04-20 2026-04-05 2027-03-28 2028-04-16 2029-04-01 2030-04-21 2031-04-13 2032-03-28
		2033-04-17 2034-04-09 2035-03-25 2036-04-13 2037-04-05 2038-04-25 2039-04-10 2040-04-01`) {
		if got := easterSunday(date(t, want).Year()).String(); got != want {
			t.Errorf("Easter is on %s, want %s", got, want)
		}
	}
}

// In every year to 2100 each nation has its number of bank holidays, all on
// weekdays of their own.
func TestHolidaysAreWeekdays(t *testing.T) {
	many := map[Nation]int{England: 8, Wales: 8, Scotland: 9, NorthernIreland: 10}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom(nations).Draw(t, "nation")
		year := rapid.IntRange(2027, 2100).Draw(t, "year")
		days := n.Holidays(year)
		if len(days) != many[n] || len(slices.Compact(days)) != many[n] {
			t.Fatalf("%s %d has %v", n, year, days)
		}
		for _, d := range days {
			if d.Year() != year || d.Weekday() == time.Saturday || d.Weekday() == time.Sunday || n.Working(d) {
				t.Fatalf("%s: %s is a %s", n, d, d.Weekday())
			}
		}
	})
}

func TestDue(t *testing.T) {
	for _, c := range []struct {
		rule   string
		end    string
		nation Nation
		want   string
	}{
		{"28 days after", "2026-06-30", England, "2026-07-28"},
		{"28 days after, next working day", "2026-07-04", England, "2026-08-03"}, // the 1st is a Saturday
		{"28 days after, previous working day", "2026-07-04", England, "2026-07-31"},
		{"31 days after", "2026-07-31", England, "2026-09-01"}, // summer bank holiday
		{"31 days after", "2026-07-31", Scotland, "2026-08-31"},
		{"34 days after", "2026-06-30", Scotland, "2026-08-04"}, // summer bank holiday of Scotland
		{"37 days after", "2026-02-28", Wales, "2026-04-07"},    // Easter Monday
		{"37 days after", "2026-02-28", Scotland, "2026-04-06"},
		{"30 days after", "2026-10-31", Scotland, "2026-12-01"}, // St Andrew
		{"30 days after", "2026-10-31", Wales, "2026-11-30"},
		{"28 days after", "2026-06-15", NorthernIreland, "2026-07-14"}, // the Boyne, on a Monday for the Sunday
		{"28 days after", "2026-06-15", England, "2026-07-13"},
		{"17 days after", "2026-02-28", NorthernIreland, "2026-03-18"}, // St Patrick
		{"17 days after", "2026-02-28", Wales, "2026-03-17"},
		{"28 days after", "2026-11-30", England, "2026-12-29"}, // substitute for Boxing Day
		{"28 days after, previous working day", "2026-11-30", England, "2026-12-24"},
		{"1 day after", "2025-12-31", Scotland, "2026-01-05"}, // both days of the New Year and a weekend
		{"19 days after", "2022-08-31", England, "2022-09-20"},
		{"38 days after", "2023-03-31", NorthernIreland, "2023-05-09"},
		{"10 working days after", "2026-03-31", England, "2026-04-16"},
		{"10 working days after", "2026-03-31", Scotland, "2026-04-15"},
		{"1 working day after", "2026-12-24", England, "2026-12-29"},
		{"1 month after", "2026-03-31", England, "2026-04-30"},
		{"1 month after", "2026-01-31", England, "2026-03-02"}, // 28 February is a Saturday
		{"1 month after", "2027-12-31", England, "2028-01-31"},
		{"2 months after, previous working day", "2027-12-31", England, "2028-02-29"},
		{"1 month after", "2026-12-16", England, "2027-01-18"},
		// The clocks change on Easter Sunday 2027, on the day that is counted to.
		{"28 days after", "2027-02-28", England, "2027-03-30"},
		{"28 days after", "2026-09-27", England, "2026-10-26"}, // and on 25 October 2026
		{"", "2026-06-30", England, "1970-01-01"},
	} {
		var d Due
		if err := d.UnmarshalText([]byte(c.rule)); err != nil {
			t.Fatal(err)
		}
		if got := d.On(date(t, c.end), c.nation).String(); got != c.want {
			t.Errorf("%q of %s in %s is %s, want %s", c.rule, c.end, c.nation, got, c.want)
		}
	}
}

func TestDueRefuses(t *testing.T) {
	for rule, want := range map[string]string{
		"soon":                               "want a rule such as",
		"0 days after":                       "want a rule such as",
		"-3 days after":                      "want a rule such as",
		"28 days after, next day":            "want a rule such as",
		" 28 days after":                     "want a rule such as",
		"28 days after\n":                    "want a rule such as",
		"367 days after":                     "at most 366 days",
		"13 months after":                    "or 12 months",
		"6 days after, previous working day": "at least 7 days",
		"9 working days after, previous working day": "leave out",
	} {
		var d Due
		if err := d.UnmarshalText([]byte(rule)); err == nil || !strings.Contains(err.Error(), want) || d != (Due{}) {
			t.Errorf("%q: %v, %+v", rule, err, d)
		}
	}
}

func anyDue(t *rapid.T) Due {
	unit := rapid.SampledFrom([]string{"day", "working day", "month"}).Draw(t, "unit")
	most := map[string]int{"day": maxDue, "working day": maxDue, "month": maxMonths}[unit]
	d := Due{count: rapid.IntRange(1, most).Draw(t, "count"), unit: unit}
	d.before = unit != "working day" && (unit == "month" || d.count >= leastMoved) && rapid.Bool().Draw(t, "before")
	return d
}

// A report is due on a working day after its period, and the rule means the
// same when it has been written and read.
func TestDueIsAWorkingDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDue(t), rapid.SampledFrom(nations).Draw(t, "nation")
		end := day.Day(rapid.IntRange(14_000, 40_000).Draw(t, "end"))
		on := d.On(end, n)
		if on <= end || !n.Working(on) {
			t.Fatalf("%s of %s is %s", d, end, on)
		}
		if d.On(end+1, n) < on {
			t.Fatalf("%s of %s is %s, of the day after %s", d, end, on, d.On(end+1, n))
		}
		var again Due
		if err := again.UnmarshalText([]byte(d.String())); err != nil || again != d {
			t.Fatalf("%q is read as %+v, %v", d, again, err)
		}
	})
}
