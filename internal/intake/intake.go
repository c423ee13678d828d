// Package intake is the map of the service: what happens to a visit between
// the request and the disk. Read Accept first.
package intake

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/coarsen"
	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/raw"
	"github.com/footfall-analytics/footfall/internal/spool"
)

// Spool keeps coarse hits: Put returns nil once the hit is safe on disk.
type Spool interface {
	Put(ctx context.Context, hit coarse.Hit) error
}

// Options says what an Intake works with. Sites, Signer, Coarsen, Spool and
// Clock are needed.
type Options struct {
	Sites   Sites
	Signer  *consent.Signer
	Coarsen *coarsen.Coarsener
	Spool   Spool
	Clock   func() time.Time

	// What one address may send; a zero Rate stands for the default. The
	// defaults let a school hall behind one address open a page at once.
	HitRate, DecisionRate Rate

	// Called with the verdict of each hit and each decision; nil for nobody.
	ObserveHit, ObserveDecision func(Verdict)
}

var (
	defaultHits      = Rate{PerSecond: 20, Burst: 600}
	defaultDecisions = Rate{PerSecond: 5, Burst: 300}
)

// Intake takes in hits and decisions. It is safe for concurrent use.
type Intake struct {
	o         Options
	hits      *limiter
	decisions *limiter
	last      sync.Map // site key -> *atomic.Int64, unix minutes of the last counted hit
}

// New returns an Intake.
func New(o Options) *Intake {
	if o.HitRate == (Rate{}) {
		o.HitRate = defaultHits
	}
	if o.DecisionRate == (Rate{}) {
		o.DecisionRate = defaultDecisions
	}
	if o.ObserveHit == nil {
		o.ObserveHit = func(Verdict) {}
	}
	if o.ObserveDecision == nil {
		o.ObserveDecision = func(Verdict) {}
	}
	return &Intake{o: o, hits: newLimiter(o.HitRate), decisions: newLimiter(o.DecisionRate)}
}

// Accept takes a hit from the request to the disk and says what became of it.
// Whatever is about a person ends here: only the coarse hit goes on.
func (in *Intake) Accept(ctx context.Context, hit *raw.Hit) Verdict {
	v := in.accept(ctx, hit)
	in.o.ObserveHit(v)
	return v
}

func (in *Intake) accept(ctx context.Context, hit *raw.Hit) Verdict {
	now := in.o.Clock()
	if !in.hits.allow(hit.Addr, now) {
		return RateLimited
	}
	site, ok := in.o.Sites.Site(hit.Site)
	if !ok {
		return UnknownSite
	}
	if !site.owns(hit.Origin) {
		return WrongOrigin
	}
	basis, v := findBasis(hit, site, in.o.Signer)
	if v != Counted {
		return v
	}
	facts, v := findFacts(hit, site, in.o.Coarsen)
	if v != Counted {
		return v
	}
	if hit.TestRequest {
		return TestOnly
	}
	facts.Basis, facts.Day = basis, day.Of(now, site.Location)
	if facts.Kind == coarse.View && facts.NewVisit || facts.Table == string(cell.Contact) {
		facts.Hour = coarsen.Hour(now.In(site.Location).Hour())
	}
	if v := in.put(ctx, facts); v != Counted {
		return v
	}
	in.noteLast(site.Key, now)
	return Counted
}

// Malformed counts a request to hits that was none.
func (in *Intake) Malformed() { in.o.ObserveHit(Malformed) }

// MalformedDecision counts a request to decisions that was none.
func (in *Intake) MalformedDecision() { in.o.ObserveDecision(Malformed) }

// findBasis says on what ground a hit may be counted.
func findBasis(hit *raw.Hit, s *Site, signer *consent.Signer) (coarse.Basis, Verdict) {
	switch consent.Decide(hit, s.Banners, signer) {
	case consent.Agreed:
		return coarse.Consent, Counted
	case consent.Excepted:
		return coarse.Exception, Counted
	case consent.Objected:
		return 0, Objected
	default:
		return 0, NoConsent
	}
}

// put makes a coarse hit durable.
func (in *Intake) put(ctx context.Context, hit coarse.Hit) Verdict {
	err := in.o.Spool.Put(ctx, hit)
	switch {
	case err == nil:
		return Counted
	case errors.Is(err, spool.ErrFull):
		return Full
	case errors.Is(err, spool.ErrBusy), errors.Is(err, spool.ErrClosed), ctx.Err() != nil:
		return Busy
	default:
		return Failed // the spool has told its own log
	}
}

// Recency says how long ago something was. It is all that staff are told of
// the last hit, since a time could tell of one visitor.
type Recency string

// The recencies.
const (
	WithinMinute Recency = "minute"
	WithinHour   Recency = "hour"
	WithinDay    Recency = "day"
	Before       Recency = "" // longer ago, or never since this process started
)

// LastHit says when a hit of a site was last counted, for checking an installation.
func (in *Intake) LastHit(siteKey string) Recency {
	kept, ok := in.last.Load(siteKey)
	if !ok {
		return Before
	}
	switch ago := minute(in.o.Clock()) - kept.(*atomic.Int64).Load(); {
	case ago <= 1:
		return WithinMinute
	case ago <= 60:
		return WithinHour
	case ago <= 24*60:
		return WithinDay
	default:
		return Before
	}
}

func (in *Intake) noteLast(siteKey string, now time.Time) {
	kept, ok := in.last.Load(siteKey)
	if !ok {
		kept, _ = in.last.LoadOrStore(siteKey, new(atomic.Int64))
	}
	if at, m := kept.(*atomic.Int64), minute(now); at.Load() != m { // seldom written, so seldom contended
		at.Store(m)
	}
}

func minute(t time.Time) int64 { return t.Unix() / 60 }
