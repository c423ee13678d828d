package disclosure

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWords(t *testing.T) {
	got := map[string][]string{}
	for name, w := range map[string]Words{"English": English, "Welsh": Welsh, "Data": Data, "Sheet": Sheet} {
		for _, n := range []uint64{0, 10, 995, 1250, 1234565} {
			got[name] = append(got[name], w.Figure(Figure{shown: n}))
		}
		got[name] = append(got[name], w.Added(Figure{}), w.Added(Figure{shown: 1250}), w.Number(0), w.Percent(62))
	}
	want := map[string][]string{
		"English": {"fewer than 10", "10", "995", "1,250", "1,234,565", "hidden to protect others", "1,250", "0", "62\u00a0%"},
		"Welsh":   {"llai na 10", "10", "995", "1,250", "1,234,565", "wedi’i guddio i ddiogelu eraill", "1,250", "0", "62\u00a0%"},
		"Data":    {"fewer than 10", "10", "995", "1250", "1234565", "hidden to protect others", "1250", "0", "62\u00a0%"},
		"Sheet":   {"[c]", "10", "995", "1250", "1234565", "[c]", "1250", "0", "62\u00a0%"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
	if s := (Figure{shown: 1250}).String(); s != "1,250" {
		t.Errorf("a figure by itself is %q", s)
	}
}

func TestAdd(t *testing.T) {
	for _, c := range []struct {
		parts []uint64
		want  uint64
	}{{nil, 0}, {[]uint64{0}, 0}, {[]uint64{10, 0, 25}, 35}, {[]uint64{1250}, 1250}} {
		var figures []Figure
		for _, n := range c.parts {
			figures = append(figures, Figure{shown: n})
		}
		if got := Add(figures...); got.shown != c.want {
			t.Errorf("%v add up to %d, want %d", c.parts, got.shown, c.want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, base uint64
		want       int
		ok         bool
	}{
		{20, 30, 67, true}, {20, 25, 0, false}, {0, 30, 0, false}, {10, 0, 0, false}, {35, 30, 100, true}, {390, 530, 74, true},
	} {
		if got, ok := Percent(Figure{shown: c.part}, Figure{shown: c.base}); got != c.want || ok != c.ok {
			t.Errorf("%d of %d: %d %v, want %d %v", c.part, c.base, got, ok, c.want, c.ok)
		}
	}
}
