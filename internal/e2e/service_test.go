package e2e

import (
	"errors"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/app"
	"github.com/footfall-analytics/footfall/internal/cell"
)

// TestWhatWaitsIsKeptWhenTheServiceStops: a service that is told to stop keeps
// what is not counted yet, and counts it when its day is over.
func TestWhatWaitsIsKeptWhenTheServiceStops(t *testing.T) {
	t.Parallel()
	farFromMidnight(t)
	i := install(t, "TRUSTED_PROXIES=127.0.0.1")
	key := ask[app.SiteShown](i, "site", "add", "Harbour Test", "--host", "www.example.org").Site.Key
	p := i.start("serve")
	w := i.website(key, "http://www.example.org")
	w.send(11)
	ask[app.Sealed](i, "seal") // 12 with the decision, whose day is not over
	if got := i.metric("footfall_spool_hits"); got != 12 {
		t.Fatalf("%d hits wait, want 12", got)
	}
	began := time.Now()
	p.stop()
	t.Logf("stopped in %s", time.Since(began).Round(time.Millisecond))

	p = i.start("serve")
	if got := i.metric("footfall_spool_hits"); got != 12 {
		t.Errorf("%d hits wait after a restart, want 12", got)
	}
	w.send(8)
	p.stop()
	i.age()
	p = i.start("serve")
	ask[app.Sealed](i, "seal")
	if got := i.metric("footfall_spool_hits"); got != 0 {
		t.Errorf("%d hits wait, want none", got)
	}
	p.stop()
	cells := i.cells(key)
	if total, page := count(cells, cell.Total, ""), count(cells, cell.Page, "/help"); total != 19 || page != 19 {
		t.Errorf("%d visits, %d of the page; want 19", total, page)
	}
}

// send sends views of a page.
func (w *website) send(hits int) {
	w.t.Helper()
	for n := range hits {
		r := must(w.post("/v1/hits", w.view("/help", ""), "X-Forwarded-For", nth(netip.MustParseAddr("198.51.100.1"), n)))(w.t)
		if r.status != http.StatusAccepted || r.body != "" {
			w.t.Fatalf("%d %q", r.status, r.body)
		}
	}
}

// TestHitsThatComeBackAreCountedOnce plays a crash of which the kill test can
// catch no more than a glimpse: hits were counted, but that they were taken out
// of the spool did not reach the disk.
func TestHitsThatComeBackAreCountedOnce(t *testing.T) {
	t.Parallel()
	farFromMidnight(t)
	i := install(t, "TRUSTED_PROXIES=127.0.0.1")
	key := ask[app.SiteShown](i, "site", "add", "Harbour Test", "--host", "www.example.org").Site.Key
	p := i.start("serve")
	i.website(key, "http://www.example.org").send(30)
	p.kill()
	i.age()
	spool, copied := filepath.Join(i.dir, "spool"), filepath.Join(i.base, "copy of the spool")
	check(t, os.CopyFS(copied, os.DirFS(spool)))
	for range 2 {
		p = i.start("serve")
		ask[app.Sealed](i, "seal")
		if waiting, batches := i.metric("footfall_spool_hits"), i.metric("footfall_batch_seconds_count"); waiting != 0 || batches != 1 {
			t.Fatalf("%d hits wait and %d batches were added, want none and 1", waiting, batches)
		}
		p.kill()
		check(t, errors.Join(os.RemoveAll(spool), os.CopyFS(spool, os.DirFS(copied))))
	}
	if got := count(i.cells(key), cell.Total, ""); got != 30 {
		t.Errorf("30 visits were counted as %d", got)
	}
}

// TestMetricsAreOnAnAddressOfTheirOwn also looks at the other things that an
// operator's tools ask.
func TestMetricsAreOnAnAddressOfTheirOwn(t *testing.T) {
	t.Parallel()
	i := install(t)
	p := i.start("serve")
	for _, path := range []string{"/healthz", "/readyz"} {
		if status, body := i.get(path); status != http.StatusOK || body != "ok\n" {
			t.Errorf("%s: %d %q", path, status, body)
		}
	}
	if status, body := i.get("/metrics"); status != http.StatusNotFound || strings.Contains(body, "footfall_") {
		t.Errorf("metrics on the public address: %d %s", status, body)
	}
	text := i.scrape()
	for _, name := range []string{verdict("counted"), verdict("no_consent"), "footfall_spool_bytes", "footfall_sealed_atoms_total", "go_goroutines"} {
		readMetric(t, text, name)
	}
	for _, path := range []string{"/", "/healthz", "/sites", "/v1/hits", "/debug/pprof/"} {
		if status, _ := fetch("http://" + i.metrics + path); status != http.StatusNotFound {
			t.Errorf("%s on the address of the metrics: %d", path, status)
		}
	}
	p.stop()

	i.env = []string{"METRICS_ADDR=off"}
	p = i.start("serve")
	if status, body := fetch("http://" + i.metrics + "/metrics"); status != 0 {
		t.Errorf("metrics that are off: %d %s", status, body)
	}
	p.stop()
}
