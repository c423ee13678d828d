package disclosure

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math/big"
	"sort"
	"sync"

	"github.com/footfall-analytics/footfall/internal/cell"
)

// law is a two-sided geometric distribution, P(X = e) ~ exp(-eps |e|), cut off
// at its reach. cuts[i] is floor(2^64 P(X <= i-reach)); the last is 2^64-1.
type law struct {
	cuts []uint64
}

// The laws of the rule: eps 1 on -40..40 (variance 1.8413), and for strict
// tables eps 1/2 on -80..80 (variance 7.8354).
var (
	plainLaw  = sync.OnceValue(func() law { return newLaw(1) })
	strictLaw = sync.OnceValue(func() law { return newLaw(2) })
)

// newLaw computes the law of eps = 1/scale in fixed point with 320 binary
// places, far more than the 64 that are kept, so that every machine has the
// very same table.
func newLaw(scale int) law {
	const places = 320
	one := new(big.Int).Lsh(big.NewInt(1), places)
	mul := func(x, y *big.Int) *big.Int { return new(big.Int).Rsh(new(big.Int).Mul(x, y), places) }

	// a = exp(-1/scale) by its power series.
	a, term := new(big.Int), new(big.Int).Set(one)
	for k := 1; term.Sign() != 0; k++ {
		a.Add(a, term)
		term.Quo(term, big.NewInt(int64(-k*scale)))
	}

	// P(X <= e) is a^-e/(1+a) below 0 and 1 - a^(e+1)/(1+a) from 0 up: the two
	// halves mirror each other, P(X <= e) = 1 - P(X <= -1-e).
	reach := 40 * scale
	cuts := make([]uint64, 2*reach+1)
	cuts[2*reach] = 1<<64 - 1
	tail := new(big.Int).Quo(new(big.Int).Lsh(a, places), new(big.Int).Add(one, a))
	for e := -1; e >= -reach; e-- {
		cut := new(big.Int).Rsh(tail, places-64).Uint64()
		cuts[e+reach] = cut
		cuts[reach-1-e] = -cut - 1 // 2^64 - ceil(tail): the tail is never whole
		tail = mul(tail, a)
	}
	return law{cuts: cuts}
}

// draw turns 64 even bits into noise: the smallest e whose cut is above u.
func (l law) draw(u uint64) int64 {
	last := len(l.cuts) - 1
	i := sort.Search(last, func(i int) bool { return u < l.cuts[i] })
	return int64(i - last/2)
}

// mill makes the noise of the atoms of one key. It is not for concurrent use.
type mill struct {
	mac hash.Hash
	buf []byte
	sum [sha256.Size]byte
}

func newMill(key [32]byte) *mill {
	return &mill{mac: hmac.New(sha256.New, key[:])}
}

// digest is HMAC-SHA256(key, "sdc1", the atom's fields, n): each field behind
// its length, so that no two atoms are written alike. The same atom with the
// same count always gets the same noise, even if the ledger was restored from
// a copy and has to be sealed again.
func (m *mill) digest(a Atom, n uint64) [sha256.Size]byte {
	b := append(m.buf[:0], "sdc1"...)
	for _, field := range []string{a.Site, tableField(a), string(a.Period.Grain), a.Period.Name, a.Value} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(field)))
		b = append(b, field...)
	}
	b = binary.BigEndian.AppendUint64(b, n)
	m.buf = b
	m.mac.Reset()
	m.mac.Write(b)
	m.mac.Sum(m.sum[:0])
	return m.sum
}

// tableField names the table in the digest. Counts without consent get a name
// of their own ("exception:page"), so that the two bases of a site never share
// noise: with shared noise the difference of their figures would be bare.
func tableField(a Atom) string {
	if a.Basis == cell.BasisConsent {
		return string(a.Table)
	}
	return string(a.Basis) + ":" + string(a.Table)
}

// rule is rule sdc1 with the parameters of one table.
type rule struct {
	law       law
	floor     uint64 // least true count that is ever shown
	threshold int64  // least noisy count that is shown
	peakGate  uint64 // least count of the atom's largest day
}

// seal makes the ledger's row of an atom: n is its true count, peak that of
// its largest day.
func (r rule) seal(m *mill, a Atom, n, peak uint64) Entry {
	d := m.digest(a, n)
	e := Entry{
		Atom:  a,
		N:     n,
		Noisy: int64(n) + r.law.draw(binary.BigEndian.Uint64(d[:8])),
		Year:  a.Period.CountingYear(),
	}
	if peak >= r.peakGate {
		e.Shown = r.shown(n, e.Noisy)
	}
	return e
}

// shown rounds a noisy count to 5 (2.5 up) if both it and the true count are
// large enough; 0 means that nothing is shown.
func (r rule) shown(n uint64, noisy int64) uint64 {
	if n < r.floor || noisy < r.threshold {
		return 0
	}
	return uint64((noisy + 2) / 5 * 5)
}
