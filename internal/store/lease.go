package store

import (
	"context"
	"fmt"
	"time"
)

// Lease takes the lease of that name for ttl, or renews it, and tells whether
// holder has it now: of many who ask, one does. The holder has it until ttl
// after the call began, in whole seconds by the clock of the database, unless
// it asks again before. Stop earlier what only the holder may do. When a
// holder dies, the others wait for what is left of its time.
//
// On a cluster a new lease takes a second more (see settled), and the clocks of
// its servers have to differ by less than a small part of ttl.
func (s *Store) Lease(ctx context.Context, name, holder string, ttl time.Duration) (held bool, err error) {
	if name == "" || holder == "" || ttl < time.Second {
		return false, fmt.Errorf("take lease %q for %q: want names, and a second or more", name, holder)
	}
	if held, err = s.lease(ctx, name, holder, ttl); err != nil {
		return false, fmt.Errorf("take lease %s: %w", name, err)
	}
	return held, nil
}

func (s *Store) lease(ctx context.Context, name, holder string, ttl time.Duration) (bool, error) {
	has := func() (bool, error) {
		found, err := s.holder(ctx, name)
		return found == holder, err
	}
	had, err := has()
	if err != nil {
		return false, err
	}
	if err := s.inTurn(ctx, "lease/"+name, query("Lease"), name, holder, int64(ttl/time.Second), holder, name, holder); err != nil {
		return false, err
	}
	if had {
		return has()
	}
	return s.settled(ctx, has)
}

// holder returns who has a lease, or "".
func (s *Store) holder(ctx context.Context, name string) (holder string, err error) {
	err = s.db.QueryRow(ctx, query("holder"), name).Scan(&holder)
	return holder, err
}
