package app

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/notice"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// facts gathers what visitors are told about a site now.
func (a *App) facts(key string) (notice.Facts, bool, error) {
	return a.factsAt(key, a.clock())
}

// factsAt gathers what visitors were told about a site at a time; false if it
// was not here yet.
func (a *App) factsAt(key string, at time.Time) (notice.Facts, bool, error) {
	doc, found := asOf(a.records.History(site.Kind, key), at)
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
	f.Changed = day.Of(slices.MaxFunc([]time.Time{doc.Time, changed, shared}, time.Time.Compare), s.Location())
	return f, true, nil
}

// asOf is the version of a document that was the newest at a time.
func asOf(versions []record.Doc, at time.Time) (doc record.Doc, found bool) {
	for _, v := range versions {
		if !v.Time.After(at) {
			doc, found = v, true
		}
	}
	return doc, found
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
// once, and when that last changed: a link that has ended is a change too.
func (a *App) recipients(key string, at time.Time) (all []notice.Recipient, changed time.Time, err error) {
	until := map[[2]string]time.Time{} // of funder and grant
	for _, newest := range a.records.List(funder.LinkKind) {
		doc, found := asOf(a.records.History(funder.LinkKind, newest.ID), at)
		if !found {
			continue
		}
		link, err := record.As[funder.Link](doc)
		if err != nil {
			return nil, changed, err
		}
		name, grant, err := a.grantAt(link.Grant, at)
		if err != nil {
			return nil, changed, err
		}
		if grant.Site != key {
			continue
		}
		for _, t := range []time.Time{doc.Time, link.Expires} {
			if t.After(changed) && !t.After(at) {
				changed = t
			}
		}
		if who := [2]string{name, grant.Title}; link.Open(at) && link.Expires.After(until[who]) {
			until[who] = link.Expires
		}
	}
	for who, end := range until {
		all = append(all, notice.Recipient{Funder: who[0], Grant: who[1], Until: day.Of(end, time.UTC)})
	}
	slices.SortFunc(all, func(x, y notice.Recipient) int {
		return cmp.Or(cmp.Compare(x.Funder, y.Funder), cmp.Compare(x.Grant, y.Grant))
	})
	return all, changed, nil
}

// grantAt returns a grant as it was at a time, and the name of its funder.
func (a *App) grantAt(id string, at time.Time) (name string, g funder.Grant, err error) {
	doc, found := asOf(a.records.History(funder.GrantKind, id), at)
	if !found {
		return "", g, fmt.Errorf("grant %q of a link: %w", id, record.ErrNotFound)
	}
	if g, err = record.As[funder.Grant](doc); err != nil {
		return "", g, err
	}
	doc, found = asOf(a.records.History(funder.Kind, g.Funder), at)
	if !found {
		return "", g, fmt.Errorf("funder %q of a grant: %w", g.Funder, record.ErrNotFound)
	}
	f, err := record.As[funder.Funder](doc)
	return f.Name, g, err
}
