package disclosure

import (
	"maps"
	"slices"
	"sync"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

// shelfMark names what is sealed of a site.
type shelfMark struct {
	site  string
	basis cell.Basis
}

// rows are those of the days first..last that were read when sealed was sealed.
type rows struct {
	sealed      map[string]bool
	first, last day.Day
	entries     []Entry
	used        uint64
}

// within are the rows of r.
func (r *rows) within(of Range) (found []Entry) {
	for i := range r.entries {
		a := &r.entries[i].Atom
		if a.Period.First >= of.First && a.Period.Last <= of.Last && slices.Contains(of.Grains, a.Period.Grain) && (of.Table == "" || a.Table == of.Table) {
			found = append(found, r.entries[i])
		}
	}
	return found
}

// shelves keep the rows of the sites that were read last, from page to page.
// That needs no clock and no word from the sealer, in this process or another:
// a sealed row never changes, so rows hold as long as the same periods are
// sealed. Of true counts no more is kept than what sums need (see KeptCount).
type shelves struct {
	mu    sync.Mutex
	kept  map[shelfMark]*rows
	clock uint64 // goes on with each use
}

// mostKept is how many rows are kept: some 10 MB.
const mostKept = 50_000

func newShelves() *shelves { return &shelves{kept: map[shelfMark]*rows{}} }

// take returns the rows that hold while sealed is what is sealed, nil for none.
func (s *shelves) take(mark shelfMark, sealed map[string]bool) *rows {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.kept[mark]
	if r == nil || !maps.Equal(r.sealed, sealed) {
		return nil
	}
	s.clock++
	r.used = s.clock
	return r
}

// put keeps rows, and lets go of those that were used longest ago.
func (s *shelves) put(mark shelfMark, r *rows) {
	if len(r.entries) > mostKept {
		return
	}
	for i := range r.entries {
		r.entries[i].N = min(r.entries[i].N, KeptCount)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock++
	r.used = s.clock
	s.kept[mark] = r
	all := 0
	for _, other := range s.kept {
		all += len(other.entries)
	}
	for all > mostKept {
		oldest := mark
		for m, other := range s.kept {
			if other.used < s.kept[oldest].used {
				oldest = m
			}
		}
		all -= len(s.kept[oldest].entries)
		delete(s.kept, oldest)
	}
}
