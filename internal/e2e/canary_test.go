package e2e

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/app"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/spool"
	"github.com/footfall-analytics/footfall/internal/store"
)

// The planted words. Each says where it was planted, and none is a word.
const (
	inAgent    = "Vaultmoth"
	inMail     = "quillfern"
	inMailHost = "tallowmere.example"
	inQuery    = "brasswick"
	inReferrer = "dunnockway"
	inCookie   = "umberlotch"
	inCampaign = "pennyfallow"
	inBody     = "Gorsetangle"
	inPass     = "Sedgewhistle"
	inOrigin   = "marlthicket"
	inHint     = "Oxlipwarden"
)

// directly is the address of a visitor who is behind no proxy.
const directly = "127.98.76.54"

// visits is how many visits are sent with all of them planted.
const visits = 500

// TestNothingOfAVisitorIsKept sends visits that are full of planted words and
// known addresses, and looks for these in every byte that is kept, logged,
// measured or answered: while the hits wait in the spool, when they have been
// counted, and when the service has stopped. What is encrypted is looked at
// again in the open.
func TestNothingOfAVisitorIsKept(t *testing.T) {
	t.Parallel()
	farFromMidnight(t)
	c := &canary{installation: install(t, "TRUSTED_PROXIES=127.0.0.1"), t: t}
	c.plant()
	key := c.addSite()
	p := c.start("serve")
	c.website = c.installation.website(key, "http://www.harbour.example")
	c.counted = 1 // the decision
	c.visitAll()
	c.misbehave()
	c.beRude()
	if got := c.metric("footfall_spool_hits"); got != c.counted {
		t.Fatalf("the spool has %d hits, want %d: what is not taken in proves nothing", got, c.counted)
	}
	c.look("in the spool")
	p.stop()
	c.look("stopped")
	c.lookIntoTheSpool()

	c.age()
	p = c.start("serve")
	ask[app.Sealed](c.installation, "seal")
	if got := c.metric("footfall_spool_hits"); got != 0 {
		t.Fatalf("%d hits are not counted", got)
	}
	c.look("counted")
	p.stop()
	c.look("counted and stopped")
	c.lookIntoTheStore()
	t.Logf("searched %d forms in %d kB, %d bytes of answers", len(c.search.forms), c.read>>10, c.answers.Len())
}

type canary struct {
	*installation
	*website
	t       *testing.T
	search  *search
	answers strings.Builder // headers and bodies of all answers
	counted int             // hits that must be kept, as coarse facts
	views   int             // of them, views that begin a visit
	read    int             // bytes searched
}

// address is that of a visit: IPv4 and IPv6 in turns, all for documentation.
func address(n int) string {
	ranges := []string{"192.0.2.1", "2001:db8:77::a1", "198.51.100.1", "2001:db8:3c:1::1", "203.0.113.1"}
	return nth(netip.MustParseAddr(ranges[n%len(ranges)]), n/len(ranges))
}

func (c *canary) addSite() string {
	file := filepath.Join(c.base, "vocabulary.json")
	check(c.t, os.WriteFile(file, []byte(`{"contact":[{"id":"webchat","label":{"en":"Web chat","cy":"Sgwrs we"}}]}`), 0o600))
	return ask[app.SiteShown](c.installation, "site", "add", "Harbour Test", "--host", "www.harbour.example", "--vocabulary", file).Site.Key
}

func (c *canary) plant() {
	planted := []string{inAgent, inMail, inMailHost, inQuery, inReferrer, inCookie, inCampaign, inBody, inPass, inOrigin, inHint, directly}
	for n := range visits {
		planted = append(planted, address(n))
	}
	c.search = newSearch(c.t, planted...)
}

// paths with somebody in them; every one has to become a page without.
var paths = []string{
	"/help/bullying", "/u/quillfern@tallowmere.example", "/u/quillfern%40tallowmere.example/edit", "/mailto:quillfern@tallowmere.example",
	"/help%3Fq=brasswick%26mail=quillfern@tallowmere.example", "/help%253Fq=brasswick", "/search;jsessionid=brasswick", "/QUILLFERN@TALLOWMERE.EXAMPLE",
}

// headers are what a browser, a proxy and bad luck add to a request.
func headers(n int) []string {
	page := "http://www.tallowmere.example/u/quillfern@tallowmere.example?q=brasswick"
	return []string{
		"X-Forwarded-For", address(n), "User-Agent", fmt.Sprintf("%s %s/%d.%d", chrome, inAgent, n, n*7919),
		"Referer", page, "Cookie", "session=" + inCookie + "; mail=quillfern@tallowmere.example", "Accept-Language", "cy;q=0.9," + inHint,
		"Sec-CH-UA-Platform", `"` + inHint + `"`, "Sec-CH-UA-Mobile", "?0", "X-Request-Id", inCookie, "Authorization", "Basic " + inCookie,
	}
}

