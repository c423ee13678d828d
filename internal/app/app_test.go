package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/config"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/raw"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/site"
)

const agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"

// service is an App on the real engine with a clock that tests move.
type service struct {
	*App
	options Options
	now     atomic.Pointer[time.Time]
	site    site.Site
	pass    string
}

func start(t *testing.T) *service {
	t.Helper()
	cfg, err := config.Load([]string{"FOOTFALL_DATA_DIR=" + filepath.Join(t.TempDir(), "data"), "FOOTFALL_LIBCHDB=" + library(t), "FOOTFALL_METRICS_ADDR=off"})
	if err != nil {
		t.Fatal(err)
	}
	s := &service{}
	s.at(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC))
	s.options = Options{Config: cfg, Log: slog.New(slog.DiscardHandler), Clock: func() time.Time { return *s.now.Load() }, Uptime: Uptime}
	s.open(t)
	shown, err := s.addSite(t.Context(), NewSite{Name: "Harbour", Hosts: []string{"www.harbour.example"}, TimeZone: "Europe/London", QuarterStart: 1})
	if err != nil {
		t.Fatal(err)
	}
	s.site = shown.Site
	s.decide(t, shown.Banner)
	return s
}

// decide says yes in the banner.
func (s *service) decide(t *testing.T, banner string) {
	t.Helper()
	answer, verdict := s.intake.Decide(t.Context(), &raw.Decision{
		Site: s.site.Key, Banner: banner, Choices: []string{site.Statistics}, Lang: "en",
		Origin: "https://www.harbour.example", UserAgent: agent, Addr: netip.MustParseAddr("192.0.2.1"),
	})
	if verdict != intake.Counted {
		t.Fatal(verdict)
	}
	s.pass = answer.Pass
}

// at moves the clock.
func (s *service) at(t time.Time) { s.now.Store(&t) }

func library(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../node_modules/@chdb/lib-linux-x64-gnu/libchdb.so")
	if err != nil || !exists(path) {
		t.Fatalf("the database engine is not installed: run make test (%v)", err)
	}
	return path
}

func (s *service) open(t *testing.T) {
	t.Helper()
	a, err := Open(context.Background(), s.options)
	if err != nil {
		t.Fatal(err)
	}
	s.App = a
	t.Cleanup(func() { s.close(t) })
}

