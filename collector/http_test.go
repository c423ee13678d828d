package collector

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/coarsen"
	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/site"
	"github.com/footfall-analytics/footfall/internal/spool"
	"github.com/footfall-analytics/footfall/internal/web"
)

const (
	firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	origin  = "https://www.harbour.example"
)

var charity = site.Site{
	Key: "kx4f9q", Name: "Harbour Young People", Hosts: []string{"www.harbour.example"}, Funders: []string{"Example Trust"},
	TimeZone: "Europe/London", QuarterStart: 1, NoticeURL: "https://www.harbour.example/privacy", Campaigns: []string{"spring"},
	Vocabulary: map[cell.Table][]site.Choice{cell.Contact: {{ID: "webchat"}}},
}

type sites map[string]*intake.Site

func (s sites) Site(key string) (*intake.Site, bool) {
	v, ok := s[key]
	return v, ok
}

// house is a collector on real parts.
type house struct {
	t        testing.TB
	app      *fiber.App
	dir      string // of the spool
	spool    *spool.Spool
	signer   *consent.Signer
	old, now site.Banner

	video, excepted site.Banner // of sites that ask for more, and for nothing

	log      bytes.Buffer
	verdicts []intake.Verdict
	notReady error
}

func newHouse(t testing.TB, change func(*intake.Options)) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), signer: consent.NewSigner([32]byte{7}), old: site.NewBanner(charity), now: site.NewBanner(charity)}
	h.old.Funders = []string{"Former Trust"}
	clock := func() time.Time { return time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC) }
	log := slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	sp, err := spool.Open(spool.Options{Dir: h.dir, Key: [32]byte{1}, Clock: clock, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sp.Close() })
	h.spool = sp
	unasked := charity
	unasked.Key = "nbnnr0"
	video, excepted := withVideo(), charity
	excepted.Key, excepted.Basis, excepted.Safeguarding, excepted.Exit = "ex4f9q", site.Exception, true, "#leave"
	h.video, h.excepted = site.NewBanner(video), site.NewBanner(excepted)
	o := intake.Options{
		Sites: sites{
			"kx4f9q": intake.NewSite(charity, []site.Banner{h.old, h.now}),
			"nbnnr0": intake.NewSite(unasked, nil),
			"vx4f9q": intake.NewSite(video, []site.Banner{h.video}),
			"ex4f9q": intake.NewSite(excepted, []site.Banner{h.excepted}),
		},
		Signer: h.signer, Coarsen: coarsen.New(coarsen.Options{}), Spool: sp, Clock: clock,
		ObserveHit:      func(v intake.Verdict) { h.verdicts = append(h.verdicts, v) },
		ObserveDecision: func(v intake.Verdict) { h.verdicts = append(h.verdicts, v) },
	}
	if change != nil {
		change(&o)
	}
	h.app = web.New(web.Options{Log: log})
	Mount(h.app, Options{
		Intake: intake.New(o), Sites: o.Sites, Signer: h.signer, Proxies: web.Proxies{netip.MustParsePrefix("0.0.0.0/32")},
		Facts: h.facts,
		Ready: func(context.Context) (string, error) { return "ok", h.notReady },
	})
	return h
}

// withVideo is the site vx4f9q of the shared payloads.
func withVideo() site.Site {
	s := charity
	s.Key = "vx4f9q"
	both := func(en, cy string) site.Words { return site.Words{"en": en, "cy": cy} }
	s.Purposes = []site.Purpose{
		{
			ID: "text-size", Basis: site.Appearance, On: true, Label: both("Text size", "Maint y testun"), Why: both("So that the text stays as large as you made it.", "Er mwyn cadw’r testun mor fawr ag y gwnaethoch."),
			Services: []site.Service{{Name: "This website", Who: s.Name, Keeps: []site.Kept{{Kind: "local", Name: "text-size", Holds: both("the size of the text", "maint y testun")}}}},
		},
		{ID: "basket", Basis: site.Necessary, On: true, Label: both("Basket", "Basged"), Why: both("It holds what you chose.", "Mae’n dal yr hyn a ddewisoch.")},
		{
			ID: "video", Basis: site.Consent, Label: both("Videos", "Fideos"), Why: both("So that you can watch our films here.", "Er mwyn i chi wylio ein ffilmiau yma."),
			Services: []site.Service{{
				Name: "Example Video", Who: "Example Media", Hosts: []string{"video.example"}, Notice: "https://video.example/privacy",
				Keeps: []site.Kept{
					{Kind: "cookie", Name: "_ev*", Days: 400, Holds: both("a number for your browser", "rhif i’ch porwr")},
					{Kind: "local", Name: "ev-volume", Holds: both("how loud you like it", "pa mor uchel yr hoffech ei glywed")},
				},
			}},
		},
	}
	return s
}

