package collector

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/notice"
	"github.com/footfall-analytics/footfall/internal/site"
)

// facts are those of the house's sites.
func (h *house) facts(key string) (notice.Facts, bool, error) {
	f := notice.Facts{
		Version: 2, Changed: day.New(2026, 11, 1), Base: "https://stats.harbour.example",
		Recipients: []notice.Recipient{{Funder: "Example Trust", Grant: "Open doors", Until: day.New(2027, 5, 3)}},
	}
	switch f.Site = charity; key {
	case charity.Key:
		f.Banner = h.now
	case h.video.Site:
		f.Site, f.Banner = withVideo(), h.video
	case h.excepted.Site:
		f.Banner = h.excepted
		f.Site.Basis, f.Site.Safeguarding = site.Exception, true
	default:
		return notice.Facts{}, false, nil
	}
	f.Site.Key = key
	return f, true, nil
}

func (h *house) page(path string) (string, map[string]string) {
	h.t.Helper()
	resp, body := h.send(request{"GET", path, "", map[string]string{"Accept": "text/html"}})
	if resp.StatusCode != 200 {
		h.t.Fatalf("%s: %d %s", path, resp.StatusCode, body)
	}
	header := map[string]string{}
	for name := range resp.Header {
		header[name] = resp.Header.Get(name)
	}
	return body, header
}

func TestPagesSayWhatTheyShould(t *testing.T) {
	h := newHouse(t, nil)
	for path, want := range map[string][]string{
		"/v1/sites/vx4f9q/cookies": {
			`<html lang="en">`, "Cookies and what else is kept", "<bdi>ff</bdi>", "<bdi>fv</bdi>", "<bdi>_ev*</bdi>", "400 days", "Example Media", "Off unless you say yes.",
			`href="https://video.example/privacy"`, `href="known?lang=en"`, "Always on: you asked for",
		},
		"/v1/sites/vx4f9q/cookies?lang=cy-GB": {`<html lang="cy">`, "400 diwrnod", "rhif i’ch porwr", `href="?lang=en"`},
		"/v1/sites/kx4f9q/notice":             {"Example Trust, for “Open doors”, until 3 May 2027", `href="cookies?lang=en"`, `href="https://ico.org.uk/make-a-complaint/"`, "Version 2 of 1 November 2026"},
		"/v1/sites/kx4f9q/notice?lang=cy":     {"Preifatrwydd ar wefan Harbour Young People", "tan 3 Mai 2027", `href="known?lang=cy"`},
		"/v1/sites/kx4f9q/known":              {"<dd lang=\"en\">Firefox</dd>", "<dd lang=\"en\">Linux</dd>", "<dd>Computer</dd>", "<dd>Not known</dd>", `src="known.js?lang=en"`, `href="//www.harbour.example/"`},
		"/v1/sites/kx4f9q/known?lang=cy":      {"<dd>Cyfrifiadur</dd>", "Beth mae’r wefan hon yn ei wybod amdanaf"},
	} {
		body, header := h.page(path)
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s: no %q in\n%s", path, w, body)
			}
		}
		if m := regexp.MustCompile(`(src|href)="(https?:)?//[^"]*`).FindAllString(strings.NewReplacer(
			`href="https://video.example/privacy`, "", `href="https://ico.org.uk/make-a-complaint/`, "", `href="//www.harbour.example/`, "").Replace(body), -1); m != nil {
			t.Errorf("%s leads to %q", path, m)
		}
		if policy := header["Content-Security-Policy"]; !strings.HasPrefix(policy, "default-src 'none'; ") || strings.Contains(policy, "unsafe") || header["Access-Control-Allow-Origin"] != "" {
			t.Errorf("%s: %v", path, header)
		}
	}
}

