package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/app"
	"github.com/footfall-analytics/footfall/internal/porttest"
)

// Where visitors of a proxied website come from. Only the proxy's own address
// is in FOOTFALL_TRUSTED_PROXIES.
const (
	firstVisitor  = "127.45.67.81"
	secondVisitor = "127.45.67.82"
	reader        = "127.45.67.83" // of the charity's own pages alone
	stranger      = "127.45.67.84" // who goes to the collector past the proxy
)

// inSession is a cookie of the charity's own.
const inSession = "umberlotch"

// burst is how many hits one address may send at once.
const burst = 600

// TestFootfallUnderTheCharitysOwnHost starts real web servers with the guides of
// deploy/proxy, and looks at both sides of them and at what they write.
func TestFootfallUnderTheCharitysOwnHost(t *testing.T) {
	t.Parallel()
	for name := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := proxied(t, name)
			p.answer()
			p.hide()
			p.limit()
			p.checkTap()
			p.failAndCheckLogs()
		})
	}
}

// proxiedSite is a website behind a web server, with Footfall below its /footfall/.
type proxiedSite struct {
	*installation
	*edge
	t         *testing.T
	tap       *tap
	key, pass string
}

func proxied(t *testing.T, name string) *proxiedSite {
	t.Helper()
	i := install(t, "TRUSTED_PROXIES=127.0.0.1")
	addr := porttest.Addr(t)
	key := ask[app.SiteShown](i, "site", "add", "Harbour Test", "--host", addr).Site.Key
	i.start("serve")
	p := &proxiedSite{installation: i, t: t, tap: newTap(t, i.addr), key: key}
	page := `<!doctype html><html lang="en"><title>Harbour</title><h1>Harbour</h1><script async src="/footfall/footfall.js" data-site="` + key + `"></script></html>`
	p.edge = startEdge(t, name, addr, p.tap.addr, page)
	return p
}

// from is what a visitor at an address sends to the website, as a page of it
// does in a browser that is full of secrets. Headers come in pairs.
func (p *proxiedSite) from(visitor, method, path, body string, headers ...string) reply {
	p.t.Helper()
	return p.send(visitor, p.edge.addr, method, path, body, headers...)
}

func (p *proxiedSite) send(visitor, to, method, path, body string, headers ...string) reply {
	p.t.Helper()
	return must(p.try(visitor, to, method, path, body, headers...))(p.t)
}

func (p *proxiedSite) try(visitor, to, method, path, body string, headers ...string) (reply, error) {
	p.t.Helper()
	req := must(http.NewRequestWithContext(p.t.Context(), method, "http://"+to+path, strings.NewReader(body)))(p.t)
	usual := []string{
		"Content-Type", "text/plain;charset=UTF-8", "Origin", "http://" + p.edge.addr, "User-Agent", chrome + " " + inAgent + "/3",
		"Cookie", "session=" + inSession + "; notfootfall=no; footfall=no; mail=" + inMail, "Authorization", "Basic " + inSession,
		"Referer", "http://" + p.edge.addr + "/help?q=" + inQuery, "Sec-Fetch-Site", "same-origin",
	}
	for i, all := 0, append(usual, headers...); i < len(all); i += 2 {
		req.Header.Set(all[i], all[i+1])
	}
	resp, err := visitorAt(p.t, visitor).Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	text := must(io.ReadAll(resp.Body))(p.t)
	var header strings.Builder
	check(p.t, resp.Header.Write(&header))
	return reply{resp.StatusCode, header.String(), string(text)}, nil
}

// visitorAt is a client at an address of this machine.
func visitorAt(t testing.TB, addr string) *http.Client {
	t.Helper()
	c, ok := visitorClients[addr]
	if !ok {
		t.Fatalf("nobody is at %s", addr)
	}
	return c
}

var visitorClients = func() map[string]*http.Client {
	all := map[string]*http.Client{}
	for _, addr := range []string{firstVisitor, secondVisitor, reader, stranger} {
		dial := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(addr)}}
		all[addr] = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, to string) (net.Conn, error) {
				return dial.DialContext(ctx, network, to)
			},
		}}
	}
	return all
}()

