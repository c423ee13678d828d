package collector

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/site"
	sdkjs "github.com/footfall-analytics/footfall/sdk-js"
)

// The SDK's own tests assert that a browser sends these very bytes.
func TestSharedPayloads(t *testing.T) {
	for _, e := range exchanges(t) {
		t.Run(e.Name, func(t *testing.T) {
			h := newHouse(t, nil)
			asked := h.now
			for _, b := range []site.Banner{h.video, h.excepted} {
				if strings.Contains(e.Path+e.Body, b.Site) {
					asked = b
				}
			}
			real := strings.NewReplacer("8d1f0a2b3c4d5e6f", asked.Hash(), "pass-of-the-fixture", h.pass(h.now))
			header := map[string]string{"Content-Type": e.ContentType}
			if strings.Contains(e.Body, "override_gpc") {
				header["Sec-GPC"] = "1"
			}
			resp, body := h.send(request{e.Method, e.Path, real.Replace(e.Body), header})
			if resp.StatusCode != e.Status {
				t.Fatalf("status %d, want %d: %s", resp.StatusCode, e.Status, body)
			}
			if diff := cmp.Diff(known(t, e.Answer), known(t, []byte(body))); diff != "" {
				t.Errorf("(-fixture +ours):\n%s", diff)
			}
			if e.Method == "POST" && !slices.Equal(h.verdicts, []intake.Verdict{intake.Counted}) {
				t.Errorf("verdicts %v", h.verdicts)
			}
		})
	}
}

// known is a JSON answer without what the fixtures only show examples of; the
// text of anything else.
func known(t *testing.T, text []byte) any {
	t.Helper()
	if string(text) == `""` || len(text) == 0 {
		return ""
	}
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	examples := []string{
		"version", "hash", "material", "pass", "receipt", "error", "style",
		"title", "body", "yes", "no", "more", "more_url", "withdraw", "thanks_yes", "thanks_no",
	}
	for _, k := range examples {
		if v, ok := m[k]; ok && v != "" {
			m[k] = fmt.Sprintf("%T", v)
		}
	}
	if words, ok := m["words"].(map[string]any); ok {
		m["words"] = map[string]any{"open": fmt.Sprintf("%T", words["open"]), "close": words["close"]}
	}
	if items, ok := m["items"].([]any); ok {
		own := items[0].(map[string]any)
		own["why"] = fmt.Sprintf("%T", own["why"])
	}
	return m
}

// The hits of the fixtures stand for visitors with nothing to prove: they are
// answered alike as they are.
func TestSharedHitsHoldAsTheyAre(t *testing.T) {
	h := newHouse(t, nil)
	for _, e := range exchanges(t) {
		if e.Path != "/v1/hits" {
			continue
		}
		if resp, body := h.send(request{e.Method, e.Path, e.Body, nil}); resp.StatusCode != e.Status || body != "" {
			t.Errorf("%s: %d %s", e.Name, resp.StatusCode, body)
		}
	}
	if len(h.stored()) != 0 {
		t.Error("stored without a pass")
	}
}

func TestDecisionThenHit(t *testing.T) {
	h := newHouse(t, nil)
	_, body := h.send(request{"POST", "/v1/decisions", decide(h.now.Hash()), nil})
	var a struct{ Receipt, Pass string }
	if err := json.Unmarshal([]byte(body), &a); err != nil || a.Pass == "" {
		t.Fatal(body, err)
	}
	resp, again := h.send(request{"POST", "/v1/decisions", decide(h.now.Hash()), map[string]string{"X-Forwarded-For": "192.0.2.9", "User-Agent": firefox + " x"}})
	if again != body || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("another visitor got another answer:\n%s\n%s", body, again)
	}
	h.send(request{"POST", "/v1/hits", view(a.Pass), nil})
	if want := []intake.Verdict{intake.Counted, intake.Counted, intake.Counted}; !slices.Equal(h.verdicts, want) {
		t.Errorf("verdicts %v", h.verdicts)
	}
	_, page := h.send(request{method: "GET", path: "/v1/receipts/" + a.Receipt})
	for _, want := range []string{
		"On 30 November 2026 a visitor to the website of Harbour Young People said yes to this:", "<li><bdi>Counting visits</bdi></li>",
		h.now.Texts["en"].Body, h.now.Texts["cy"].Title, "The answer holds for 182 days from that day", h.signer.Fingerprint(), h.now.Hash(),
	} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %q:\n%s", want, page)
		}
	}
}

