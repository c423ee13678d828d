package funder

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/record"
)

// Shared is one line of a site's public list of recipients: who can open a
// report, on what terms, and until when.
type Shared struct {
	Funder string // name
	Grant  string // title
	As     Recipient
	Until  day.Day // last day on which a link opens
}

// Recipients returns who could open a report of a site at a time, each grant
// once, and when that last changed: a link that has ended is a change too. It
// is made from the links alone, so nobody is on it who cannot read, and nobody
// can read who is not on it.
func Recipients(records *record.Book, site string, at time.Time) (all []Shared, changed time.Time, err error) {
	until := map[Shared]time.Time{}
	for _, newest := range records.List(LinkKind) {
		doc, found := record.AsOf(records.History(LinkKind, newest.ID), at)
		if !found {
			continue
		}
		link, err := record.As[Link](doc)
		if err != nil {
			return nil, changed, err
		}
		name, grant, err := grantAt(records, link.Grant, at)
		if err != nil {
			return nil, changed, err
		}
		if grant.Site != site {
			continue
		}
		for _, t := range []time.Time{doc.Time, link.Expires} {
			if t.After(changed) && !t.After(at) {
				changed = t
			}
		}
		who := Shared{Funder: name, Grant: grant.Title, As: cmp.Or(grant.Recipient, Payer)}
		if link.Open(at) && link.Expires.After(until[who]) {
			until[who] = link.Expires
		}
	}
	for who, end := range until {
		who.Until = day.Of(end, time.UTC)
		all = append(all, who)
	}
	slices.SortFunc(all, func(x, y Shared) int {
		return cmp.Or(cmp.Compare(x.Funder, y.Funder), cmp.Compare(x.Grant, y.Grant), cmp.Compare(x.As, y.As))
	})
	return all, changed, nil
}

// grantAt returns a grant as it was at a time, and the name of its funder.
func grantAt(records *record.Book, id string, at time.Time) (name string, g Grant, err error) {
	doc, found := record.AsOf(records.History(GrantKind, id), at)
	if !found {
		return "", g, fmt.Errorf("grant %q of a link: %w", id, record.ErrNotFound)
	}
	if g, err = record.As[Grant](doc); err != nil {
		return "", g, err
	}
	doc, found = record.AsOf(records.History(Kind, g.Funder), at)
	if !found {
		return "", g, fmt.Errorf("funder %q of a grant: %w", g.Funder, record.ErrNotFound)
	}
	f, err := record.As[Funder](doc)
	return f.Name, g, err
}
