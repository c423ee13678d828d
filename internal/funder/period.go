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
	OneOff     Pattern = "one-off" // one report on the whole grant
	Own        Pattern = "own"     // the periods that the grant lists
)

var patterns = []Pattern{Quarterly, HalfYearly, Yearly, OneOff, Own}

// months is the length of a period, 0 if that is not the same for all.
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

// Span is a run of days of an agreement.
type Span struct {
	First day.Day `json:"first"`
	Last  day.Day `json:"last"` // inclusive
}

// Period is one reporting period of a grant. Its days are told twice: as the
// agreement has them, and as the whole calendar months that stand for them,
// because figures exist for whole months only.
type Period struct {
	Pattern     Pattern
	Year        int     // grant year, from 1
	Part        int     // within the grant year, from 1
	First, Last day.Day // whole months that have figures, inclusive
	Agreed      Span    // as in the agreement
	Due         day.Day // of its report; 0 if the grant has no due rule
}

// Name is short and unique within the grant: Y2Q3, Y1H2, Y3, P2, Whole.
func (p Period) Name() string {
	switch p.Pattern {
	case Quarterly:
		return fmt.Sprintf("Y%dQ%d", p.Year, p.Part)
	case HalfYearly:
		return fmt.Sprintf("Y%dH%d", p.Year, p.Part)
	case OneOff:
		return "Whole"
	case Own:
		return fmt.Sprintf("P%d", p.Part)
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
	case OneOff:
		return "Whole grant"
	case Own:
		return fmt.Sprintf("Grant period %d", p.Part)
	default:
		return fmt.Sprintf("Grant year %d", p.Year)
	}
}

// String is the label with its dates: "Grant year 2, quarter 3 (1 October to
// 31 December 2026)".
func (p Period) String() string {
	return p.Label() + " (" + Dates(p.First, p.Last) + ")"
}

// Note says for readers why the dates are not those of the agreement; nothing
// if they are.
func (p Period) Note() string {
	if p.Agreed == (Span{p.First, p.Last}) {
		return ""
	}
	return fmt.Sprintf("In the agreement this period is %s. Figures are of whole months, so those of %s stand for it.",
		Dates(p.Agreed.First, p.Agreed.Last), Dates(p.First, p.Last))
}

// Dates says a run of days in words, naming the year once if it can.
func Dates(first, last day.Day) string {
	from := first.Time().Format("2 January")
	if first.Year() != last.Year() {
		from = first.Time().Format("2 January 2006")
	}
	return from + " to " + last.Time().Format("2 January 2006")
}

// Periods lists the grant's periods in order. As agreed they cover the grant
// from its first day to its last. Each of their ends is moved to the nearest
// end of a month (the 15th and before go back), the same for the period before
// and the one after, so that months are neither left out nor told twice. The
// last period is shorter if the grant ends within it; a rest of it that has no
// whole month goes to the period before.
func (g Grant) Periods() []Period {
	switch {
	case g.Pattern == OneOff:
		return g.period(nil, Period{Year: 1, Part: 1, Agreed: Span{g.Start, g.End}})
	case g.Pattern == Own:
		var ps []Period
		for i, s := range g.Own {
			ps = g.period(ps, Period{Year: 1, Part: i + 1, Agreed: s})
		}
		return ps
	case g.Pattern.months() == 0:
		return nil
	}
	return g.regular(g.Pattern.months())
}

// regular lists periods of some months each.
func (g Grant) regular(months int) (ps []Period) {
	end, perYear := nearestMonth(g.End+1), 12/months
	for i := 0; ; i++ {
		agreed := Span{monthsOn(g.Start, i*months), monthsOn(g.Start, (i+1)*months) - 1}
		if nearestMonth(agreed.First) >= end {
			return ps
		}
		if nearestMonth(agreed.Last+1) >= end {
			agreed.Last = g.End
		}
		ps = g.period(ps, Period{Year: i/perYear + 1, Part: i%perYear + 1, Agreed: agreed})
	}
}

// period fills in the months and the due day of p and appends it, if it has a
// whole month.
func (g Grant) period(ps []Period, p Period) []Period {
	p.Pattern = g.Pattern
	p.First, p.Last = nearestMonth(p.Agreed.First), nearestMonth(p.Agreed.Last+1)-1
	if p.First >= p.Last {
		return ps
	}
	p.Due = g.Due.On(p.Agreed.Last, g.Nation)
	return append(ps, p)
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

// Next is the period whose report is the next that is due at a time, in the
// site's own day; false if there is none.
func (g Grant) Next(at time.Time, loc *time.Location) (Period, bool) {
	today := day.Of(at, loc)
	for _, p := range g.Periods() {
		if p.Due >= today && p.Due != 0 {
			return p, true
		}
	}
	return Period{}, false
}

// nearestMonth is the first day of the month whose start is nearest to d.
func nearestMonth(d day.Day) day.Day {
	if d.Time().Day() > 15 {
		return addMonths(monthOf(d), 1)
	}
	return monthOf(d)
}

// monthOf is the first day of the month of d.
func monthOf(d day.Day) day.Day { return day.New(d.Year(), d.Month(), 1) }

// addMonths moves the first day of a month on by n months.
func addMonths(d day.Day, n int) day.Day { return day.New(d.Year(), d.Month()+time.Month(n), 1) }

// monthsOn is the same day of the month n months later: a day that the month
// does not have is the first of the next.
func monthsOn(d day.Day, n int) day.Day {
	first := addMonths(monthOf(d), n)
	return min(first+day.Day(d.Time().Day())-1, addMonths(first, 1))
}
