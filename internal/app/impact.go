package app

import (
	"context"
	"errors"
	"fmt"
	"html"
	"strings"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
)

// ImpactCommand is the arguments of the commands on the block of figures that a
// charity shows on its own website.
type ImpactCommand struct {
	As      string   `json:"as"`
	Site    string   `json:"site"` // key
	Title   string   `json:"title"`
	Figures []string `json:"figures"` // report=indicator
}

// ImpactShown is what commands print of the block.
type ImpactShown struct {
	Site    string        `json:"site"`
	Impact  report.Impact `json:"impact"`
	Lines   []string      `json:"lines"` // its figures in words
	Snippet string        `json:"snippet"`
}

// Text is the block for people.
func (i ImpactShown) Text() string {
	if len(i.Impact.Figures) == 0 {
		return "Nothing is shown: choose figures with footfall impact set SITE REPORT=INDICATOR\n"
	}
	return fmt.Sprintf("%s\n  %s\nPut this line where the figures are to be:\n  %s\n", i.Impact.Title, strings.Join(i.Lines, "\n  "), i.Snippet)
}

// setImpact chooses the figures of the block; none takes it away.
func (a *App) setImpact(ctx context.Context, c ImpactCommand) (ImpactShown, error) {
	by, err := a.acting(c.As)
	if err != nil {
		return ImpactShown{}, err
	}
	if _, _, err := a.siteDoc(c.Site); err != nil || !by.Sees(c.Site) {
		return ImpactShown{}, fmt.Errorf("no site has the key %q: `footfall site list` shows them", c.Site)
	}
	block := report.Impact{Title: c.Title}
	for _, text := range c.Figures {
		chosen, err := report.ParseChosen(text)
		if err != nil {
			return ImpactShown{}, fmt.Errorf("figure %q: %w", text, err)
		}
		block.Figures = append(block.Figures, chosen)
	}
	version := uint32(len(a.records.History(report.ImpactKind, c.Site)))
	if err := (impacts{a}).Choose(ctx, by, c.Site, version, block); err != nil {
		return ImpactShown{}, err
	}
	return a.showImpact(ctx, c)
}

func (a *App) showImpact(_ context.Context, c ImpactCommand) (ImpactShown, error) {
	block, err := record.Get[report.Impact](a.records, report.ImpactKind, c.Site)
	if err != nil && !errors.Is(err, record.ErrNotFound) {
		return ImpactShown{}, err
	}
	shown := ImpactShown{Site: c.Site, Impact: block}
	figures, err := block.Public(a.records)
	if err != nil {
		return shown, err
	}
	for _, p := range figures {
		said := disclosure.English.Figure(p.Figure)
		if p.Added {
			said = disclosure.English.Added(p.Figure)
		}
		shown.Lines = append(shown.Lines, fmt.Sprintf("%s: %s (%s)", p.Label, said, funder.Dates(p.First, p.Last)))
	}
	shown.Snippet = a.snippet(c.Site, block.Title, figures)
	return shown, nil
}

// snippet is the line that shows a block in a page. The frame may do nothing but
// open the page about the method, in a window of its own. Its height is what the
// figures need on a phone, and what nobody can give it without a script once it
// is there; an attribute, and not a style, because strict policies refuse styles.
func (a *App) snippet(key, title string, figures []report.Public) string {
	const figure, small, rest = 75, 40, 230
	view, height := page.ImpactView{Figures: figures}, rest
	for _, f := range figures {
		if height += figure; view.Small(f) != "" {
			height += small
		}
	}
	return fmt.Sprintf(`<iframe src="%s" title="%s" width="100%%" height="%d" frameborder="0" loading="lazy" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`,
		a.cfg.PublicURL+"/impact/"+key, html.EscapeString(title), height)
}
