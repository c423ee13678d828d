package reporttest

import (
	"maps"
	"strings"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

// CountOwn seals under the statistics exception what is sealed with consent
// from a day on, a quarter of each figure larger.
func (l *Ledger) CountOwn(from day.Day) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, p := range maps.Clone(l.sealed) {
		if p.First >= from {
			l.sealed[strings.Replace(key, " "+string(cell.BasisConsent)+" ", " "+string(cell.BasisException)+" ", 1)] = p
		}
	}
	for _, e := range l.entries {
		if e.Atom.Period.First >= from {
			e.Atom.Basis = cell.BasisException
			e.N = e.N * 5 / 4
			e.Noisy, e.Shown = int64(e.N), e.Shown*5/4/5*5
			l.entries = append(l.entries, e)
		}
	}
}
