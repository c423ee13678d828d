package main

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/footfall-analytics/footfall/internal/store/storetest"
)

// measureMemory looks at what the process takes while 10,000 hits a second
// come in over the 64 connections of a proxy, and while they are counted.
func measureMemory(ctx context.Context, o *options) error {
	if err := resident(ctx, o, "embedded_rss_mb", ""); err != nil {
		return err
	}
	return withServer(func(dsn string) error { return resident(ctx, o, "collector_rss_mb", dsn) })
}

func resident(ctx context.Context, o *options, key, dsn string) (err error) {
	s, err := serve(ctx, o, key, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	p := pacer{addr: s.addr, requests: requests(s.addr, s.site, s.pass), conns: 64, rate: 10_000}
	ms, err := p.run(ctx, 2*o.round)
	if err != nil {
		return err
	}
	now, err := s.rss("VmRSS")
	if err != nil {
		return err
	}
	fmt.Printf("  at %.0f hits/s\n", float64(len(ms))/(2*o.round).Seconds())
	o.results.set(key, now/mb)
	if err := s.count(ctx); err != nil {
		return err
	}
	most, err := s.rss("VmHWM")
	o.results.set(key+"_most", most/mb)
	return err
}

// withServer runs f with Debian's clickhouse-server. The tests' own helper
// wants to be inside a test or a benchmark, so this is one.
func withServer(f func(dsn string) error) error {
	err := errors.New("clickhouse-server does not start: `.ci/install clickhouse` installs it")
	testing.Benchmark(func(b *testing.B) {
		if b.N == 1 {
			err = f(storetest.Server(b).DSN("footfall"))
		}
	})
	return err
}
