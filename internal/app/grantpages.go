package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
)

// grants is how staff write grants down in the browser, by the rules of the
// commands; it is a dashboard.Grants.
type grants struct{ *App }

// List implements dashboard.Grants.
func (a grants) List(_ context.Context, by account.User) ([]funder.Line, error) {
	all, err := a.grantsOf(by.Sees)
	slices.SortStableFunc(all, func(x, y funder.Line) int { // what is due next, then what is over
		if (x.Due == 0) != (y.Due == 0) {
			return map[bool]int{true: 1, false: -1}[x.Due == 0]
		}
		return cmp.Compare(x.Due, y.Due)
	})
	return all, err
}

// Blank implements dashboard.Grants.
func (a grants) Blank(by account.User, key string) (sheet funder.Sheet, err error) {
	if _, sheet.Site, err = a.siteDoc(key); err != nil || !by.Sees(key) {
		return sheet, fmt.Errorf("no site has the key %q: %w", key, record.ErrNotFound)
	}
	v, err := a.vocabulary(sheet.Site)
	if err != nil {
		return sheet, err
	}
	sheet.Grant, sheet.Offers = funder.Grant{Site: key, Pattern: funder.Quarterly}, v.Offers()
	sheet.Funders, err = a.Funders(by)
	return sheet, err
}

// Sheet implements dashboard.Grants.
func (a grants) Sheet(ctx context.Context, by account.User, id string) (sheet funder.Sheet, err error) {
	doc, g, err := a.grantDoc(id)
	if err != nil {
		return sheet, fmt.Errorf("%w: %w", err, record.ErrNotFound)
	}
	if sheet, err = a.Blank(by, g.Site); err != nil {
		return sheet, err
	}
	shown, err := a.showGrant(ctx, id)
	if err != nil {
		return sheet, err
	}
	sheet.Grant, sheet.Version, sheet.Funder, sheet.Notes = shown.Grant, shown.Version, shown.Funder, shown.Notes
	sheet.SavedBy, sheet.SavedAt = a.person(doc.Author), doc.Time
	for i, p := range shown.Grant.Periods() {
		sheet.Periods = append(sheet.Periods, funder.SheetPeriod{Period: p, Remark: shown.Periods[i].Note})
	}
	return sheet, nil
}

// Save implements dashboard.Grants.
func (a grants) Save(ctx context.Context, by account.User, version uint32, g funder.Grant, newFunder string) (string, error) {
	_, s, err := a.siteDoc(g.Site)
	if err != nil || !by.Sees(g.Site) {
		return "", fmt.Errorf("no site has the key %q: %w", g.Site, record.ErrNotFound)
	}
	if !by.Writes() {
		return "", &report.RefusedError{Why: fmt.Sprintf("%s has the role %s: owners, editors and reporters write grants", by.Name, by.Role)}
	}
	old, err := a.stored(g, version)
	if err != nil {
		return "", err
	}
	var fresh funder.Funder
	var wrong error
	if newFunder != "" {
		fresh, wrong = a.funderNamed(newFunder)
		g.Funder = fresh.ID
	}
	if version == 0 {
		g, err = a.newGrant(g, s, fresh)
	} else {
		g, err = a.nextGrant(old, g, s, fresh)
	}
	if err = errors.Join(wrong, mayExcept(by, old, g), err); err != nil {
		return "", &report.RefusedError{Why: err.Error()}
	}
	return g.ID, a.put(ctx, by, version, fresh, g, reflect.DeepEqual(old, g))
}

// mayExcept refuses an exact total that was not there before, of who is no
// owner.
func mayExcept(by account.User, old, next funder.Grant) error {
	var wrong []error
	for _, t := range next.Targets {
		was := slices.ContainsFunc(old.Targets, func(o funder.Target) bool { return o.Indicator == t.Indicator && o.Exact })
		if t.Exact && !was && !by.Excepts() {
			wrong = append(wrong, fmt.Errorf("target %q: only an owner of the organisation lets an agreement have its exact total", t.Wording))
		}
	}
	return errors.Join(wrong...)
}

// stored is the grant in the version that a change was made from.
func (a grants) stored(g funder.Grant, version uint32) (old funder.Grant, err error) {
	if version == 0 {
		return old, nil
	}
	doc, old, err := a.grantDoc(g.ID)
	if err != nil {
		return old, fmt.Errorf("%w: %w", err, record.ErrNotFound)
	}
	if doc.Version != version {
		return old, a.late(doc)
	}
	return old, nil
}

func (a *App) late(doc record.Doc) error {
	return &report.ConflictError{By: a.person(doc.Author), At: doc.Time}
}

// funderNamed is the funder of a name, or one that can be added under it.
func (a grants) funderNamed(name string) (funder.Funder, error) {
	name = strings.TrimSpace(name)
	f := funder.Funder{ID: idOf(name), Name: name}
	if old, err := record.Get[funder.Funder](a.records, funder.Kind, f.ID); err == nil {
		return old, nil
	}
	return f, f.Validate()
}

// put stores a grant, and first its funder if that is new.
func (a grants) put(ctx context.Context, by account.User, version uint32, f funder.Funder, g funder.Grant, same bool) error {
	if f.ID != "" && len(a.records.History(funder.Kind, f.ID)) == 0 {
		if _, err := a.records.Put(ctx, funder.Kind, f.ID, 0, by.ID, f); err != nil {
			return err
		}
	}
	if same {
		return nil
	}
	return a.putNext(ctx, funder.GrantKind, g.ID, version, by, g)
}

// putNext stores the next version of a document, or says who was faster.
func (a *App) putNext(ctx context.Context, kind record.Kind, id string, version uint32, by account.User, body any) error {
	_, err := a.records.Put(ctx, kind, id, version, by.ID, body)
	var late *record.ConflictError
	if errors.As(err, &late) {
		if doc, err := a.records.Get(kind, id); err == nil {
			return a.late(doc)
		}
	}
	return err
}
