package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/store"
	"github.com/footfall-analytics/footfall/internal/store/storetest"
)

var sealedAt = time.Date(2026, time.April, 3, 4, 5, 6, 0, time.UTC)

func dayPeriod(d day.Day) disclosure.Period {
	return disclosure.Period{Grain: disclosure.Day, Name: d.String(), First: d, Last: d}
}

// entries are a total and some pages of a period, all with the numbers n.
func entries(p disclosure.Period, n uint64) []disclosure.Entry {
	list := []disclosure.Entry{{Atom: disclosure.Atom{Table: cell.Total}}}
	for i := range 5 {
		list = append(list, disclosure.Entry{Atom: disclosure.Atom{Table: cell.Page, Value: fmt.Sprintf("/%d\n\n'", i)}})
	}
	for i := range list {
		e := &list[i]
		e.Atom.Site, e.Atom.Basis, e.Atom.Period = site, cell.BasisConsent, p
		e.N, e.Noisy, e.Shown, e.Year = n, int64(n)-7, n/5*5, 2026
	}
	slices.SortFunc(list, func(a, b disclosure.Entry) int { return -1 * (len(a.Atom.Table) - len(b.Atom.Table)) })
	return list
}

func seal(s *store.Store, t *testing.T, p disclosure.Period, n uint64) error {
	return s.Seal(t.Context(), sealing(disclosure.Sealed{Period: p, Entries: entries(p, n)}))
}

func sealing(parts ...disclosure.Sealed) disclosure.Sealing {
	return disclosure.Sealing{Site: site, Basis: cell.BasisConsent, At: sealedAt, Parts: parts}
}

