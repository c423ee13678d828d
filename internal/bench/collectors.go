package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// measureCollectors looks whether a hit costs the same however many collectors
// share one database server. On a machine that one collector fills, it cannot
// show more than that: the throughput of several is that of one.
func measureCollectors(ctx context.Context, o *options) error {
	return withServer(func(dsn string) error {
		for _, n := range []int{1, 2, 4} {
			cpu, err := share(ctx, o, dsn, n)
			if err != nil {
				return fmt.Errorf("%d collectors: %w", n, err)
			}
			o.results.set(fmt.Sprintf("collectors_%d_cpu_s_per_100k", n), cpu)
		}
		return nil
	})
}

// share loads n collectors at once, with 256 connections in all, and returns
// the CPU seconds of all of them for 100,000 hits.
func share(ctx context.Context, o *options, dsn string, n int) (cpu float64, err error) {
	services := make([]*service, n)
	for i := range services {
		if services[i], err = serve(ctx, o, fmt.Sprintf("collector-%d-%d", n, i), dsn); err != nil {
			return 0, err
		}
		defer func() { err = errors.Join(err, services[i].stop()) }()
	}
	before, err := total(services)
	if err != nil {
		return 0, err
	}
	bursts, errs := make([]burst, n), make([]error, n)
	var wait sync.WaitGroup
	for i, s := range services {
		wait.Go(func() {
			bursts[i], errs[i] = saturate(ctx, o.dir, s.addr, requests(s.addr, s.site, s.pass), 256/n, o.round)
		})
	}
	wait.Wait()
	after, err := total(services)
	hits := 0
	for _, b := range bursts {
		hits += b.Requests
	}
	return (after - before).Seconds() / float64(hits) * 1e5, errors.Join(append(errs, err)...)
}

// total is the CPU time of several services.
func total(services []*service) (sum time.Duration, err error) {
	for _, s := range services {
		cpu, err := s.cpu()
		if err != nil {
			return 0, err
		}
		sum += cpu
	}
	return sum, nil
}
