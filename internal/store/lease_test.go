package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/store"
	"github.com/footfall-analytics/footfall/internal/store/storetest"
)

func lease(t *testing.T, s *store.Store, name, holder string, ttl time.Duration) bool {
	t.Helper()
	held, err := s.Lease(t.Context(), name, holder, ttl)
	if err != nil {
		t.Fatal(err)
	}
	return held
}

func testLease(t *testing.T, fresh rig) {
	o := fresh(t)
	a, b := storetest.OpenWith(t, o), storetest.OpenWith(t, o)
	const ttl, long = 2 * time.Second, 10 * time.Minute // one ends, the other does not, however slow the machine is
	for _, what := range []string{"given", "renewed"} {
		if !lease(t, a, "kept", "a'\n", long) || !lease(t, a, "sealer", "a'\n", ttl) {
			t.Fatalf("the lease was not %s", what)
		}
	}
	if lease(t, b, "kept", "b", long) {
		t.Error("two have the lease")
	}
	for end := time.Now().Add(time.Minute); !lease(t, b, "sealer", "b", long); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("a lease that is not renewed does not end")
		}
	}
	if lease(t, a, "sealer", "a'\n", ttl) {
		t.Error("a holder that came back too late has the lease beside the next")
	}
	for _, bad := range []struct {
		name, holder string
		ttl          time.Duration
	}{{"", "a", ttl}, {"sealer", "", ttl}, {"sealer", "a", time.Millisecond}} {
		if held, err := a.Lease(t.Context(), bad.name, bad.holder, bad.ttl); held || err == nil {
			t.Errorf("%+v: given", bad)
		}
	}
}

// Of two who believe to have a lease the first keeps it, however often it was
// renewed.
func TestLeaseAgainstARival(t *testing.T) {
	s := storetest.Open(t)
	if !lease(t, s, "sealer", "b", 10*time.Minute) {
		t.Fatal("nobody had the lease, and it was not given")
	}
	if err := store.WriteRival(t.Context(), s, "sealer", "a"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Second) // a renewal is later than the rival
	for range 2 {
		if !lease(t, s, "sealer", "b", 10*time.Minute) || lease(t, s, "sealer", "a", 10*time.Minute) {
			t.Fatal("a rival has taken the lease")
		}
		if err := store.WriteRival(t.Context(), s, "sealer", "c"); err != nil {
			t.Fatal(err)
		}
	}
}

func testLeaseAtOnce(t *testing.T, fresh rig) {
	o := fresh(t)
	raceForLease(t, storetest.OpenWith(t, o), storetest.OpenWith(t, o))
}

// raceForLease has many ask for new leases at the same moment.
func raceForLease(t *testing.T, stores ...*store.Store) {
	var all sync.WaitGroup
	for round := range 5 {
		name := fmt.Sprintf("sealer %d", round)
		held := make(chan string, 6)
		var wg sync.WaitGroup
		for i := range cap(held) {
			all.Add(1)
			wg.Go(func() {
				defer all.Done()
				holder := fmt.Sprintf("holder %d", i)
				if ok, err := stores[i%len(stores)].Lease(t.Context(), name, holder, 10*time.Minute); err != nil {
					t.Error(err)
				} else if ok {
					held <- holder
				}
			})
		}
		all.Go(func() {
			wg.Wait()
			if len(held) != 1 {
				t.Errorf("%s: %d have it", name, len(held))
			}
		})
	}
	all.Wait()
}
