// Package app wires the rooms together by hand: it opens and closes them in
// order, runs the service, and runs commands on it.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/footfall-analytics/footfall/internal/chdb"
	"github.com/footfall-analytics/footfall/internal/coarsen"
	"github.com/footfall-analytics/footfall/internal/config"
	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/counter"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/secret"
	"github.com/footfall-analytics/footfall/internal/site"
	"github.com/footfall-analytics/footfall/internal/spool"
	"github.com/footfall-analytics/footfall/internal/store"
	"github.com/footfall-analytics/footfall/internal/totals"
	"github.com/footfall-analytics/footfall/internal/web"
)

// Options says how to open an App.
type Options struct {
	Config  config.Config
	Version string
	Log     *slog.Logger
	Clock   func() time.Time // time.Now outside of the demo
	Uptime  func() time.Duration
	Demo    bool // /demo/ is served and small batches are allowed
}

// App is the open service: its rooms and their order of closing.
type App struct {
	cfg     config.Config
	options Options
	log     *slog.Logger
	clock   func() time.Time

	store   *store.Store
	records *record.Book
	signer  *consent.Signer
	geo     *coarsen.Geo
	spool   *spool.Spool
	counter *counter.Counter
	sealer  *disclosure.Sealer
	book    *disclosure.Book
	own     *disclosure.OwnBook
	cases   *disclosure.RecordBook // figures of case records
	totals  *totals.Desk           // where they are entered
	intake  *intake.Intake
	proxies web.Proxies
	metrics *metrics
	holder  string // names this process among those that share a database
	sites   atomic.Pointer[map[string]*intake.Site]
	kept    atomic.Pointer[map[string]deletedFigures] // by site
	known   atomic.Pointer[sync.Map]                  // what is made of records, since the last change of one: site -> toldFacts, siteYear -> strict tables

	// closing keeps a batch from being added while days are sealed: sealing a
	// day closes it for writes.
	closing  sync.Mutex
	retained day.Day      // on which all that was due was deleted; under closing
	refused  sync.Map     // cell.Scope -> in words why periods of it are not sealed
	steady   *steady      // while the service runs
	last     func() error // closes what was opened, last first
}

// Open opens every room on the data folder. Errors say what to mend.
func Open(ctx context.Context, o Options) (*App, error) {
	a := &App{cfg: o.Config, options: o, log: o.Log, clock: o.Clock, proxies: web.Proxies(o.Config.Proxies), metrics: newMetrics(), last: func() error { return nil }}
	if host, err := os.Hostname(); err == nil {
		a.holder = host + ":" + o.Config.DataDir
	}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context) error {
	if err := a.letters().Validate(); err != nil {
		return fmt.Errorf("read FOOTFALL_SMTP_URL and FOOTFALL_MAIL_FROM: %w", err)
	}
	if err := os.MkdirAll(a.cfg.DataDir, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	ring, err := secret.Open(a.cfg.SecretFile, a.cfg.DataDir)
	if err != nil {
		return fmt.Errorf("open secret: %w", err)
	}
	for _, step := range []func(context.Context, *secret.Ring) error{a.openStore, a.openRecords, a.openWrite, a.openRead} {
		if err := step(ctx, ring); err != nil {
			return err
		}
	}
	return nil
}

// Close closes every room, the last opened first.
func (a *App) Close() error { return a.last() }

func (a *App) onClose(f func() error) {
	before := a.last
	a.last = func() error { return errors.Join(f(), before()) }
}

func (a *App) openStore(ctx context.Context, ring *secret.Ring) error {
	options := store.Options{DSN: a.cfg.ClickHouseDSN, Cluster: a.cfg.ClickHouseCluster}
	if a.cfg.ClickHouseDSN == "" {
		lib, err := chdb.Find(a.cfg.LibCHDB, a.cfg.DataDir)
		if err != nil {
			return fmt.Errorf("find database engine: %w", err)
		}
		engine, err := chdb.Open(chdb.Options{Lib: lib, Dir: filepath.Join(a.cfg.DataDir, "engine"), Key: ring.Engine[:]})
		if err != nil {
			return fmt.Errorf("open database engine: %w", err)
		}
		a.onClose(engine.Close)
		options.Transport = engine
	}
	s, err := store.Open(ctx, options)
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	a.store = s
	a.onClose(s.Close)
	return nil
}

func (a *App) openRecords(ctx context.Context, ring *secret.Ring) (err error) {
	if a.records, err = record.Open(ctx, a.store, a.clock); err != nil {
		return fmt.Errorf("open records: %w", err)
	}
	a.signer = consent.NewSigner(ring.Sign)
	a.known.Store(new(sync.Map))
	a.records.OnChange(a.change)
	return errors.Join(a.readSites(), a.readKept())
}

func (a *App) openWrite(_ context.Context, ring *secret.Ring) (err error) {
	if a.geo, err = a.openGeo(); err != nil {
		return err
	}
	a.spool, err = spool.Open(spool.Options{Dir: filepath.Join(a.cfg.DataDir, "spool"), Key: ring.Spool, MaxBytes: a.cfg.SpoolMax, Clock: a.clock, Log: a.log,
		Observe: spool.Observe{Commit: a.metrics.commit, Lost: a.metrics.lose}})
	if err != nil {
		return fmt.Errorf("open spool: %w", err)
	}
	a.onClose(a.spool.Close)
	a.counter = counter.New(counter.Options{Spool: a.spool, Sink: sink{a}, Clock: a.clock, Log: a.log,
		Until:   counter.EndOfDay(site.Site{}.Location()), // where nearly all sites are
		Observe: counter.Observe{TooLate: a.metrics.tooLate, Batch: a.metrics.batch}})
	a.metrics.watch(a.spool, a.clock)
	a.metrics.watchDatabase(a.store.Ping)
	a.metrics.watchDue(a.clock)
	a.intake = intake.New(intake.Options{
		Sites: a, Signer: a.signer, Coarsen: coarsen.New(coarsen.Options{Geo: a.geo}), Spool: a.spool, Clock: a.clock,
		ObserveHit: a.metrics.hit, ObserveDecision: a.metrics.decision,
	})
	return nil
}

func (a *App) openRead(_ context.Context, ring *secret.Ring) error {
	keys, err := disclosure.OpenKeys(filepath.Join(a.cfg.DataDir, "keys"), ring.Noise)
	if err != nil {
		return fmt.Errorf("open noise keys: %w", err)
	}
	a.sealer = &disclosure.Sealer{Counts: a.store, Ledger: a.store, Keys: keys}
	a.book, a.own = disclosure.NewBook(a.store), disclosure.NewOwnBook(a.store)
	a.book.Strict, a.own.Strict = a.strict, a.strict
	a.book.Kept, a.own.Kept = a.figuresFrom, a.figuresFrom
	a.cases = disclosure.NewRecordBook(a.store)
	a.cases.Strict, a.cases.Kept = a.strict, a.figuresFrom
	a.totals = &totals.Desk{Records: a.records, Ledger: a.store, Keys: keys, Clock: a.clock}
	if a.cfg.ClickHouseDSN != "" {
		a.totals.MayWrite = a.bindKeys
	}
	return nil
}
