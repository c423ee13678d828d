package disclosure

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// property is what the rule promises, and what it would be without.
type property struct {
	promise string
	broken  func(testing.TB, mutant) error // nil if it holds
	also    []mutant                       // for which it has to hold too
	mutants map[string]mutant              // for which it must not
}

// rounded is a figure without floor and threshold.
func rounded(e *Entry) { e.N, e.Shown = max(e.N, floor), uint64(max(e.Noisy+2, 0)/5*5) }

// properties are those of the design but four that are held elsewhere: what is
// derived can be recomputed (internal/report), no stored column carries a value
// of one hit (internal/store), readers get ledger values alone (internal/app),
// and the noise of 2,000,000 atoms (TestNoiseFollowsTheLaw).
var properties = []property{
	{"the same question has the same answer, also from a ledger sealed anew", sealedTwice, nil, map[string]mutant{
		"noise drawn anew": {entry: func(e *Entry) {
			e.Noisy = int64(e.N) + rand.Int64N(9) - 4
			e.Shown = ruleOf(false).shown(e.N, e.Noisy)
		}},
	}},
	{"names that differ in a border alone have noises of their own", sharedDigest, nil, map[string]mutant{
		"fields without their length": {digest: func(a Atom, n uint64) [32]byte {
			return sha256.Sum256(fmt.Append(nil, a.Site, tableField(a), a.Period.Grain, a.Period.Name, a.Value, n))
		}},
	}},
	{"noise follows the law", lawless, []mutant{{strict: true}}, map[string]mutant{
		"no noise":       {digest: func(Atom, uint64) (d [32]byte) { d[0] = 0x80; return d }},
		"half the noise": {digest: func(a Atom, n uint64) [32]byte { return squeezed(newMill(testKey(7)).digest(a, n)) }},
	}},
	{"no figure stands for fewer than 5, all are multiples of 5 from 10 up", badFigures, []mutant{{strict: true}}, map[string]mutant{
		"no floor": {rule: func(r *rule) { r.floor = 0 }}, "floor 4": {rule: func(r *rule) { r.floor = 4 }},
		"no threshold": {rule: func(r *rule) { r.threshold = 0 }}, "threshold 7": {rule: func(r *rule) { r.threshold = 7 }},
		"a peak gate": {rule: func(r *rule) { r.peakGate = 20 }},
	}},
	{"so are all answers, sums too", unfitAnswer, nil, map[string]mutant{
		"no floor and no threshold": {entry: rounded}, "no rounding": {entry: func(e *Entry) { e.Shown = uint64(max(e.Noisy, 0)) }},
		"a higher count for the floor": {entry: func(e *Entry) { e.N += 5; e.Noisy += 15 }},
	}},
	{"the noisy quarter is the sum of its noisy months", quarterIsNoSum, nil, map[string]mutant{
		"sum of the true counts": {quarter: trueQuarter}, "noise of its own": {quarter: ownQuarter},
	}},
	{"order and batches of hits do not matter", batchesMatter, nil, map[string]mutant{
		"the last part alone is counted": {counts: func(m *memory) Counts { return lastPart{m} }},
	}},
	{"an open period is an error and no number", openAnswer, nil, map[string]mutant{
		"every period counts as sealed": {ledger: func(m *memory) Ledger { return hasty{m} }},
	}},
	{"cells that change after sealing change no answer", changedAnswers, nil, map[string]mutant{
		"no ledger check": {ledger: func(m *memory) Ledger { return forgetful{m} }},
	}},
	{"noises of atoms that differ in one field or count are uncorrelated", correlated, nil, map[string]mutant{
		"without the site":   {digest: lacking(func(a *Atom, _ *uint64) { a.Site = "" })},
		"without the basis":  {digest: lacking(func(a *Atom, _ *uint64) { a.Basis = "" })},
		"without the table":  {digest: lacking(func(a *Atom, _ *uint64) { a.Table = "" })},
		"without the grain":  {digest: lacking(func(a *Atom, _ *uint64) { a.Period.Grain = "" })},
		"without the period": {digest: lacking(func(a *Atom, _ *uint64) { a.Period.Name = "" })},
		"without the value":  {digest: lacking(func(a *Atom, _ *uint64) { a.Value = "" })},
		"without the count":  {digest: lacking(func(_ *Atom, n *uint64) { *n = 0 })},
	}},
	{"none and up to four are the same answer", fewAreSeen, nil, map[string]mutant{
		"no floor and no threshold": {entry: rounded}, "names of what is hidden": {entry: func(e *Entry) { e.Shown = max(e.Shown, 10*min(e.N, 1)) }},
	}},
	{"one visit changes at most two atoms of a table", moreAtoms, nil, map[string]mutant{
		"moved quarters overlap": {ledger: func(m *memory) Ledger { return forgetsQuarters{m} }},
	}},
	{"a destroyed or lost key refuses", sealsWithoutKey, nil, map[string]mutant{
		"a key is made for a year that has begun": {ledger: func(m *memory) Ledger { return unbegun{m} }},
	}},
}

// TestProperties prints a table of what holds and which mutants are found: go
// test -run TestProperties -v ./internal/disclosure.
func TestProperties(t *testing.T) {
	lines := make([]string, len(properties))
	t.Run("all", func(t *testing.T) {
		for i, p := range properties {
			t.Run(p.promise, func(t *testing.T) {
				t.Parallel()
				for _, m := range append([]mutant{{}}, p.also...) {
					if err := p.broken(t, m); err != nil {
						t.Error(err)
					}
				}
				lines[i] = p.promise + "\n"
				for _, name := range slices.Sorted(maps.Keys(p.mutants)) {
					err := p.broken(t, p.mutants[name])
					if err == nil {
						t.Errorf("mutant %q is not found", name)
						err = errors.New("NOT FOUND")
					}
					lines[i] += fmt.Sprintf("    %-40s %s\n", name, err)
				}
			})
		}
	})
	t.Logf("\n%s", strings.Join(lines, ""))
}

// lawless tells whether the noise of 200,000 atoms is off the law.
func lawless(_ testing.TB, off mutant) error {
	l := plainLaw()
	if off.strict {
		l = strictLaw()
	}
	digest := newMill(testKey(7)).digest
	if off.digest != nil {
		digest = off.digest
	}
	mean, variance, chi := lawMisses(l, drawMany(digest, l, 200_000))
	if math.Abs(mean) > 4 || math.Abs(variance) > 4 || math.Abs(chi) > 4 {
		return fmt.Errorf("mean %.1f, variance %.1f, chi-square %.1f standard deviations off", mean, variance, chi)
	}
	return nil
}

// squeezed brings a digest nearer to the middle of the law.
func squeezed(d [32]byte) [32]byte {
	binary.BigEndian.PutUint64(d[:], binary.BigEndian.Uint64(d[:])/2+1<<62)
	return d
}

// lacking is the digest of a changed atom.
func lacking(change func(*Atom, *uint64)) func(Atom, uint64) [32]byte {
	m := newMill(testKey(9))
	return func(a Atom, n uint64) [32]byte {
		change(&a, &n)
		return m.digest(a, n)
	}
}
