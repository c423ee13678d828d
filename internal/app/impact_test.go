package app

import (
	"errors"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
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

// What staff choose in the browser is what the commands show, and the other way
// round; both are refused by one rule in one set of words.
func TestStaffChooseImpact(t *testing.T) {
	s, g := sealed(t)
	_, r, err := s.publish(t, g, "Y1Q1")
	if err != nil {
		t.Fatal(err)
	}
	choices, ctx, amy := impacts{s.App}, t.Context(), s.user(t, account.Reporter)
	sheet, err := choices.Sheet(amy, g.Site)
	if err != nil || sheet.Version != 0 || sheet.Snippet != "" || len(sheet.Reports) != 1 || sheet.Reports[0].ID != r.ID || len(sheet.Reports[0].Offers()) < 2 {
		t.Fatalf("%+v, %v", sheet, err)
	}
	visits := report.Impact{Title: "Us", Figures: []report.Chosen{{Report: r.ID, Indicator: funder.Indicator{Table: cell.Total}}}}
	if err := choices.Choose(ctx, amy, g.Site, 0, visits); err != nil {
		t.Fatal(err)
	}
	shown, err := run[ImpactShown](t, s, "impact show", ImpactCommand{Site: g.Site})
	sheet, seen := choices.Sheet(amy, g.Site)
	if err != nil || seen != nil || shown.Impact.Title != "Us" || len(shown.Lines) != 1 || sheet.Snippet != shown.Snippet || sheet.SavedBy != amy.Name {
		t.Errorf("%+v, %v, %+v, %v", shown, err, sheet, seen)
	}
	if err := choices.Choose(ctx, amy, g.Site, 1, visits); err != nil || len(s.records.History(report.ImpactKind, g.Site)) != 1 {
		t.Errorf("a change of nothing was stored, or refused: %v", err)
	}
	if _, err := run[ImpactShown](t, s, "impact set", ImpactCommand{As: amy.Email, Site: g.Site, Title: "By command"}); err != nil {
		t.Fatal(err)
	}
	if sheet, err = choices.Sheet(amy, g.Site); err != nil || sheet.Impact.Title != "By command" || len(sheet.Impact.Figures) != 0 || sheet.Version != 2 || sheet.Snippet != "" {
		t.Errorf("%+v, %v", sheet, err)
	}
	var late *report.ConflictError
	if err := choices.Choose(ctx, amy, g.Site, 1, visits); !errors.As(err, &late) || late.By != amy.Name {
		t.Errorf("from an old version: %v", err)
	}
	for _, c := range []ImpactCommand{
		{Title: "x", Figures: []string{r.ID + "=contact"}}, {Title: "x", Figures: []string{r.ID + "=page//help", "FR-1=total"}}, {Figures: strings.Fields(strings.Repeat(r.ID+"=total ", 7))},
	} {
		next := report.Impact{Title: c.Title}
		for _, text := range c.Figures {
			chosen, err := report.ParseChosen(text)
			if err != nil {
				t.Fatal(err)
			}
			next.Figures = append(next.Figures, chosen)
		}
		c.As, c.Site = amy.Email, g.Site
		_, byCommand := run[ImpactShown](t, s, "impact set", c)
		err := choices.Choose(ctx, amy, g.Site, 2, next)
		if refused(t, strings.Join(c.Figures, " "), err, ":"); byCommand == nil || byCommand.Error() != err.Error() {
			t.Errorf("%v; by command: %v", err, byCommand)
		}
	}
	refused(t, "an approver", choices.Choose(ctx, s.user(t, account.Approver), g.Site, 2, visits), "owners, editors and reporters")
	amy.Sites = []string{"other1"}
	_, seen = choices.Sheet(amy, g.Site)
	for _, err := range []error{seen, choices.Choose(ctx, amy, g.Site, 2, visits)} {
		if !errors.Is(err, record.ErrNotFound) {
			t.Errorf("of a site that the user does not see: %v", err)
		}
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
		if got := (&App{}).snippet("kx4f9q", "“Us”", figures); !strings.Contains(got, want) {
			t.Errorf("%s is not in %s", want, got)
		}
	}
}
