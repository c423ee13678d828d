package e2e

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/app"
	"github.com/footfall-analytics/footfall/internal/demo"
	"github.com/footfall-analytics/footfall/internal/porttest"
)

func TestALostSecretAndKeyRingChangeNothing(t *testing.T) {
	t.Parallel()
	install(t).checkLost("keyring", "secret")
}

// TestTheDemoLeavesTheRealThingAlone: the first thing that people try is the
// demo, the second is their own site in the same folder.
func TestTheDemoLeavesTheRealThingAlone(t *testing.T) {
	t.Parallel()
	i := install(t)
	i.start("demo", "--blank").stop()
	if got := i.do("site", "add", "Harbour Test", "--host", "www.example.org"); got.code != 0 {
		t.Errorf("a site after the demo: %+v", got)
	}
}

func TestANumberThatIsNoneIsNamed(t *testing.T) {
	t.Parallel()
	if got := install(t, "SPOOL_MAX=a-lot").do("site", "list"); got.code == 0 || !strings.Contains(got.err, "FOOTFALL_SPOOL_MAX: want") {
		t.Errorf("%+v", got)
	}
}

// TestADemoInTheMakingIsLeftAlone: whoever starts the demo again because it
// takes so long must not take the data from under the first.
func TestADemoInTheMakingIsLeftAlone(t *testing.T) {
	t.Parallel()
	i := install(t)
	p := i.launch("demo")
	lock := filepath.Join(i.dir, "demo", "engine", "lock")
	for begun := false; !begun; time.Sleep(20 * time.Millisecond) {
		_, err := os.Stat(lock)
		begun = err == nil
	}
	time.Sleep(time.Second) // it has begun to live through its months
	other := *i
	other.addr, other.metrics = porttest.Addr(t), porttest.Addr(t)
	if got := other.do("demo", "--blank"); got.code == 0 || !strings.Contains(got.err, "being made") {
		t.Errorf("a second demo: %+v", got)
	}
	if _, err := os.Stat(filepath.Join(i.dir, "demo", "keyring")); err != nil {
		t.Errorf("the first demo has lost its data: %v", err)
	}
	p.kill()
}

// TestASmallSiteSeesItsFigures: a site whose month has too few visits in all
// still has figures that are shown, to funders and so to its own staff.
func TestASmallSiteSeesItsFigures(t *testing.T) {
	t.Parallel()
	w := newWay(t)
	p := w.outer.start("demo", "--blank", "--ahead", w.ahead(w.during))
	site := w.website(demo.Key, w.url(""))
	for n := range 40 { // so many contacts that no noise hides them
		must(site.post("/v1/hits", site.event("contact", "webchat")))(t)
		if n < 18 {
			must(site.post("/v1/hits", site.view("/demo/help/bullying", "")))(t)
		}
	}
	p.stop()
	p = w.outer.start("demo", "--blank", "--ahead", w.ahead(w.after))
	ask[app.Sealed](w.installation, "seal")
	if page := w.staffPage(); strings.Contains(page, "No month has closed yet") || !strings.Contains(page, "Web chat") {
		t.Errorf("the staff page of a small site: %s", page)
	}
	p.stop()
}

// staffPage logs in as the demo's staff and returns their page.
func (w *way) staffPage() string {
	w.t.Helper()
	login := must(http.NewRequestWithContext(context.Background(), http.MethodPost, w.url("/login"), strings.NewReader("email="+demoEmail+"&password="+demoPassword)))(w.t)
	login.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	login.Header.Set("Origin", w.url(""))
	resp := must(client.Do(login))(w.t)
	check(w.t, resp.Body.Close())
	page := must(http.NewRequestWithContext(context.Background(), http.MethodGet, w.url("/sites/"+demo.Key), nil))(w.t)
	for _, c := range resp.Cookies() {
		page.AddCookie(c)
	}
	resp = must(client.Do(page))(w.t)
	defer resp.Body.Close()
	return string(must(io.ReadAll(resp.Body))(w.t))
}
