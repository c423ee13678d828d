package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// FunderShown is what commands print of a funder.
type FunderShown struct {
	Funder  funder.Funder `json:"funder"`
	Version uint32        `json:"version"`
	Grants  []string      `json:"grants"` // ids
}

// Text is the funder for people.
func (f FunderShown) Text() string {
	grants := cmp.Or(strings.Join(f.Grants, ", "), "no grants")
	return fmt.Sprintf("%s  %s  (%s; %s)\n", f.Funder.ID, f.Funder.Name, cmp.Or(f.Funder.Org, "no organisation id"), grants)
}

// FunderList is what `funder list` prints.
type FunderList []FunderShown

// Text is the list for people.
func (l FunderList) Text() string {
	if len(l) == 0 {
		return "No funders yet. Add one with: footfall funder add NAME\n"
	}
	var b strings.Builder
	for _, f := range l {
		b.WriteString(f.Text())
	}
	return b.String()
}

func (a *App) addFunder(ctx context.Context, c DocumentChange) (FunderShown, error) {
	f, err := changed(funder.Funder{}, c)
	if err != nil {
		return FunderShown{}, err
	}
	if f, err = a.newFunder(f); err != nil {
		return FunderShown{}, err
	}
	if _, err := a.records.Put(ctx, funder.Kind, f.ID, 0, author, f); err != nil {
		return FunderShown{}, err
	}
	return a.showFunder(f.ID)
}

// newFunder is a funder as it may be added.
func (a *App) newFunder(f funder.Funder) (funder.Funder, error) {
	f.ID = cmp.Or(f.ID, idOf(f.Name))
	err := a.checkedFunder(f)
	if err == nil && len(a.records.History(funder.Kind, f.ID)) > 0 {
		err = fmt.Errorf("funder id: %q is there already: change that one, or give this one another id", f.ID)
	}
	return f, err
}

func (a *App) setFunder(ctx context.Context, c DocumentChange) (FunderShown, error) {
	doc, err := a.records.Get(funder.Kind, c.ID)
	if err != nil {
		return FunderShown{}, fmt.Errorf("no funder has the id %q: `footfall funder list` shows them", c.ID)
	}
	old, err := record.As[funder.Funder](doc)
	if err != nil {
		return FunderShown{}, err
	}
	next, err := changed(old, c)
	if err != nil {
		return FunderShown{}, err
	}
	if next.ID != old.ID {
		return FunderShown{}, fmt.Errorf("funder: its id stays what it is, %q", old.ID)
	}
	if err := a.checkedFunder(next); err != nil {
		return FunderShown{}, err
	}
	if next != old {
		if _, err := a.records.Put(ctx, funder.Kind, c.ID, doc.Version, author, next); err != nil {
			return FunderShown{}, err
		}
	}
	return a.showFunder(c.ID)
}

// checkedFunder says everything that is wrong with a funder: two of one name
// could not be told apart in a list.
func (a *App) checkedFunder(f funder.Funder) error {
	wrong := []error{f.Validate()}
	for _, doc := range a.records.List(funder.Kind) {
		other, err := record.As[funder.Funder](doc)
		if err != nil {
			return err
		}
		if other.ID != f.ID && strings.EqualFold(other.Name, f.Name) {
			wrong = append(wrong, fmt.Errorf("funder name: %q has it already", other.ID))
		}
	}
	return errors.Join(wrong...)
}

func (a *App) showFunder(id string) (FunderShown, error) {
	doc, err := a.records.Get(funder.Kind, id)
	if err != nil {
		return FunderShown{}, err
	}
	shown := FunderShown{Version: doc.Version, Grants: []string{}}
	if shown.Funder, err = record.As[funder.Funder](doc); err != nil {
		return FunderShown{}, err
	}
	for _, doc := range a.records.List(funder.GrantKind) {
		g, err := record.As[funder.Grant](doc)
		if err != nil {
			return FunderShown{}, err
		}
		if g.Funder == id {
			shown.Grants = append(shown.Grants, g.ID)
		}
	}
	return shown, nil
}