// visitAll sends the visits: each is a view, and many press a button.
func (c *canary) visitAll() {
	for n := range visits {
		more := fmt.Sprintf(`,"referrer":"www.%s-%d.example","campaign":"%s-%d"`, inReferrer, n, inCampaign, n)
		if n%7 == 0 {
			more = fmt.Sprintf(`,"referrer":"android-app://org.%s.app%d"`, inReferrer, n)
		}
		path := "/v1/hits?mail=quillfern@tallowmere.example&q=" + inQuery
		c.send(http.StatusAccepted, path, c.view(paths[n%len(paths)], more), headers(n)...)
		c.counted++
		c.views++
		if n%3 == 0 {
			c.send(http.StatusAccepted, path, c.event("contact", "webchat"), headers(n)...)
			c.counted++
		}
	}
}

func (c *canary) send(want int, path, body string, headers ...string) {
	c.t.Helper()
	r := must(c.post(path, body, headers...))(c.t)
	if r.status != want {
		c.t.Errorf("%s %s: %d %s, want %d", path, body, r.status, r.body, want)
	}
	c.answers.WriteString(r.header + r.body)
}

// misbehave sends what must not be counted, for every reason that there is.
func (c *canary) misbehave() {
	n := 0
	for _, m := range []struct {
		want       int
		path, body string
		headers    []string
	}{
		{202, "/v1/hits", strings.ReplaceAll(c.view("/a", ""), c.pass, ""), nil},
		{202, "/v1/hits", strings.ReplaceAll(c.view("/a", ""), c.pass, inPass+"."+inPass), nil},
		{202, "/v1/hits", c.view("/a", ""), []string{"Sec-GPC", "1"}},
		{202, "/v1/hits", c.view("/a", ""), []string{"User-Agent", inAgent + "-crawler/1.0 (+https://" + inMailHost + ")"}},
		{202, "/v1/hits", c.view("/a", ""), []string{"Origin", "https://www." + inOrigin + ".example"}},
		{202, "/v1/hits", strings.ReplaceAll(c.view("/a", ""), c.key, "zzzzzz"), nil},
		{202, "/v1/hits", c.event("contact", inQuery), nil},
		{202, "/v1/hits?test=1", c.view("/u/quillfern@tallowmere.example", ""), nil},
		{400, "/v1/hits", inBody, nil},
		{400, "/v1/hits", `{"v":1,"` + inBody + `1":"` + inBody + `"}`, nil},
		{400, "/v1/hits", `{"v":1,"kind":"` + inBody + `"}`, nil},
		{400, "/v1/hits", c.view("/u?mail=quillfern@tallowmere.example&q="+inQuery, ""), nil},
		{400, "/v1/hits", c.view("http://"+inMailHost+"/"+inQuery, ""), nil},
		{400, "/v1/hits", c.view("/a", `,"referrer":"https://`+inReferrer+`.example/?q=`+inQuery+`"`), nil},
		{400, "/v1/hits", c.event("contact", inMail+"@"+inMailHost), nil},
		{400, "/v1/hits", c.event(inQuery, inBody), nil},
		{413, "/v1/hits", strings.Repeat(inBody, 600), nil},
		{415, "/v1/hits", inBody, []string{"Content-Type", "text/" + inBody}},
		{415, "/v1/hits", inBody, []string{"Content-Encoding", inBody}},
		{400, "/v1/decisions", `{"v":1,"site":"` + c.key + `","banner":"` + inBody + `"}`, nil},
		{409, "/v1/decisions", `{"v":1,"site":"` + c.key + `","banner":"0123456789abcdef","choices":["` + inQuery + `"],"lang":"en"}`, nil},
		{400, "/v1/decisions", inBody, nil},
		{404, "/v1/" + inQuery + "/" + inMail + "@" + inMailHost, inBody, nil},
	} {
		c.send(m.want, m.path, m.body, append(headers(n), m.headers...)...)
		n++
	}
	for _, path := range []string{
		"/v1/sites/" + inQuery + "/banner", "/v1/receipts/" + inPass + "." + inPass, "/r/" + inPass, "/" + inMail + "@" + inMailHost, "/sites/" + inQuery,
		"/v1/sites/" + c.key + "/banner?lang=" + inQuery, "/footfall.js?" + inQuery, "/readyz?" + inQuery, "/?mail=quillfern@tallowmere.example",
	} {
		_, body := c.get(path)
		c.answers.WriteString(body)
	}
}