func TestBanner(t *testing.T) {
	h := newHouse(t, nil)
	resp, en := h.send(request{method: "GET", path: "/v1/sites/kx4f9q/banner"})
	var b bannerJSON
	if err := json.Unmarshal([]byte(en), &b); err != nil {
		t.Fatal(err)
	}
	want := bannerJSON{
		Site: "kx4f9q", Version: 2, Hash: h.now.Hash(), Material: h.now.Material(), Lang: "en", Langs: []string{"en", "cy", "pl", "ur", "ar"}, Audience: "all",
		BannerText: h.now.Texts["en"], ExpiresDays: 182, Basis: site.Consent, Purposes: []string{"statistics"},
		Items:   []itemJSON{{ID: "statistics", Basis: site.Consent, Label: "Counting visits", Why: h.now.Purposes[0].Why["en"], Services: []serviceJSON{}}},
		Choices: []string{}, Words: screenWords["en"], Style: sdkjs.Style,
	}
	if diff := cmp.Diff(want, b); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if cc := resp.Header.Get("Cache-Control"); !strings.Contains(cc, "max-age=300") || strings.Contains(cc, "immutable") {
		t.Errorf("cache: %s", cc)
	}
	tag := resp.Header.Get("ETag")
	resp, body := h.send(request{"GET", "/v1/sites/kx4f9q/banner", "", map[string]string{"If-None-Match": "W/" + tag}})
	if resp.StatusCode != http.StatusNotModified || body != "" {
		t.Errorf("asked again: %d %s", resp.StatusCode, body)
	}
	for lang, want := range map[string]string{"cy": "cy", "cy-GB": "cy", "CY": "cy", "ar": "ar", "ur-PK": "ur", "pl": "pl", "fr": "en", "": "en", "%3Cscript%3E": "en"} {
		_, body := h.send(request{method: "GET", path: "/v1/sites/kx4f9q/banner?lang=" + lang})
		if !strings.Contains(body, `"lang":"`+want+`"`) || !strings.Contains(body, h.now.Texts[want].Title) || strings.Contains(body, "script") {
			t.Errorf("lang=%s: %s", lang, body)
		}
	}
	resp, old := h.send(request{method: "GET", path: "/v1/sites/kx4f9q/banners/" + h.old.Hash()})
	if !strings.Contains(old, `"version":1`) || !strings.Contains(resp.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("version 1: %v %s", resp.Header, old)
	}
	_, now := h.send(request{method: "GET", path: "/v1/sites/kx4f9q/banners/" + h.now.Hash(), header: map[string]string{"Cookie": "id=1", "Accept-Language": "cy"}})
	if now != en {
		t.Errorf("the same banner in other bytes:\n%s\n%s", en, now)
	}
}

// Every language has every word of the screens, in English if need be; a banner
// in a language of the charity's own has them too.
func TestWordsOfTheScreensAreWhole(t *testing.T) {
	h := newHouse(t, func(o *intake.Options) {
		french := site.NewBanner(charity).Worded(site.Wording{Texts: map[string]site.BannerText{"fr": {Title: "Bonjour"}}})
		o.Sites.(sites)["fx4f9q"] = intake.NewSite(charity, []site.Banner{french})
	})
	text, err := sdkjs.Words.ReadFile("src/i18n/en.json")
	if err != nil {
		t.Fatal(err)
	}
	var english map[string]string
	if err := json.Unmarshal(text, &english); err != nil {
		t.Fatal(err)
	}
	for _, lang := range append(site.Langs, "fr") {
		_, body := h.send(request{method: "GET", path: "/v1/sites/fx4f9q/banner?lang=" + lang})
		var b bannerJSON
		if err := json.Unmarshal([]byte(body), &b); err != nil || b.Lang != lang {
			t.Fatalf("%s: %v %s", lang, err, body)
		}
		for key := range english {
			if b.Words[key] == "" {
				t.Errorf("%s lacks %q", lang, key)
			}
		}
		if lang == "fr" && b.Words["close"] != english["close"] || lang == "cy" && b.Words["close"] == english["close"] {
			t.Errorf("%s: close is %q", lang, b.Words["close"])
		}
	}
}

