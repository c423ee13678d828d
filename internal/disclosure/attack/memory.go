package attack

import (
	"context"
	"slices"
	"strings"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// memory is the Counts and the Ledger of one site, as fast as the attacks need
// it. A test holds it to the entries that the real store keeps.
type memory struct {
	days    map[day.Day][]cell.Cell
	sealed  []disclosure.Period // by first day
	entries map[string]map[cell.Table][]disclosure.Entry
	basis   cell.Basis // that is sealed
	forget  bool       // the last sealing wins instead of the first
}

func newMemory(cells []cell.Cell) *memory {
	m := &memory{days: map[day.Day][]cell.Cell{}, entries: map[string]map[cell.Table][]disclosure.Entry{}}
	m.add(cells...)
	return m
}

func (m *memory) add(cells ...cell.Cell) {
	for _, c := range cells {
		m.days[c.Day] = append(m.days[c.Day], c)
	}
}

// Cells implements disclosure.Counts.
func (m *memory) Cells(_ context.Context, _ string, basis cell.Basis, first, last day.Day) (found []cell.Cell, err error) {
	for d := first; d <= last; d++ {
		for _, c := range m.days[d] {
			if c.Basis == basis {
				found = append(found, c)
			}
		}
	}
	return found, nil
}

// Seal implements disclosure.Ledger.
func (m *memory) Seal(_ context.Context, s disclosure.Sealing) error {
	m.basis = s.Basis
	for _, part := range s.Parts {
		name := part.Period.Name
		if m.entries[name] == nil {
			m.sealed = append(m.sealed, part.Period)
		} else if !m.forget {
			continue
		}
		tables := map[cell.Table][]disclosure.Entry{}
		for _, e := range part.Entries {
			tables[e.Atom.Table] = append(tables[e.Atom.Table], e)
		}
		m.entries[name] = tables
	}
	slices.SortFunc(m.sealed, func(a, b disclosure.Period) int { return int(a.First - b.First) })
	return nil
}

// within are the sealed periods of a run of days.
func (m *memory) within(first, last day.Day) []disclosure.Period {
	from, _ := slices.BinarySearchFunc(m.sealed, first, func(p disclosure.Period, d day.Day) int { return int(p.First - d) })
	to, _ := slices.BinarySearchFunc(m.sealed, last+1, func(p disclosure.Period, d day.Day) int { return int(p.First - d) })
	return m.sealed[from:to]
}

// Sealed implements disclosure.Ledger.
func (m *memory) Sealed(_ context.Context, _ string, basis cell.Basis, first, last day.Day) (map[string]bool, error) {
	names := map[string]bool{}
	if basis != m.basis {
		return names, nil
	}
	for _, p := range m.within(first, last) {
		if p.Last <= last {
			names[p.Name] = true
		}
	}
	return names, nil
}

// Entries implements disclosure.Ledger.
func (m *memory) Entries(_ context.Context, r disclosure.Range) (found []disclosure.Entry, err error) {
	for _, p := range m.within(r.First, r.Last) {
		if !slices.Contains(r.Grains, p.Grain) || p.Last > r.Last {
			continue
		}
		for table, entries := range m.entries[p.Name] {
			if r.Table == "" || table == r.Table {
				found = append(found, entries...)
			}
		}
	}
	return found, nil
}

// weakness says which protections are switched off: the positive controls and
// the mutants.
type weakness struct {
	noise, rounding, floor, threshold bool
	firstWins, calendar               bool
}

func (w weakness) String() string {
	var off []string
	for name, is := range map[string]bool{
		"noise": w.noise, "rounding": w.rounding, "floor": w.floor, "threshold": w.threshold, "first wins": w.firstWins, "calendar": w.calendar,
	} {
		if is {
			off = append(off, name)
		}
	}
	if len(off) == 0 {
		return "nothing"
	}
	slices.Sort(off)
	return strings.Join(off, ", ")
}

// weak stands between the real sealer and a ledger and takes protections away.
type weak struct {
	disclosure.Ledger
	off weakness
	*view
}

// Seal undoes in each entry what is switched off.
func (w weak) Seal(ctx context.Context, s disclosure.Sealing) error {
	for _, part := range s.Parts {
		for i := range part.Entries {
			w.undo(&part.Entries[i])
		}
	}
	return w.Ledger.Seal(ctx, s)
}

func (w weak) undo(e *disclosure.Entry) {
	r := w.rulesOf(e.Atom.Table)
	if w.off.noise {
		e.Noisy = int64(e.N)
	}
	if w.off.floor {
		e.N += uint64(r.floor) // so that sums pass the floor too
	}
	e.Shown = 0
	if e.N >= uint64(r.floor) && e.Noisy >= int64(r.threshold) {
		half := int64(r.rounding / 2)
		e.Shown = uint64((e.Noisy + half) / int64(r.rounding) * int64(r.rounding))
	}
}

// Sealed forgets what is sealed, for a sealer that would seal again.
func (w weak) Sealed(ctx context.Context, site string, basis cell.Basis, first, last day.Day) (map[string]bool, error) {
	if w.off.firstWins {
		return map[string]bool{}, nil
	}
	return w.Ledger.Sealed(ctx, site, basis, first, last)
}
