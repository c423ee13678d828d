package check

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const declaredItems = `[
	{"id":"statistics","basis":"consent","services":[{"name":"Google Analytics","hosts":["google-analytics.com"],"keeps":[{"kind":"cookie","name":"_ga*","days":400}]}]},
	{"id":"appearance","basis":"appearance","services":[{"name":"This website","keeps":[{"kind":"local","name":"text-size"}]}]},
	{"id":"shop","basis":"necessary","services":[{"name":"This website","keeps":[{"kind":"cookie","name":"basket","days":1}]}]}]`

const about = `{tag}<h1>About us</h1><a href="/">Home</a>`

// onChange runs a script of the page with the state of each choice.
func onChange(script string) string {
	return `<script>(window.footfall ||= []).push(["on", "change", (state) => { if (state.choices) {` + script + `} }])</script>`
}

func TestACleanPage(t *testing.T) {
	w := open(t, map[string]string{
		"/": `{tag}<a href="/about?secret=1#secret">About us</a>
			<script>document.cookie = "basket=secret; max-age=60"</script>
			<script type="text/plain" data-footfall-purpose="statistics" src="https://www.google-analytics.com/ga.js?id=secret"></script>`,
		"/about": about + `<script type="text/plain" data-footfall-purpose="statistics" src="https://www.google-analytics.com/ga.js"></script>`,
	})
	w.items = declaredItems
	r := w.check("/?secret=1")
	if !r.OK || r.Findings() != 0 {
		t.Errorf("a clean page is not OK:\n%s", r.Text())
	}
	want := []string{
		"request to www.google-analytics.com: yes=allowed",
		"script gaGlobal: yes=allowed",
		"cookie _ga: yes=allowed",
		"cookie basket: before=allowed no=allowed yes=allowed",
	}
	if diff := cmp.Diff(want, verdicts(without(r, ourselves))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if r.Page != w.page.URL+"/" || r.Second != w.page.URL+"/about" {
		t.Errorf("pages are %s and %s", r.Page, r.Second)
	}
	if len(r.States) != 3 || r.Snippet.Site != w.key || r.Snippet.Tags != 1 {
		t.Errorf("states %v, snippet %+v", r.States, r.Snippet)
	}
	if w.posts != 0 {
		t.Errorf("the collector got %d hits or decisions of a check", w.posts)
	}
	if ga := things(r)["cookie _ga"]; ga.Days == nil || *ga.Days != 390 || ga.Party != "first" || ga.Tracker != "Google Analytics" || ga.Purpose != "statistics" {
		t.Errorf("the cookie is told as %+v", ga)
	}
	assertOwn(t, r)
}

// assertOwn looks at what the real snippet kept: a choice after each answer,
// nothing before one.
func assertOwn(t *testing.T, r *Report) {
	t.Helper()
	kept := map[State]int{}
	for _, thing := range r.Things {
		for _, s := range thing.Seen {
			if thing.Purpose == ourselves && thing.Kind != Request {
				kept[s.State]++
			}
		}
	}
	if kept[Before] != 0 || kept[No] != 1 || kept[Yes] < 1 {
		t.Errorf("the snippet kept %v", kept)
	}
}

func TestPlantedFaults(t *testing.T) {
	w := open(t, map[string]string{
		"/": `{tag}<a href="/about">About us</a>
			<script src="https://www.google-analytics.com/ga.js"></script>
			<link rel="stylesheet" href="https://fonts.googleapis.com/css">
			<script>document.cookie = "early=1"; localStorage["text-size"] = 2; sessionStorage.step = 1; indexedDB.open("pages"); setTimeout(() => alert("Hello"))</script>` +
			onChange(`if (state.choices.length) document.cookie = "extra=1; max-age=8640000"; else localStorage.refused = 1`) + `
			<script type="text/plain" data-footfall-purpose="statistics">document.cookie = "_ga_1=1; max-age=" + 399 * 86400</script>`,
		"/about": about + `<iframe src="https://film.example/frame"></iframe>`,
	})
	w.items = declaredItems
	r := w.check("/")
	want := []string{
		"request to film.example: before=before a choice no=after No yes=not declared",
		"request to fonts.googleapis.com: before=before a choice no=after No yes=not declared",
		"request to www.google-analytics.com: before=before a choice no=after No yes=allowed",
		"script gaGlobal: before=before a choice no=after No yes=allowed",
		"cookie _ga: before=before a choice no=after No yes=allowed",
		"cookie _ga_1: yes=allowed",
		"cookie early: before=before a choice no=after No yes=not declared",
		"cookie extra: yes=not declared",
		"cookie film of film.example: before=before a choice no=after No yes=not declared",
		"local storage refused: no=after No",
		"local storage text-size: before=allowed no=after No yes=allowed",
		"local storage volume of film.example: before=before a choice no=after No yes=not declared",
		"session storage step: before=before a choice no=after No yes=not declared",
		"IndexedDB films of film.example: before=before a choice no=after No yes=not declared",
		"IndexedDB pages: before=before a choice no=after No yes=not declared",
	}
	if diff := cmp.Diff(want, verdicts(without(r, ourselves))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if film := things(r)["cookie film of film.example"]; film.Party != "third" || !film.HTTPOnly || *film.Days != 1 {
		t.Errorf("the third party's cookie is told as %+v", film)
	}
	if r.OK || r.Findings() != 14 {
		t.Errorf("%d findings", r.Findings())
	}
	assertReads(t, r)
}

// assertReads looks at the report as people and as programs read it.
func assertReads(t *testing.T, r *Report) {
	t.Helper()
	text := r.Text()
	for _, words := range []string{
		"WHAT", "! before a choice", "! after No", "! not declared", "390 days",
		"Google Analytics measures visits", `<script type="text/plain" data-footfall-purpose="statistics" …>`,
		"Serve the files from your own website", `<iframe data-footfall-purpose="…" data-footfall-src=`,
	} {
		if !strings.Contains(text, words) {
			t.Errorf("the text lacks %q:\n%s", words, text)
		}
	}
	encoded, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(encoded, &back); err != nil || back.Findings() != r.Findings() || back.OK {
		t.Errorf("JSON does not say the same: %v\n%s", err, encoded)
	}
}

func TestTheSnippetIsAbsentTwiceOrBroken(t *testing.T) {
	const answerless = `<a href="/about">About us</a>`
	for name, c := range map[string]struct {
		page   string
		policy string
		want   []string
	}{
		"absent":    {answerless, "", []string{"The page has no Footfall tag."}},
		"no site":   {`<script src="/footfall.js"></script>`, "", []string{"The Footfall tag has no data-site."}},
		"script":    {"{tag}" + answerless, "script-src 'self'", []string{"The page's Content-Security-Policy keeps the snippet from footfall.js."}},
		"connect":   {"{tag}" + answerless, "connect-src 'self'", []string{"The page's Content-Security-Policy keeps the snippet from banner."}},
		"integrity": {`{tag}`, "", []string{"The snippet was loaded but did not start."}},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, map[string]string{"/": c.page, "/about": about})
			if name == "integrity" {
				w.pages["/"] = strings.Replace(w.tag(), "async", `crossorigin integrity="sha384-`+strings.Repeat("A", 64)+`"`, 1)
			}
			if c.policy != "" {
				w.headers["Content-Security-Policy"] = c.policy
			}
			r := w.check("/")
			if diff := cmp.Diff(c.want, faults(r)); diff != "" || r.OK {
				t.Errorf("OK %v (-want +got)\n%s", r.OK, diff)
			}
			if len(r.States) != 1 {
				t.Errorf("tried %v", r.States)
			}
		})
	}
}

