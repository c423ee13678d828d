package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/store"
)

const (
	charities       = 1000
	visitsADay      = 50 // of each
	charitiesABatch = 25 // in one insert while the month is filled
)

// march is the month that is sealed.
var march = disclosure.PeriodOf(disclosure.Month, day.New(2025, time.March, 1), 1)

// measureSealing seals the month of a thousand sites that have been counting
// before: 31 days, the weeks and the month of each, in one process.
func measureSealing(ctx context.Context, o *options) (err error) {
	dir := filepath.Join(o.dir, "sealing")
	engine, err := o.engine(dir, make([]byte, 32))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	s, err := store.Open(ctx, store.Options{Transport: engine})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	keys, err := disclosure.OpenKeys(filepath.Join(dir, "keys"), [32]byte{1})
	if err != nil {
		return err
	}
	if err := fillMonth(ctx, s); err != nil {
		return err
	}
	sealer := &disclosure.Sealer{Counts: s, Ledger: s, Keys: keys}
	// What is before the month, and the keys.
	if _, err := sealAll(ctx, sealer, (march.First + 3).Time()); err != nil {
		return err
	}
	// The peak of filling is not that of sealing.
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		return err
	}
	before, err := rss(os.Getpid(), "VmRSS")
	if err != nil {
		return err
	}
	began := time.Now()
	periods, err := sealAll(ctx, sealer, (march.Last + 10).Time())
	if err != nil {
		return err
	}
	took := time.Since(began)
	after, err := rss(os.Getpid(), "VmHWM")
	if err != nil {
		return err
	}
	o.results.set("seal_1000_sites_month_s", took.Seconds())
	o.results.set("seal_1000_sites_periods", float64(periods))
	o.results.set("seal_rss_growth_mb", (after-before)/mb)
	return nil
}

func charityKey(i int) string { return fmt.Sprintf("c%05d", i) }

func fillMonth(ctx context.Context, s *store.Store) error {
	r := rand.New(rand.NewPCG(2, 2))
	for from := 0; from < charities; from += charitiesABatch {
		b := cell.Batch{ID: fmt.Sprintf("%032x-%04d%02d", from, march.First.Year(), march.First.Month())}
		for i := from; i < from+charitiesABatch; i++ {
			for d := march.First; d <= march.Last; d++ {
				for _, c := range drawDay(r, d, visitsADay) {
					c.Site = charityKey(i)
					b.Cells = append(b.Cells, c)
				}
			}
		}
		if err := s.Add(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func sealAll(ctx context.Context, s *disclosure.Sealer, now time.Time) (periods int, err error) {
	plans := make([]disclosure.Plan, charities)
	for i := range plans {
		plans[i] = disclosure.Plan{Site: charityKey(i), Basis: cell.BasisConsent, Location: time.UTC, QuarterStart: 1, First: march.First, Domains: knownDomains()}
	}
	var sealed atomic.Int64
	err = disclosure.Each(plans, func(plan disclosure.Plan) error {
		report, err := s.Seal(ctx, plan, now)
		sealed.Add(int64(report.Periods))
		return err
	})
	return int(sealed.Load()), err
}
