package totals

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/record"
)

// Entry says that something is entered of an indicator and period, and never
// what: sealed numbers are figures, others are seen on the preview alone.
type Entry struct {
	Indicator string    `json:"indicator"`
	Period    string    `json:"period"`
	Version   uint32    `json:"version"`
	Author    string    `json:"author"`
	Time      time.Time `json:"time"`
	From      string    `json:"from"`
	Upload    string    `json:"upload"`
	Sealed    bool      `json:"sealed"`
	Final     bool      `json:"final,omitempty"`
}

// Nothing is entered of other days.
var firstDay, lastDay = day.New(2000, 1, 1), day.New(2099, 12, 31)

// List lists what stands at a site, by indicator and period.
func (d *Desk) List(ctx context.Context, key string) ([]Entry, error) {
	all, err := d.standing(key)
	if err != nil {
		return nil, err
	}
	list, sealed := []Entry{}, map[string]map[string]bool{}
	for _, s := range all {
		if s.v.Box == nil {
			continue
		}
		of, read := sealed[s.v.Indicator]
		if !read {
			if of, err = d.Ledger.Sealed(ctx, key, cell.OfIndicator(s.v.Indicator), firstDay, lastDay); err != nil {
				return nil, fmt.Errorf("read sealed periods: %w", err)
			}
			sealed[s.v.Indicator] = of
		}
		list = append(list, Entry{s.v.Indicator, s.v.Period, s.doc.Version, s.doc.Author, s.doc.Time, s.v.From, s.v.Upload, of[s.v.Period], s.v.Final})
	}
	slices.SortFunc(list, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Period, b.Period))
	})
	return list, nil
}

// Undone is what Undo took back.
type Undone struct {
	Upload  string   `json:"upload"`
	Periods []string `json:"periods"` // indicator and period of each
}

// ErrNothing says that there is nothing to do, and in its words why.
var ErrNothing = errors.New("nothing was changed")

// Undo takes an upload back, the latest if upload is empty: what stood before it
// stands again. An upload of which anything is sealed, or was replaced since,
// stays as it is.
func (d *Desk) Undo(ctx context.Context, key, upload, author string) (Undone, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	all, err := d.standing(key)
	if err != nil {
		return Undone{}, err
	}
	if upload == "" {
		if upload, err = d.latest(ctx, all); err != nil {
			return Undone{}, err
		}
	}
	of, err := d.ofUpload(ctx, all, upload)
	if err != nil {
		return Undone{}, err
	}
	done := Undone{Upload: upload}
	for _, s := range of {
		back := Version{Site: s.v.Site, Indicator: s.v.Indicator, Period: s.v.Period, From: "undo", Upload: s.doc.ID}
		if s.v.Before > 0 {
			before, err := record.As[Version](d.Records.History(Kind, s.doc.ID)[s.v.Before-1])
			if err != nil {
				return done, err
			}
			back.Box, back.Upload, back.Before = before.Box, before.Upload, before.Before
		}
		if _, err := d.Records.Put(ctx, Kind, s.doc.ID, s.doc.Version, author, back); err != nil {
			return done, err
		}
		done.Periods = append(done.Periods, s.v.Indicator+" "+s.v.Period)
	}
	return done, nil
}

// latest is the upload that came last and of which nothing is sealed.
func (d *Desk) latest(ctx context.Context, all map[string]standing) (string, error) {
	found := ""
	var at time.Time
	for _, s := range all {
		if s.v.Box == nil || s.doc.Time.Before(at) || s.doc.Time.Equal(at) && found != "" {
			continue
		}
		if _, err := d.ofUpload(ctx, all, s.v.Upload); err == nil {
			found, at = s.v.Upload, s.doc.Time
		}
	}
	if found == "" {
		return "", fmt.Errorf("%w: there is nothing to undo, all that was entered is sealed or undone", ErrNothing)
	}
	return found, nil
}

// ofUpload lists what stands of an upload, if all of it can be taken back.
func (d *Desk) ofUpload(ctx context.Context, all map[string]standing, upload string) (of []standing, err error) {
	for id, s := range all {
		if s.v.Upload == upload && s.v.Box != nil {
			sealed, err := d.sealedWith(ctx, s.v.Site, s.v.Indicator, s.period)
			if err != nil {
				return nil, err
			}
			if len(sealed) > 0 {
				return nil, fmt.Errorf("%s of %s is sealed: it cannot be undone, and a correction is a note beside the figure", s.v.Period, s.v.Indicator)
			}
			of = append(of, s)
			continue
		}
		if d.replaced(id, s, upload) {
			return nil, fmt.Errorf("%s of %s was entered again since: undo that first", s.v.Period, s.v.Indicator)
		}
	}
	if len(of) == 0 {
		return nil, fmt.Errorf("no upload %q stands: `footfall totals list` shows those that do", upload)
	}
	slices.SortFunc(of, func(a, b standing) int { return cmp.Compare(a.doc.ID, b.doc.ID) })
	return of, nil
}

// replaced says whether what stands now replaced what an upload had entered.
func (d *Desk) replaced(id string, s standing, upload string) bool {
	history := d.Records.History(Kind, id)
	for before := s.v.Before; before > 0 && s.v.Box != nil; {
		v, err := record.As[Version](history[before-1])
		if err != nil || v.Upload == upload {
			return true
		}
		before = v.Before
	}
	return false
}
