package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/store/storetest"
)

func utc(year int, month time.Month, date, hour int) time.Time {
	return time.Date(year, month, date, hour, 0, 0, 0, time.UTC)
}

// sealAt moves the clock and does a round.
func (s *service) sealAt(t *testing.T, at time.Time) Sealed {
	t.Helper()
	s.at(at)
	return s.seal(t)
}

// stored is how many cells of a month the site has on a basis.
func (s *service) stored(t *testing.T, month day.Day, key string) uint64 {
	t.Helper()
	counts, err := s.store.CellCounts(t.Context(), month)
	if err != nil {
		t.Fatal(err)
	}
	return counts[cell.Scope{Site: key, Basis: cell.BasisConsent}]
}

// another adds a site of the same charity and visits it.
func (s *service) another(t *testing.T, quarterStart, visits int) string {
	t.Helper()
	shown, err := s.addSite(t.Context(), NewSite{Name: "Lighthouse", Hosts: []string{"www.harbour.example"}, TimeZone: "Europe/London", QuarterStart: quarterStart})
	if err != nil {
		t.Fatal(err)
	}
	first, pass := s.site, s.pass
	s.site = shown.Site
	s.decide(t, shown.Banner)
	s.visit(t, "/help", visits)
	s.site, s.pass = first, pass
	return shown.Site.Key
}

func (s *service) deletedCells(t *testing.T, month, key string) deletedCells {
	t.Helper()
	d, err := readDeletions[deletedCells](s.records, cellsKind, month)
	if err != nil {
		t.Fatal(err)
	}
	return d.all[key+"/consent"]
}

var march = day.New(2026, time.March, 1)

