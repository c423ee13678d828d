package record

import (
	"context"
	"errors"
	"testing"
	"time"
)

// memory is a Log that two books share, as two processes share a database.
type memory struct{ docs []Doc }

func (m *memory) Append(_ context.Context, d Doc) error {
	for _, old := range m.docs {
		if old.Kind == d.Kind && old.ID == d.ID && old.Version == d.Version {
			return &ConflictError{Kind: d.Kind, ID: d.ID, Expected: d.Version - 1, Found: old.Version}
		}
	}
	m.docs = append(m.docs, d)
	return nil
}

func (m *memory) Docs(context.Context) ([]Doc, error) { return m.docs, nil }

func TestALostRaceIsRefusedAndThenSeen(t *testing.T) {
	ctx, log := t.Context(), &memory{}
	clock := func() time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) }
	one, err := Open(ctx, log, clock)
	if err != nil {
		t.Fatal(err)
	}
	two, err := Open(ctx, log, clock)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := one.Put(ctx, "site", "a", 0, "one", map[string]int{"n": 1}); err != nil {
		t.Fatal(err)
	}
	var late *ConflictError
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
	if _, err := one.Get("site", "b"); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown id: %v", err)
	}
}
