package app

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/record"
)

// The key of a year goes when all is sealed, with a record and for good; what
// was read before is read afterwards.
func TestAYearEnds(t *testing.T) {
	s := start(t)
	s.visit(t, "/help", 60)
	s.visit(t, "/rare", 3)
	s.count(t)
	for at := utc(2026, time.April, 3, 1); at.Before(utc(2027, time.January, 20, 0)); at = at.AddDate(0, 0, 40) {
		s.sealAt(t, at)
	}
	before, err := s.pages(t, "2026")
	if err != nil || len(before) != 1 {
		t.Fatal(before, err)
	}
	ends := *s.now.Load()
	for s.deletedCells(t, "2026-12", s.site.Key).Verified.IsZero() {
		ends = ends.AddDate(0, 0, 3)
		if ends.After(utc(2027, time.June, 1, 0)) {
			t.Fatal("December never goes")
		}
		if _, err := s.sealer.Keys.Key(s.site.Key, 2026); err != nil {
			t.Fatalf("on %s the key is gone: %v", ends, err)
		}
		s.sealAt(t, ends)
	}
	if _, err := s.sealer.Keys.Key(s.site.Key, 2026); !errors.Is(err, disclosure.ErrNoKey) || !strings.Contains(err.Error(), "destroyed 2027-0") {
		t.Errorf("the key: %v", err)
	}
	doc, err := s.records.Get(keysKind, "2026")
	if err != nil {
		t.Fatal(err)
	}
	all, err := record.As[map[string]deletedKey](doc)
	if d := all[s.site.Key]; err != nil || !d.Destroyed.Equal(ends) || !d.Cut.Equal(ends) || doc.Author != s.holder || len(all) != 1 {
		t.Errorf("the record: %+v by %s, %v", all, doc.Author, err)
	}
	if _, err := s.records.Get(keysKind, "2025"); !errors.Is(err, record.ErrNotFound) {
		// The days before the first complete its quarter: they are of 2026 as well.
		t.Errorf("a year that had no key: %v", err)
	}
	entries, err := s.store.Entries(t.Context(), disclosure.Range{Site: s.site.Key, Basis: cell.BasisConsent, Grains: []disclosure.Grain{disclosure.Month}, First: march, Last: march + 30})
	if err != nil || len(entries) == 0 {
		t.Fatal(entries, err)
	}
	for _, e := range entries {
		if e.N > disclosure.KeptCount {
			t.Errorf("%s %q keeps its count of %d", e.Atom.Table, e.Atom.Value, e.N)
		}
	}
	after, err := s.pages(t, "2026")
	if err != nil || fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("pages of the year were %v and are %v, %v", before, after, err)
	}
	if r := s.sealAt(t, ends.AddDate(0, 0, 1)); len(r.Refused) != 0 {
		t.Errorf("refused: %v", r.Refused)
	}
}

// Figures go after their years; the periods stay sealed and are not counted
// again.
func TestFiguresGoAfterTheirYears(t *testing.T) {
	s := start(t)
	s.visit(t, "/help", 60)
	s.count(t)
	if _, err := s.setRetention(t.Context(), NewRetention{Site: s.site.Key, FiguresYears: 1}); err != nil {
		t.Fatal(err)
	}
	s.sealAt(t, utc(2026, time.April, 3, 1))
	s.sealAt(t, utc(2027, time.February, 27, 0))
	if rows, err := s.pages(t, "2026-03"); err != nil || len(rows) != 1 {
		t.Errorf("within the year: %v %v", rows, err)
	}
	s.sealAt(t, utc(2027, time.March, 1, 0))
	if _, err := s.pages(t, "2026-03"); !errors.Is(err, disclosure.ErrGone) {
		t.Errorf("after the year: %v", err)
	}
	if _, err := s.pages(t, "2026-04"); err != nil {
		t.Errorf("April: %v", err)
	}
	all := []disclosure.Grain{disclosure.Day, disclosure.Week, disclosure.Month, disclosure.Quarter}
	r := disclosure.Range{Site: s.site.Key, Basis: cell.BasisConsent, Grains: all, First: march - 100, Last: march + 30}
	if entries, err := s.store.Entries(t.Context(), r); len(entries) > 0 || err != nil {
		t.Errorf("%d entries are left, %v", len(entries), err)
	}
	if got := s.sealAt(t, utc(2027, time.March, 1, 1)); got.Periods != 0 {
		t.Errorf("sealed again: %+v", got)
	}
	s.close(t)
	s.open(t)
	if _, err := s.pages(t, "2026-03"); !errors.Is(err, disclosure.ErrGone) {
		t.Errorf("after a restart: %v", err)
	}
}