// Whoever asks gets the same: the answer depends on the site and the language
// in the address alone.
func TestBannerIsTheSameForEverybody(t *testing.T) {
	h := newHouse(t, nil)
	type answer struct {
		Status                             int
		Body, Tag, Cache, Vary, Kind, CORS string
	}
	get := func(path string, header map[string]string) answer {
		resp, body := h.send(request{"GET", path, "", header})
		g := resp.Header.Get
		if g("Set-Cookie") != "" {
			t.Errorf("%s sets a cookie", path)
		}
		return answer{resp.StatusCode, body, g("ETag"), g("Cache-Control"), g("Vary"), g("Content-Type"), g("Access-Control-Allow-Origin")}
	}
	first := map[string]answer{}
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SampledFrom([]string{"kx4f9q", "vx4f9q", "ex4f9q", "nbnnr0", "zzzzzz"}).Draw(t, "key")
		path := "/v1/sites/" + key + "/banner?lang=" + rapid.SampledFrom([]string{"en", "cy", "pl", "ur", "ar", "fr", ""}).Draw(t, "lang")
		header := rapid.MapOfN(
			rapid.SampledFrom([]string{
				"Cookie", "User-Agent", "Accept-Language", "Accept-Encoding", "Origin", "Referer", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto",
				"Sec-Gpc", "Dnt", "Sec-Fetch-Site", "Sec-Ch-Ua-Mobile", "Cf-Ipcountry", "Authorization", "Accept",
			}),
			rapid.StringMatching(`[!-~]{1,20}`), 0, 16,
		).Draw(t, "header")
		got := get(path, header)
		if _, ok := first[path]; !ok {
			first[path] = get(path, nil)
		}
		if diff := cmp.Diff(first[path], got); diff != "" {
			t.Errorf("%s with %v (-without +with):\n%s", path, header, diff)
		}
	})
}

func TestSnippet(t *testing.T) {
	h := newHouse(t, nil)
	for name, script := range map[string][]byte{"footfall": sdkjs.Script, "footfall-count": sdkjs.Count, "footfall-screens": sdkjs.Screens} {
		pinned := "/" + name + "-" + contentHash(script) + ".js"
		if name == "footfall-screens" {
			pinned = "/" + name + ".js?" + newAsset(script).integrity
		}
		for path, cache := range map[string]string{"/" + name + ".js": "max-age=300", pinned: "immutable"} {
			t.Run(path, func(t *testing.T) { testScript(t, h, path, cache, script) })
		}
	}
	if core := string(sdkjs.Script); !strings.Contains(core, newAsset(sdkjs.Screens).integrity) || !strings.Contains(core, "footfall-screens.js?") {
		t.Error("the core does not know the address of its screens")
	}
	// The core of another release, from a cache, is not given screens that it would not run.
	resp, body := h.send(request{method: "GET", path: "/footfall-screens.js?sha256-anotherrelease="})
	if resp.StatusCode != http.StatusNotFound || resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("another release's screens: %d %v %s", resp.StatusCode, resp.Header, body)
	}
}

func testScript(t *testing.T, h *house, path, cache string, script []byte) {
	resp, body := h.send(request{method: "GET", path: path})
	if body != string(script) || !strings.Contains(resp.Header.Get("Cache-Control"), cache) ||
		resp.Header.Get("Content-Type") != "text/javascript; charset=utf-8" || resp.Header.Get("Access-Control-Allow-Origin") != "*" ||
		resp.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" || resp.Header.Get("Set-Cookie") != "" {
		t.Errorf("%d bytes, %v", len(body), resp.Header)
	}
	resp, body = h.send(request{"GET", path, "", map[string]string{"Accept-Encoding": "br, gzip"}})
	z, err := gzip.NewReader(bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := io.ReadAll(z); err != nil || !bytes.Equal(plain, script) || resp.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("compressed: %d bytes (%v), %v", len(plain), err, resp.Header)
	}
	resp, body = h.send(request{"GET", path, "", map[string]string{"Accept-Encoding": "gzip", "If-None-Match": resp.Header.Get("ETag")}})
	if resp.StatusCode != http.StatusNotModified || body != "" {
		t.Errorf("asked again: %d, %d bytes", resp.StatusCode, len(body))
	}
}

