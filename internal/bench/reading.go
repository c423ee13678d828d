package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/demo"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/secret"
	"github.com/footfall-analytics/footfall/internal/site"
	"github.com/footfall-analytics/footfall/internal/store"
	"github.com/footfall-analytics/footfall/internal/store/storetest"
)

const (
	yearsKept = 5
	askings   = 300 // of a page, one after another
	longGrant = "five-years"
)

// measureReading reads pages of the demo charity among a thousand sites that
// have its figures, first with one year of figures, then with five. Its grant
// is as long as the figures: a report says what was reached in all of it.
func measureReading(ctx context.Context, o *options) error {
	h, err := o.lived(ctx)
	if err != nil {
		return err
	}
	var slowest [2]float64
	have := 0
	for i, years := range []int{1, yearsKept} {
		if err := h.grow(ctx, o, have, years); err != nil {
			return fmt.Errorf("copy figures: %w", err)
		}
		have = years
		if slowest[i], err = h.read(ctx, o, years); err != nil {
			return err
		}
	}
	o.results.set("staff_5_to_1_years", slowest[1]/slowest[0])
	return nil
}

// grow gives the house a thousand sites with figures of so many years.
func (h *house) grow(ctx context.Context, o *options, have, years int) (err error) {
	ring, err := secret.Open(filepath.Join(h.dir, "secret"), h.dir)
	if err != nil {
		return err
	}
	engine, err := o.engine(h.dir, ring.Engine[:])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	s, err := store.Open(ctx, store.Options{Transport: engine})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	records, err := record.Open(ctx, s, time.Now)
	if err != nil {
		return err
	}
	copies := storetest.Copies{Site: demo.Key, Before: day.Of(time.Now(), time.UTC) - 2, Sites: charities, Years: years, Have: have}
	if err := copies.Make(ctx, engine, "footfall"); err != nil {
		return err
	}
	if h.long, err = addDocs(ctx, records, years); err != nil {
		return err
	}
	bytes, err := s.Bytes(ctx)
	o.results.set(fmt.Sprintf("reading_%d_years_ledger_mb", years), float64(bytes["ledger"])/mb)
	return err
}

// addDocs makes the sites known, each with a grant like that of the demo, and
// gives the demo a grant of so many years. It returns the draft of that grant's
// last period with figures.
func addDocs(ctx context.Context, records *record.Book, years int) (draft string, err error) {
	one, err := record.Get[site.Site](records, site.Kind, demo.Key)
	if err != nil {
		return "", err
	}
	grants := records.List(funder.GrantKind)
	g, err := record.As[funder.Grant](grants[slices.IndexFunc(grants, func(d record.Doc) bool { return d.ID != longGrant && !strings.HasPrefix(d.ID, "grant-") })])
	if err != nil {
		return "", err
	}
	long, version := g, uint32(len(records.History(funder.GrantKind, longGrant)))
	long.ID, long.Start = longGrant, day.New(g.Start.Year()+1-years, g.Start.Month(), 1)
	for _, p := range long.Periods() {
		if p.Last+3 < day.Of(time.Now(), time.UTC) {
			draft = report.DraftID(longGrant, p.Name())
		}
	}
	if _, err := records.Put(ctx, funder.GrantKind, longGrant, version, "bench", long); err != nil || version > 0 {
		return draft, err
	}
	for i := 1; i < charities; i++ {
		s, other := one, g
		s.Key, s.Name = charityKey(i), fmt.Sprintf("Charity %d", i)
		other.ID, other.Site = "grant-"+s.Key, s.Key
		if _, err := records.Put(ctx, site.Kind, s.Key, 0, "bench", s); err != nil {
			return "", err
		}
		if _, err := records.Put(ctx, funder.GrantKind, other.ID, 0, "bench", other); err != nil {
			return "", err
		}
	}
	return draft, nil
}

// read asks for every page, and returns the median of the slowest staff page.
func (h *house) read(ctx context.Context, o *options, years int) (slowest float64, err error) {
	p, err := h.serve(ctx, o)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	who, err := h.logIn(ctx)
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(h.link, "/r/")
	ms, err := h.ask(ctx, who, "/r/"+rest)
	if err != nil {
		return 0, err
	}
	o.results.set("report_p99_ms", percentile(ms, 0.99))
	pages := map[string]string{
		"sites": "/sites", "site": "/sites/" + demo.Key, "numbers": "/sites/" + demo.Key + "/numbers", "grants": "/grants", "grant": "/grants/" + longGrant,
		"reports": "/reports", "draft": "/reports/" + url.PathEscape(h.long),
	}
	worst := 0.0
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		if ms, err = h.ask(ctx, who, pages[name]); err != nil {
			return 0, err
		}
		o.results.set(fmt.Sprintf("staff_%s_ms_%d_years", name, years), median(ms))
		o.results.set(fmt.Sprintf("staff_%s_first_ms_%d_years", name, years), ms[0]) // pages share what they read; the draft is the first
		slowest, worst = max(slowest, median(ms)), max(worst, percentile(ms, 0.99))
	}
	o.results.set("staff_p99_ms", worst)
	return slowest, paint(ctx, o, h.link)
}

// logIn is a client with the session of the demo's director.
func (h *house) logIn(ctx context.Context) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+h.addr+"/login", strings.NewReader(h.user.Encode()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Origin", "http://"+h.addr)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	who := &http.Client{Jar: jar}
	_, err = do(who, req)
	return who, err
}

// ask says how long each answer took, in milliseconds.
func (h *house) ask(ctx context.Context, who *http.Client, path string) (ms []float64, err error) {
	for range askings {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.addr+path, http.NoBody)
		if err != nil {
			return nil, err
		}
		began := time.Now()
		if _, err := do(who, req); err != nil {
			return nil, err
		}
		ms = append(ms, float64(time.Since(began).Microseconds())/1000)
	}
	return ms, nil
}
