package disclosure

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

// A property of the rule is a function that finds what breaks it, nil if nothing
// does. TestProperties holds each against the real part, and against mutants
// that it has to find.

// badFigures seals many atoms and looks for a figure that must not be.
func badFigures(_ testing.TB, off mutant) error {
	r, m := ruleOf(off.strict), newMill(testKey(11))
	if off.rule != nil {
		off.rule(&r)
	}
	a := Atom{Site: testSite, Basis: cell.BasisConsent, Table: cell.Page, Period: Period{Grain: Month, Name: "2025-03"}}
	value := make([]byte, 8)
	for i := range 200_000 {
		binary.BigEndian.PutUint64(value, uint64(i))
		a.Value = string(value)
		n := uint64(i % 40)
		switch e := r.seal(m, a, n, n); {
		case e.Shown > 0 && n < 5:
			return fmt.Errorf("%d is shown for a true count of %d", e.Shown, n)
		case e.Shown%5 != 0 || e.Shown > 0 && e.Shown < 10:
			return fmt.Errorf("%d is shown", e.Shown)
		case n >= 5 && e.Shown == 0 && e.Noisy >= r.threshold:
			return fmt.Errorf("nothing is shown for %d, noisy %d", n, e.Noisy)
		}
	}
	return nil
}

// changedAnswers seals, changes the cells, seals again and tells whether a
// reader can see it.
func changedAnswers(t testing.TB, off mutant) error {
	plan := testPlan(t)
	plan.Domains = testDomains
	end := mustDay(t, "2025-04-10")
	m := newMemory(charity(20, plan.First, end)...)
	s := &Sealer{Counts: m, Ledger: off.over(m), Keys: fixedKeys(t, 20)}
	now := end.Start(plan.Location)
	if _, err := s.Seal(t.Context(), plan, now); err != nil {
		return err
	}
	before := transcript(t, m, plan, end)
	m.cells = append(charity(21, plan.First, end), at(end-20, cell.Page, "/late", 5000))
	if _, err := s.Seal(t.Context(), plan, now); err != nil {
		return err
	}
	if transcript(t, m, plan, end) != before {
		return errors.New("answers changed with the cells")
	}
	// What is sealed later leaves every answer that was given as it is.
	if _, err := s.Seal(t.Context(), plan, now.AddDate(0, 3, 0)); err != nil {
		return err
	}
	later := transcript(t, m, plan, end)
	for line := range strings.Lines(before) {
		open := strings.Contains(line, ErrOpen.Error()) || strings.Contains(line, `"Sealed":false`)
		if !open && !strings.Contains(later, line) {
			return fmt.Errorf("an answer was taken back: %s", line)
		}
	}
	if later == before {
		return errors.New("three months later nothing more is sealed")
	}
	return nil
}

// forgetful is a ledger without the check for what is sealed: the last wins.
type forgetful struct{ *memory }

func (f forgetful) Sealed(context.Context, string, cell.Basis, day.Day, day.Day) (map[string]bool, error) {
	return nil, nil
}

func (f forgetful) Seal(ctx context.Context, s Sealing) error {
	f.mu.Lock()
	for _, part := range s.Parts {
		delete(f.sealed, sealID{s.Site, s.Basis, part.Period.Name})
	}
	f.mu.Unlock()
	return f.memory.Seal(ctx, s)
}

// changedAtoms counts, by table, the atoms that differ between two ledgers.
func changedAtoms(a, b map[Atom]Entry) map[cell.Table]int {
	changed := map[cell.Table]int{}
	all := maps.Clone(a)
	maps.Copy(all, b)
	for atom := range all {
		if a[atom] != b[atom] {
			changed[atom.Table]++
		}
	}
	return changed
}

// mutant says what a part of the protection is replaced by; the zero mutant is the rule itself.
type mutant struct {
	ledger  func(*memory) Ledger        // what the sealer and readers have instead of the ledger
	entry   func(*Entry)                // what becomes of an entry before it is sealed
	counts  func(*memory) Counts        // where the sealer reads cells
	digest  func(Atom, uint64) [32]byte // instead of the keyed digest
	rule    func(*rule)                 // what becomes of the rule of atoms
	strict  bool                        // of the rule
	quarter func(*memory, Query) Figure // instead of the sum of months
}

// altered is a ledger that gets entries changed.
type altered struct {
	Ledger
	entry func(*Entry)
}

func (a altered) Seal(ctx context.Context, s Sealing) error {
	for i, part := range s.Parts {
		s.Parts[i].Entries = slices.Clone(part.Entries)
		for j := range s.Parts[i].Entries {
			a.entry(&s.Parts[i].Entries[j])
		}
	}
	return a.Ledger.Seal(ctx, s)
}