// beRude sends what is no HTTP, straight from an address of its own, and hangs
// up in the middle.
func (c *canary) beRude() {
	rude := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(directly)}, Timeout: 5 * time.Second}
	whole := "POST /v1/hits HTTP/1.1\r\nHost: " + c.addr + "\r\nOrigin: " + c.origin + "\r\nUser-Agent: " + chrome + " " + inAgent + "\r\nContent-Type: text/plain\r\n"
	for _, text := range []string{
		whole + "X-Forwarded-For: " + address(0) + "\r\nContent-Length: 2\r\n\r\n{}",
		whole + "Content-Length: 900\r\n\r\n" + inBody,
		whole + "Content-Length: " + inBody + "\r\n\r\n" + inBody,
		whole + "Transfer-Encoding: chunked\r\n\r\n" + inBody + "\r\n",
		whole + "Cookie: " + strings.Repeat(inCookie, 1000) + "\r\n\r\n",
		whole + inBody + "\r\n\r\n",
		"GET /%zz" + inQuery + "?" + inMail + "@" + inMailHost + " HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET http://" + inOrigin + ".example/" + inQuery + " HTTP/9.9\r\n\r\n",
		inBody + " " + inQuery + "\r\n" + inCookie + "\r\n\r\n",
		"\x16\x03\x01" + inBody,
	} {
		conn := must(rude.DialContext(context.Background(), "tcp", c.addr))(c.t)
		check(c.t, conn.SetDeadline(time.Now().Add(300*time.Millisecond)))
		must(conn.Write([]byte(text)))(c.t)
		got, _ := io.ReadAll(conn) // what comes until it hangs up, or we do
		c.answers.Write(got)
		conn.Close()
	}
}

// look searches everything that a running or stopped service shows.
func (c *canary) look(when string) {
	c.t.Helper()
	found, read := c.search.inTree(c.t, c.base) // the data, and what the processes have printed
	if read < 10_000 {
		c.t.Errorf("%s: only %d bytes found to search", when, read)
	}
	c.read += read
	found = append(found, c.search.in("answers", []byte(c.answers.String()))...)
	select {
	case <-c.run.done:
	default:
		found = append(found, c.search.in("metrics", []byte(c.scrape()))...)
	}
	for _, f := range found {
		c.t.Errorf("%s: %s", when, f)
	}
}

func (c *canary) lookInto(where, text string) {
	c.t.Helper()
	for _, f := range c.search.in(where, []byte(text)) {
		c.t.Error(f)
	}
}

// lookIntoTheSpool reads what waits there with the installation's own key, in
// a copy.
func (c *canary) lookIntoTheSpool() {
	c.t.Helper()
	dir := c.t.TempDir()
	check(c.t, os.CopyFS(filepath.Join(dir, "spool"), os.DirFS(filepath.Join(c.dir, "spool"))))
	s := must(spool.Open(spool.Options{Dir: filepath.Join(dir, "spool"), Key: c.ring(c.dir).Spool, Clock: time.Now}))(c.t)
	defer func() { check(c.t, s.Close()) }()
	check(c.t, s.Rotate())
	var text strings.Builder
	hits := 0
	for _, id := range s.IDs() {
		check(c.t, s.Read(id, func(h coarse.Hit) error {
			hits++
			_, err := fmt.Fprintf(&text, "%+v\n", h)
			return err
		}))
	}
	if hits != c.counted || !strings.Contains(text.String(), "/help/bullying") {
		c.t.Errorf("%d hits in the spool, want %d", hits, c.counted)
	}
	c.lookInto("hits in the spool", text.String())
}

// lookIntoTheStore reads every cell and every record with the installation's
// own key.
func (c *canary) lookIntoTheStore() {
	c.t.Helper()
	var text strings.Builder
	cells := c.cells(c.key)
	for _, one := range cells {
		fmt.Fprintf(&text, "%+v\n", one)
	}
	c.inStore(func(ctx context.Context, s *store.Store) {
		for _, doc := range must(s.Docs(ctx))(c.t) {
			fmt.Fprintf(&text, "%+v %s\n", doc, doc.Body)
		}
	})
	if got := count(cells, cell.Total, ""); got != c.views {
		c.t.Errorf("%d visits in the cells, want %d", got, c.views)
	}
	c.lookInto("cells and records", text.String())
	var pages []string
	for _, one := range cells {
		if one.Table == cell.Page {
			pages = append(pages, one.Value)
		}
	}
	c.t.Logf("the pages that were kept: %q", pages)
}
