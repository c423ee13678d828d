package app

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/config"
	"github.com/footfall-analytics/footfall/internal/store/storetest"
)

func TestTwoCollectorsShareAServerAndOneSeals(t *testing.T) {
	server := storetest.Server(t)
	shared := t.TempDir()
	one := joins(t, server.DSN("footfall_two"), shared)
	two := joins(t, server.DSN("footfall_two"), shared)

	shown, err := one.addSite(t.Context(), NewSite{Name: "Harbour", Hosts: []string{"www.harbour.example"}, TimeZone: "Europe/London", QuarterStart: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := two.records.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*service{one, two} {
		s.site = shown.Site
		s.decide(t, shown.Banner)
		s.visit(t, "/help", 30)
		s.count(t)
	}
	if one.pass != two.pass {
		t.Error("a pass of one collector is not good at the other")
	}
	cells, err := two.store.Cells(t.Context(), shown.Site.Key, cell.BasisConsent, 0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if n := total(cells); n != 60 {
		t.Errorf("%d visits counted, want 60", n)
	}
	one.at(time.Date(2026, 4, 4, 0, 0, 0, 0, time.UTC))
	two.at(*one.now.Load())
	if r := one.seal(t); r.Periods == 0 {
		t.Error("the first process sealed nothing")
	}
	if _, err := two.sealNow(t.Context(), None{}); !errors.Is(err, errSealedElsewhere) {
		t.Errorf("the second process seals too: %v", err)
	}
	if rows, err := two.pages(t, "2026-03"); err != nil || len(rows) != 1 {
		t.Errorf("the second process reads %v %v", rows, err)
	}
}

// joins opens a collector on a server; all of them have the same secret and ring.
func joins(t *testing.T, dsn, shared string) *service {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if ring, err := os.ReadFile(filepath.Join(shared, "keyring")); err == nil {
		if err := os.WriteFile(filepath.Join(dir, "keyring"), ring, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Load([]string{"FOOTFALL_DATA_DIR=" + dir, "FOOTFALL_SECRET_FILE=" + filepath.Join(shared, "secret"), "FOOTFALL_CLICKHOUSE_DSN=" + dsn})
	if err != nil {
		t.Fatal(err)
	}
	s := &service{}
	s.at(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))
	s.options = Options{Config: cfg, Log: slog.New(slog.DiscardHandler), Clock: func() time.Time { return *s.now.Load() }, Uptime: Uptime}
	s.open(t)
	ring, err := os.ReadFile(filepath.Join(dir, "keyring"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(shared, "keyring"), ring, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}
