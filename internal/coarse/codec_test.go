package coarse

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/footfall-analytics/footfall/internal/day"
)

// view is a typical hit: the first page of a visit from a search engine.
var view = Hit{
	Kind: View, Basis: Consent, Site: "kx4f9q", Day: day.New(2026, 3, 1), NewVisit: true, NewPage: true,
	Page: "/help/bullying", Source: "search", Referrer: "google", Area: "ENG",
	Browser: "Chrome", Version: "current", System: "Android", Device: "phone", Hour: "evening", Language: "Welsh",
}

func anyHit() *rapid.Generator[Hit] {
	text := rapid.StringN(0, -1, 120)
	bands := rapid.SliceOfN(text, 0, MaxBands)
	return rapid.Custom(func(t *rapid.T) Hit {
		h := Hit{
			Kind:     Kind(rapid.IntRange(int(View), int(Decision)).Draw(t, "kind")),
			Basis:    Basis(rapid.IntRange(int(Consent), int(Exception)).Draw(t, "basis")),
			Site:     rapid.StringN(1, -1, MaxText).Draw(t, "site"),
			Day:      day.Day(rapid.Int32().Draw(t, "day")),
			NewVisit: rapid.Bool().Draw(t, "visit"),
			NewPage:  rapid.Bool().Draw(t, "page"),
		}
		for _, s := range texts(&h) {
			*s = text.Draw(t, "text")
		}
		for _, s := range later(&h) {
			*s = text.Draw(t, "later text")
		}
		if l := bands.Draw(t, "length"); len(l) > 0 {
			h.Length = l
		}
		if d := bands.Draw(t, "depth"); len(d) > 0 {
			h.Depth = d
		}
		return h
	})
}

func TestCodecRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := anyHit().Draw(t, "hit")
		b, err := Append([]byte("before"), h)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) > MaxSize {
			t.Fatalf("%d bytes, more than MaxSize", len(b))
		}
		got, err := Parse(string(b[len("before"):]))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(h, got); d != "" {
			t.Fatal(d)
		}
	})
}

// Every cut and every lengthening of an encoded hit is refused.
func TestParseWantsTheWholeHit(t *testing.T) {
	b, err := Append(nil, view)
	if err != nil {
		t.Fatal(err)
	}
	for n := range b {
		if _, err := Parse(string(b[:n])); err == nil {
			t.Errorf("%d of %d bytes were accepted", n, len(b))
		}
	}
	if _, err := Parse(string(b) + "x"); err == nil {
		t.Error("a byte too many was accepted")
	}
}

func TestParseRefuses(t *testing.T) {
	tests := map[string]string{
		"kind 0":          "\x01\x08\x00\x00\x00\x01s",
		"kind 5":          "\x01\x0d\x00\x00\x00\x01s",
		"basis 0":         "\x01\x01\x00\x00\x00\x01s",
		"high flag":       "\x01\x89\x00\x00\x00\x01s",
		"field 13":        "\x01\x09\x00\x20\x00\x01s\x01h",
		"nothing of 2":    "\x02\x09\x00\x00\x00\x01s",
		"field 15":        "\x02\x09\x00\xa0\x00\x01s\x01h",
		"empty hour":      "\x02\x09\x00\x20\x00\x01s\x00",
		"no site":         "\x01\x09\x00\x00\x00\x00",
		"empty text":      "\x01\x09\x01\x00\x00\x01s\x00",
		"no bands":        "\x01\x09\x00\x08\x00\x01s\x00",
		"too many bands":  "\x01\x09\x00\x08\x00\x01s\x11" + strings.Repeat("\x00", 17),
		"long length":     "\x01\x09\x00\x00\x00\x81\x00s",
		"long day":        "\x01\x09\x00\x00\x80\x00\x01s",
		"day too large":   "\x01\x09\x00\x00\x80\x80\x80\x80\x10\x01s",
		"text over limit": "\x01\x09\x00\x00\x00\x81\x04" + strings.Repeat("s", MaxText+1),
	}
	if _, err := Parse("\x01\x09\x00\x00\x00\x01s"); err != nil {
		t.Fatalf("the smallest hit: %v", err)
	}
	for name, s := range tests {
		if h, err := Parse(s); err == nil {
			t.Errorf("%s: read as %+v", name, h)
		}
	}
	if h, err := Parse("\x02\x09\x00\x20\x00\x01s\x01h"); err != nil || h.Hour != "h" {
		t.Errorf("version 2: %+v, %v", h, err)
	}
	if _, err := Parse("\x03"); !errors.Is(err, ErrVersion) {
		t.Errorf("version 3: %v", err)
	}
}

func TestAppendRefuses(t *testing.T) {
	long := strings.Repeat("x", MaxText+1)
	tests := map[string]func(*Hit){
		"no kind":        func(h *Hit) { h.Kind = 0 },
		"unknown kind":   func(h *Hit) { h.Kind = Decision + 1 },
		"no basis":       func(h *Hit) { h.Basis = 0 },
		"no site":        func(h *Hit) { h.Site = "" },
		"long site":      func(h *Hit) { h.Site = long },
		"long page":      func(h *Hit) { h.Page = long },
		"long band":      func(h *Hit) { h.Length = []string{long} },
		"too many bands": func(h *Hit) { h.Depth = make([]string, MaxBands+1) },
	}
	for name, change := range tests {
		h := view
		change(&h)
		if b, err := Append([]byte("x"), h); err == nil || string(b) != "x" {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
}

// The request's goroutine encodes the hit on its stack.
func TestCodecAllocatesNothing(t *testing.T) {
	buf := make([]byte, 0, 256)
	b, _ := Append(nil, view)
	s := string(b)
	n := testing.AllocsPerRun(100, func() {
		if _, err := Append(buf, view); err != nil {
			t.Error(err)
		}
		if _, err := Parse(s); err != nil {
			t.Error(err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// What Parse accepts has one encoding: the bytes it was given.
func FuzzParse(f *testing.F) {
	for _, h := range []Hit{
		view,
		{Kind: Leave, Basis: Exception, Site: "kx4f9q", Day: -1, Length: []string{"10s", "1m"}, Depth: []string{"2"}},
		{Kind: Event, Basis: Consent, Site: "kx4f9q", Day: 20000, Table: "contact", Value: "webchat"},
	} {
		b, err := Append(nil, h)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := Parse(s)
		if err != nil {
			return
		}
		b, err := Append(nil, h)
		if err != nil || string(b) != s {
			t.Errorf("%q is %+v, which is encoded as %q, %v", s, h, b, err)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	buf := make([]byte, 0, 256)
	for b.Loop() {
		_, _ = Append(buf, view)
	}
}

func BenchmarkParse(b *testing.B) {
	e, _ := Append(nil, view)
	s := string(e)
	for b.Loop() {
		_, _ = Parse(s)
	}
	b.ReportMetric(float64(len(s)), "bytes/hit")
}
