package e2e

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/footfall-analytics/footfall/internal/app"
	"github.com/footfall-analytics/footfall/internal/demo"
)

// ofDemo is the installation that the demo keeps inside.
func (i *installation) ofDemo() *installation {
	inner := *i
	inner.dir = filepath.Join(i.dir, "demo")
	return &inner
}

// charity is a website of another origin than ours, whose policy allows frames
// of ours and nothing else that is not its own.
func (i *installation) charity(snippet *atomic.Value) *httptest.Server {
	i.t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		frame := snippet.Load()
		if r.URL.Path == "/framing" {
			frame = fmt.Sprintf(`<iframe title="Framed" src="%s"></iframe>`, html.EscapeString(i.url(r.URL.Query().Get("path"))))
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src data:; frame-src "+i.url(""))
		_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Harbour</title>
<link rel="icon" href="data:,"><h1>What we do</h1><p>You can talk to us.</p>%s`, frame)
	}))
	i.t.Cleanup(s.Close)
	s.URL = strings.Replace(s.URL, "127.0.0.1", "localhost", 1) // another site, too, for cookies
	return s
}

// frameSeen is what frame.mjs prints.
type frameSeen struct {
	Blocks []struct {
		Text, Method                 string
		Over, Font                   float64
		Cookies, Complaints, Origins []string
	}
	Framed map[string]string
}

// checkFrame shows figures of a report in a page of a charity's own website as
// the snippet says, and takes one of them away again.
func (i *installation) checkFrame(report, link string) {
	i.t.Helper()
	var snippet atomic.Value
	inner, website := i.ofDemo(), i.charity(&snippet)
	host := strings.TrimPrefix(website.URL, "http://")
	if got := inner.doWith(fmt.Sprintf(`{"hosts":[%q,%q]}`, i.addr, host), "site", "set", demo.Key, "--file", "-"); got.code != 0 {
		i.t.Fatal(got.err)
	}
	choose := func(figures ...string) app.ImpactShown {
		shown := ask[app.ImpactShown](inner, slices.Concat([]string{"impact", "set", demo.Key, "--as", demoEmail}, figures)...)
		snippet.Store(shown.Snippet)
		return shown
	}
	look := func(paths ...string) frameSeen {
		return inBrowser[frameSeen](i.t, "frame.mjs", map[string]any{"page": website.URL + "/", "paths": paths})
	}
	lines := choose(report+"=contact", report+"=total").Lines
	block, theirs := "/impact/"+demo.Key, strings.TrimPrefix(link, i.url(""))
	seen := look(block, theirs, "/login", "/sites/"+demo.Key, "/method")
	for _, b := range seen.Blocks {
		for _, line := range lines {
			label, rest, _ := strings.Cut(line, ": ")
			if figure, _, _ := strings.Cut(rest, " ("); !strings.Contains(b.Text, label) || !strings.Contains(b.Text, figure) {
				i.t.Errorf("the block does not show %q: %s", line, b.Text)
			}
		}
		if b.Over > 0 || b.Font < 30 || b.Method != "How we count" {
			i.t.Errorf("the block is %v px too small, its figures have %v px, its link opens %q", b.Over, b.Font, b.Method)
		}
		if got := append(b.Cookies, b.Complaints...); len(got) > 0 || !slices.Equal(b.Origins, []string{i.url(""), website.URL}) {
			i.t.Errorf("cookies or complaints %q, requests to %q", got, b.Origins)
		}
	}
	for path, text := range seen.Framed {
		if (text != "") != (path == block) {
			i.t.Errorf("framed elsewhere, %s shows %q", path, text)
		}
	}
	gone, _, _ := strings.Cut(lines[1], ": ")
	choose(report + "=contact")
	if text := look(block).Framed[block]; text == "" || strings.Contains(text, gone) {
		i.t.Errorf("%s was taken away, and is shown: %s", gone, text)
	}
	kept := snippet.Load()
	choose()
	snippet.Store(kept)
	if text := look(block).Framed[block]; !strings.Contains(text, "No figures are shown here at present.") {
		i.t.Errorf("an empty block shows %q", text)
	}
	choose(report+"=contact", report+"=total")
}
