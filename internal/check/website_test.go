package check

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// website is a charity's website on one loopback address, with a collector on
// another, and the internet around them on one server with every name.
type website struct {
	t         *testing.T
	page      *httptest.Server
	collector *httptest.Server
	internet  *httptest.Server
	pages     map[string]string // path -> body; with {tag} for the snippet's tag
	headers   map[string]string
	items     string // of the banner, as JSON; those of the fixture if empty
	fixture   string // of the wire, with the banner
	key       string // of its site
	posts     int    // hits and decisions that reached the collector
	mu        sync.Mutex
}

func open(t *testing.T, pages map[string]string) *website {
	t.Helper()
	w := &website{t: t, pages: pages, headers: map[string]string{}, fixture: "banner-en", key: "kx4f9q"}
	w.page = httptest.NewServer(http.HandlerFunc(w.servePage))
	w.collector = httptest.NewServer(http.HandlerFunc(w.serveCollector))
	w.internet = httptest.NewTLSServer(http.HandlerFunc(serveInternet))
	for _, s := range []*httptest.Server{w.page, w.collector, w.internet} {
		t.Cleanup(s.Close)
	}
	return w
}

// tag is the snippet's tag: the collector is a third party to the page.
func (w *website) tag() string {
	_, port, _ := net.SplitHostPort(w.collector.Listener.Addr().String())
	return fmt.Sprintf(`<script async src="http://localhost:%s/footfall.js" data-site=%q></script>`, port, w.key)
}

func (w *website) servePage(out http.ResponseWriter, in *http.Request) {
	body, ok := w.pages[in.URL.Path]
	if !ok {
		http.NotFound(out, in)
		return
	}
	for name, value := range w.headers {
		out.Header().Add(name, value)
	}
	out.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(out, `<!DOCTYPE html><html lang="en"><title>A charity</title>%s`, strings.ReplaceAll(body, "{tag}", w.tag()))
}

var screens = regexp.MustCompile(`^/(footfall-[a-z]+)\b[^/]*\.js$`)

// serveCollector serves the real files of the snippet and answers as the wire
// says.
func (w *website) serveCollector(out http.ResponseWriter, in *http.Request) {
	out.Header().Set("Access-Control-Allow-Origin", "*")
	name := strings.TrimPrefix(in.URL.Path, "/")
	if m := screens.FindStringSubmatch(in.URL.Path); m != nil {
		name = m[1] + ".js"
	}
	switch {
	case strings.HasSuffix(name, ".js"):
		http.ServeFile(out, in, filepath.Join("../../sdk-js/dist", name))
	case name == "v1/sites/"+w.key+"/banner":
		out.Header().Set("Content-Type", "application/json")
		_, _ = out.Write(w.banner())
	case in.Method == http.MethodPost:
		w.mu.Lock()
		w.posts++
		w.mu.Unlock()
		fmt.Fprint(out, `{"receipt":"r","pass":"p"}`)
	default:
		http.NotFound(out, in)
	}
}

func (w *website) banner() []byte {
	text, err := os.ReadFile(filepath.Join("../../sdk-js/test/wire", w.fixture+".json"))
	if err != nil {
		w.t.Error(err)
		return nil
	}
	var wire struct {
		Answer map[string]json.RawMessage `json:"answer"`
	}
	if err := json.Unmarshal(text, &wire); err != nil {
		w.t.Error(err)
	}
	if w.items != "" {
		wire.Answer["items"] = json.RawMessage(w.items)
	}
	body, err := json.Marshal(wire.Answer)
	if err != nil {
		w.t.Error(err)
	}
	return body
}

// serveInternet answers for every other host: a script that sets a cookie of
// the page, and a frame that sets one of its own and keeps something.
func serveInternet(out http.ResponseWriter, in *http.Request) {
	switch in.URL.Path {
	case "/ga.js":
		out.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(out, `document.cookie = "_ga=1; max-age=" + 390 * 86400; window.gaGlobal = {};`)
	case "/frame":
		http.SetCookie(out, &http.Cookie{Name: "film", Value: "1", MaxAge: 86400, Secure: true, HttpOnly: true, SameSite: http.SameSiteNoneMode})
		out.Header().Set("Content-Type", "text/html")
		fmt.Fprint(out, `<script>localStorage.volume = 1; indexedDB.open("films")</script>`)
	default:
		out.Header().Set("Content-Type", "text/css")
	}
}

// options let the browser find the internet on the test's own server.
func (w *website) options(path string) Options {
	internet := w.internet.Listener.Addr().String()
	return Options{
		URL: w.page.URL + path, Timeout: 4 * time.Second, Wait: 400 * time.Millisecond, Clock: time.Now,
		hosts: []string{"MAP *.com " + internet, "MAP *.example " + internet},
	}
}

func (w *website) check(path string) *Report {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 2*time.Minute)
	defer cancel()
	r, err := Run(ctx, w.options(path))
	if err != nil {
		w.t.Fatal(err)
	}
	if strings.Contains(r.Text(), "secret") {
		w.t.Errorf("the report has a value or a query:\n%s", r.Text())
	}
	return r
}

// verdicts is a report in one line per thing.
func verdicts(r *Report) []string {
	lines := []string{}
	for _, t := range r.Things {
		line := names([]*Thing{&t}) + ":"
		for _, s := range t.Seen {
			line += fmt.Sprintf(" %s=%s", s.State, s.Verdict)
		}
		lines = append(lines, line)
	}
	return lines
}

func faults(r *Report) []string {
	lines := []string{}
	for _, f := range r.Faults {
		lines = append(lines, f.What)
	}
	return lines
}

// things of the report by name, so that a test can look closer at one.
func things(r *Report) map[string]Thing {
	by := map[string]Thing{}
	for _, t := range r.Things {
		by[names([]*Thing{&t})] = t
	}
	return by
}

// without leaves out Footfall's own rows, which the snippet decides.
func without(r *Report, purpose string) *Report {
	kept := *r
	kept.Things = slices.DeleteFunc(slices.Clone(r.Things), func(t Thing) bool { return t.Purpose == purpose })
	return &kept
}
