package intake_test

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/coarsen"
	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/site"
)

func TestRateLimits(t *testing.T) {
	r := newRoom(t, func(o *intake.Options) {
		o.HitRate = intake.Rate{PerSecond: 10, Burst: 5}
		o.DecisionRate = intake.Rate{PerSecond: 1, Burst: 2}
	})
	send := func(addr string, n int) (counted int) {
		for range n {
			h := r.view()
			h.Addr = netip.MustParseAddr(addr)
			if r.Accept(ctx, h) == intake.Counted {
				counted++
			}
		}
		return counted
	}
	if got := send("192.0.2.1", 20); got != 5 {
		t.Errorf("burst: %d counted, want 5", got)
	}
	if got := send("192.0.2.2", 5); got != 5 {
		t.Errorf("another address: %d counted, want 5", got)
	}
	r.now = r.now.Add(300 * time.Millisecond)
	if got := send("192.0.2.1", 20); got != 3 {
		t.Errorf("after 300 ms at 10 a second: %d counted, want 3", got)
	}
	if got := send("2001:db8::1", 3) + send("2001:db8::2", 20); got != 5 {
		t.Errorf("two addresses of one household: %d counted, want 5", got)
	}
	var verdicts []intake.Verdict
	for range 3 {
		_, v := r.Decide(ctx, r.decision())
		verdicts = append(verdicts, v)
	}
	if want := []intake.Verdict{intake.Counted, intake.Counted, intake.RateLimited}; !slices.Equal(verdicts, want) {
		t.Errorf("decisions %v, want %v", verdicts, want)
	}
	r.now = r.now.Add(time.Hour)
	if got := send("192.0.2.1", 20); got != 5 {
		t.Errorf("in the next hour: %d counted, want 5", got)
	}
}

func TestASchoolIsNotLimited(t *testing.T) {
	r := newRoom(t, nil)
	for range 300 { // pupils who open the page in the same moment and answer
		if _, v := r.Decide(ctx, r.decision()); v != intake.Counted {
			t.Fatal(v)
		}
		if v := r.Accept(ctx, r.view()); v != intake.Counted {
			t.Fatal(v)
		}
	}
}

func TestLastHitIsCoarse(t *testing.T) {
	r := newRoom(t, nil)
	r.Accept(ctx, r.view())
	start := r.now
	for _, c := range []struct {
		after time.Duration
		want  intake.Recency
	}{
		{0, intake.WithinMinute},
		{5 * time.Minute, intake.WithinHour},
		{2 * time.Hour, intake.WithinDay},
		{48 * time.Hour, intake.Before},
	} {
		r.now = start.Add(c.after)
		if got := r.LastHit("kx4f9q"); got != c.want {
			t.Errorf("after %v: %q, want %q", c.after, got, c.want)
		}
	}
	if got := r.LastHit("zzzzzz"); got != intake.Before {
		t.Errorf("unknown site: %q", got)
	}
}

// kept counts hits in memory, so that the benchmark shows the steps alone.
type kept struct{ n int }

func (k *kept) Put(context.Context, coarse.Hit) error { k.n++; return nil }

func BenchmarkAccept(b *testing.B) {
	signer, banner := consent.NewSigner([32]byte{7}), site.NewBanner(charity)
	in := intake.New(intake.Options{
		Sites:  sites{"kx4f9q": intake.NewSite(charity, []site.Banner{banner})},
		Signer: signer, Coarsen: coarsen.New(coarsen.Options{}), Spool: &kept{}, Clock: time.Now,
		HitRate: intake.Unlimited,
	})
	r := &room{signer: signer, banner: banner}
	hit := r.view()
	b.ReportAllocs()
	for b.Loop() {
		if v := in.Accept(ctx, hit); v != intake.Counted {
			b.Fatal(v)
		}
	}
}
