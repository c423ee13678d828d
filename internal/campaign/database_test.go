package campaign

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/store"
	"github.com/footfall-analytics/footfall/internal/store/storetest"
)

// TestKilledDatabase kills the database server under a counter that goes on
// trying, and starts it again.
func TestKilledDatabase(t *testing.T) {
	server := storetest.Server(t)
	db := storetest.OpenWith(t, store.Options{DSN: server.DSN("campaign")})
	s, err := openSpool(t.TempDir(), small)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	ctx, cancel := context.WithCancel(t.Context())
	c := count(ctx, s, db, 50*time.Millisecond, quiet)
	l := startLoad(s, hit, 5*time.Millisecond)
	failed := 0
	for i := range *databaseKills {
		time.Sleep(rand.N(400 * time.Millisecond))
		server.Kill()
		if i == 0 { // by chance it might meet none
			await(t, "the counter has met the kill", func() bool { return c.Err() != nil })
		}
		time.Sleep(rand.N(200 * time.Millisecond))
		if c.Err() != nil {
			failed++
		}
		server.Start(t)
		await(t, "the counter is well", func() bool { return c.Err() == nil })
	}
	acked := l.end(t)
	cancel()
	drain(t, c, s)
	t.Logf("%d kills, %d of them while the counter wrote or soon after", *databaseKills, failed)
	compare(t, db, acked, 0)
	if failed == 0 {
		t.Error("the counter has met no kill")
	}
}
