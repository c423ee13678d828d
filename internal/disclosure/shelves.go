package disclosure

import (
	"maps"
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
	entries     map[cell.Table]byPeriod
	count       int
	used        uint64
}

// byPeriod has the entries of a table by the name of their period.
type byPeriod map[string][]Entry

func (b byPeriod) add(e Entry) { b[e.Atom.Period.Name] = append(b[e.Atom.Period.Name], e) }

// sort puts entries in their places. Of true counts it keeps no more than what
// sums need (see KeptCount).
func (r *rows) sort(entries []Entry) {
	r.entries, r.count = map[cell.Table]byPeriod{}, len(entries)
	for _, e := range entries {
		e.N = min(e.N, KeptCount)
		if r.entries[e.Atom.Table] == nil {
			r.entries[e.Atom.Table] = byPeriod{}
		}
		r.entries[e.Atom.Table].add(e)
	}
}

// shelves keep the rows of the sites that were read last, from page to page.
// That needs no clock and no word from the sealer, in this process or another:
// a sealed row never changes, so rows hold as long as the same periods are
// sealed.
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
	if r.count > mostKept {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock++
	r.used = s.clock
	s.kept[mark] = r
	all := 0
	for _, other := range s.kept {
		all += other.count
	}
	for all > mostKept {
		oldest := mark
		for m, other := range s.kept {
			if other.used < s.kept[oldest].used {
				oldest = m
			}
		}
		all -= s.kept[oldest].count
		delete(s.kept, oldest)
	}
}
