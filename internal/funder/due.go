package funder

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/footfall-analytics/footfall/internal/day"
)

// Due says when a report is due after the period that it is about. In text it
// is "28 days after, next working day", "1 month after, previous working day"
// or "10 working days after". The zero Due is no rule.
type Due struct {
	count  int
	unit   string // days, months, working days
	before bool   // moved back to a working day, not on
}

// The most that a due rule may count, and the least where the day is moved
// back: no run of weekends and bank holidays is as long.
const (
	maxDue     = 366
	maxMonths  = 12
	leastMoved = 7
)

var dueForm = regexp.MustCompile(`^([1-9][0-9]{0,2}) (?:(working day)s?|(day)s?|(month)s?) after(?:, (next|previous) working day)?$`)

var errDue = errors.New(`want a rule such as "28 days after, next working day", "1 month after, previous working day" or "10 working days after"`)

// UnmarshalText reads a rule; of days and months the next working day is meant
// if it names neither.
func (d *Due) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Due{}
		return nil
	}
	m := dueForm.FindSubmatch(b)
	if m == nil {
		return fmt.Errorf("due %q: %w", b, errDue)
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil {
		return fmt.Errorf("due %q: %w", b, errDue)
	}
	rule := Due{count: n, unit: string(m[2]) + string(m[3]) + string(m[4]), before: string(m[5]) == "previous"}
	switch {
	case rule.unit == "working day" && len(m[5]) > 0:
		return fmt.Errorf("due %q: a number of working days ends on a working day: leave out what comes after the comma", b)
	case n > maxDue, rule.unit == "month" && n > maxMonths:
		return fmt.Errorf("due %q: want at most %d days or %d months", b, maxDue, maxMonths)
	case rule.before && rule.unit == "day" && n < leastMoved:
		return fmt.Errorf("due %q: want at least %d days if the day is moved back: it could be within the period", b, leastMoved)
	}
	*d = rule
	return nil
}

// String writes the rule as UnmarshalText reads it.
func (d Due) String() string {
	if d.count == 0 {
		return ""
	}
	text := fmt.Sprintf("%d %s", d.count, d.unit)
	if d.count > 1 {
		text += "s"
	}
	text += " after"
	switch {
	case d.unit == "working day":
		return text
	case d.before:
		return text + ", previous working day"
	default:
		return text + ", next working day"
	}
}

// MarshalText writes the rule as UnmarshalText reads it.
func (d Due) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// On is the working day of a nation on which a report is due whose period ended
// on the day end; 0 if there is no rule. A month after the 31st is the 30th
// where a month has no 31st.
func (d Due) On(end day.Day, n Nation) day.Day {
	on, step := end, day.Day(1)
	switch d.unit {
	case "working day":
		for left := d.count; left > 0; {
			if on++; n.Working(on) {
				left--
			}
		}
		return on
	case "day":
		on += day.Day(d.count)
	case "month":
		on = min(monthsOn(end, d.count), addMonths(monthOf(end), d.count+1)-1)
	default:
		return 0
	}
	if d.before {
		step = -1
	}
	for !n.Working(on) {
		on += step
	}
	return on
}