func (s *service) close(t *testing.T) {
	t.Helper()
	if s.App == nil {
		return
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	s.App = nil
}

func (s *service) visit(t *testing.T, path string, n int) {
	t.Helper()
	for i := range n {
		v := s.intake.Accept(t.Context(), &raw.Hit{
			Kind: raw.View, Site: s.site.Key, Pass: s.pass, Path: path, NewVisit: true, NewPage: true,
			Origin: "https://www.harbour.example", UserAgent: agent, Addr: netip.AddrFrom4([4]byte{198, 18, byte(i >> 8), byte(i)}),
		})
		if v != intake.Counted {
			t.Fatalf("visit %d: %s", i, v)
		}
	}
}

func (s *service) count(t *testing.T) {
	t.Helper()
	if err := s.counter.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (s *service) seal(t *testing.T) Sealed {
	t.Helper()
	r, err := s.sealNow(t.Context(), None{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *service) pages(t *testing.T, month string) ([]disclosure.Row, error) {
	t.Helper()
	p, err := disclosure.ParsePeriod(month, 1)
	if err != nil {
		t.Fatal(err)
	}
	return s.book.Table(t.Context(), disclosure.Query{Site: s.site.Key, Table: cell.Page, Period: p})
}

func TestAVisitBecomesAFigureAndNothingChangesIt(t *testing.T) {
	s := start(t)
	s.visit(t, "/help", 60)
	s.visit(t, "/rare", 3)
	s.count(t)
	s.at(time.Date(2026, 4, 2, 21, 0, 0, 0, time.UTC)) // 46 hours and more after the end of March in London
	s.seal(t)
	if _, err := s.pages(t, "2026-03"); err == nil {
		t.Fatal("March was shown before 48 hours had passed")
	}
	s.at(s.now.Load().Add(3 * time.Hour))
	s.seal(t)
	rows, err := s.pages(t, "2026-03")
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || rows[0].Value != "/help" {
		t.Fatalf("pages of March: %+v", rows)
	}
	if n, _ := rows[0].Figure.Shown(); n < 20 || n > 100 {
		t.Errorf("60 visits are shown as %d", n)
	}

	before := fmt.Sprint(rows)
	s.at(time.Date(2026, 3, 30, 12, 0, 0, 0, time.UTC)) // a hit that comes far too late
	s.visit(t, "/help", 40)
	s.at(time.Date(2026, 4, 3, 12, 0, 0, 0, time.UTC))
	s.count(t)
	if r := s.seal(t); r.Periods != 0 {
		t.Errorf("sealed again: %+v", r)
	}
	if rows, err = s.pages(t, "2026-03"); err != nil || fmt.Sprint(rows) != before {
		t.Errorf("after late hits: %v %v, before: %s", rows, err, before)
	}
}

func TestWhatWaitsIsCountedAfterARestart(t *testing.T) {
	s := start(t)
	s.visit(t, "/help", 25)
	s.close(t)
	s.open(t)
	s.count(t)
	cells, err := s.store.Cells(t.Context(), s.site.Key, cell.BasisConsent, 0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if n := total(cells); n != 25 {
		t.Errorf("%d visits counted, want 25", n)
	}
}

func total(cells []cell.Cell) (visits uint64) {
	for _, c := range cells {
		if c.Table == cell.Total {
			visits += c.N
		}
	}
	return visits
}

func TestCommandsReachTheRunningProcess(t *testing.T) {
	s := start(t)
	l, err := s.listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server := s.controlServer()
	go server.Serve(l)
	defer server.Close()
	if info, err := os.Stat(filepath.Join(s.cfg.DataDir, socketName)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("socket: %v %v", info, err)
	}
	list, err := Do[SiteList](t.Context(), s.options, "site list", None{})
	if err != nil || len(list) != 1 || list[0].Site.Name != "Harbour" {
		t.Fatalf("%+v %v", list, err)
	}
	if text := list.Text(); !strings.Contains(text, s.site.Key) {
		t.Error(text)
	}
	_, err = Do[SiteShown](t.Context(), s.options, "site add", NewSite{Name: "x", Hosts: []string{"two words"}})
	if err == nil || !strings.Contains(err.Error(), "two words") {
		t.Errorf("a bad host: %v", err)
	}
	if _, err = Do[None](t.Context(), s.options, "no such", None{}); err == nil {
		t.Error("an unknown command was run")
	}
}

func TestCommandsOpenTheStoreThemselves(t *testing.T) {
	s := start(t)
	s.close(t)
	list, err := Do[SiteList](t.Context(), s.options, "site list", None{})
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v %v", list, err)
	}
}

func TestAddUserNeverTellsThePassword(t *testing.T) {
	s := start(t)
	args := NewUser{Email: "staff@example.org", Name: "Staff", Password: "a-long-enough-one", Role: "owner", Sites: []string{"*"}}
	added, err := s.addUser(t.Context(), args)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := json.Marshal(added)
	if strings.Contains(string(text)+added.Text(), args.Password) {
		t.Error("the answer has the password in it")
	}
	if _, err := s.addUser(t.Context(), args); err == nil {
		t.Error("the same email was taken twice")
	}
	args.Email, args.Sites = "other@example.org", []string{"nosite"}
	if _, err := s.addUser(t.Context(), args); err == nil {
		t.Error("a site that does not exist was taken")
	}
}

func TestAReportNeedsASealedMonth(t *testing.T) {
	s := start(t)
	g := s.online(t, s.site.Key, visits)
	id := report.DraftID(g.ID, "Y1Q1")
	_, err := (reports{s.App}).Submit(t.Context(), s.user(t, account.Reporter), id, 0)
	refused(t, "an open period", err, "48 hours")
	s.visit(t, "/help", 60)
	s.count(t)
	s.at(time.Date(2026, 4, 4, 0, 0, 0, 0, time.UTC))
	s.seal(t)
	link, frozen, err := s.publish(t, g, "Y1Q1")
	if err != nil || frozen.Status != report.Provisional || !strings.Contains(link.URL, "/r/") {
		t.Fatalf("%+v %v", link, err)
	}
}

func TestAStopDuringTheStartIsHeeded(t *testing.T) {
	s := start(t)
	s.cfg.Addr = "127.0.0.1:0"
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Run(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// A clock that jumps ahead says that periods are over. What was sealed then
// could never be put right.
func TestAClockPutForwardSealsNothing(t *testing.T) {
	s := start(t)
	var up time.Duration
	s.options.Uptime = func() time.Duration { return up }
	s.App.options.Uptime = s.options.Uptime
	s.cfg.Addr = "127.0.0.1:0"
	s.visit(t, "/help", 60)
	s.count(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // Run takes the clock's measure and stops
	if err := s.Run(ctx); err != nil {
		t.Fatal(err)
	}
	right := *s.now.Load()
	s.at(right.AddDate(0, 1, 3))
	if r, err := s.sealNow(t.Context(), None{}); err == nil || !strings.Contains(err.Error(), "put forward by 816h0m0s") || r.Periods != 0 {
		t.Fatalf("after the clock jumped: %+v %v", r, err)
	}
	if _, err := s.pages(t, "2026-03"); !errors.Is(err, disclosure.ErrOpen) {
		t.Errorf("March is not open: %v", err)
	}
	s.at(right.Add(-48 * time.Hour))
	s.seal(t) // put back: no harm
	s.at(right)
	s.seal(t)
	s.at(right.AddDate(0, 1, 3))
	up = right.AddDate(0, 1, 3).Sub(right) // a month did pass
	if r := s.seal(t); r.Periods == 0 {
		t.Error("nothing is sealed although a month passed")
	}
	if _, err := s.pages(t, "2026-03"); err != nil {
		t.Error(err)
	}
}
