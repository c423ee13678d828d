package e2e

import (
	"net"
	"net/http"
	"testing"

	"github.com/footfall-analytics/footfall/internal/app"
)

// TestTenThousandIdleConnectionsHurtNobody opens connections that send nothing,
// and goes on counting beside them.
func TestTenThousandIdleConnectionsHurtNobody(t *testing.T) {
	t.Parallel()
	i := install(t, "TRUSTED_PROXIES=127.0.0.1")
	key := ask[app.SiteShown](i, "site", "add", "Harbour Test", "--host", "www.example.org").Site.Key
	p := i.start("serve")
	w := i.website(key, "http://www.example.org")
	w.send(50)
	var dial net.Dialer
	for n := range 10_000 {
		c, err := dial.DialContext(t.Context(), "tcp", i.addr)
		if err != nil {
			t.Fatalf("connection %d: %v", n, err)
		}
		defer c.Close()
	}
	w.send(50)
	if status, _ := i.get("/healthz"); status != http.StatusOK {
		t.Errorf("health: %d", status)
	}
	if got := i.metric(verdict("counted")); got != 100 {
		t.Errorf("%d hits were taken, want 100", got)
	}
	p.stop()
}