func numbers(t *testing.T, s *store.Store, r disclosure.Range) (n []uint64) {
	t.Helper()
	got, err := s.Entries(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range got {
		n = append(n, e.N)
	}
	return n
}

func days(first, last day.Day) disclosure.Range {
	return disclosure.Range{Site: site, Basis: cell.BasisConsent, Grains: []disclosure.Grain{disclosure.Day}, First: first, Last: last}
}

func testFirstSealWins(t *testing.T, fresh rig) {
	s := storetest.OpenWith(t, fresh(t))
	closed := func(from, want day.Day) {
		t.Helper()
		all := map[cell.Scope]day.Day{}
		if want > 0 {
			all[cell.Scope{Site: site, Basis: cell.BasisConsent}] = want
		}
		if got, err := s.Closed(t.Context(), from); !maps.Equal(got, all) || err != nil {
			t.Errorf("closed from %s on: %v %v, want %v", from, got, err, all)
		}
	}
	closed(0, 0)
	one, two, month := dayPeriod(july), dayPeriod(july+1), disclosure.Period{Grain: disclosure.Month, Name: "2026-07", First: july, Last: july + 30}
	for _, p := range []disclosure.Period{one, two, month} {
		if err := seal(s, t, p, 42); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := seal(s, t, one, 99); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.Entries(t.Context(), days(july, july))
	if err != nil {
		t.Fatal(err)
	}
	byTable := func(a, b disclosure.Entry) int {
		return cmpText(string(a.Atom.Table)+"\x00"+a.Atom.Value, string(b.Atom.Table)+"\x00"+b.Atom.Value)
	}
	if d := cmp.Diff(slices.SortedFunc(slices.Values(entries(one, 42)), byTable), got); d != "" {
		t.Error(d)
	}
	only := days(july, july+30)
	only.Table = cell.Total
	if got := numbers(t, s, only); !slices.Equal(got, []uint64{42, 42}) {
		t.Errorf("totals of days: %v", got)
	}
	sealed, err := s.Sealed(t.Context(), site, cell.BasisConsent, july-100_000, july+100_000)
	if d := cmp.Diff(map[string]bool{one.Name: true, two.Name: true, month.Name: true}, sealed); d != "" || err != nil {
		t.Error(d, err)
	}
	closed(july-100, july+1) // a month closes no days
	closed(july+1, july+1)
	closed(july+2, 0)
	empty := dayPeriod(july + 2)
	if err := s.Seal(t.Context(), sealing(disclosure.Sealed{Period: empty})); err != nil {
		t.Fatal(err)
	}
	closed(july, july+2)
	if err := s.Seal(t.Context(), sealing(disclosure.Sealed{Period: dayPeriod(july + 3), Entries: entries(one, 1)})); err == nil {
		t.Error("entries of another period were sealed")
	}
}

// An attempt that comes late for some of its periods seals the others, and its
// rows of the first ones are never read.
func testManyPeriodsAtOnce(t *testing.T, fresh rig) {
	s := storetest.OpenWith(t, fresh(t))
	attempt := func(n uint64, periods ...disclosure.Period) error {
		var parts []disclosure.Sealed
		for _, p := range periods {
			parts = append(parts, disclosure.Sealed{Period: p, Entries: entries(p, n)})
		}
		return s.Seal(t.Context(), sealing(parts...))
	}
	month := disclosure.Period{Grain: disclosure.Month, Name: "2026-07", First: july, Last: july + 30}
	if err := attempt(10, dayPeriod(july+1), dayPeriod(july+2)); err != nil {
		t.Fatal(err)
	}
	if err := attempt(20, dayPeriod(july), dayPeriod(july+1), month, dayPeriod(july+3)); err != nil {
		t.Fatal(err)
	}
	for p, want := range map[disclosure.Period]uint64{
		dayPeriod(july): 20, dayPeriod(july + 1): 10, dayPeriod(july + 2): 10, dayPeriod(july + 3): 20, month: 20,
	} {
		r := days(p.First, p.Last)
		r.Grains, r.Table = []disclosure.Grain{p.Grain}, cell.Total
		if got := numbers(t, s, r); !slices.Equal(got, []uint64{want}) {
			t.Errorf("%s: %v, want %d", p.Name, got, want)
		}
	}
	for want, grains := range map[int][]disclosure.Grain{5: {disclosure.Month, disclosure.Week, disclosure.Day}, 1: {disclosure.Month}, 0: nil} {
		r := days(july, july+30)
		r.Grains, r.Table = grains, cell.Total
		if got := numbers(t, s, r); len(got) != want {
			t.Errorf("of %v: %v, want %d", grains, got, want)
		}
	}
	newYear := dayPeriod(day.New(2027, time.January, 1))
	if err := attempt(30, dayPeriod(july+4), newYear); err == nil || !strings.Contains(err.Error(), "2027-01-01") {
		t.Errorf("periods of two years in one attempt: %v", err)
	}
	if got, err := s.Sealed(t.Context(), site, cell.BasisConsent, july, july+1000); len(got) != 5 || err != nil {
		t.Errorf("sealed: %v %v", got, err)
	}
}

func cmpText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func testSealersAtOnce(t *testing.T, fresh rig) {
	o := fresh(t)
	stores := []*store.Store{storetest.OpenWith(t, o), storetest.OpenWith(t, o)}
	p := dayPeriod(july)
	for round := range 5 {
		p = dayPeriod(july + day.Day(round))
		seen := make(chan uint64, 8)
		var wg sync.WaitGroup
		for i := range 8 {
			s := stores[i%2]
			wg.Go(func() {
				if err := seal(s, t, p, uint64(100+i)); err != nil {
					t.Error(err)
					return
				}
				got, err := s.Entries(t.Context(), days(p.First, p.Last))
				if err != nil || len(got) != 6 {
					t.Errorf("%d entries after sealing, %v", len(got), err)
					return
				}
				seen <- got[0].N
			})
		}
		wg.Wait()
		close(seen)
		first := <-seen
		for n := range seen {
			if n != first {
				t.Errorf("sealers saw %d and %d: a figure has changed", first, n)
			}
		}
		for _, n := range numbers(t, stores[0], days(p.First, p.Last)) {
			if n != first {
				t.Errorf("entries of two attempts are mixed: %d, %d", first, n)
			}
		}
	}
}

func testUnfinishedSeal(t *testing.T, fresh rig) {
	o := fresh(t)
	s := storetest.OpenWith(t, o)
	p := dayPeriod(july)
	if err := store.WriteUnclaimed(t.Context(), s, p, site, entries(p, 13)); err != nil {
		t.Fatal(err)
	}
	sealed, err := s.Sealed(t.Context(), site, cell.BasisConsent, july, july)
	if len(sealed) != 0 || err != nil || numbers(t, s, days(july, july)) != nil {
		t.Errorf("seen: %v %v", sealed, err)
	}
	if err := seal(s, t, p, 42); err != nil {
		t.Fatal(err)
	}
	for _, n := range numbers(t, s, days(july, july)) {
		if n != 42 {
			t.Errorf("got %d from the unfinished attempt", n)
		}
	}
}

func doc(id string, version uint32, body string) record.Doc {
	return record.Doc{Kind: "site", ID: id, Version: version, Author: "command", Time: sealedAt.Add(time.Duration(version) * time.Minute), Body: []byte(body)}
}

func testRecords(t *testing.T, fresh rig) {
	o := fresh(t)
	s := storetest.OpenWith(t, o)
	large := `{"text":"` + fmt.Sprintf("%01000000d", 7) + `"}`
	want := []record.Doc{doc("a", 1, `{"n":1}`), doc("b", 1, `{}`), doc("a", 2, large)}
	for _, d := range want {
		if err := s.Append(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		doc   record.Doc
		found uint32
	}{{doc("a", 1, `{}`), 2}, {doc("a", 2, `{}`), 2}, {doc("a", 4, `{}`), 2}, {doc("c", 2, `{}`), 0}} {
		var conflict *record.ConflictError
		err := s.Append(t.Context(), c.doc)
		if !errors.As(err, &conflict) || conflict.Expected != c.doc.Version-1 || conflict.Found != c.found {
			t.Errorf("version %d of %s: %v", c.doc.Version, c.doc.ID, err)
		}
	}
	if err := s.Append(t.Context(), doc("d", 0, `{}`)); err == nil {
		t.Error("version 0 was taken")
	}
	if n, err := s.DocCount(t.Context()); n != 3 || err != nil {
		t.Errorf("%d versions, %v, want 3", n, err)
	}
	got, err := storetest.OpenWith(t, o).Docs(t.Context())
	// As text: byte by byte it takes seconds.
	text := cmp.Transformer("text", func(b json.RawMessage) string { return string(b) })
	if d := cmp.Diff(want, got, text); d != "" || err != nil {
		t.Errorf("%.2000s %v", d, err)
	}
}

func testWritersAtOnce(t *testing.T, fresh rig) {
	o := fresh(t)
	stores := []*store.Store{storetest.OpenWith(t, o), storetest.OpenWith(t, o)}
	const writers, versions = 12, 5
	for v := uint32(1); v <= versions; v++ {
		var wg sync.WaitGroup
		won := make(chan string, writers)
		for i := range writers {
			wg.Go(func() {
				body := fmt.Sprintf(`{"writer":%d}`, i)
				var conflict *record.ConflictError
				switch err := stores[i%2].Append(t.Context(), doc("a", v, body)); {
				case err == nil:
					won <- body
				case !errors.As(err, &conflict) || conflict.Found != v:
					t.Errorf("version %d: %v", v, err)
				}
			})
		}
		wg.Wait()
		close(won)
		if len(won) != 1 {
			t.Fatalf("version %d: %d winners", v, len(won))
		}
		docs, err := stores[0].Docs(t.Context())
		if err != nil || len(docs) != int(v) || string(docs[v-1].Body) != <-won {
			t.Fatalf("version %d: %d documents, %v; or not the winner's", v, len(docs), err)
		}
	}
}
