// Package day has the civil day: the finest time that Footfall keeps of anything.
package day

import (
	"fmt"
	"time"
)

// Day counts civil days since 1 January 1970, which is day 0. A site's day is
// the one its own time zone is in.
type Day int32

const layout = "2006-01-02"

// Of returns the civil day of t in loc.
func Of(t time.Time, loc *time.Location) Day {
	y, m, d := t.In(loc).Date()
	return New(y, m, d)
}

// New returns the day of a date; months and days out of range carry over as
// in time.Date.
func New(year int, month time.Month, dayOfMonth int) Day {
	s := time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC).Unix()
	return Day(s / 86400)
}

// Parse reads a day written as 2006-01-02.
func Parse(s string) (Day, error) {
	t, err := time.Parse(layout, s)
	if err != nil {
		return 0, fmt.Errorf("day %q: want a date such as 2026-11-30", s)
	}
	return Of(t, time.UTC), nil
}

// Time is the day's midnight in UTC: a name for the day, not a moment in it.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Start is the first moment of the day in loc: where clocks go forward at
// midnight, that is one o'clock.
func (d Day) Start(loc *time.Location) time.Time {
	y, m, n := d.Time().Date()
	t := time.Date(y, m, n, 0, 0, 0, 0, loc)
	if Of(t, loc) < d { // this day has no midnight, and time.Date takes the hour before
		_, t = t.ZoneBounds()
	}
	return t
}

// End is the first moment after the day in loc.
func (d Day) End(loc *time.Location) time.Time { return (d + 1).Start(loc) }

// Year is the year of the calendar.
func (d Day) Year() int { return d.Time().Year() }

// Month is the month of the year.
func (d Day) Month() time.Month { return d.Time().Month() }

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return d.Time().Weekday() }

// String writes the day as 2006-01-02.
func (d Day) String() string { return d.Time().Format(layout) }

// MarshalText writes the day as 2006-01-02.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads 2006-01-02.
func (d *Day) UnmarshalText(b []byte) error {
	v, err := Parse(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}