// pass is that of a yes to a banner of the site.
func (h *house) pass(b site.Banner) string {
	return h.signer.Pass(consent.Claim{Site: charity.Key, Banner: b.Hash(), Choices: []string{site.Statistics}})
}

func (h *house) stored() (all []coarse.Hit) {
	h.t.Helper()
	if err := h.spool.Rotate(); err != nil {
		h.t.Fatal(err)
	}
	for _, s := range h.spool.Segments() {
		if err := h.spool.Read(s.ID, func(c coarse.Hit) error { all = append(all, c); return nil }); err != nil {
			h.t.Fatal(err)
		}
	}
	return all
}

// request is what a browser on a page of the site sends.
type request struct {
	method, path, body string
	header             map[string]string // "" takes one away
}

// send returns the answer and its body.
func (h *house) send(r request) (*http.Response, string) {
	h.t.Helper()
	req := httptest.NewRequest(r.method, r.path, strings.NewReader(r.body))
	req.Header.Set("Origin", origin)
	req.Header.Set("User-Agent", firefox)
	if r.body != "" {
		req.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	}
	for k, v := range r.header {
		req.Header.Set(k, v)
	}
	resp, err := h.app.Test(req, -1)
	if err != nil {
		h.t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return resp, string(body)
}

func view(pass string) string {
	return `{"v":1,"kind":"view","site":"kx4f9q","pass":"` + pass + `","path":"/help/bullying","new_visit":true,"new_page":true}`
}

func decide(banner string) string {
	return `{"v":1,"site":"kx4f9q","banner":"` + banner + `","choices":["statistics"],"lang":"en"}`
}

// Every well-formed hit gets the same answer, byte for byte, whatever became of
// it: nobody can probe for sites, banners or passes.
func TestAnswersToHitsTellNothing(t *testing.T) {
	h := newHouse(t, nil)
	good := view(h.pass(h.now))
	event := `{"v":1,"kind":"event","site":"kx4f9q","pass":"` + h.pass(h.now) + `","table":"contact","value":"fax"}`
	for name, c := range map[string]struct {
		body   string
		header map[string]string
		want   intake.Verdict
	}{
		"counted":              {good, nil, intake.Counted},
		"as JSON":              {good, map[string]string{"Content-Type": "application/json"}, intake.Counted},
		"no pass":              {view(""), nil, intake.NoConsent},
		"withdrawn banner":     {view(h.pass(h.old)), nil, intake.NoConsent},
		"tampered":             {view(h.pass(h.now)[:50] + "AAA"), nil, intake.NoConsent},
		"pass of another site": {strings.Replace(good, "kx4f9q", "nbnnr0", 1), nil, intake.NoConsent},
		"unknown site":         {strings.Replace(good, "kx4f9q", "zzzzzz", 1), nil, intake.UnknownSite},
		"GPC":                  {good, map[string]string{"Sec-GPC": "1"}, intake.Objected},
		"DNT":                  {good, map[string]string{"DNT": "1"}, intake.Objected},
		"GPC overridden":       {strings.Replace(good, "}", `,"override_gpc":true}`, 1), map[string]string{"Sec-GPC": "1"}, intake.Counted},
		"other page":           {good, map[string]string{"Origin": "https://www.example.org"}, intake.WrongOrigin},
		"bot":                  {good, map[string]string{"User-Agent": "ExampleBot/1.0"}, intake.Bot},
		"value not declared":   {event, nil, intake.UnknownValue},
		"cookie of somebody":   {good, map[string]string{"Cookie": "id=1"}, intake.Counted},
	} {
		h.verdicts = nil
		resp, body := h.send(request{"POST", "/v1/hits", c.body, c.header})
		if len(h.verdicts) != 1 || h.verdicts[0] != c.want {
			t.Errorf("%s: verdicts %v, want %v", name, h.verdicts, c.want)
		}
		resp.Header.Del("X-Request-Id") // random
		resp.Header.Del("Date")
		var head bytes.Buffer
		_ = resp.Header.Write(&head)
		const want = "Access-Control-Allow-Origin: *\r\nContent-Length: 0\r\nCross-Origin-Resource-Policy: cross-origin\r\nX-Content-Type-Options: nosniff\r\n"
		if resp.StatusCode != http.StatusAccepted || body != "" || head.String() != want {
			t.Errorf("%s: %d %q\n%s", name, resp.StatusCode, body, head.String())
		}
	}
	if got := len(h.stored()); got != 4 {
		t.Errorf("%d hits stored, want the 4 counted", got)
	}
}

func TestRefusals(t *testing.T) {
	full := func(o *intake.Options) { o.Spool = broken{spool.ErrFull} }
	busy := func(o *intake.Options) { o.Spool = broken{spool.ErrBusy} }
	failed := func(o *intake.Options) { o.Spool = broken{errors.New("canary: input/output error")} }
	limited := func(o *intake.Options) {
		o.HitRate, o.DecisionRate = intake.Rate{PerSecond: 1e-9, Burst: 0}, intake.Rate{PerSecond: 1e-9, Burst: 0}
	}
	for name, c := range map[string]struct {
		change      func(*intake.Options)
		r           request
		status      int
		want, later string
	}{
		"hit: nothing":           {nil, request{"POST", "/v1/hits", "", map[string]string{"Content-Type": "text/plain"}}, 400, "must be one JSON object", ""},
		"hit: unknown field":     {nil, request{"POST", "/v1/hits", `{"v":1,"colour":"canary"}`, nil}, 400, "is not known: the fields are v, kind, site", ""},
		"hit: value of a field":  {nil, request{"POST", "/v1/hits", `{"v":1,"kind":"view","site":"kx4f9q","path":"canary@example.org"}`, nil}, 400, `field \"path\" must be a path`, ""},
		"hit: form":              {nil, request{"POST", "/v1/hits", "canary=1", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}, 415, "must be text/plain or application/json", ""},
		"hit: no type":           {nil, request{"POST", "/v1/hits", "{}", map[string]string{"Content-Type": ""}}, 415, "must be text/plain or application/json", ""},
		"hit: compressed":        {nil, request{"POST", "/v1/hits", "{}", map[string]string{"Content-Encoding": "gzip"}}, 415, "must not be compressed", ""},
		"hit: too large":         {nil, request{"POST", "/v1/hits", strings.Repeat("canary", 700), nil}, 413, "at most 4096 bytes", ""},
		"hit: GET":               {nil, request{"GET", "/v1/hits?canary", "", nil}, 405, "does not take this method", ""},
		"hit: spool full":        {full, request{"POST", "/v1/hits", "view", nil}, 503, "no room", "60"},
		"hit: spool busy":        {busy, request{"POST", "/v1/hits", "view", nil}, 503, "busy", "5"},
		"hit: disk broken":       {failed, request{"POST", "/v1/hits", "view", nil}, 503, "no room", "60"},
		"hit: too many":          {limited, request{"POST", "/v1/hits", "view", nil}, 429, "too many requests", "2"},
		"decision: spool full":   {full, request{"POST", "/v1/decisions", "yes", nil}, 503, "no room", "60"},
		"decision: too many":     {limited, request{"POST", "/v1/decisions", "yes", nil}, 429, "too many requests", "2"},
		"decision: too large":    {nil, request{"POST", "/v1/decisions", strings.Repeat("canary", 700), nil}, 413, "at most 4096 bytes", ""},
		"decision: form":         {nil, request{"POST", "/v1/decisions", "canary=1", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}, 415, "must be text/plain", ""},
		"decision: unknown site": {nil, request{"POST", "/v1/decisions", `{"v":1,"site":"zzzzzz","banner":"0123456789abcdef","choices":[],"lang":"en"}`, nil}, 404, "unknown site", ""},
		"decision: no banner":    {nil, request{"POST", "/v1/decisions", decide("0123456789abcdef"), nil}, 409, "banner in force", ""},
		"decision: old banner":   {nil, request{"POST", "/v1/decisions", "old", nil}, 409, "banner in force", ""},
		"decision: other page":   {nil, request{"POST", "/v1/decisions", "yes", map[string]string{"Origin": "https://canary.example.org"}}, 403, "not on a host of the site", ""},
		"decision: language":     {nil, request{"POST", "/v1/decisions", "french", nil}, 400, "must be among the banner's purposes and languages", ""},
		"banner: unknown site":   {nil, request{"GET", "/v1/sites/canary/banner", "", nil}, 404, `{"error":"unknown site"}`, ""},
		"banner: none yet":       {nil, request{"GET", "/v1/sites/nbnnr0/banner", "", nil}, 404, "no banner yet", ""},
		"banner: no such":        {nil, request{"GET", "/v1/sites/kx4f9q/banners/canary", "", nil}, 404, "never had this banner", ""},
		"banner: other site":     {nil, request{"GET", "/v1/sites/canary/banners/0123456789abcdef", "", nil}, 404, "unknown site", ""},
		"receipt: forged":        {nil, request{"GET", "/v1/receipts/r1.kx4f9q.canary.2026-11-30.-.AAAAAAAAAAAAAAAAAAAAAA", "", nil}, 404, "no receipt of ours", ""},
		"snippet: old":           {nil, request{"GET", "/footfall-0123456789abcdef.js", "", nil}, 404, "nothing at this address", ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, c.change)
			if body, ok := map[string]string{ // what needs the house's own banners
				"view": view(h.pass(h.now)), "yes": decide(h.now.Hash()), "old": decide(h.old.Hash()),
				"french": strings.Replace(decide(h.now.Hash()), `"en"`, `"fr"`, 1),
			}[c.r.body]; ok {
				c.r.body = body
			}
			resp, body := h.send(c.r)
			if resp.StatusCode != c.status || !strings.Contains(body, c.want) {
				t.Errorf("%d %s\nwant %d %s", resp.StatusCode, body, c.status, c.want)
			}
			if resp.Header.Get("Retry-After") != c.later || resp.Header.Get("Content-Type") != "application/json" || resp.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("headers %v", resp.Header)
			}
			if resp.Header.Get("Access-Control-Allow-Origin") != "*" && strings.HasPrefix(c.r.path, "/v1/") {
				t.Error("pages of other origins cannot read this")
			}
			if strings.Contains(body+h.log.String(), "canary") || h.log.Len() > 0 {
				t.Errorf("got out: %s %s", body, h.log.String())
			}
			if len(h.stored()) != 0 {
				t.Error("stored")
			}
		})
	}
}

