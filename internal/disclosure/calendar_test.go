package disclosure

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/footfall-analytics/footfall/internal/day"
)

func mustDay(t testing.TB, s string) day.Day {
	t.Helper()
	d, err := day.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPeriodOf(t *testing.T) {
	for _, c := range []struct {
		grain       Grain
		day         string
		start       int
		name        string
		first, last string
		year        int
	}{
		{Day, "2025-03-03", 1, "2025-03-03", "2025-03-03", "2025-03-03", 2025},
		{Week, "2025-03-03", 1, "2025-W10", "2025-03-03", "2025-03-09", 2025},
		{Week, "2025-03-09", 1, "2025-W10", "2025-03-03", "2025-03-09", 2025},
		{Week, "2024-12-30", 1, "2025-W01", "2024-12-30", "2025-01-05", 2025},
		{Week, "2027-01-01", 1, "2026-W53", "2026-12-28", "2027-01-03", 2026},
		{Month, "2024-02-29", 1, "2024-02", "2024-02-01", "2024-02-29", 2024},
		{Quarter, "2025-03-31", 0, "2025-Q1", "2025-01-01", "2025-03-31", 2025},
		{Quarter, "2025-12-31", 10, "2025-Q4", "2025-10-01", "2025-12-31", 2025},
		{Quarter, "2025-02-01", 2, "2025-Q1-02", "2025-02-01", "2025-04-30", 2025},
		{Quarter, "2025-01-31", 2, "2024-Q4-11", "2024-11-01", "2025-01-31", 2024},
		{Quarter, "2025-02-28", 3, "2024-Q4-12", "2024-12-01", "2025-02-28", 2024},
		{Quarter, "2025-06-01", 12, "2025-Q2-06", "2025-06-01", "2025-08-31", 2025},
		{Year, "2025-06-01", 2, "2025", "2025-01-01", "2025-12-31", 2025},
	} {
		got := PeriodOf(c.grain, mustDay(t, c.day), c.start)
		want := Period{Grain: c.grain, Name: c.name, First: mustDay(t, c.first), Last: mustDay(t, c.last)}
		if got != want {
			t.Errorf("PeriodOf(%s, %s, %d) = %+v, want %+v", c.grain, c.day, c.start, got, want)
		}
		if got.CountingYear() != c.year {
			t.Errorf("counting year of %s = %d, want %d", got.Name, got.CountingYear(), c.year)
		}
	}
}

func TestPeriodsTileTheCalendar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := day.Day(rapid.IntRange(365, 40_000).Draw(t, "day"))
		start := rapid.IntRange(1, 12).Draw(t, "quarter start")
		for _, g := range []Grain{Day, Week, Month, Quarter, Year} {
			p := PeriodOf(g, d, start)
			if d < p.First || d > p.Last {
				t.Fatalf("%s is not in %+v", d, p)
			}
			if next := PeriodOf(g, p.Last+1, start); next.First != p.Last+1 || next.Name == p.Name {
				t.Fatalf("%+v is followed by %+v", p, next)
			}
			if PeriodOf(g, p.First, start) != p || PeriodOf(g, p.Last, start) != p {
				t.Fatalf("the days of %+v are not all in it", p)
			}
			if q, err := ParsePeriod(p.Name, start); q != p || err != nil {
				t.Fatalf("ParsePeriod(%q, %d) = %+v, %v, want %+v", p.Name, start, q, err, p)
			}
		}
		// Quarters of different starts never share a name.
		other := rapid.IntRange(1, 12).Draw(t, "other start")
		p, q := PeriodOf(Quarter, d, start), PeriodOf(Quarter, d, other)
		if (p.Name == q.Name) != (p == q) {
			t.Fatalf("one name for two quarters: %+v, %+v", p, q)
		}
	})
}

