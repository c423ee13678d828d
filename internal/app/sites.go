package app

import (
	"errors"
	"fmt"
	"sync"

	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// Site finds a website for the write path.
func (a *App) Site(key string) (*intake.Site, bool) {
	s, ok := (*a.sites.Load())[key]
	return s, ok
}

// standardBanner words the banner of a site. One that has no notice of its own
// leads to ours.
func (a *App) standardBanner(s site.Site) site.Banner {
	if s.NoticeURL == "" {
		s.NoticeURL = a.cfg.PublicURL + "/v1/sites/" + s.Key + "/notice?lang={lang}"
	}
	return site.NewBanner(s)
}

// readSites prepares every site for the write path, from the records.
func (a *App) readSites() error {
	sites := map[string]*intake.Site{}
	for _, doc := range a.records.List(site.Kind) {
		s, err := record.As[site.Site](doc)
		if err != nil {
			return fmt.Errorf("read sites: %w", err)
		}
		banners, err := a.banners(s.Key)
		if err != nil {
			return fmt.Errorf("read sites: %w", err)
		}
		sites[s.Key] = intake.NewSite(s, banners)
	}
	a.sites.Store(&sites)
	return nil
}

func (a *App) banners(key string) ([]site.Banner, error) {
	var versions []site.Banner
	for _, doc := range a.records.History(site.BannerKind, key) {
		b, err := record.As[site.Banner](doc)
		if err != nil {
			return nil, err
		}
		versions = append(versions, b)
	}
	return versions, nil
}

// change follows a new version of any record; what cannot be read stays as it
// was.
func (a *App) change() {
	a.known.Store(new(sync.Map))
	if err := errors.Join(a.readSites(), a.readKept()); err != nil {
		a.log.Error("new version of a record cannot be read", "error", err)
	}
}