func TestReceipts(t *testing.T) {
	h := newHouse(t, nil)
	on := day.New(2026, 5, 3)
	no := h.signer.Receipt(consent.Claim{Site: "kx4f9q", Banner: h.old.Hash()}, on)
	resp, page := h.send(request{method: "GET", path: "/v1/receipts/" + no + "?lang=cy"})
	for _, want := range []string{`<html lang="cy">`, "Ar 3 Mai 2026 dywedodd ymwelydd â gwefan Harbour Young People na.", h.old.Texts["en"].Body, "felly nid yw’r ateb yn sefyll mwyach", "1, " + h.old.Hash()} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %q:\n%s", want, page)
		}
	}
	if p := resp.Header.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || strings.Contains(p, "unsafe") || resp.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("headers %v", resp.Header)
	}
	gone := h.signer.Receipt(consent.Claim{Site: "zzzzzz", Banner: "0123456789abcdef", Choices: []string{"<b>"}}, on)
	if _, page := h.send(request{method: "GET", path: "/v1/receipts/" + strings.NewReplacer("<", "%3C", ">", "%3E").Replace(gone)}); strings.Contains(page, "<b>") {
		t.Errorf("not escaped:\n%s", page)
	}

	_, text := h.send(request{"GET", "/v1/receipts/" + no, "", map[string]string{"Accept": "application/json"}})
	var got map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	keys := slices.Sorted(maps.Keys(got))
	if diff := cmp.Diff([]string{"banner", "choices", "day", "key", "meaning", "name", "site"}, keys); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got["day"] != "2026-05-03" || got["key"] != h.signer.Fingerprint() || len(got["choices"].([]any)) != 0 {
		t.Errorf("%s", text)
	}
	asked := got["banner"].(map[string]any)
	if asked["hash"] != h.old.Hash() || asked["in_force"] != false || asked["version"] != 1.0 ||
		asked["texts"].([]any)[0].(map[string]any)["body"] != h.old.Texts["en"].Body {
		t.Errorf("%s", text)
	}
	for _, receipt := range []string{"x", no[:len(no)-1], strings.Replace(no, "-05-03", "-05-04", 1), h.pass(h.now), strings.Repeat("x", 3000)} {
		resp, body := h.send(request{"GET", "/v1/receipts/" + receipt, "", map[string]string{"Accept": "text/html"}})
		if resp.StatusCode != 404 || !strings.Contains(body, "no receipt of ours") {
			t.Errorf("%.60s: %d %s", receipt, resp.StatusCode, body)
		}
	}
}

// A banner is packed for whoever takes that, and each form has a tag of its own.
// What a visitor decided is never packed.
func TestBannerIsPacked(t *testing.T) {
	h := newHouse(t, nil)
	const path = "/v1/sites/kx4f9q/banner"
	plain, body := h.send(request{method: "GET", path: path})
	for accepted, packed := range map[string]bool{"gzip": true, "br, gzip;q=0.5": true, "gzip;q=0": false, "br": false, "": false} {
		resp, got := h.send(request{"GET", path, "", map[string]string{"Accept-Encoding": accepted}})
		tag := resp.Header.Get("ETag")
		if resp.Header.Get("Vary") != "Accept-Encoding" || (resp.Header.Get("Content-Encoding") == "gzip") != packed || (tag != plain.Header.Get("ETag")) != packed {
			t.Errorf("%q: %v", accepted, resp.Header)
		}
		if packed {
			z, err := gzip.NewReader(strings.NewReader(got))
			if err != nil {
				t.Fatal(err)
			}
			unpacked, err := io.ReadAll(z)
			if got = string(unpacked); err != nil {
				t.Fatal(err)
			}
		}
		if got != body {
			t.Errorf("%q: other bytes", accepted)
		}
		again, rest := h.send(request{"GET", path, "", map[string]string{"Accept-Encoding": accepted, "If-None-Match": tag}})
		if again.StatusCode != http.StatusNotModified || rest != "" {
			t.Errorf("%q, asked again: %d", accepted, again.StatusCode)
		}
	}
	resp, _ := h.send(request{"POST", "/v1/decisions", decide(h.now.Hash()), map[string]string{"Accept-Encoding": "gzip"}})
	if resp.Header.Get("Content-Encoding") != "" {
		t.Error("a pass is packed")
	}
}
