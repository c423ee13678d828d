package site

import (
	"fmt"
	"slices"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/record"
)

// Counted is a basis on which visits to a site were counted, and since when.
type Counted struct {
	Basis cell.Basis
	Since time.Time
}

// CountedOn lists the bases that the banners of a site have had for statistics,
// the latest first. It takes all versions of the site and of its banner. What
// was counted on one basis stays apart from the other for good.
func CountedOn(sites, banners []record.Doc) (all []Counted, err error) {
	for i, doc := range slices.Backward(banners) {
		banner, err := record.As[Banner](doc)
		if err != nil {
			return nil, fmt.Errorf("read bases of site: %w", err)
		}
		basis, since := cell.BasisConsent, doc.Time
		if banner.Basis() == Exception {
			basis = cell.BasisException
		}
		if i == 0 {
			since = sites[0].Time // the site and its first banner are as old
		}
		at := slices.IndexFunc(all, func(c Counted) bool { return c.Basis == basis })
		if at < 0 {
			at, all = len(all), append(all, Counted{Basis: basis})
		}
		all[at].Since = since
	}
	if len(all) == 0 { // never had a banner, so counts nobody
		all = []Counted{{cell.BasisConsent, sites[0].Time}}
	}
	return all, nil
}
