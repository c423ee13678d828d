package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// measureHits compares the whole way of a hit with the bare handler, round by
// round, and then looks at the time of an answer at a modest rate.
func measureHits(ctx context.Context, o *options) (err error) {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	addr, err := freeAddr(ctx)
	if err != nil {
		return err
	}
	bare, err := start(ctx, addr, nil, self, bareMode, addr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
	s, err := serve(ctx, o, "hits", "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	for _, c := range []struct {
		conns  int
		suffix string
	}{{64, ""}, {256, "_256"}} {
		if err := compare(ctx, o, duel{bare, s, c.conns, c.suffix}); err != nil {
			return fmt.Errorf("%d connections: %w", c.conns, err)
		}
	}
	p := pacer{addr: s.addr, requests: requests(s.addr, s.site, s.pass), conns: 64, rate: 1000}
	var p99 []float64
	for range o.rounds {
		ms, err := p.run(ctx, o.round)
		if err != nil {
			return err
		}
		p99 = append(p99, percentile(ms, 0.99))
	}
	o.results.set("hit_p99_ms_at_1000", median(p99))
	return nil
}

// duel is a number of connections at which two servers are compared.
type duel struct {
	bare   *process
	ours   *service
	conns  int
	suffix string // of the keys of its results
}

// round is one round of load on one server.
type round struct {
	perSecond float64
	cpu       float64 // seconds for 100,000 hits
	counting  float64 // of that, after the answer
	p99       float64 // ms
}

func compare(ctx context.Context, o *options, d duel) error {
	none := func(context.Context) error { return nil }
	bare := side{d.bare, requests(d.bare.addr, d.ours.site, d.ours.pass), none}
	ours := side{d.ours.process, requests(d.ours.addr, d.ours.site, d.ours.pass), d.ours.count}
	var seen [2][]round
	for i := range o.rounds + 1 {
		for j, s := range []side{bare, ours} {
			r, err := s.measure(ctx, o, d.conns)
			if err != nil {
				return err
			}
			if i > 0 { // the first warms up
				seen[j] = append(seen[j], r)
			}
		}
	}
	each := func(f func(bare, ours round) float64) float64 {
		var all []float64
		for i := range seen[0] {
			all = append(all, f(seen[0][i], seen[1][i]))
		}
		return median(all)
	}
	set := func(key string, f func(bare, ours round) float64) { o.results.set(key+d.suffix, each(f)) }
	set("hit_cpu_ratio", func(b, f round) float64 { return f.cpu / b.cpu })
	set("hit_throughput_ratio", func(b, f round) float64 { return f.perSecond / b.perSecond })
	set("hit_cpu_s_per_100k", func(_, f round) float64 { return f.cpu })
	set("hit_counting_cpu_s_per_100k", func(_, f round) float64 { return f.counting })
	set("hits_per_s", func(_, f round) float64 { return f.perSecond })
	set("hit_p99_ms_saturated", func(_, f round) float64 { return f.p99 })
	set("bare_cpu_s_per_100k", func(b, _ round) float64 { return b.cpu })
	set("bare_per_s", func(b, _ round) float64 { return b.perSecond })
	return nil
}

// side is one of the two servers and what remains to be done after a round.
type side struct {
	*process
	requests [][]byte
	after    func(context.Context) error
}

func (s side) measure(ctx context.Context, o *options, conns int) (r round, err error) {
	before, err := s.cpu()
	if err != nil {
		return r, err
	}
	b, err := saturate(ctx, o.dir, s.addr, s.requests, conns, o.round)
	if err != nil {
		return r, err
	}
	answered, err := s.cpu()
	if err != nil {
		return r, err
	}
	if err := s.after(ctx); err != nil {
		return r, err
	}
	done, err := s.cpu()
	per := func(d time.Duration) float64 { return d.Seconds() / float64(b.Requests) * 1e5 }
	return round{
		perSecond: float64(b.Requests) / b.Micros * 1e6, p99: b.P99 / 1000,
		cpu: per(done - before), counting: per(done - answered),
	}, err
}
