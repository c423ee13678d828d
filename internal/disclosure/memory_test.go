package disclosure

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

const testSite = "kx4f9q"

// memory is the Counts and the Ledger of these tests. The store's own tests
// hold the real ones to the same rules.
type memory struct {
	mu      sync.Mutex
	cells   []cell.Cell
	sealed  map[sealID]Period
	entries map[sealID][]Entry
	order   []string              // periods in the order of their sealing
	reads   int                   // calls of Cells
	crash   func(seals int) error // before each Seal; nil = none
}

type sealID struct {
	site   string
	basis  cell.Basis
	period string
}

func newMemory(cells ...cell.Cell) *memory {
	return &memory{cells: cells, sealed: map[sealID]Period{}, entries: map[sealID][]Entry{}}
}

func (m *memory) Cells(_ context.Context, site string, basis cell.Basis, first, last day.Day) ([]cell.Cell, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.reads++
	var found []cell.Cell
	for _, c := range m.cells {
		if c.Site == site && c.Basis == basis && c.Day >= first && c.Day <= last {
			found = append(found, c)
		}
	}
	return found, nil
}

func (m *memory) Seal(_ context.Context, s Sealing) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.crash != nil {
		if err := m.crash(len(m.order)); err != nil {
			return err
		}
	}
	for _, part := range s.Parts {
		id := sealID{s.Site, s.Basis, part.Period.Name}
		if _, ok := m.sealed[id]; ok {
			continue
		}
		m.order = append(m.order, part.Period.Name)
		m.sealed[id] = part.Period
		m.entries[id] = slices.Clone(part.Entries)
	}
	return nil
}

func (m *memory) Sealed(_ context.Context, site string, basis cell.Basis, first, last day.Day) (map[string]bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	names := map[string]bool{}
	for id, p := range m.sealed {
		if id.site == site && id.basis == basis && p.First >= first && p.Last <= last {
			names[p.Name] = true
		}
	}
	return names, nil
}

func (m *memory) Entries(_ context.Context, r Range) ([]Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var found []Entry
	for id, p := range m.sealed {
		if id.site != r.Site || id.basis != r.Basis || !slices.Contains(r.Grains, p.Grain) || p.First < r.First || p.Last > r.Last {
			continue
		}
		for _, e := range m.entries[id] {
			if r.Table == "" || e.Atom.Table == r.Table {
				found = append(found, e)
			}
		}
	}
	return found, nil
}

// every returns all entries by atom.
func (m *memory) every() map[Atom]Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := map[Atom]Entry{}
	for _, entries := range m.entries {
		for _, e := range entries {
			all[e.Atom] = e
		}
	}
	return all
}

// testKey is a key that depends on the seed alone.
func testKey(seed uint64) [32]byte {
	return sha256.Sum256(binary.BigEndian.AppendUint64(nil, seed))
}

// fixedKeys is a key store whose keys of the years 2024-2026 depend on the
// seed alone, so that a test gives the same numbers each time.
func fixedKeys(t testing.TB, seed uint64) *KeyStore {
	t.Helper()
	k := openTestKeys(t, t.TempDir(), [32]byte{1})
	for year := 2024; year <= 2026; year++ {
		if err := k.put(testSite, year, testKey(seed+uint64(year))); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

func openTestKeys(t testing.TB, dir string, secret [32]byte) *KeyStore {
	t.Helper()
	k, err := OpenKeys(dir, secret)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func london(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// plan is that of the test site with consent, from 1 January 2025.
func testPlan(t testing.TB) Plan {
	return Plan{
		Site: testSite, Basis: cell.BasisConsent, Location: london(t), QuarterStart: 1,
		First: day.New(2025, 1, 1),
	}
}

// strictly makes one table of the test site strict in every year.
func strictly(table cell.Table) Strictness {
	return func(site string, _ int, t cell.Table) bool { return site == testSite && t == table }
}

// sealAll seals all that is closed on the morning of d.
func sealAll(t testing.TB, m *memory, keys *KeyStore, p Plan, d day.Day) Report {
	t.Helper()
	s := &Sealer{Counts: m, Ledger: m, Keys: keys}
	report, err := s.Seal(t.Context(), p, d.Start(p.Location).Add(9*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// at makes a cell of the test site with consent.
func at(d day.Day, table cell.Table, value string, n uint64) cell.Cell {
	return cell.Cell{Site: testSite, Basis: cell.BasisConsent, Day: d, Table: table, Value: value, N: n}
}

func period(t testing.TB, name string) Period {
	t.Helper()
	p, err := parsePeriod(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func query(t testing.TB, table cell.Table, value, name string) Query {
	t.Helper()
	return Query{Site: testSite, Table: table, Value: value, Period: period(t, name)}
}
