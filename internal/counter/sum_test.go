package counter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/day"
)

// view is the first page of a visit, with all that can be told.
var view = coarse.Hit{
	Kind: coarse.View, Basis: coarse.Consent, Site: "kx4f9q", Day: 20500, NewVisit: true, NewPage: true,
	Page: "/help/bullying", Source: "search", Referrer: "google", Campaign: "spring", Area: "ENG",
	Browser: "Chrome", Version: "current", System: "Android", Device: "phone", Hour: "evening", Language: "Welsh",
}

func TestCells(t *testing.T) {
	with := func(h coarse.Hit, change func(*coarse.Hit)) coarse.Hit { change(&h); return h }
	tests := []struct {
		name string
		hit  coarse.Hit
		want string
	}{
		{
			"first page of a visit", view,
			"total= entry=/help/bullying source=search referrer=google campaign=spring area=ENG browser=Chrome version=current system=Android device=phone hour=evening language=Welsh page=/help/bullying",
		},
		{
			"what is not told is not counted",
			with(view, func(h *coarse.Hit) { h.Referrer, h.Campaign, h.Area, h.Page = "", "", "", "" }),
			"total= source=search browser=Chrome version=current system=Android device=phone hour=evening language=Welsh",
		},
		{"another page", with(view, func(h *coarse.Hit) { h.NewVisit = false }), "page=/help/bullying"},
		{"the same page again", with(view, func(h *coarse.Hit) { h.NewVisit, h.NewPage = false, false }), ""},
		{
			"leave",
			coarse.Hit{Kind: coarse.Leave, Length: []string{"10s", "1m"}, Depth: []string{"2"}, Page: "/x", NewVisit: true},
			"length=10s length=1m depth=2",
		},
		{"event", coarse.Hit{Kind: coarse.Event, Table: "contact", Value: "webchat", NewVisit: true}, "contact=webchat"},
		{"contact with its hour", coarse.Hit{Kind: coarse.Event, Table: "contact", Value: "webchat", Hour: "evening"}, "contact=webchat contact-hour=evening"},
		{"contact of no value", coarse.Hit{Kind: coarse.Event, Table: "contact", Hour: "evening"}, ""},
		{"hour of another event", coarse.Hit{Kind: coarse.Event, Table: "issue", Value: "bullying", Hour: "evening"}, "issue=bullying"},
		{"event of no table", coarse.Hit{Kind: coarse.Event, Value: "webchat"}, ""},
		{"event of no value", coarse.Hit{Kind: coarse.Event, Table: "contact"}, ""},
		{"yes", coarse.Hit{Kind: coarse.Decision, Table: "banner", Value: "3 yes en"}, "banner=3 yes en decision=yes"},
		{"no", coarse.Hit{Kind: coarse.Decision, Table: "banner", Value: "3 no cy"}, "banner=3 no cy decision=no"},
		{"odd decision", coarse.Hit{Kind: coarse.Decision, Table: "banner", Value: "3"}, "banner=3"},
	}
	for _, tt := range tests {
		var got []string
		for _, c := range Cells(tt.hit) {
			got = append(got, string(c.Table)+"="+c.Value)
			if c.N != 1 || c.Site != tt.hit.Site || c.Day != tt.hit.Day {
				t.Errorf("%s: %+v", tt.name, c)
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, s, tt.want)
		}
	}
	for basis, want := range map[coarse.Basis]cell.Basis{coarse.Consent: cell.BasisConsent, coarse.Exception: cell.BasisException} {
		if got := Cells(with(view, func(h *coarse.Hit) { h.Basis = basis }))[0].Basis; got != want {
			t.Errorf("basis %d: %s", basis, got)
		}
	}
}