// Where the collector is proxied under the website's own host, what the
// website itself lacks is no fault of the snippet.
func TestOnlyTheSnippetsOwnCallsAreItsFaults(t *testing.T) {
	for address, want := range map[string]int{
		"https://www.example.org/favicon.ico":                      0,
		"https://www.example.org/footfall.js":                      1,
		"https://www.example.org/footfall-screens.0a1b.js":         1,
		"https://www.example.org/v1/sites/kx4f9q/banner":           1,
		"https://www.example.org.evil.example/footfall.js":         0,
		"https://stats.example.org/v1/sites/kx4f9q/banner?lang=en": 0,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		c := checker{first: &look{started: true, calls: []call{{url: u, status: 404}}}, report: &Report{}}
		c.report.Snippet.Collector = "https://www.example.org"
		c.loads("https://www.example.org")
		if len(c.report.Faults) != want {
			t.Errorf("%s: %+v", address, c.report.Faults)
		}
	}
}

func TestTheTagStandsTwice(t *testing.T) {
	w := open(t, map[string]string{"/": "{tag}{tag}<a href=/about>About us</a>", "/about": "<h1>No tag here</h1>"})
	r := w.check("/")
	want := []string{"The second page has no Footfall tag.", "The Footfall tag stands 2 times in the page."}
	if diff := cmp.Diff(want, faults(r)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if len(r.States) != 3 {
		t.Errorf("tried %v", r.States)
	}
}

func TestAnotherBannerLiesOverTheButtons(t *testing.T) {
	w := open(t, map[string]string{"/": `{tag}<dialog id="other">We use cookies</dialog><script>other.showModal()</script>
		<style>#other { position: fixed; inset: 0; width: 100vw; height: 100vh; max-width: none; max-height: none }</style>`})
	r := w.check("/")
	want := []string{"No cannot be pressed: <dialog> lies over the button.", "Yes cannot be pressed: <dialog> lies over the button."}
	if diff := cmp.Diff(want, faults(r)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestASiteThatAsksForNoConsent(t *testing.T) {
	w := open(t, map[string]string{"/": "{tag}" + onChange(`localStorage.refused = 1`)})
	w.fixture, w.key = "banner-exception", "ex4f9q"
	r := w.check("/")
	want := []string{"local storage refused: no=after No"}
	if diff := cmp.Diff(want, verdicts(without(r, ourselves))); diff != "" {
		t.Errorf("(-want +got)\n%s\n%s", diff, r.Text())
	}
	if diff := cmp.Diff([]State{Before, No}, r.States); diff != "" || !strings.Contains(strings.Join(r.Notes, " "), "asks for no consent") {
		t.Errorf("notes %q (-want +got)\n%s", r.Notes, diff)
	}
}

func TestAnUnknownSite(t *testing.T) {
	w := open(t, map[string]string{})
	w.pages["/"] = strings.Replace(w.tag(), w.key, "nobody", 1)
	r := w.check("/")
	want := []string{
		"The collector answered 404 for banner.",
		"What site nobody declares cannot be read: the collector knows no site with this key, or the site has no banner yet.",
	}
	if diff := cmp.Diff(want, faults(r)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestVisitsAreHeldBackWhereAutomationIsAllowed(t *testing.T) {
	w := open(t, map[string]string{})
	w.pages["/"] = strings.Replace(w.tag(), "async", "async data-allow-automation", 1)
	r := w.check("/")
	if w.posts != 0 || !r.OK {
		t.Errorf("the collector got %d posts of a check; report:\n%s", w.posts, r.Text())
	}
	if !strings.Contains(strings.Join(r.Notes, " "), "data-allow-automation") {
		t.Errorf("notes are %q", r.Notes)
	}
	assertOwn(t, r)
}

func TestTheCheckCannotBeMade(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	w := open(t, map[string]string{"/": about})
	for name, c := range map[string]struct {
		change func(o *Options)
		want   string
	}{
		"page is down":    {func(o *Options) { o.URL = gone.URL }, "ERR_CONNECTION_REFUSED"},
		"page not found":  {func(o *Options) { o.URL += "nothing" }, "it answered 404"},
		"not an address":  {func(o *Options) { o.URL = "ftp://www.example.org" }, "give the address of a web page"},
		"no such browser": {func(o *Options) { o.Browser = "/nowhere/chromium" }, "--browser"},
		"not a browser":   {func(o *Options) { o.Browser = "/bin/false" }, "start browser /bin/false"},
	} {
		t.Run(name, func(t *testing.T) {
			o := w.options("/")
			c.change(&o)
			r, err := Run(t.Context(), o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("report %v, error %v", r, err)
			}
		})
	}
	t.Run("no browser on PATH", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if _, err := Run(t.Context(), w.options("/")); err == nil || !strings.Contains(err.Error(), "apt install chromium") {
			t.Errorf("error %v", err)
		}
	})
}

func TestNothingIsLeftBehind(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	w := open(t, map[string]string{"/": "<h1>No tag here</h1>"})
	w.check("/")
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond) // while the browser works
	defer cancel()
	if _, err := Run(ctx, w.options("/")); err == nil {
		t.Error("a check that was cut short gave a report")
	}
	left, err := filepath.Glob(filepath.Join(temp, "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left in the temporary folder: %v %v", left, err)
	}
	if _, err := os.Stat(temp); err != nil {
		t.Error(err)
	}
}