// answer: everything that a visitor's browser needs works.
func (p *proxiedSite) answer() {
	p.t.Helper()
	scripts := must(filepath.Glob(root + "/sdk-js/dist/footfall*.js"))(p.t)
	for _, path := range scripts {
		script, name := string(must(os.ReadFile(path))(p.t)), filepath.Base(path)
		if name == "footfall.esm.js" {
			continue // for those who build their own
		}
		if r := p.from(firstVisitor, http.MethodGet, "/footfall/"+name, ""); r.status != http.StatusOK || r.body != script {
			p.t.Errorf("%s: %d, %d bytes, want the %d of dist", name, r.status, len(r.body), len(script))
		}
	}
	for _, page := range []string{"cookies", "notice", "known"} {
		if r := p.from(firstVisitor, http.MethodGet, "/footfall/v1/sites/"+p.key+"/"+page, "", "Accept", "text/html"); r.status != http.StatusOK || !strings.Contains(r.body, "</html>") {
			p.t.Errorf("the page %s: %d", page, r.status)
		}
	}
	r := p.from(firstVisitor, http.MethodGet, "/footfall/v1/sites/"+p.key+"/banner?lang=cy", "")
	var banner struct{ Hash, Lang string }
	if err := json.Unmarshal([]byte(r.body), &banner); r.status != http.StatusOK || err != nil || banner.Lang != "cy" {
		p.t.Fatalf("the banner in Welsh: %d %s", r.status, r.body)
	}
	no := p.from(firstVisitor, http.MethodPost, "/footfall/v1/decisions", p.decision(banner.Hash, ""))
	if no.status != http.StatusOK || !strings.Contains(no.header, "Set-Cookie: footfall=no; Max-Age=15724800; Path=/; SameSite=Lax\r\n") {
		p.t.Errorf("No: %d %s\n%s, want the cookie for 182 days", no.status, no.header, no.body)
	}
	yes := p.from(firstVisitor, http.MethodPost, "/footfall/v1/decisions", p.decision(banner.Hash, `"statistics"`))
	var answer struct{ Pass string }
	if err := json.Unmarshal([]byte(yes.body), &answer); err != nil || answer.Pass == "" {
		p.t.Fatalf("Yes: %d %s, want a pass", yes.status, yes.body)
	}
	if !strings.Contains(yes.header, "Set-Cookie: footfall=no; Max-Age=0; Path=/; SameSite=Lax\r\n") {
		p.t.Errorf("Yes: %s, want the cookie taken away", yes.header)
	}
	p.pass = answer.Pass
	for _, hit := range [][]string{nil, {"Sec-GPC", "1"}} {
		if r := p.from(firstVisitor, http.MethodPost, "/footfall/v1/hits", p.view(), hit...); r.status != http.StatusAccepted || r.body != "" {
			p.t.Errorf("a hit: %d %s", r.status, r.body)
		}
	}
	if counted, objected := p.metric(verdict("counted")), p.metric(verdict("objected")); counted != 1 || objected != 1 {
		p.t.Errorf("%d hits counted and %d objected to, want 1 and 1", counted, objected)
	}
}

func (p *proxiedSite) decision(banner, choices string) string {
	return fmt.Sprintf(`{"v":1,"site":%q,"banner":%q,"choices":[%s],"lang":"cy"}`, p.key, banner, choices)
}

func (p *proxiedSite) view() string {
	return fmt.Sprintf(`{"v":1,"kind":"view","site":%q,"pass":%q,"path":"/","new_visit":true,"new_page":true}`, p.key, p.pass)
}

// hide: the rooms of staff and funders are not on the charity's website.
func (p *proxiedSite) hide() {
	p.t.Helper()
	before := len(p.tap.requests(p.t))
	for _, path := range []string{
		"/footfall/", "/footfall/login", "/footfall/sites", "/footfall/readyz", "/footfall/r/abc", "/footfall/v1", "/footfall/v1/",
		"/footfall/v1/../login", "/footfall/v1/%2e%2e/login", "/footfall/v1/..%2flogin", "/footfall/v1/x/../../login", "/footfall/footfall.css",
	} {
		if r := p.from(firstVisitor, http.MethodGet, path, ""); r.status != http.StatusNotFound && r.status != http.StatusBadRequest {
			p.t.Errorf("%s: %d", path, r.status)
		}
		if after := len(p.tap.requests(p.t)); after != before {
			p.t.Errorf("the collector was asked for %s", path)
			before = after
		}
	}
	if r := p.from(firstVisitor, http.MethodPost, "/footfall/v1/hits", strings.Repeat(" ", 5000)+p.view()); r.status < 400 {
		p.t.Errorf("a hit of 5 kB: %d", r.status) // 413, and 502 from the Caddy of Debian 12
	}
	if after := len(p.tap.requests(p.t)); after != before {
		p.t.Errorf("the collector was asked for %d things", after-before)
	}
}

