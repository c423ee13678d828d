package counter

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

var errAway = errors.New("database is away")

// sink is a database with the faults of one. It adds a batch once.
type sink struct {
	mu     sync.Mutex
	added  map[string][]cell.Cell // by batch id
	sealed map[string]day.Day     // by site
	calls  []call
	fault  func(ctx context.Context, n int, add func()) error // n counts calls from 1
	busy   int
}

type call struct {
	id string
	at time.Time
}

func (s *sink) Add(ctx context.Context, b cell.Batch) error {
	s.mu.Lock()
	s.calls = append(s.calls, call{b.ID, time.Now()})
	n := len(s.calls)
	fault := s.fault
	s.busy++
	busy := s.busy
	s.mu.Unlock()
	defer func() { s.mu.Lock(); s.busy--; s.mu.Unlock() }()
	if busy > 1 {
		return errors.New("two batches at a time")
	}
	add := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.added == nil {
			s.added = map[string][]cell.Cell{}
		}
		if s.added[b.ID] == nil {
			s.added[b.ID] = b.Cells
		}
	}
	if fault != nil {
		return fault(ctx, n, add)
	}
	add()
	return nil
}

func (s *sink) Closed(_ context.Context, from day.Day) (map[cell.Scope]day.Day, error) {
	closed := map[cell.Scope]day.Day{}
	for site, d := range s.sealed {
		if d >= from {
			closed[cell.Scope{Site: site, Basis: cell.BasisConsent}] = d
		}
	}
	return closed, nil
}

func (s *sink) setFault(f func(ctx context.Context, n int, add func()) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// total is the number of visits added.
func (s *sink) total() (n uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, cells := range s.added {
		for _, c := range cells {
			if c.Table == cell.Total {
				n += c.N
			}
		}
	}
	return n
}

func (s *sink) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.calls)
}
