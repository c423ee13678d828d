package disclosure

import (
	"fmt"
	"testing"

	"github.com/footfall-analytics/footfall/internal/day"
)

func TestShelvesAreBounded(t *testing.T) {
	s, sealed := newShelves(), map[string]bool{"2026-01": true}
	mark := func(i int) shelfMark { return shelfMark{site: fmt.Sprint(i)} }
	for i := range 30 {
		s.put(mark(i), &rows{sealed: sealed, count: mostKept / 10})
		if s.take(mark(0), sealed) == nil { // used again and again
			t.Fatalf("the rows of the site that is used most are gone after %d", i)
		}
	}
	kept := 0
	for i := range 30 {
		if s.take(mark(i), sealed) != nil {
			kept++
		}
	}
	if kept != 10 || s.take(mark(29), sealed) == nil {
		t.Errorf("rows of %d sites are kept, want 10, the last among them", kept)
	}
	s.put(mark(99), &rows{sealed: sealed, count: mostKept + 1})
	if len(s.kept) != 10 || s.take(mark(99), sealed) != nil {
		t.Errorf("rows of %d sites are kept after one that is too large", len(s.kept))
	}
}

// Once a year is over its true counts are cut down on disk; memory keeps no more.
func TestShelvesKeepNoTrueCounts(t *testing.T) {
	first := day.New(2025, 1, 1)
	m := newMemory(charity(1, first, first+60)...)
	sealAll(t, m, fixedKeys(t, 1), testPlan(t), first+70)
	if len(m.every()) == 0 {
		t.Fatal("nothing is sealed")
	}
	b := NewBook(m)
	for atom := range m.every() {
		_, _ = b.Once().Figure(t.Context(), Query{Site: testSite, Table: atom.Table, Value: atom.Value, Period: atom.Period})
	}
	all := 0
	for _, r := range b.shelves.kept {
		for _, periods := range r.entries {
			for _, entries := range periods {
				for _, e := range entries {
					if all++; e.N > KeptCount {
						t.Fatalf("%v keeps the count %d", e.Atom, e.N)
					}
				}
			}
		}
	}
	if all == 0 {
		t.Error("nothing is kept")
	}
}