// limit: an address has a limit of its own, and only the proxy's word
// on it counts: all hits but those of somebody else claim to be from everywhere.
func (p *proxiedSite) limit() {
	p.t.Helper()
	if !p.exhaust(firstVisitor, p.edge.addr, "/footfall") {
		p.t.Fatalf("%d hits from one address: none was refused", 4*burst)
	}
	for n := range burst / 2 {
		if r := p.from(secondVisitor, http.MethodPost, "/footfall/v1/hits", p.view(), "X-Forwarded-For", firstVisitor); r.status != http.StatusAccepted {
			p.t.Fatalf("hit %d of somebody else: %d", n, r.status)
		}
	}
	if !p.exhaust(stranger, p.installation.addr, "") {
		p.t.Errorf("past the proxy: %d hits with an address each were all taken", 4*burst)
	}
}

// exhaust sends hits, each with a claim to another address, until one is refused.
func (p *proxiedSite) exhaust(visitor, to, path string) bool {
	p.t.Helper()
	body := strings.ReplaceAll(p.view(), p.pass, "")
	for n := range 4 * burst {
		claim := address(5 * (n % 200))
		switch r := p.send(visitor, to, http.MethodPost, path+"/v1/hits", body, "X-Forwarded-For", claim); r.status {
		case http.StatusAccepted:
		case http.StatusTooManyRequests:
			return n >= burst/2
		default:
			p.t.Fatalf("hit %d: %d %s", n, r.status, r.body)
		}
	}
	return false
}

// checkTap: what goes on to the collector.
func (p *proxiedSite) checkTap() {
	p.t.Helper()
	all := p.tap.requests(p.t)
	if len(all) < burst {
		p.t.Fatalf("%d requests", len(all))
	}
	from := map[string]int{}
	for _, req := range all {
		for name, want := range map[string]string{
			"Cookie": "footfall=no", "Authorization": "", "Referer": "", "Forwarded": "", "X-Real-Ip": "",
			"Sec-Fetch-Site": "same-origin", "Origin": "http://" + p.edge.addr, "User-Agent": chrome + " " + inAgent + "/3",
		} {
			if got := strings.Join(req.Header.Values(name), ", "); got != want {
				p.t.Fatalf("%s %s: %s %q went on, want %q", req.Method, req.URL.Path, name, got, want)
			}
		}
		from[strings.Join(req.Header.Values("X-Forwarded-For"), ", ")]++
	}
	if from[firstVisitor] == 0 || from[secondVisitor] == 0 || len(from) != 2 {
		p.t.Errorf("X-Forwarded-For: %v", from)
	}
	p.from(firstVisitor, http.MethodGet, "/footfall/v1/sites/"+p.key+"/banner", "", "Cookie", "session="+inSession+"; xfootfall=no; footfall=nothing")
	all = p.tap.requests(p.t)
	if got := all[len(all)-1].Header.Values("Cookie"); len(got) > 0 {
		p.t.Errorf("cookies without ours: %q went on", got)
	}
}

// failAndCheckLogs lets requests fail, and looks for visitors in all that the
// web server has written.
func (p *proxiedSite) failAndCheckLogs() {
	p.t.Helper()
	p.run.kill()
	for status := 0; status < 500; { // Apache hangs up where it finds that the collector has
		if r, err := p.try(firstVisitor, p.edge.addr, http.MethodPost, "/footfall/v1/hits", p.view()); err == nil {
			status = r.status
		}
	}
	p.send(reader, p.edge.addr, http.MethodGet, "/", "")
	p.stop()
	kept := newSearch(p.t, firstVisitor, secondVisitor, "192.0.2.77", inAgent+"/3", inSession, inQuery, inMail)
	var found []string
	for _, line := range strings.Split(p.edge.logs(), "\n") {
		if !strings.Contains(line, reader) {
			found = append(found, kept.in("in a log", []byte(line))...)
		}
	}
	for _, f := range found {
		p.t.Error(f)
	}
	if text := p.edge.logs(); !strings.Contains(text, reader) {
		p.t.Errorf("the charity's own page is not in its log: what is not written proves nothing: %s", text)
	}
}
