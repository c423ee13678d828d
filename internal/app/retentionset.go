package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// NewRetention is the arguments of `retention set`. A period that is 0 stays as
// it is.
type NewRetention struct {
	Site         string `json:"site"` // "" for all sites that have no period of their own
	CellsDays    int    `json:"cells_days"`
	FiguresYears int    `json:"figures_years"`
}

// setRetention sets periods of a site, or of all. The next round keeps to them:
// what is deleted by a shorter period does not come back with a longer one.
func (a *App) setRetention(ctx context.Context, n NewRetention) (RetentionShown, error) {
	id := site.EverySite
	if n.Site != "" {
		if _, _, err := a.siteDoc(n.Site); err != nil {
			return nil, err
		}
		id = n.Site
	}
	set := site.Retention{CellsDays: n.CellsDays, FiguresYears: n.FiguresYears}
	if err := set.Validate(); err != nil {
		return nil, err
	}
	old, err := record.Get[site.Retention](a.records, site.RetentionKind, id)
	if err != nil && !errors.Is(err, record.ErrNotFound) {
		return nil, err
	}
	if err := a.replace(ctx, site.RetentionKind, id, set.Or(old)); err != nil {
		return nil, fmt.Errorf("set retention: %w", err)
	}
	a.closing.Lock()
	a.retained = 0 // what is due now may be more
	a.closing.Unlock()
	return a.showRetention(ctx, n.Site)
}
