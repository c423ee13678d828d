package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/site"
)

// Funders implements dashboard.Grants: who writes grants chooses from all, and
// others see who gives to a site of theirs.
func (a grants) Funders(by account.User) (seen []funder.Funder, err error) {
	gives := map[string]bool{}
	for _, doc := range a.records.List(funder.GrantKind) {
		g, err := record.As[whose](doc)
		if err != nil {
			return nil, err
		}
		gives[g.Funder] = gives[g.Funder] || by.Sees(g.Site)
	}
	for _, doc := range a.records.List(funder.Kind) {
		if !gives[doc.ID] && !by.Writes() {
			continue
		}
		f, err := record.As[funder.Funder](doc)
		if err != nil {
			return nil, err
		}
		seen = append(seen, f)
	}
	return seen, nil
}

// whose is what is read first of a grant, of which there are many: to read all
// of a thousand takes a tenth of a second.
type whose struct{ Site, Funder string }

// givenTo lists the grants of a funder that a user sees, and counts the others.
func (a grants) givenTo(by account.User, id string) (mine []funder.Grant, others int, err error) {
	for _, doc := range a.records.List(funder.GrantKind) {
		w, err := record.As[whose](doc)
		switch {
		case err != nil:
			return nil, 0, err
		case w.Funder != id:
			continue
		case !by.Sees(w.Site):
			others++
			continue
		}
		g, err := record.As[funder.Grant](doc)
		if err != nil {
			return nil, 0, err
		}
		mine = append(mine, g)
	}
	return mine, others, nil
}

// Funder implements dashboard.Grants.
func (a grants) Funder(ctx context.Context, by account.User, id string) (giver funder.Giver, err error) {
	seen, err := a.Funders(by)
	if err != nil {
		return giver, err
	}
	at := slices.IndexFunc(seen, func(f funder.Funder) bool { return f.ID == id })
	if at < 0 {
		return giver, fmt.Errorf("no funder has the id %q: %w", id, record.ErrNotFound)
	}
	doc, err := a.records.Get(funder.Kind, id)
	if err != nil {
		return giver, err
	}
	mine, _, err := a.givenTo(by, id)
	if err != nil {
		return giver, err
	}
	lines, err := a.List(ctx, by)
	if err != nil {
		return giver, err
	}
	giver = funder.Giver{Funder: seen[at], Version: doc.Version, SavedBy: a.person(doc.Author), SavedAt: doc.Time}
	for _, l := range lines {
		if slices.ContainsFunc(mine, func(g funder.Grant) bool { return g.ID == l.ID }) {
			giver.Grants = append(giver.Grants, l)
		}
	}
	giver.Notes, err = a.funderNotes(giver.Funder, mine)
	return giver, err
}

// funderNotes says which websites do not tell their visitors of a funder.
func (a grants) funderNotes(f funder.Funder, given []funder.Grant) (notes []string, err error) {
	for _, g := range given {
		s, err := record.Get[site.Site](a.records, site.Kind, g.Site)
		if err != nil {
			return nil, err
		}
		if note := untold(f, s); note != "" && !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	return notes, nil
}

// SaveFunder implements dashboard.Grants.
func (a grants) SaveFunder(ctx context.Context, by account.User, version uint32, f funder.Funder) (string, error) {
	if !by.Writes() {
		return "", &report.RefusedError{Why: fmt.Sprintf("%s has the role %s: owners, editors and reporters change funders", by.Name, by.Role)}
	}
	if version > 0 {
		return f.ID, a.changeFunder(ctx, by, version, f)
	}
	f, err := a.newFunder(f)
	if err != nil {
		return "", &report.RefusedError{Why: err.Error()}
	}
	return f.ID, a.putNext(ctx, funder.Kind, f.ID, 0, by, f)
}

// changeFunder stores the next version of a funder.
func (a grants) changeFunder(ctx context.Context, by account.User, version uint32, f funder.Funder) error {
	giver, err := a.Funder(ctx, by, f.ID)
	if err != nil {
		return err
	}
	if _, others, err := a.givenTo(by, f.ID); err != nil {
		return err
	} else if others > 0 {
		return &report.RefusedError{Why: fmt.Sprintf("%s also gives to a website that %s does not see: somebody who sees them all has to change it", giver.Funder.Name, by.Name)}
	}
	if giver.Version != version {
		return &report.ConflictError{By: giver.SavedBy, At: giver.SavedAt}
	}
	if err := a.checkedFunder(f); err != nil {
		return &report.RefusedError{Why: err.Error()}
	}
	if f == giver.Funder {
		return nil
	}
	return a.putNext(ctx, funder.Kind, f.ID, version, by, f)
}
