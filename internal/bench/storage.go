package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/chdb"
	"github.com/footfall-analytics/footfall/internal/coarsen"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/store"
)

// table is how one table of a site is used.
type table struct {
	name   cell.Table
	values []string // the first are the most frequent
	share  float64  // of visits that count in it; a visit may count in several values
}

// charity is the site of the simulation: 24 tables, 120 pages.
var charity = []table{
	{cell.Total, []string{""}, 1},
	{cell.Page, numbered("/help/page", 120), 2.3},
	{cell.Entry, numbered("/help/page", 120), 1},
	{cell.Source, coarsen.Sources, 1},
	{cell.Referrer, coarsen.Referrers(), 0.6},
	{cell.Campaign, numbered("campaign", 5), 0.05},
	{cell.Area, append([]string{"GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR"}, numbered("X", 60)...), 1},
	{cell.Browser, coarsen.Browsers, 1},
	{cell.Version, coarsen.Versions, 1},
	{cell.System, coarsen.Systems, 1},
	{cell.Device, coarsen.Devices, 1},
	{cell.Hour, coarsen.Hours, 1},
	{cell.Language, coarsen.Languages, 1},
	{cell.Length, []string{"10s", "1m", "3m", "10m"}, 1.6},
	{cell.Depth, []string{"2", "4", "8"}, 0.7},
	{cell.Search, numbered("theme", 10), 0.05},
	{cell.Signpost, numbered("helpline", 10), 0.04},
	{cell.Download, numbered("leaflet", 10), 0.02},
	{cell.Decision, []string{"yes", "no"}, 0.7},
	{cell.Banner, []string{"1 yes en", "1 no en", "1 yes cy", "1 no cy"}, 0.7},
	{cell.Contact, numbered("contact", 5), 0.05},
	{cell.ContactHour, coarsen.Hours, 0.05},
	{cell.Issue, numbered("issue", 12), 0.05},
	{cell.Outcome, numbered("outcome", 5), 0.04},
}

func numbered(name string, n int) (values []string) {
	for i := range n {
		values = append(values, fmt.Sprintf("%s-%d", name, i+1))
	}
	return values
}

const simulated = "sim001" // key of the site

// year is the one that is simulated.
var first, last = day.New(2025, time.January, 1), day.New(2025, time.December, 31)

// measureStorage fills a year of one site with different numbers of visits and
// weighs it before and after sealing. Nobody can send 10^8 visits in a
// benchmark: what is drawn is the cells of each day, as the counter would have
// summed them, each count from a Poisson law. So the way into and through the
// database is real, and the spool is left out.
func measureStorage(ctx context.Context, o *options) (err error) {
	dir := filepath.Join(o.dir, "storage")
	engine, err := o.engine(dir, make([]byte, 32))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	bytes := map[int]float64{}
	for _, exponent := range []int{4, 6, 8} {
		y := year{engine: engine, dir: dir, exponent: exponent, batches: 1}
		if err := y.measure(ctx, o); err != nil {
			return fmt.Errorf("10^%d visits: %w", exponent, err)
		}
		bytes[exponent] = y.cells
	}
	o.results.set("site_year_bytes", bytes[6])
	o.results.set("bytes_ratio_1e8_to_1e6", bytes[8]/bytes[6])
	o.results.set("bytes_ratio_1e6_to_1e4", bytes[6]/bytes[4])
	return measureMarkers(ctx, o, year{engine: engine, dir: dir, exponent: 4})
}

// measureMarkers finds what a batch costs beside its cells: each leaves a row
// that says it was added.
func measureMarkers(ctx context.Context, o *options, y year) error {
	var size [2]float64
	const more = 12
	for i, batches := range []int{1, 1 + more} {
		y.batches = batches
		s, err := y.open(ctx, fmt.Sprintf("markers%d", batches))
		if err != nil {
			return err
		}
		if err := y.fill(ctx, s); err != nil {
			return err
		}
		if size[i], err = weigh(ctx, s, "cells"); err != nil {
			return err
		}
		if err := s.Close(); err != nil {
			return err
		}
	}
	o.results.set("batch_marker_bytes", (size[1]-size[0])/float64(more*(last-first+1)))
	return nil
}

// year is a site-year in a database of its own.
type year struct {
	engine   *chdb.Engine
	dir      string
	exponent int // of 10, visits
	batches  int // a day
	cells    float64
}

func (y *year) open(ctx context.Context, name string) (*store.Store, error) {
	return store.Open(ctx, store.Options{Transport: y.engine, Database: name})
}

