package demo

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/site"
)

func TestTheDemoSiteIsValid(t *testing.T) {
	if err := Harbour("127.0.0.1:8080").Validate(); err != nil {
		t.Fatal(err)
	}
}

func TestEveryButtonIsDeclared(t *testing.T) {
	s := Harbour("127.0.0.1:8080")
	for _, p := range website {
		for _, e := range p.Events {
			if !slices.ContainsFunc(s.Vocabulary[cell.Table(e.Table)], func(c site.Choice) bool { return c.ID == e.Value }) {
				t.Errorf("page %q: %s %s is not in the vocabulary", p.Path, e.Table, e.Value)
			}
		}
	}
}

func TestTheSameSeedGivesTheSameVisits(t *testing.T) {
	first := day.New(2026, 1, 1)
	count := func(seed uint64) (visits, hits int) {
		for _, v := range Days(seed, "127.0.0.1:8080", first, first+30) {
			visits += len(v)
			for _, one := range v {
				hits += len(one.Hits)
			}
		}
		return visits, hits
	}
	v1, h1 := count(7)
	v2, h2 := count(7)
	v3, h3 := count(8)
	if v1 != v2 || h1 != h2 || (v1 == v3 && h1 == h3) {
		t.Errorf("seed 7: %d/%d and %d/%d; seed 8: %d/%d", v1, h1, v2, h2, v3, h3)
	}
	if v1 < 1500 || v1 > 5000 {
		t.Errorf("%d visits in a month: not what a charity of this size has", v1)
	}
}

func TestVisitsComeAtAllTimesOfDay(t *testing.T) {
	days := map[int]int{} // by quarter of the day
	for d := day.New(2026, 2, 1); d.Month() == 2; d++ {
		days[Hour(d)/6]++
	}
	for quarter := range 4 {
		if days[quarter] < 2 {
			t.Errorf("%d days of February in quarter %d of the day", days[quarter], quarter)
		}
	}
}

func TestEveryPageRendersWithTheSnippet(t *testing.T) {
	for _, p := range website {
		var b bytes.Buffer
		ok, err := Render(&b, p.Path, "/footfall.js")
		if err != nil || !ok || !strings.Contains(b.String(), `src="/footfall.js" data-site="harb0r"`) {
			t.Errorf("%q: ok %v, error %v", p.Path, ok, err)
		}
		if !strings.HasPrefix(http.DetectContentType(b.Bytes()), "text/html") {
			t.Errorf("%q is not a page", p.Path)
		}
	}
	if ok, _ := Render(&bytes.Buffer{}, "nowhere", ""); ok {
		t.Error("a page that does not exist was rendered")
	}
}
