package app

import (
	"context"
	"errors"
	"fmt"
	"html"
	"strings"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/site"
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
	if err := mayWrite(by); err != nil {
		return ImpactShown{}, err
	}
	if _, err := record.Get[site.Site](a.records, site.Kind, c.Site); err != nil || !by.Sees(c.Site) {
		return ImpactShown{}, fmt.Errorf("no site has the key %q: `footfall site list` shows them", c.Site)
	}
	block := report.Impact{Title: c.Title}
	for _, text := range c.Figures {
		chosen, err := a.chosen(by, c.Site, text)
		if err != nil {
			return ImpactShown{}, err
		}
		block.Figures = append(block.Figures, chosen)
	}
	if err := block.Validate(); err != nil {
		return ImpactShown{}, err
	}
	version := uint32(len(a.records.History(report.ImpactKind, c.Site)))
	if _, err := a.records.Put(ctx, report.ImpactKind, c.Site, version, by.ID, block); err != nil {
		return ImpactShown{}, err
	}
	return a.showImpact(ctx, c)
}

// chosen reads report=indicator; it has to be a figure that is shown, of a
// published report of the site.
func (a *App) chosen(by account.User, key, text string) (chosen report.Chosen, err error) {
	id, indicator, ok := strings.Cut(text, "=")
	if !ok {
		return chosen, fmt.Errorf("figure %q: want REPORT=INDICATOR, such as FR-7KQ2M9XD=contact", text)
	}
	chosen.Report = id
	if err := chosen.Indicator.UnmarshalText([]byte(indicator)); err != nil {
		return chosen, fmt.Errorf("figure %q: %w", text, err)
	}
	if err := a.isOf(by, key, id); err != nil {
		return chosen, fmt.Errorf("figure %q: %w", text, err)
	}
	public, err := a.public(chosen)
	if err == nil && !public.Figure.IsShown() {
		err = errors.New("its number is hidden: choose another")
	}
	if err != nil {
		return chosen, fmt.Errorf("figure %q: %w", text, err)
	}
	return chosen, nil
}

// isOf says whether a published report is one of a site.
func (a *App) isOf(by account.User, key, id string) error {
	for _, doc := range a.records.List(report.DraftKind) {
		d, err := record.As[report.Draft](doc)
		if err != nil {
			return err
		}
		if d.Report != id || id == "" {
			continue
		}
		if g, err := record.Get[funder.Grant](a.records, funder.GrantKind, d.Grant); err == nil && g.Site == key && by.Sees(key) {
			return nil
		}
	}
	return fmt.Errorf("no report %s of this website is published: `footfall report list` shows them", id)
}

// public finds a chosen figure in its report.
func (a *App) public(chosen report.Chosen) (report.Public, error) {
	doc, err := a.records.Get(report.Kind, chosen.Report)
	if err != nil {
		return report.Public{}, err
	}
	r, err := report.Parse(doc.Body)
	if err != nil {
		return report.Public{}, err
	}
	public, ok := r.Public(chosen.Indicator)
	if !ok {
		return public, errors.New("the report has no target and no number at a glance about it")
	}
	return public, nil
}

func (a *App) showImpact(_ context.Context, c ImpactCommand) (ImpactShown, error) {
	block, err := record.Get[report.Impact](a.records, report.ImpactKind, c.Site)
	if err != nil && !errors.Is(err, record.ErrNotFound) {
		return ImpactShown{}, err
	}
	shown := ImpactShown{Site: c.Site, Impact: block}
	view := page.ImpactView{Title: block.Title}
	for _, chosen := range block.Figures {
		p, err := a.public(chosen)
		if err != nil {
			return shown, err
		}
		view.Figures = append(view.Figures, p)
		said := disclosure.English.Figure(p.Figure)
		if p.Added {
			said = disclosure.English.Added(p.Figure)
		}
		shown.Lines = append(shown.Lines, fmt.Sprintf("%s: %s (%s)", p.Label, said, funder.Dates(p.First, p.Last)))
	}
	shown.Snippet = snippet(a.cfg.PublicURL+"/impact/"+c.Site, view)
	return shown, nil
}

// snippet is the line that shows a block in a page. The frame may do nothing but
// open the page about the method, in a window of its own. Its height is what the
// figures need on a phone, and what nobody can give it without a script once it
// is there; an attribute, and not a style, because strict policies refuse styles.
func snippet(address string, v page.ImpactView) string {
	const figure, small, rest = 75, 40, 230
	height := rest
	for _, f := range v.Figures {
		if height += figure; v.Small(f) != "" {
			height += small
		}
	}
	return fmt.Sprintf(`<iframe src="%s" title="%s" width="100%%" height="%d" frameborder="0" loading="lazy" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`,
		address, html.EscapeString(v.Title), height)
}