// What a visitor looks like is shown to them and kept nowhere: not here, not
// in a cache, not in the log.
func TestKnownKeepsNothing(t *testing.T) {
	h := newHouse(t, nil)
	for _, agent := range []string{firefox, "ExampleBot/1.0", ""} {
		resp, body := h.send(request{"GET", "/v1/sites/kx4f9q/known?canary=1", "", map[string]string{"User-Agent": agent, "X-Forwarded-For": "192.0.2.77", "Cookie": "canary=1"}})
		if resp.StatusCode != 200 || resp.Header.Get("Cache-Control") != "no-store" || resp.Header.Get("ETag") != "" || resp.Header.Get("Set-Cookie") != "" {
			t.Errorf("%d %v", resp.StatusCode, resp.Header)
		}
		for _, private := range []string{"192.0.2.77", "canary", "rv:140", "ExampleBot", "Mozilla"} {
			if strings.Contains(body+h.log.String(), private) {
				t.Errorf("%q got out", private)
			}
		}
	}
	if len(h.stored()) != 0 || len(h.verdicts) != 0 {
		t.Error("a look was stored or counted")
	}
}

func TestKnownSaysWhyNothingIsCounted(t *testing.T) {
	h := newHouse(t, nil)
	for name, header := range map[string]map[string]string{
		"machine and not like a person": {"User-Agent": "ExampleBot/1.0"},
		"asks not to be tracked":        {"Sec-GPC": "1"},
	} {
		if _, body := h.send(request{"GET", "/v1/sites/kx4f9q/known", "", header}); !strings.Contains(body, name) {
			t.Errorf("%s:\n%s", name, body)
		}
	}
}

// The script reads exactly what the declaration lists as ours.
func TestKnownScriptReadsTheDeclaration(t *testing.T) {
	h := newHouse(t, nil)
	for _, key := range []string{"kx4f9q", "ex4f9q"} {
		_, script := h.send(request{method: "GET", path: "/v1/sites/" + key + "/known.js?lang=cy"})
		_, text := h.send(request{method: "GET", path: "/v1/sites/" + key + "/cookies?format=json&lang=cy"})
		given := strings.TrimSuffix(script[strings.LastIndex(script, "\n})(")+4:], ");\n")
		var facts knownFacts
		var d notice.Declaration
		if err := json.Unmarshal([]byte(given), &facts); err != nil {
			t.Fatal(err, given)
		}
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(d.Keeps, facts.Kept); diff != "" || len(facts.Hosts) == 0 {
			t.Error(key, diff)
		}
		if _, ok := facts.Words["download"]; ok != (key == "kx4f9q") {
			t.Errorf("%s: a file that is left behind is offered: %v", key, ok)
		}
		for name, word := range facts.Words {
			if word == "" {
				t.Errorf("no word for %s", name)
			}
		}
	}
}

func TestPageWordsAreEqual(t *testing.T) {
	for key := range pageWords["en"] {
		if pageWords["cy"][key] == "" {
			t.Errorf("no Welsh for %s", key)
		}
	}
	if len(pageWords["en"]) != len(pageWords["cy"]) {
		t.Error("Welsh has words that English has not")
	}
}

func TestLinked(t *testing.T) {
	p := newPage("notice", notice.Facts{Site: site.Site{Key: "kx4f9q"}, Base: "https://stats.example.org"}, "en")
	got := p.Linked("See https://stats.example.org/v1/sites/kx4f9q/cookies?lang=en or ask a.b@harbour.example. Or https://www.example.org/x?y=1.")
	want := []part{
		{"See ", ""}, {"Cookies and what else is kept", "cookies?lang=en"}, {" or ask ", ""}, {"a.b@harbour.example", "mailto:a.b@harbour.example"},
		{". Or ", ""}, {"https://www.example.org/x?y=1", "https://www.example.org/x?y=1"}, {".", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A flood from one network is held back as a flood of hits is.
func TestKnownIsLimited(t *testing.T) {
	h := newHouse(t, func(o *intake.Options) { o.HitRate = intake.Rate{PerSecond: 1e-3, Burst: 3} })
	status := map[int]int{}
	for range 5 {
		resp, _ := h.send(request{method: "GET", path: "/v1/sites/kx4f9q/known"})
		status[resp.StatusCode]++
	}
	if status[200] != 3 || status[429] != 2 {
		t.Error(status)
	}
}
