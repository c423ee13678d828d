package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
)

// impacts is how the figures of the block on the charity's own website are
// chosen, in the browser as by command; it is a dashboard.Impacts.
type impacts struct{ *App }

// Sheet implements dashboard.Impacts.
func (a impacts) Sheet(by account.User, key string) (sheet report.ImpactSheet, err error) {
	if _, sheet.Site, err = a.siteDoc(key); err != nil || !by.Sees(key) {
		return sheet, fmt.Errorf("no site has the key %q: %w", key, record.ErrNotFound)
	}
	if sheet.Reports, err = a.reportsOf(key); err != nil {
		return sheet, err
	}
	doc, err := a.records.Get(report.ImpactKind, key)
	if errors.Is(err, record.ErrNotFound) {
		return sheet, nil
	}
	if err != nil {
		return sheet, err
	}
	sheet.Version, sheet.SavedBy, sheet.SavedAt = doc.Version, a.person(doc.Author), doc.Time
	if sheet.Impact, err = record.As[report.Impact](doc); err != nil {
		return sheet, err
	}
	figures, err := sheet.Impact.Public(a.records)
	if len(figures) > 0 {
		sheet.Snippet = a.snippet(key, sheet.Impact.Title, figures)
	}
	return sheet, err
}

// reportsOf are the published reports of a site, the latest first.
func (a *App) reportsOf(key string) (all []report.Report, err error) {
	for _, doc := range a.records.List(report.DraftKind) {
		d, err := record.As[report.Draft](doc)
		if err != nil {
			return nil, err
		}
		g, err := record.Get[whose](a.records, funder.GrantKind, d.Grant)
		if err != nil || g.Site != key || d.Report == "" {
			continue
		}
		r, err := report.Newest(a.records, d.Report)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	slices.SortStableFunc(all, func(x, y report.Report) int {
		return cmp.Or(cmp.Compare(y.Period.Last, x.Period.Last), cmp.Compare(x.Grant.Title, y.Grant.Title))
	})
	return all, nil
}

// Choose implements dashboard.Impacts.
func (a impacts) Choose(ctx context.Context, by account.User, key string, version uint32, block report.Impact) error {
	if err := mayWrite(by); err != nil {
		return err
	}
	sheet, err := a.Sheet(by, key)
	if err != nil {
		return err
	}
	if sheet.Version != version {
		return &report.ConflictError{By: sheet.SavedBy, At: sheet.SavedAt}
	}
	wrong := []error{block.Validate()}
	for _, chosen := range block.Figures {
		if err := choosable(sheet.Reports, chosen); err != nil {
			wrong = append(wrong, fmt.Errorf("figure %q: %w", chosen, err))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return &report.RefusedError{Why: err.Error()}
	}
	if version > 0 && block.Title == sheet.Impact.Title && slices.Equal(block.Figures, sheet.Impact.Figures) {
		return nil
	}
	return a.putNext(ctx, report.ImpactKind, key, version, by, block)
}

// choosable says what is wrong with a choice; it has to be a figure that is
// shown, of one of the reports.
func choosable(reports []report.Report, chosen report.Chosen) error {
	at := slices.IndexFunc(reports, func(r report.Report) bool { return r.ID == chosen.Report })
	if at < 0 {
		return fmt.Errorf("no report %s of this website is published: `footfall report list` shows them", chosen.Report)
	}
	_, err := reports[at].Choose(chosen.Indicator)
	return err
}