// broken is a disk that gives up.
type broken struct{ err error }

func (b broken) Put(context.Context, coarse.Hit) error { return b.err }

func TestPreflights(t *testing.T) {
	h := newHouse(t, nil)
	for _, path := range []string{"/v1/hits", "/v1/decisions"} {
		resp, body := h.send(request{"OPTIONS", path, "", map[string]string{"Access-Control-Request-Method": "POST"}})
		if resp.StatusCode != 204 || body != "" || resp.Header.Get("Access-Control-Allow-Origin") != "*" ||
			resp.Header.Get("Access-Control-Allow-Methods") != "POST" || resp.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: %d %v", path, resp.StatusCode, resp.Header)
		}
	}
}

func TestHealth(t *testing.T) {
	h := newHouse(t, nil)
	if resp, _ := h.send(request{method: "GET", path: "/readyz"}); resp.StatusCode != 200 {
		t.Errorf("ready: %d", resp.StatusCode)
	}
	h.notReady = errors.New("canary: the database is away")
	if resp, body := h.send(request{method: "GET", path: "/readyz"}); resp.StatusCode != 503 || strings.Contains(body, "canary") {
		t.Errorf("not ready: %d %s", resp.StatusCode, body)
	}
	if resp, body := h.send(request{method: "GET", path: "/healthz"}); resp.StatusCode != 200 || body != "ok\n" {
		t.Errorf("health: %d %s", resp.StatusCode, body)
	}
}
