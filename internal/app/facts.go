package app

import (
	"slices"
	"time"

	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/notice"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// toldFor is how long facts are told again: gathering them looks at every link,
// and anybody may ask. A link that has ended is told that much longer.
const toldFor = time.Minute

type toldFacts struct {
	notice.Facts
	at time.Time
}

// facts returns what visitors are told about a site now.
func (a *App) facts(key string) (notice.Facts, bool, error) {
	now, known := a.clock(), a.known.Load()
	if v, ok := known.Load(key); ok {
		if f := v.(toldFacts); now.Sub(f.at).Abs() < toldFor {
			return f.Facts, true, nil
		}
	}
	f, found, err := a.factsAt(key, now)
	if found && err == nil {
		known.Store(key, toldFacts{f, now})
	}
	return f, found, err
}

// factsAt gathers what visitors were told about a site at a time; false if it
// was not here yet.
func (a *App) factsAt(key string, at time.Time) (notice.Facts, bool, error) {
	doc, found := record.AsOf(a.records.History(site.Kind, key), at)
	if !found {
		return notice.Facts{}, false, nil
	}
	s, err := record.As[site.Site](doc)
	if err != nil {
		return notice.Facts{}, false, err
	}
	versions, changed, err := a.bannersAt(key, at)
	if err != nil {
		return notice.Facts{}, false, err
	}
	f := notice.Facts{Site: s, Base: a.cfg.PublicURL}
	if current, ok := consent.NewBanners(versions).Current(); ok {
		f.Banner, f.Version = current.Banner, current.Number
	}
	recipients, shared, err := a.recipients(key, at)
	if err != nil {
		return notice.Facts{}, false, err
	}
	f.Recipients = recipients
	periods, set, err := a.retention(key, at)
	if err != nil {
		return notice.Facts{}, false, err
	}
	f.Retention = periods
	f.Changed = day.Of(slices.MaxFunc([]time.Time{doc.Time, changed, shared, set}, time.Time.Compare), s.Location())
	return f, true, nil
}

// bannersAt returns the banners of a site up to a time, oldest first, and when
// the last of them came.
func (a *App) bannersAt(key string, at time.Time) (versions []site.Banner, last time.Time, err error) {
	for _, doc := range a.records.History(site.BannerKind, key) {
		if doc.Time.After(at) {
			break
		}
		b, err := record.As[site.Banner](doc)
		if err != nil {
			return nil, last, err
		}
		versions, last = append(versions, b), doc.Time
	}
	return versions, last, nil
}

// recipients returns who could open a report of a site at a time, each grant
// once, and when that last changed.
func (a *App) recipients(key string, at time.Time) (all []notice.Recipient, changed time.Time, err error) {
	shared, changed, err := funder.Recipients(a.records, key, at)
	for _, s := range shared {
		all = append(all, notice.Recipient{Funder: s.Funder, Grant: s.Grant, Until: s.Until})
	}
	return all, changed, err
}