func anyHits() *rapid.Generator[[]coarse.Hit] {
	pick := func(t *rapid.T, values ...string) string { return rapid.SampledFrom(values).Draw(t, "text") }
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) coarse.Hit {
		h := view
		h.Kind = coarse.Kind(rapid.IntRange(1, 4).Draw(t, "kind"))
		h.Basis = coarse.Basis(rapid.IntRange(1, 2).Draw(t, "basis"))
		h.Day = rapid.SampledFrom([]day.Day{20500, 20501, 20540}).Draw(t, "day")
		h.NewVisit, h.NewPage = rapid.Bool().Draw(t, "visit"), rapid.Bool().Draw(t, "page")
		h.Site = pick(t, "kx4f9q", "aaaaaa")
		h.Page = pick(t, "", "/a", "/b", "/c")
		h.Referrer = pick(t, "", "google")
		h.Length = []string{pick(t, "10s", "1m")}
		h.Table, h.Value = pick(t, "contact", "issue"), pick(t, "webchat", "3 yes en", "")
		h.Hour = pick(t, "", "night", "evening")
		return h
	}), 40, 120)
}

type key struct {
	site  string
	basis cell.Basis
	day   day.Day
	table cell.Table
	value string
}

func keyOf(c cell.Cell) key { return key{c.Site, c.Basis, c.Day, c.Table, c.Value} }

// However hits are ordered and cut into segments, the sums are those of counting
// one by one; a batch has one month, no empty cell, and no cell twice.
func TestSumsAreTheCellsOfTheHits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hits := anyHits().Draw(t, "hits")
		want := map[key]uint64{}
		for _, h := range hits {
			for _, c := range Cells(h) {
				want[keyOf(c)] += c.N
			}
		}
		got := map[key]uint64{}
		hits = rapid.Permutation(hits).Draw(t, "order")
		for n := 0; len(hits) > 0; n++ {
			k := rapid.IntRange(1, len(hits)).Draw(t, "segment")
			for _, b := range summed(hits[:k]).batches(strconv.Itoa(n)) {
				seen := map[key]bool{}
				for _, c := range b.Cells {
					month := fmt.Sprintf("%d-%04d%02d", n, c.Day.Year(), int(c.Day.Month()))
					if c.N == 0 || seen[keyOf(c)] || b.ID != month {
						t.Fatalf("batch %s has %+v", b.ID, c)
					}
					seen[keyOf(c)] = true
					got[keyOf(c)] += c.N
				}
			}
			hits = hits[k:]
		}
		if d := cmp.Diff(want, got, cmp.AllowUnexported(key{})); d != "" {
			t.Fatal(d)
		}
	})
}

func summed(hits []coarse.Hit) sums {
	s := sums{}
	for _, h := range hits {
		s.add(h)
	}
	return s
}

// The batch says nothing of the order in which the hits came, and is the same
// whenever it is made.
func TestBatchDependsOnNothingButTheSums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hits := anyHits().Draw(t, "hits")
		first := summed(hits).batches("5e9")
		again := summed(rapid.Permutation(hits).Draw(t, "order")).batches("5e9")
		if d := cmp.Diff(first, again); d != "" {
			t.Fatal(d)
		}
	})
}

func TestTablesComeInRandomOrder(t *testing.T) {
	orders := map[string]int{}
	firsts := map[cell.Table]int{}
	const batches = 2000
	other := view
	other.Page = "/a"
	for i := range batches {
		b := summed([]coarse.Hit{view, other}).batches(strconv.Itoa(i))[0]
		var tables []cell.Table
		for _, c := range b.Cells {
			if slices.Contains(tables, c.Table) && tables[len(tables)-1] != c.Table {
				t.Fatalf("table %s is in two pieces", c.Table)
			}
			if !slices.Contains(tables, c.Table) {
				tables = append(tables, c.Table)
			}
		}
		orders[fmt.Sprint(tables)]++
		firsts[tables[0]]++
	}
	if len(orders) < batches*9/10 {
		t.Errorf("%d orders of tables in %d batches", len(orders), batches)
	}
	// 11 tables, each first in 182 of 2000 on average, standard deviation 13.
	for _, c := range Cells(view) {
		if n := firsts[c.Table]; n < 182-65 || n > 182+65 {
			t.Errorf("table %s is the first of %d batches of %d", c.Table, n, batches)
		}
	}
}

func BenchmarkSum(b *testing.B) {
	s := sums{}
	b.ReportAllocs()
	for b.Loop() {
		s.add(view)
	}
}
