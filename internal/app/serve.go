package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/collector"
	"github.com/footfall-analytics/footfall/dashboard"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/spool"
	"github.com/footfall-analytics/footfall/internal/web"
)

const (
	sealEvery   = 15 * time.Minute
	followEvery = 15 * time.Second
	pingWithin  = 2 * time.Second
	stopWithin  = 10 * time.Second
)

// Run serves until ctx is done, then stops in order: no new requests, what is
// under way is answered, the spool keeps what is not yet counted.
func (a *App) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	public, err := new(net.ListenConfig).Listen(ctx, "tcp", a.cfg.Addr)
	if err != nil {
		return fmt.Errorf("listen on FOOTFALL_ADDR: %w", err)
	}
	control, err := a.listen(ctx)
	if err != nil {
		return errors.Join(err, public.Close())
	}
	a.steady = newSteady(a.clock, a.options.Uptime)
	app, side := a.routes(), a.controlServer()
	done := make(chan error, 6)
	tasks := []func() error{
		func() error { return closed(app.Listener(public)) },
		func() error { return closed(side.Serve(control)) },
		func() error { a.counter.Run(ctx); return nil },
		func() error { return a.sealOnSchedule(ctx) },
		func() error { return a.follow(ctx) },
		func() error { return a.remindOnSchedule(ctx) },
	}
	scrape, err := a.metricsServer(ctx)
	if err != nil {
		return errors.Join(err, public.Close(), control.Close())
	}
	if scrape != nil {
		defer func() { _ = scrape.Close() }() // nothing of a scrape is worth waiting for
	}
	for _, task := range tasks {
		go func() {
			err := task()
			if err != nil {
				cancel(err)
			}
			done <- err
		}()
	}
	a.log.Info("footfall serves", "address", a.cfg.PublicURL, "version", a.options.Version)
	<-ctx.Done()
	err = app.ShutdownWithTimeout(stopWithin)
	if errors.Is(err, context.DeadlineExceeded) { // clients that hold a connection and send nothing
		a.log.Warn("connections were open when the service stopped")
		err = nil
	}
	// Fiber does not stop a server that has not begun to serve: its listener does.
	err = errors.Join(err, side.Close(), closed(public.Close()))
	for range tasks {
		err = errors.Join(err, <-done)
	}
	return err
}

// closed takes the end of a server that was told to stop for no error.
func closed(err error) error {
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (a *App) metricsServer(ctx context.Context) (*http.Server, error) {
	if a.cfg.MetricsAddr == "off" {
		return nil, nil
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", a.cfg.MetricsAddr)
	if err != nil {
		return nil, fmt.Errorf("listen on FOOTFALL_METRICS_ADDR: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.metrics.handler())
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := closed(s.Serve(l)); err != nil {
			a.log.Error("metrics are not served any more", "error", err)
		}
	}()
	return s, nil
}

// routes is every room of the public address.
func (a *App) routes() *fiber.App {
	app := web.New(web.Options{Log: a.log, Secure: strings.HasPrefix(a.cfg.PublicURL, "https://"), Status: status, ErrorPage: dashboard.ErrorPage})
	collector.Mount(app, collector.Options{Intake: a.intake, Sites: a, Signer: a.signer, Proxies: a.proxies, Facts: a.facts, Ready: a.ready})
	a.dashboard().Mount(app)
	if a.options.Demo {
		mountDemo(app)
	}
	return app
}

// status is the answer to errors of the rooms; 0 is one that no client can mend.
func status(err error) int {
	switch {
	case errors.Is(err, disclosure.ErrOpen): // a period is being sealed at this moment
		return http.StatusServiceUnavailable
	case errors.Is(err, disclosure.ErrGone):
		return http.StatusGone
	case errors.Is(err, record.ErrNotFound):
		return http.StatusNotFound
	default:
		return 0
	}
}

// ready says whether hits can be stored. A database that is away is told and no
// reason to turn hits away: they wait in the spool.
func (a *App) ready(ctx context.Context) (string, error) {
	if st := a.spool.Stats(); st.Bytes >= a.cfg.SpoolMax {
		return "", spool.ErrFull
	}
	ctx, cancel := context.WithTimeout(ctx, pingWithin)
	defer cancel()
	if a.store.Ping(ctx) != nil {
		return "database away: hits are kept and counted later", nil
	}
	return "ok", nil
}

// follow takes in records that other processes write to a shared database.
func (a *App) follow(ctx context.Context) error {
	if a.cfg.ClickHouseDSN == "" {
		return nil // nobody else writes
	}
	var seen uint64
	for {
		n, err := a.store.DocCount(ctx)
		if err == nil && n != seen {
			err = a.records.Follow(ctx)
		}
		if err == nil {
			seen = n
		} else if ctx.Err() == nil {
			a.log.Warn("records of other processes cannot be read; it will be tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followEvery):
		}
	}
}

// sealOnSchedule seals what has closed, now and every so often.
func (a *App) sealOnSchedule(ctx context.Context) error {
	for {
		if _, err := a.sealNow(ctx, None{}); err != nil && ctx.Err() == nil && !errors.Is(err, errSealedElsewhere) {
			a.log.Error("sealing failed; it will be tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(sealEvery):
		}
	}
}