func TestLists(t *testing.T) {
	names := func(periods []Period) (s []string) {
		for _, p := range periods {
			s = append(s, p.Name)
		}
		return s
	}
	first, last := mustDay(t, "2025-01-30"), mustDay(t, "2025-02-03")
	for name, c := range map[string]struct{ got, want []string }{
		"days":     {names(Days(first, first+1)), []string{"2025-01-30", "2025-01-31"}},
		"weeks":    {names(Weeks(first, last)), []string{"2025-W05", "2025-W06"}},
		"months":   {names(Months(first, last)), []string{"2025-01", "2025-02"}},
		"quarters": {names(Quarters(first, last, 2)), []string{"2024-Q4-11", "2025-Q1-02"}},
		"nothing":  {names(Months(last, first)), nil},
		"run":      {names([]Period{Run(first, last), Run(first, first), Run(last, first)}), []string{"2025-01..2025-02", "2025-01", "2025-02"}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestClosed(t *testing.T) {
	loc := london(t)
	for _, c := range []struct {
		name, closes string // of the site's zone
	}{
		{"2025-01-15", "2025-01-18T00:00:00Z"},
		{"2025-03-29", "2025-04-01T01:00:00+01:00"}, // the 30th has 23 hours
		{"2025-03-30", "2025-04-02T00:00:00+01:00"},
		{"2025-10-25", "2025-10-27T23:00:00Z"}, // the 26th has 25 hours
		{"2025-W13", "2025-04-02T00:00:00+01:00"},
		{"2025-03", "2025-04-03T00:00:00+01:00"},
		{"2025-Q4", "2026-01-03T00:00:00Z"},
	} {
		closes, err := time.Parse(time.RFC3339, c.closes)
		if err != nil {
			t.Fatal(err)
		}
		p := period(t, c.name)
		if !p.ClosesAt(loc).Equal(closes) {
			t.Errorf("%s closes at %s, want %s", c.name, p.ClosesAt(loc), closes)
		}
		if p.Closed(loc, closes.Add(-time.Nanosecond)) || !p.Closed(loc, closes) {
			t.Errorf("%s does not close exactly at %s", c.name, closes)
		}
	}
	auckland, err := time.LoadLocation("Pacific/Auckland")
	if err != nil {
		t.Fatal(err)
	}
	if p := period(t, "2025-01-15"); !p.ClosesAt(auckland).Before(p.ClosesAt(loc)) {
		t.Error("a day ends at the same moment everywhere")
	}
}

func TestParsePeriodRefuses(t *testing.T) {
	for _, name := range []string{
		"", "2025-W54", "2025-W53", "2025-W00", "2025-13", "2025-00", "2025-02-29", "2025-2-3", "2025-Q0", "2025-Q5", "2025-Q1-01",
		"2025-Q2-02", "2025-Q1-13", "25", "02025", "1969", "1969-W52", "2025-03-03T00", " 2025", "2025\n", "２０２５",
		"2025-03..2025-03", "2025-04..2025-03", "2025-03..2025-04-01", "2025..2026", "2025-W01..2025-W02", "2025-Q1..2025-Q2",
		"2025-03-03..2025-03-16", "2025-W10..2025-W12", "2025-03-01..2025-03-31", "2025-03..", "..2025-03", "2025-01..2025-02..2025-03",
	} {
		if p, err := ParsePeriod(name, 1); !errors.Is(err, ErrPeriod) {
			t.Errorf("ParsePeriod(%q) = %+v, %v, want ErrPeriod", name, p, err)
		}
	}
	if _, err := ParsePeriod("2025-Q1", 2); !errors.Is(err, ErrPeriod) {
		t.Errorf("a quarter from January for a site whose quarters begin in February: %v", err)
	}
	if _, err := ParsePeriod("2025-Q1-02", 2); err != nil {
		t.Error(err)
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, name := range []string{
		"2025-03-03", "2025-W10", "2025-03", "2025-Q1", "2025-Q1-02", "2025", "2025-02..2026-01", "2025-03-03..2025-03-16",
		"2026-W53", "9999-12-31", "9999-W52", "1970-W01", "2024-02-29", "..",
	} {
		f.Add(name, 1)
		f.Add(name, 2)
	}
	f.Fuzz(func(t *testing.T, name string, start int) {
		p, err := ParsePeriod(name, start)
		if err != nil {
			if !errors.Is(err, ErrPeriod) || p != (Period{}) {
				t.Fatalf("ParsePeriod(%q) = %+v, %v", name, p, err)
			}
			return
		}
		if p.Name != name || p.First > p.Last {
			t.Fatalf("ParsePeriod(%q) = %+v", name, p)
		}
		want := PeriodOf(p.Grain, p.First, start)
		if p.Grain == MonthRun {
			want = Run(p.First, p.Last)
		}
		if p != want {
			t.Fatalf("ParsePeriod(%q) = %+v, but the calendar has %+v", name, p, want)
		}
	})
}

// allZones have whole, half and quarter hours, clocks that change at midnight or by
// half an hour, and islands that have left out a day.
var allZones = []string{
	"Europe/London", "Pacific/Auckland", "America/St_Johns", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe",
	"Asia/Kathmandu", "Pacific/Chatham", "Pacific/Kiritimati", "Africa/Casablanca", "America/Santiago", "UTC",
}

func zoneOf(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// A site's day is its own: days follow each other without a gap or an overlap,
// whatever the clocks do, and each closes 48 hours after its end.
func TestDaysOfEveryZone(t *testing.T) {
	lengths := map[string]map[time.Duration]int{}
	for _, name := range allZones {
		loc := zoneOf(t, name)
		lengths[name] = map[time.Duration]int{}
		for d := mustDay(t, "2024-01-01"); d < mustDay(t, "2029-01-01"); d++ {
			start, end := d.Start(loc), d.End(loc)
			if day.Of(start, loc) != d || day.Of(start.Add(-time.Nanosecond), loc) != d-1 || day.Of(end.Add(-time.Nanosecond), loc) != d {
				t.Errorf("%s: %s is from %s to %s", name, d, start, end)
			}
			lengths[name][end.Sub(start)]++
			p := PeriodOf(Day, d, 1)
			if closes := p.ClosesAt(loc); closes.Sub(end) != 48*time.Hour || p.Closed(loc, closes.Add(-time.Nanosecond)) || !p.Closed(loc, closes) {
				t.Errorf("%s: %s ends at %s and closes at %s", name, d, end, closes)
			}
		}
	}
	for name, want := range map[string]map[time.Duration]int{
		"Pacific/Auckland":    {23 * time.Hour: 5, 24 * time.Hour: 1817, 25 * time.Hour: 5},
		"America/St_Johns":    {23 * time.Hour: 5, 24 * time.Hour: 1817, 25 * time.Hour: 5},
		"Australia/Lord_Howe": {23*time.Hour + 30*time.Minute: 5, 24 * time.Hour: 1817, 24*time.Hour + 30*time.Minute: 5},
		"Pacific/Kiritimati":  {24 * time.Hour: 1827},
	} {
		if diff := cmp.Diff(want, lengths[name]); diff != "" {
			t.Errorf("lengths of the days of %s (-want +got):\n%s", name, diff)
		}
	}
}

// Every period is sealed at the moment at which it closes in the site's own
// zone, on both sides of a change of the clocks, and not a nanosecond before.
func TestPeriodsAreSealedWhenTheyCloseInTheirZone(t *testing.T) {
	for name, c := range map[string]struct{ last, closes string }{ // last day of the week in which clocks change
		"Pacific/Auckland": {"2025-04-06", "2025-04-09T00:00:00+12:00"}, // 25 hours long
		"America/St_Johns": {"2025-03-09", "2025-03-12T00:00:00-02:30"}, // 23 hours long
		"Europe/London":    {"2025-03-30", "2025-04-02T00:00:00+01:00"},
	} {
		plan := testPlan(t)
		plan.Location = zoneOf(t, name)
		last := mustDay(t, c.last)
		m := newMemory(charity(41, plan.First, last+10)...)
		s := &Sealer{Counts: m, Ledger: m, Keys: fixedKeys(t, 41)}
		closes, err := time.Parse(time.RFC3339, c.closes)
		if err != nil {
			t.Fatal(err)
		}
		week := PeriodOf(Week, last, 1).Name
		if _, err := s.Seal(t.Context(), plan, closes.Add(-time.Nanosecond)); err != nil {
			t.Fatal(err)
		}
		before := m.order
		if slices.Contains(before, c.last) || slices.Contains(before, week) {
			t.Errorf("%s: %s is sealed before it closes", name, c.last)
		}
		if _, err := s.Seal(t.Context(), plan, closes); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{c.last, week}, m.order[len(before):]); diff != "" {
			t.Errorf("%s: sealed at %s (-want +got):\n%s", name, closes, diff)
		}
	}
}

// The noise of every atom is made by the key of its counting year: a week by
// that of its ISO year, a quarter over New Year by that of its first day.
func TestNoiseIsOfTheCountingYear(t *testing.T) {
	plan := testPlan(t)
	plan.First, plan.QuarterStart = mustDay(t, "2024-10-20"), 2
	end := mustDay(t, "2026-02-10")
	m := newMemory(charity(42, plan.First, end)...)
	sealAll(t, m, fixedKeys(t, 42), plan, end)
	years := map[string]int{}
	for a, e := range m.every() {
		years[a.Period.Name] = e.Year
		mill := newMill(testKey(42 + uint64(e.Year)))
		if again := ruleOf(false).seal(mill, a, e.N, 1); again.Noisy != e.Noisy {
			t.Fatalf("%s of %s has not the noise of %d", a.Table, a.Period.Name, e.Year)
		}
	}
	for name, want := range map[string]int{
		"2024-W52": 2024, "2025-W01": 2025, "2026-W01": 2026, "2024-12-31": 2024, "2025-01-01": 2025, "2024-12": 2024, "2025-01": 2025,
		"2024-Q4-11": 2024, "2025-Q1-02": 2025, "2025-Q4-11": 2025,
	} {
		if years[name] != want {
			t.Errorf("%s is counted in %d, want %d", name, years[name], want)
		}
	}
}