func (a *App) listFunders(context.Context, None) (FunderList, error) {
	list := FunderList{}
	for _, doc := range a.records.List(funder.Kind) {
		f, err := a.showFunder(doc.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

// IndicatorShown is what commands print of an indicator that was defined.
type IndicatorShown struct {
	Indicator  string            `json:"indicator"` // as targets name it
	Definition funder.Definition `json:"definition"`
	Version    uint32            `json:"version"`
}

// Text is the indicator for people.
func (i IndicatorShown) Text() string {
	d := i.Definition
	from := "entered from case records"
	if d.Source == funder.Website {
		names := make([]string, len(d.Reads))
		for n, r := range d.Reads {
			names[n] = r.String()
		}
		from = strings.Join(names, " + ")
		if d.OutOf != "" {
			from += " out of " + d.OutOf
		}
	}
	return fmt.Sprintf("%s  %s, in %s  (%s)\n", i.Indicator, d.Label.En, d.Unit.En, from)
}

// IndicatorList is what `indicator list` prints of a site.
type IndicatorList struct {
	Defined  []IndicatorShown `json:"defined"`
	Standing []Standing       `json:"standing"`
}

// Standing is an indicator that needs no definition.
type Standing struct {
	Indicator string    `json:"indicator"`
	Label     site.Text `json:"label"`
}

// Text is the list for people.
func (l IndicatorList) Text() string {
	var b strings.Builder
	for _, d := range l.Defined {
		b.WriteString(d.Text())
	}
	b.WriteString("These need no definition:\n")
	for _, s := range l.Standing {
		fmt.Fprintf(&b, "  %s  %s\n", s.Indicator, s.Label.En)
	}
	b.WriteString("  page/GROUP  visits that saw a group of pages\n")
	return b.String()
}

// definitionID is the record id of an indicator: its own is the site's alone.
func definitionID(d funder.Definition) string { return d.Site + "-" + d.ID }

func (a *App) addIndicator(ctx context.Context, c DocumentChange) (IndicatorShown, error) {
	_, s, err := a.siteDoc(c.Site)
	if err != nil {
		return IndicatorShown{}, err
	}
	d, err := changed(funder.Definition{Site: c.Site}, c)
	if err != nil {
		return IndicatorShown{}, err
	}
	if d.Site != c.Site {
		return IndicatorShown{}, fmt.Errorf("indicator: it says that its site is %q, not %q", d.Site, c.Site)
	}
	if err := a.checkedDefinition(d, s); err != nil {
		return IndicatorShown{}, err
	}
	if len(a.records.History(funder.DefinitionKind, definitionID(d))) > 0 {
		return IndicatorShown{}, fmt.Errorf("an indicator with the id %q is there already: word it anew with `footfall indicator set`, or give this one another id", d.ID)
	}
	doc, err := a.records.Put(ctx, funder.DefinitionKind, definitionID(d), 0, author, d)
	return shownIndicator(d, doc.Version), err
}

func (a *App) setIndicator(ctx context.Context, c DocumentChange) (IndicatorShown, error) {
	_, s, err := a.siteDoc(c.Site)
	if err != nil {
		return IndicatorShown{}, err
	}
	id := definitionID(funder.Definition{Site: c.Site, ID: c.ID})
	doc, err := a.records.Get(funder.DefinitionKind, id)
	if err != nil {
		return IndicatorShown{}, fmt.Errorf("no indicator of the site has the id %q: `footfall indicator list %s` shows them", c.ID, c.Site)
	}
	old, err := record.As[funder.Definition](doc)
	if err != nil {
		return IndicatorShown{}, err
	}
	next, err := changed(old, c)
	if err != nil {
		return IndicatorShown{}, err
	}
	if next, err = old.Reword(next); err != nil {
		return IndicatorShown{}, err
	}
	if err := a.checkedDefinition(next, s); err != nil {
		return IndicatorShown{}, err
	}
	doc, err = a.records.Put(ctx, funder.DefinitionKind, id, doc.Version, author, next)
	return shownIndicator(next, doc.Version), err
}

// checkedDefinition says everything that is wrong with a definition, at its
// site, too.
func (a *App) checkedDefinition(d funder.Definition, s site.Site) error {
	v, err := a.vocabulary(s)
	if err != nil {
		return err
	}
	return v.Check(d)
}

func shownIndicator(d funder.Definition, version uint32) IndicatorShown {
	return IndicatorShown{Indicator: funder.Indicator{Table: funder.Defined, Value: d.ID}.String(), Definition: d, Version: version}
}

func (a *App) listIndicators(_ context.Context, key string) (IndicatorList, error) {
	_, s, err := a.siteDoc(key)
	if err != nil {
		return IndicatorList{}, err
	}
	v, err := a.vocabulary(s)
	if err != nil {
		return IndicatorList{}, err
	}
	list := IndicatorList{Defined: []IndicatorShown{}, Standing: []Standing{}}
	for _, d := range v.Defined {
		list.Defined = append(list.Defined, shownIndicator(d, uint32(len(a.records.History(funder.DefinitionKind, definitionID(d))))))
	}
	for _, d := range v.Standing() {
		list.Standing = append(list.Standing, Standing{Indicator: d.ID, Label: d.Label})
	}
	return list, nil
}

// vocabulary is what targets at a site may be about.
func (a *App) vocabulary(s site.Site) (funder.Vocabulary, error) {
	v := funder.Vocabulary{Site: s}
	for _, doc := range a.records.List(funder.DefinitionKind) {
		d, err := record.As[funder.Definition](doc)
		if err != nil {
			return v, err
		}
		if d.Site == s.Key {
			v.Defined = append(v.Defined, d)
		}
	}
	return v, nil
}