// over is the ledger of m, so far as it is protected.
func (p mutant) over(m *memory) Ledger {
	var l Ledger = m
	if p.ledger != nil {
		l = p.ledger(m)
	}
	if p.entry != nil {
		l = altered{l, p.entry}
	}
	return l
}

// sealInto seals m up to the morning of d.
func (p mutant) sealInto(t testing.TB, m *memory, keys *KeyStore, plan Plan, d day.Day) {
	t.Helper()
	s := &Sealer{Counts: m, Ledger: p.over(m), Keys: keys}
	if p.counts != nil {
		s.Counts = p.counts(m)
	}
	if _, err := s.Seal(t.Context(), plan, d.Start(plan.Location).Add(9*time.Hour)); err != nil {
		t.Fatal(err)
	}
}

// sealedTwice seals the same cells into two ledgers, as after the loss of one,
// reads the second twice and tells whether the answers differ.
func sealedTwice(t testing.TB, off mutant) error {
	plan := testPlan(t)
	plan.Domains = testDomains
	end := mustDay(t, "2025-04-10")
	answers := map[string]bool{}
	for range 2 {
		m := newMemory(charity(22, plan.First, end)...)
		off.sealInto(t, m, fixedKeys(t, 22), plan, end)
		answers[transcript(t, m, plan, end)] = true
		off.sealInto(t, m, fixedKeys(t, 22), plan, end)
		answers[transcript(t, m, plan, end)] = true
	}
	if len(answers) != 1 {
		return fmt.Errorf("%d different answers to the same questions", len(answers))
	}
	return nil
}

// fewAreSeen tells whether somebody who asks for a value can tell none from up
// to four visits in all its history.
func fewAreSeen(t testing.TB, off mutant) error {
	plan := testPlan(t)
	plan.Domains = testDomains
	end := mustDay(t, "2025-04-10")
	base := charity(23, plan.First, end)
	answer := func(n int, table cell.Table, value string) string {
		cells := slices.Clone(base)
		for i := range n {
			cells = append(cells, at(plan.First+day.Day(11*i%60), table, value, 1))
		}
		m := newMemory(cells...)
		off.sealInto(t, m, fixedKeys(t, 23), plan, end)
		return transcript(t, m, plan, end)
	}
	for table, value := range map[cell.Table]string{cell.Issue: "never-asked", cell.Page: "/page/rare"} {
		none := answer(0, table, value)
		for n := 1; n <= 4; n++ {
			if answer(n, table, value) != none {
				return fmt.Errorf("%d visits of %s %s give other answers than none", n, table, value)
			}
		}
		if answer(60, table, value) == none {
			t.Errorf("60 visits of %s %s give the same answers as none: the property cannot be broken", table, value)
		}
	}
	return nil
}

// unfitAnswer looks for a number that a reader can get, of an atom or a sum,
// that is no multiple of 5 from 10 up or stands for fewer than 5 visits.
func unfitAnswer(t testing.TB, off mutant) error {
	plan := testPlan(t)
	plan.Domains = testDomains
	end := mustDay(t, "2025-05-10")
	shown := 0
	for seed := range uint64(4) {
		m := newMemory(charity(30+seed, plan.First, end)...)
		off.sealInto(t, m, fixedKeys(t, seed), plan, end)
		for _, table := range []cell.Table{cell.Total, cell.Page, cell.Device, cell.Issue} {
			for _, p := range readable(plan, end) {
				n, err := unfitRow(t, m, Query{Site: testSite, Table: table, Period: p})
				if err != nil {
					return err
				}
				shown += n
			}
		}
	}
	if shown < 1000 {
		t.Errorf("only %d numbers looked at", shown)
	}
	return nil
}

// unfitRow compares the rows of one table with the cells of m, and counts them.
func unfitRow(t testing.TB, m *memory, q Query) (int, error) {
	rows, err := NewBook(m).Table(t.Context(), q)
	if errors.Is(err, ErrOpen) || errors.Is(err, ErrNoFigure) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	truth := map[string]uint64{}
	for _, c := range m.cells {
		if c.Table == q.Table && c.Day >= q.Period.First && c.Day <= q.Period.Last {
			truth[c.Value] += c.N
		}
	}
	for _, row := range rows {
		n, ok := row.Figure.Shown()
		if !ok || n < 10 || n%5 != 0 || truth[row.Value] < 5 {
			return 0, fmt.Errorf("%s %s in %s shows %s for %d", q.Table, row.Value, q.Period.Name, row.Figure, truth[row.Value])
		}
	}
	return len(rows), nil
}