// Cells go 35 days after the last figure made of them was sealed: here that of
// the week that ends in April.
func TestCellsAreDeletedWhenTheirTimeIsOver(t *testing.T) {
	s := start(t)
	s.visit(t, "/help", 60)
	waiting := keepFiles(t, filepath.Join(s.cfg.DataDir, "spool"))
	s.count(t)
	n := s.stored(t, march, s.site.Key)
	s.sealAt(t, utc(2026, time.April, 3, 1))
	s.sealAt(t, utc(2026, time.April, 8, 1))
	rows, err := s.pages(t, "2026-03")
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	s.sealAt(t, utc(2026, time.May, 12, 23))
	if got := s.stored(t, march, s.site.Key); n == 0 || got != n {
		t.Fatalf("%d cells a day too early, want %d", got, n)
	}
	s.sealAt(t, utc(2026, time.May, 13, 0))
	if got := s.stored(t, march, s.site.Key); got != 0 {
		t.Errorf("%d cells are left", got)
	}
	if d := s.deletedCells(t, "2026-03", s.site.Key); d.Cells != n || !d.Verified.Equal(utc(2026, time.May, 13, 0)) {
		t.Errorf("the record says %+v", d)
	}
	if got := s.scrape("footfall_deleted_cells_total"); got != fmt.Sprint(n) {
		t.Errorf("the metric says %s, want %d", got, n)
	}
	again, err := s.pages(t, "2026-03")
	if err != nil || fmt.Sprint(again) != fmt.Sprint(rows) {
		t.Errorf("figures were %v and are %v, %v", rows, again, err)
	}

	// The batch comes once more: its marker went with the month, but its days
	// are sealed.
	s.close(t)
	for name, text := range waiting {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.open(t)
	if st := s.spool.Stats(); st.Bytes == 0 {
		t.Fatal("nothing waits: this cannot fail")
	}
	s.count(t)
	if got := s.stored(t, march, s.site.Key); got != 0 {
		t.Errorf("%d cells came back", got)
	}
	if got := s.scrape(`footfall_hits_total{verdict="too_late"}`); got != "61" {
		t.Errorf("%s were too late, want 60 visits and an answer", got)
	}
}

// scrape reads one metric.
func (s *service) scrape(name string) string {
	w := httptest.NewRecorder()
	s.metrics.handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	_, rest, _ := strings.Cut(w.Body.String(), "\n"+name+" ")
	value, _, _ := strings.Cut(rest, "\n")
	return value
}

// keepFiles reads all files of a folder.
func keepFiles(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if files[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// A site whose key is lost keeps its cells for half a year, and it is said once
// and not every quarter of an hour; a site with other quarters keeps its own for
// longer.
func TestASiteThatLagsKeepsItsCells(t *testing.T) {
	s := start(t)
	var log bytes.Buffer
	s.log = slog.New(slog.NewTextHandler(&log, nil))
	lost, longer := s.another(t, 1, 40), s.another(t, 3, 40)
	s.visit(t, "/help", 60)
	s.count(t)
	s.sealAt(t, utc(2026, time.March, 10, 1))
	key := filepath.Join(s.cfg.DataDir, "keys", lost+".2026.key")
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{utc(2026, time.April, 8, 1), utc(2026, time.May, 13, 1), utc(2026, time.May, 13, 2)} {
		r := s.sealAt(t, at)
		if len(r.Refused) != 1 || !strings.Contains(r.Text(), "site "+lost+": year 2026: noise key is gone") {
			t.Errorf("%v: %q", at, r.Text())
		}
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 1 || strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("it is said %d times:\n%s", n, &log)
	}
	shown, err := s.showRetention(t.Context(), lost)
	if err != nil || !strings.Contains(shown.Text(), "2026-03       consent: kept until 2026-09-27 at most, since 2026-W14 is not sealed: basis consent: seal site "+lost+": year 2026: noise key is gone") {
		t.Errorf("%v\n%s", err, shown.Text())
	}
	for name, c := range map[string]struct {
		key  string
		gone bool
	}{"in time": {s.site.Key, true}, "key lost": {lost, false}, "quarter goes on": {longer, false}} {
		if got := s.stored(t, march, c.key); (got == 0) != c.gone {
			t.Errorf("%s: %d cells", name, got)
		}
		if d := s.deletedCells(t, "2026-03", c.key); d.Verified.IsZero() == c.gone {
			t.Errorf("%s: the record says %+v", name, d)
		}
	}
	s.sealAt(t, utc(2026, time.June, 3, 1)) // March to May are sealed
	s.sealAt(t, utc(2026, time.July, 8, 0))
	if a, b := s.stored(t, march, longer), s.stored(t, march, lost); a != 0 || b == 0 {
		t.Errorf("in July the one has %d cells, the other %d", a, b)
	}

	s.sealAt(t, utc(2026, time.September, 26, 23))
	if s.stored(t, march, lost) == 0 || s.deletedCells(t, "2026-03", lost).Begun != (time.Time{}) {
		t.Error("in September they are gone a day too early")
	}
	s.sealAt(t, utc(2026, time.September, 27, 0))
	d := s.deletedCells(t, "2026-03", lost)
	if n := s.stored(t, march, lost); n != 0 || d.Verified.IsZero() || len(d.Unsealed) == 0 || d.Unsealed[len(d.Unsealed)-1] != "2026-03" {
		t.Errorf("half a year later there are %d cells, and the record says %+v", n, d)
	}
	if !strings.Contains(log.String(), "never sealed") {
		t.Errorf("the log does not tell:\n%s", &log)
	}
	if shown, err = s.showRetention(t.Context(), lost); err != nil || !strings.Contains(shown.Text(), "had no noise key and were never sealed") {
		t.Errorf("%v\n%s", err, shown.Text())
	}
	if d := s.deletedCells(t, "2026-03", longer); len(d.Unsealed) > 0 {
		t.Errorf("of a site that has its key: %+v", d)
	}
}

// What is published is what is done.
func TestPublishedPeriodsAreThoseInForce(t *testing.T) {
	s := start(t)
	s.visit(t, "/help", 60)
	s.count(t)
	s.sealAt(t, utc(2026, time.April, 8, 1))
	for _, n := range []NewRetention{{CellsDays: 12, FiguresYears: 4}, {Site: s.site.Key, CellsDays: 7}} {
		if _, err := s.setRetention(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range []NewRetention{{CellsDays: 36}, {FiguresYears: 7}, {Site: "nosite", FiguresYears: 2}} {
		if _, err := s.setRetention(t.Context(), n); err == nil {
			t.Errorf("%+v was taken", n)
		}
	}
	f, _, err := s.facts(s.site.Key)
	if err != nil || f.Retention.CellsDays != 7 || f.Retention.FiguresYears != 4 || f.Changed != day.New(2026, time.April, 8) {
		t.Errorf("published: %+v, changed %s, %v", f.Retention, f.Changed, err)
	}
	s.sealAt(t, utc(2026, time.April, 8, 0).AddDate(0, 0, f.Retention.CellsDays).Add(-time.Hour))
	if s.stored(t, march, s.site.Key) == 0 {
		t.Error("gone before the published period is over")
	}
	s.sealAt(t, utc(2026, time.April, 8, 0).AddDate(0, 0, f.Retention.CellsDays))
	if n := s.stored(t, march, s.site.Key); n != 0 {
		t.Errorf("%d cells are kept for longer than published", n)
	}
}

// A deletion that is cut short anywhere is finished by a later round.
func TestADeletionThatIsCutShortIsFinished(t *testing.T) {
	s := start(t)
	stays := s.another(t, 3, 40)
	s.visit(t, "/help", 60)
	s.count(t)
	keep := s.stored(t, march, stays)
	s.sealAt(t, utc(2026, time.April, 8, 1))
	s.sealAt(t, utc(2026, time.May, 12, 1)) // all but the deletion
	s.at(utc(2026, time.May, 13, 1))
	for _, later := range []time.Duration{0, 3 * time.Millisecond, 30 * time.Millisecond, 100 * time.Millisecond} {
		ctx, cancel := context.WithCancel(t.Context())
		s.records.OnChange(func() { time.AfterFunc(later, cancel) }) // it has written that it begins
		_, err := s.sealNow(ctx, None{})
		cancel()
		s.records.OnChange(s.App.change)
		d := s.deletedCells(t, "2026-03", s.site.Key)
		t.Logf("ended %v after it began: %v; verified: %v", later, err, !d.Verified.IsZero())
		left := s.stored(t, march, s.site.Key)
		if d.Begun.IsZero() || d.Verified.IsZero() && err == nil || !d.Verified.IsZero() && left > 0 {
			t.Errorf("the record says %+v, %d cells are left, the round: %v", d, left, err)
		}
		if n := s.stored(t, march, stays); n != keep {
			t.Fatalf("the other site has %d cells, want %d", n, keep)
		}
	}
	s.close(t)
	s.open(t)
	s.seal(t)
	if n := s.stored(t, march, s.site.Key); n != 0 {
		t.Errorf("%d cells are left", n)
	}
	if d := s.deletedCells(t, "2026-03", s.site.Key); d.Verified.IsZero() || d.Cells == 0 {
		t.Errorf("the record says %+v", d)
	}
	if rows, err := s.pages(t, "2026-03"); err != nil || len(rows) != 1 {
		t.Errorf("figures: %v %v", rows, err)
	}
}

func TestOfTwoProcessesOneDeletes(t *testing.T) {
	server := storetest.Server(t)
	shared := t.TempDir()
	one := joins(t, server.DSN("footfall_retains"), shared)
	two := joins(t, server.DSN("footfall_retains"), shared)
	shown, err := one.addSite(t.Context(), NewSite{Name: "Harbour", Hosts: []string{"www.harbour.example"}, TimeZone: "Europe/London", QuarterStart: 1})
	if err != nil {
		t.Fatal(err)
	}
	one.site = shown.Site
	one.decide(t, shown.Banner)
	one.visit(t, "/help", 60)
	one.count(t)
	one.sealAt(t, utc(2026, time.April, 8, 1))
	if err := two.records.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*service{one, two} {
		s.at(utc(2026, time.May, 13, 1))
	}
	var wg sync.WaitGroup
	errs := make([]error, 2)
	for i, s := range []*service{one, two} {
		wg.Go(func() { _, errs[i] = s.sealNow(t.Context(), None{}) })
	}
	wg.Wait()
	if errs[0] != nil || !errors.Is(errs[1], errSealedElsewhere) {
		t.Errorf("%v; %v", errs[0], errs[1])
	}
	if n := two.stored(t, march, shown.Site.Key); n != 0 {
		t.Errorf("%d cells are left", n)
	}
	if versions := one.records.History(cellsKind, "2026-03"); len(versions) != 2 {
		t.Errorf("%d versions of the record, want two: begun and looked for", len(versions))
	}
	if err := two.records.Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := two.deletedCells(t, "2026-03", shown.Site.Key); d.Verified.IsZero() {
		t.Errorf("the other process reads %+v", d)
	}
}

func TestRetentionIsShown(t *testing.T) {
	s := start(t)
	s.visit(t, "/help", 60)
	s.count(t)
	shown := func(at time.Time) string {
		t.Helper()
		s.sealAt(t, at)
		r, err := s.showRetention(t.Context(), "")
		if err != nil || len(r) != 1 {
			t.Fatal(r, err)
		}
		return r.Text()
	}
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{utc(2026, time.March, 20, 1), "  daily counts  until 35 days after the last figure made of them is sealed\n  figures       until 6 years after the end of their period, at most\n  2026-03       consent: waits for the sealing of 2026-W14 and 18 more\n"},
		{utc(2026, time.April, 4, 1), "  2026-03       consent: waits for the sealing of 2026-W14\n  2026-04       consent: waits for the sealing of 2026-Q2 and 35 more\n"},
		{utc(2026, time.April, 8, 1), "  2026-03       consent: due on 2026-05-13\n"},
		{utc(2026, time.May, 14, 1), " counts deleted on 2026-05-14, looked for and not found on 2026-05-14\n  2026-04       consent: waits for the sealing of 2026-Q2"},
	} {
		if got := shown(c.at); !strings.Contains(got, c.want) {
			t.Errorf("on %s, want %q in\n%s", c.at.Format(time.DateOnly), c.want, got)
		}
	}
	if _, err := s.showRetention(t.Context(), "nosite"); err == nil {
		t.Error("a site that does not exist is shown")
	}
}
