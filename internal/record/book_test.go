package record_test

import (
	"errors"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/record/recordtest"
)

func TestALostRaceIsRefusedAndThenSeen(t *testing.T) {
	ctx, log := t.Context(), &recordtest.Log{}
	clock := func() time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) }
	one, err := record.Open(ctx, log, clock)
	if err != nil {
		t.Fatal(err)
	}
	two, err := record.Open(ctx, log, clock)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := one.Put(ctx, "site", "a", 0, "one", map[string]int{"n": 1}); err != nil {
		t.Fatal(err)
	}
	var late *record.ConflictError
	if _, err := two.Put(ctx, "site", "a", 0, "two", map[string]int{"n": 2}); !errors.As(err, &late) || late.Found != 1 {
		t.Fatalf("the second writer got %v", err)
	}
	doc, err := two.Get("site", "a")
	if err != nil || doc.Author != "one" {
		t.Fatalf("after the lost race: %+v %v", doc, err)
	}
	if _, err := two.Put(ctx, "site", "a", 1, "two", map[string]int{"n": 2}); err != nil {
		t.Fatal(err)
	}
	changed := false
	one.OnChange(func() { changed = true })
	if err := one.Follow(ctx); err != nil || !changed {
		t.Fatalf("follow: changed %v, error %v", changed, err)
	}
	if h := one.History("site", "a"); len(h) != 2 || string(h[0].Body) != `{"n":1}` {
		t.Errorf("history: %+v", h)
	}
	if _, err := one.Get("site", "b"); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("unknown id: %v", err)
	}
}
