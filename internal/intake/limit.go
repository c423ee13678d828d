package intake

import (
	"hash/maphash"
	"net/netip"
	"sync/atomic"
	"time"
)

// Rate bounds how often one address may do something.
type Rate struct {
	PerSecond float64
	Burst     int // at once, after a pause
}

// Unlimited is the Rate of somebody who may send as much as we can take.
var Unlimited = Rate{PerSecond: 1e9, Burst: 1e12}

// limiter holds one bucket for many addresses: which one is found by a hash
// with a random key that is thrown away every hour. No address is kept, 65,536
// of them share each bucket of the IPv4 internet, and the memory never grows.
// Two busy addresses in one bucket share its rate, which is why rates are generous.
type limiter struct {
	step, slack int64 // nanoseconds that one costs, and how far ahead one may run
	hour        atomic.Pointer[buckets]
}

const bucketCount = 1 << 16

type buckets struct {
	number int64 // hours since 1970
	seed   maphash.Seed
	due    [bucketCount]atomic.Int64 // when the bucket is empty again, unix nanoseconds
}

func newLimiter(r Rate) *limiter {
	step := int64(float64(time.Second) / r.PerSecond)
	return &limiter{step: step, slack: step * int64(r.Burst)}
}

// allow says whether addr may go on at now, and counts it if so.
func (l *limiter) allow(addr netip.Addr, now time.Time) bool {
	at := now.UnixNano()
	b := l.buckets(at / int64(time.Hour))
	due := &b.due[b.bucket(addr)]
	for {
		old := due.Load()
		next := max(old, at) + l.step
		if next > at+l.slack {
			return false
		}
		if due.CompareAndSwap(old, next) {
			return true
		}
	}
}

func (l *limiter) buckets(hour int64) *buckets {
	for {
		b := l.hour.Load()
		if b != nil && b.number == hour {
			return b
		}
		fresh := &buckets{number: hour, seed: maphash.MakeSeed()}
		if l.hour.CompareAndSwap(b, fresh) {
			return fresh
		}
	}
}

// bucket is that of one household or school: of an IPv4 address, or of the
// first 64 bits of an IPv6 address.
func (b *buckets) bucket(a netip.Addr) uint64 {
	bytes := a.As16()
	if a.Is6() {
		return maphash.Bytes(b.seed, bytes[:8]) % bucketCount
	}
	return maphash.Bytes(b.seed, bytes[:]) % bucketCount
}
