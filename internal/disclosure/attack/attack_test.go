package attack

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

var full = flag.Bool("full", false, "attack at full size: some minutes")

// byChance tells which rows of the small size may miss their bound by chance.
func byChance(name string) bool {
	return strings.HasPrefix(name, "median") || strings.HasPrefix(name, "a month's chart") || strings.HasPrefix(name, "page-months") || strings.HasSuffix(name, "below 8")
}

// keys are new ones at full size, and at the small size the same each time:
// what the few small counts of a test give by chance, they give always.
func keys(t *testing.T) *disclosure.KeyStore {
	t.Helper()
	if !*full {
		cryptotest.SetGlobalRandom(t, 4)
	}
	k, err := disclosure.OpenKeys(t.TempDir(), [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// TestAttacks prints every table. A bound that is missed fails it.
func TestAttacks(t *testing.T) {
	s, sites := smallSize, []int{1, 10}
	if *full {
		s, sites = fullSize, []int{1, 3, 10, 30}
	}
	k, all := keys(t), newResults()
	var lines, others []line
	var rows []check
	judge := func(all []line) {
		for _, l := range all {
			if !l.met() {
				t.Errorf("missed: %s", l)
			}
		}
	}
	for _, n := range visits {
		r, err := attackAll(t.Context(), k, s, n, weakness{})
		if err != nil {
			t.Fatal(err)
		}
		all.add(r)
		lines = append(lines, r.lines(fmt.Sprintf("%g", n))...)
		rows = append(append(rows, r.published.fitness(fmt.Sprintf("%g", n))...), r.use.usefulness(n)...)
	}
	for _, kind := range otherKinds {
		some := newResults()
		for _, n := range visits {
			less := s
			less.kind, less.charities, less.averaging = kind, max(1, s.charities/3), max(1, s.averaging/3)
			r, err := attackAll(t.Context(), k, less, n, weakness{})
			if err != nil {
				t.Fatal(err)
			}
			some.add(r)
		}
		judge(some.lines(kind.name))
		others = append(others, some.lines(kind.name)...)
		rows = append(rows, some.published.fitness(kind.name)...)
	}
	more, err := promised(t.Context(), k, s, weakness{})
	if err != nil {
		t.Fatal(err)
	}
	rows = append(rows, more...)
	if more, err = linked(t.Context(), s, sites); err != nil {
		t.Fatal(err)
	}
	rows = append(rows, more...)
	t.Logf("\n%s\n%s\n%s\n%s", table(all.lines("all")), table(lines), table(others), checks(rows))
	judge(all.lines("all"))
	for _, name := range missed(rows) {
		if *full || !byChance(name) {
			t.Errorf("missed: %s", name)
		}
	}
	for attack, least := range map[string]int{differenced: 170_000, totalMinusParts: 20_000, twoWayBounds: 4_000, twoWayPosterior: 4_000} {
		if n := all.scores[attack].cells; *full && n < least {
			t.Errorf("%s: %d small cells, want %d", attack, n, least)
		}
	}
}

// An attacker whose guesses come true more often, or less, than he expects has
// the wrong posterior: his bound says nothing.
func TestExpectationsComeTrue(t *testing.T) {
	for _, c := range []struct {
		cells, prior, guess int
		reckoned            float64
		met                 bool
	}{
		{10_000, 3_000, 3_100, 150, true},
		{10_000, 3_000, 3_100, 210, false}, // expects more than the bound
		{10_000, 3_000, 2_800, 150, false}, // expects what does not come true
		{10_000, 3_000, 3_420, 150, false}, // gains more than chance and the bound have room for
		{40, 10, 15, 10, true},             // few say nothing of what is expected
		{40, 10, 25, 0, false},
	} {
		l := line{score: score{cells: c.cells, prior: c.prior, guess: c.guess, reckoned: c.reckoned}, bound: bound{points: 2}}
		if l.met() != c.met {
			t.Errorf("met: %v: %s", l.met(), l)
		}
	}
}

// TestControls takes protections away: every attack that a protection is there
// to stop must succeed then, or it shows nothing.
func TestControls(t *testing.T) {
	s := smallSize
	if *full {
		s = fullSize
		s.charities, s.averaging = 3, 3
	}
	for _, c := range []struct {
		off     weakness
		visits  float64
		succeed []string
	}{
		{weakness{noise: true, calendar: true}, 20, []string{runsOfDays}},
		{weakness{noise: true, rounding: true}, 20, []string{differenced, totalMinusParts, sentBefore}},
		{weakness{noise: true, rounding: true}, 50, []string{differenced, runsOfMonths, contactsTwice, nestedBands, sentBefore}},
		{weakness{noise: true, rounding: true, threshold: true}, 200, []string{kindsOfAnswers, twoWayBounds}},
	} {
		r, err := attackAll(t.Context(), keys(t), s, c.visits, c.off)
		if err != nil {
			t.Fatal(err)
		}
		lines := r.lines(fmt.Sprintf("%g", c.visits))
		t.Logf("switched off: %s\n%s", c.off, table(lines))
		for _, name := range c.succeed {
			if r.scores[name].correct == 0 {
				t.Errorf("without %s the attack %q makes no correct claim: it cannot succeed", c.off, name)
			}
		}
	}
}

// Without the rule that the first sealing wins, own visits give new noise each
// time, and averaging finds the counts.
func TestTheFirstSealingWins(t *testing.T) {
	c := simulate(7, 20, day.New(2025, 3, 20))
	for _, off := range []weakness{{}, {firstWins: true}} {
		s, err := ownVisits(t.Context(), keys(t), c, off, day.New(2025, 2, 28))
		if err != nil {
			t.Fatal(err)
		}
		if s.cells < 20 || s.correct*4 > s.cells != off.firstWins || s.correct > 0 && !off.firstWins {
			t.Errorf("switched off: %s: %+v", off, s)
		}
	}
}

// TestMutants switches protections off one by one: the checks must notice.
func TestMutants(t *testing.T) {
	s := smallSize
	fitness := func(off weakness) []string {
		c, end := simulate(9, 20, day.New(2025, 2, 20)), day.New(2025, 1, 31)
		m := newMemory(c.cells())
		if err := seal(t.Context(), keys(t), c, m, off, end+10); err != nil {
			t.Fatal(err)
		}
		v, err := read(t.Context(), c, m, off, end)
		if err != nil {
			t.Fatal(err)
		}
		return missed(v.published().fitness("20"))
	}
	promises := func(off weakness) []string {
		rows, err := promised(t.Context(), keys(t), s, off)
		if err != nil {
			t.Fatal(err)
		}
		return missed(rows)
	}
	for _, c := range []struct {
		off   weakness
		check func(weakness) []string
	}{
		{weakness{noise: true}, promises},
		{weakness{floor: true}, promises},
		{weakness{rounding: true}, fitness},
		{weakness{threshold: true}, fitness},
	} {
		if found := slices.DeleteFunc(c.check(weakness{}), byChance); len(found) > 0 {
			t.Errorf("nothing switched off, but missed: %v", found)
		}
		if found := slices.DeleteFunc(c.check(c.off), byChance); len(found) == 0 {
			t.Errorf("mutant without %s is not found", c.off)
		} else {
			t.Logf("without %s: %v", c.off, found)
		}
	}
	more := s
	more.charities = 5
	free, err := attackAll(t.Context(), keys(t), more, 8, weakness{calendar: true}) // most of their days are small
	if err != nil {
		t.Fatal(err)
	}
	if days := free.scores[runsOfDays]; days.counted() <= 6+3*days.chance() || days.points() <= 6 {
		t.Errorf("free runs of days gain %.1f points on %d days: the mutant is not found", days.counted(), days.cells)
	}
	whole, err := relink(t.Context(), 1, 20, s.days, nil)
	if err != nil {
		t.Fatal(err)
	}
	unmixed, err := relink(t.Context(), 1, 20, s.days, func(t time.Time) time.Time { return t })
	if err != nil {
		t.Fatal(err)
	}
	if unmixed.alone*2 < unmixed.visits || whole.alone > 0 {
		t.Errorf("counted every 15 minutes %d of %d visits are alone, by the day %d of %d", unmixed.alone, unmixed.visits, whole.alone, whole.visits)
	}
}
