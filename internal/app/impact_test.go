package app

import (
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/report"
)

func TestImpactCommands(t *testing.T) {
	s, g := sealed(t)
	_, r, err := s.publish(t, g, "Y1Q1")
	if err != nil {
		t.Fatal(err)
	}
	id := r.ID
	set := ImpactCommand{As: "reporter@example.org", Site: g.Site, Title: "What we “did”", Figures: []string{id + "=total"}}
	shown, err := run[ImpactShown](t, s, "impact set", set)
	if err != nil {
		t.Fatal(err)
	}
	if len(shown.Lines) != 1 || !strings.HasPrefix(shown.Lines[0], "Visits: "+r.Progress[0].Figure.String()+" (1 March") || !strings.Contains(shown.Snippet, `/impact/`+g.Site+`" title="What we “did”"`) {
		t.Errorf("%+v", shown)
	}
	s.user(t, account.ReadOnly)
	for want, c := range map[string]ImpactCommand{
		"want REPORT=INDICATOR": {As: set.As, Site: g.Site, Title: "x", Figures: []string{id}},
		"want one of":           {As: set.As, Site: g.Site, Title: "x", Figures: []string{id + "=people"}},
		"no target":             {As: set.As, Site: g.Site, Title: "x", Figures: []string{id + "=page//help"}},
		"is hidden":             {As: set.As, Site: g.Site, Title: "x", Figures: []string{id + "=contact"}},
		"no report FR-1":        {As: set.As, Site: g.Site, Title: "x", Figures: []string{"FR-1=total"}},
		"no report ":            {As: set.As, Site: g.Site, Title: "x", Figures: []string{"=total"}},
		"no site":               {As: set.As, Site: "other", Title: "x"},
		"title":                 {As: set.As, Site: g.Site},
		"at most 6":             {As: set.As, Site: g.Site, Title: "x", Figures: strings.Fields(strings.Repeat(id+"=total ", 7))},
		"--as":                  {Site: g.Site, Title: "x"},
		"read":                  {As: string(account.ReadOnly) + "@example.org", Site: g.Site, Title: "x"},
	} {
		if _, err := run[ImpactShown](t, s, "impact set", c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	if again, err := run[ImpactShown](t, s, "impact show", ImpactCommand{Site: g.Site}); err != nil || again.Text() != shown.Text() {
		t.Errorf("%+v, %v", again, err)
	}
}

// The frame is as high as its figures need on a phone, which is more where each
// has a time of its own.
func TestSnippetHeight(t *testing.T) {
	first := report.Public{Label: "Contacts", First: day.New(2026, 1, 1), Last: day.New(2026, 3, 31)}
	other := report.Public{Label: "Visits", First: day.New(2026, 1, 1), Last: day.New(2026, 6, 30)}
	for want, figures := range map[string][]report.Public{
		`height="230"`: nil, `height="305"`: {first}, `height="380"`: {first, first}, `height="460"`: {first, other},
	} {
		if got := snippet("https://stats.example.org/impact/kx4f9q", page.ImpactView{Title: "“Us”", Figures: figures}); !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
}