func (y *year) measure(ctx context.Context, o *options) (err error) {
	s, err := y.open(ctx, fmt.Sprintf("visits1e%d", y.exponent))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := y.fill(ctx, s); err != nil {
		return err
	}
	if y.cells, err = weigh(ctx, s, "cells"); err != nil {
		return err
	}
	o.results.set(fmt.Sprintf("cells_bytes_1e%d", y.exponent), y.cells)
	began := time.Now()
	periods, err := y.seal(ctx, s)
	if err != nil {
		return err
	}
	took := time.Since(began)
	sealed, err := weigh(ctx, s, "ledger", "seals")
	if err != nil {
		return err
	}
	o.results.set(fmt.Sprintf("sealed_bytes_1e%d", y.exponent), sealed)
	if y.exponent == 6 {
		o.results.set("sealed_site_year_bytes", sealed)
		o.results.set("seal_site_year_s", took.Seconds())
		o.results.set("seal_period_ms", float64(took.Milliseconds())/float64(periods))
	}
	return nil
}

// fill adds the cells of every day. Of several batches a day the first has the
// visits and the others have one cell each, as only their number matters.
func (y *year) fill(ctx context.Context, s *store.Store) error {
	r := rand.New(rand.NewPCG(1, uint64(y.exponent)))
	mean := math.Pow10(y.exponent) / float64(last-first+1)
	for d := first; d <= last; d++ {
		visits := mean * 1.1
		if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
			visits = mean * 0.75
		}
		cells := drawDay(r, d, visits)
		for n := range y.batches {
			b := cell.Batch{ID: fmt.Sprintf("%016x%016x-%04d%02d", r.Uint64(), r.Uint64(), d.Year(), d.Month()), Cells: cells}
			if n > 0 {
				b.Cells = []cell.Cell{{Site: simulated, Basis: cell.BasisConsent, Day: d, Table: cell.Total, N: 1}}
			}
			if err := s.Add(ctx, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// drawDay draws the counts of a day. Values are used by Zipf's law.
func drawDay(r *rand.Rand, d day.Day, visits float64) (cells []cell.Cell) {
	for _, t := range charity {
		sum := 0.0
		for i := range t.values {
			sum += 1 / float64(i+1)
		}
		for i, v := range t.values {
			if n := poisson(r, visits*t.share/sum/float64(i+1)); n > 0 {
				cells = append(cells, cell.Cell{Site: simulated, Basis: cell.BasisConsent, Day: d, Table: t.name, Value: v, N: n})
			}
		}
	}
	return cells
}

// poisson draws a count; from a mean of 50 on, the normal law is near enough.
func poisson(r *rand.Rand, mean float64) (n uint64) {
	if mean > 50 {
		return uint64(math.Round(mean + r.NormFloat64()*math.Sqrt(mean)))
	}
	for p := r.Float64(); p > math.Exp(-mean); n++ {
		p *= r.Float64()
	}
	return n
}

// seal seals every period of the year and says how many there were.
func (y *year) seal(ctx context.Context, s *store.Store) (periods int, err error) {
	keys, err := disclosure.OpenKeys(filepath.Join(y.dir, fmt.Sprintf("keys%d", y.exponent)), [32]byte{1})
	if err != nil {
		return 0, err
	}
	sealer := disclosure.Sealer{Counts: s, Ledger: s, Keys: keys}
	plan := disclosure.Plan{Site: simulated, Basis: cell.BasisConsent, Location: time.UTC, QuarterStart: 1, First: first, Domains: knownDomains()}
	report, err := sealer.Seal(ctx, plan, (last + 5).Time())
	return report.Periods, err
}

// knownDomains are the values that everybody knows without looking at the site.
func knownDomains() map[cell.Table][]string {
	domains := map[cell.Table][]string{}
	for _, t := range charity {
		switch t.name {
		case cell.Total, cell.Page, cell.Entry, cell.Referrer, cell.Banner:
		default:
			domains[t.name] = t.values
		}
	}
	return domains
}

// weigh returns the bytes of tables once the engine has nothing more to merge.
func weigh(ctx context.Context, s *store.Store, tables ...string) (bytes float64, err error) {
	for before := -1.0; before != bytes; time.Sleep(5 * time.Second) {
		sizes, err := s.Bytes(ctx)
		if err != nil {
			return 0, err
		}
		before, bytes = bytes, 0
		for _, t := range tables {
			bytes += float64(sizes[t])
		}
	}
	return bytes, nil
}
