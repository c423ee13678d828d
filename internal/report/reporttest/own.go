package reporttest

import (
	"maps"
	"strings"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
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

// AnswerInPart puts answers to a part of what was asked into a sealed period.
func (l *Ledger) AnswerInPart(p disclosure.Period, shown uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = append(l.entries, disclosure.Entry{
		Atom: disclosure.Atom{Site: "kx4f9q", Basis: cell.BasisConsent, Table: cell.Decision, Period: p, Value: "some"},
		N:    shown, Noisy: int64(shown), Shown: shown,
	})
}
