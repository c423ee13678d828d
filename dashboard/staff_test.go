package dashboard

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
	"github.com/footfall-analytics/footfall/internal/site"
)

var right = url.Values{"email": {"amy@harbour.example"}, "password": {secret}}

// login returns the cookie of a fresh session.
func (h *house) login() *http.Cookie {
	h.t.Helper()
	res := h.do(http.MethodPost, "/login", right, "Origin", public)
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/sites" || len(res.Cookies()) != 1 {
		h.t.Fatalf("login: status %d, %v", res.StatusCode, res.Header)
	}
	return res.Cookies()[0]
}

// see gets a page as somebody who has the cookie.
func (h *house) see(target string, c *http.Cookie) answered {
	h.t.Helper()
	return h.get(target, "Cookie", c.Name+"="+c.Value, "Accept", "text/html")
}

func TestCookie(t *testing.T) {
	c := build(t, public).login()
	if c.Name != "__Host-footfall" || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || !c.Expires.IsZero() || c.MaxAge != 0 {
		t.Errorf("%+v", c)
	}
	h := build(t, "http://127.0.0.1:8080")
	res := h.do(http.MethodPost, "/login", right, "Origin", "http://127.0.0.1:8080")
	if c := res.Cookies()[0]; c.Name != "footfall" || c.Secure || !c.HttpOnly {
		t.Errorf("without https: %+v", c)
	}
}

func TestLoginRefusesAlike(t *testing.T) {
	h := build(t, public)
	try := func(email, password string) answered {
		return h.do(http.MethodPost, "/login", url.Values{"email": {email}, "password": {password}}, "Origin", public)
	}
	a, b := try("amy@harbour.example", "wrong"), try("bob@harbour.example", secret)
	if a.StatusCode != http.StatusUnauthorized || a.StatusCode != b.StatusCode || strings.ReplaceAll(a.body, "amy@", "bob@") != b.body {
		t.Errorf("a wrong password and an unknown user differ: %d %s %d %s", a.StatusCode, a.body, b.StatusCode, b.body)
	}
	if len(a.Cookies()) > 0 {
		t.Error("a refused login sets a cookie")
	}
	if res := try(`"><script>alert(1)</script>`, "x"); strings.Contains(res.body, "<script") {
		t.Error("what was typed becomes markup")
	}
	for range 10 {
		try("amy@harbour.example", "wrong")
	}
	if res := try("amy@harbour.example", secret); res.StatusCode != http.StatusUnauthorized {
		t.Error("passwords may be guessed at without end")
	}
	h.now = h.now.Add(16 * time.Minute)
	h.login()
}

func TestForeignFormsAreRefused(t *testing.T) {
	h := build(t, public)
	c := h.login()
	for name, headers := range map[string][]string{
		"no origin": nil, "null": {"Origin", "null"}, "other": {"Origin", "https://evil.example"},
		"http": {"Origin", "http://stats.example.org"}, "cross-site": {"Origin", public, "Sec-Fetch-Site", "cross-site"},
		"same site": {"Origin", public, "Sec-Fetch-Site", "same-site"},
	} {
		if res := h.do(http.MethodPost, "/login", right, headers...); res.StatusCode != http.StatusForbidden || len(res.Cookies()) > 0 {
			t.Errorf("login, %s: status %d", name, res.StatusCode)
		}
		res := h.do(http.MethodPost, "/logout", url.Values{}, append(headers, "Cookie", c.Name+"="+c.Value)...)
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("logout, %s: status %d", name, res.StatusCode)
		}
	}
	res := h.do(http.MethodPost, "/logout", url.Values{"form": {"made-up"}}, "Origin", public, "Cookie", c.Name+"="+c.Value)
	if res.StatusCode != http.StatusForbidden {
		t.Errorf("logout without its token: status %d", res.StatusCode)
	}
	if h.see("/sites", c).StatusCode != http.StatusOK {
		t.Error("a refused form logged somebody out")
	}
}

func TestLogout(t *testing.T) {
	h := build(t, public)
	c := h.login()
	res := h.see("/sites", c)
	if res.Header.Get("Referrer-Policy") != "same-origin" {
		t.Error("under no-referrer the browser sends Origin: null and the form is refused")
	}
	form := regexp.MustCompile(`name="form" value="([^"]+)"`).FindStringSubmatch(res.body)
	if form == nil {
		t.Fatal("no form token in the page")
	}
	res = h.do(http.MethodPost, "/logout", url.Values{"form": {form[1]}}, "Origin", public, "Cookie", c.Name+"="+c.Value)
	if res.StatusCode != http.StatusSeeOther || len(res.Cookies()) != 1 || res.Cookies()[0].Value != "" {
		t.Errorf("status %d, %v", res.StatusCode, res.Cookies())
	}
	if res := h.see("/sites/kx4f9q", c); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/login" {
		t.Errorf("after the logout: status %d", res.StatusCode)
	}
}

func TestStaffNeedALogin(t *testing.T) {
	h := build(t, public)
	for _, target := range []string{"/sites", "/sites/kx4f9q", "/sites/nosite"} {
		res := h.get(target, "Cookie", "__Host-footfall=made-up; footfall=made-up")
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/login" || strings.Contains(res.body, "Harbour") {
			t.Errorf("%s: status %d", target, res.StatusCode)
		}
	}
	if res := h.get("/"); res.Header.Get("Location") != "/sites" {
		t.Errorf("/: %v", res.Header)
	}
}

func TestSites(t *testing.T) {
	h := build(t, public)
	c := h.login()
	list := h.see("/sites", c)
	if !strings.Contains(list.body, "Harbour Young People") || !strings.Contains(list.body, "within the last hour") || strings.Contains(list.body, "Another Charity") {
		t.Errorf("list: %s", list.body)
	}
	unknown, foreign, month := h.see("/sites/nosite", c), h.see("/sites/zz9zz9", c), h.see("/sites/kx4f9q?month=2027-01", c)
	if unknown.StatusCode != http.StatusNotFound || unknown.body != foreign.body || foreign.StatusCode != http.StatusNotFound || month.StatusCode != http.StatusNotFound {
		t.Errorf("unknown %d, foreign %d, unsealed month %d", unknown.StatusCode, foreign.StatusCode, month.StatusCode)
	}
}

func TestSitePage(t *testing.T) {
	h := build(t, public)
	c := h.login()
	latest := h.see("/sites/kx4f9q", c)
	if latest.StatusCode != http.StatusOK || latest.body != h.see("/sites/kx4f9q?month=2026-12", c).body {
		t.Fatalf("the latest sealed month must be shown: status %d", latest.StatusCode)
	}
	for _, want := range []string{"2,165 visits in December 2026", "within the last hour", `href="?month=2026-01"`, "Web chat", "Most visited pages", "iOS/iPadOS", "Safari", "England", "fewer than 10"} {
		if !strings.Contains(latest.body, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if october := h.see("/sites/kx4f9q?month=2026-10", c); !strings.Contains(october.body, "2,970 visits in October 2026") {
		t.Errorf("October: %d", october.StatusCode)
	}
	for _, target := range []string{"2026-10-05", "2026-10..2026-11", "2026-W40", "2026-Q4", "2026", "2025-12", "x"} {
		if res := h.see("/sites/kx4f9q?month="+target, c); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", target, res.StatusCode)
		}
	}
	for _, never := range []string{"<script", "style=", "/secret-rare-page", secret, "argon2id"} {
		if strings.Contains(latest.body, never) {
			t.Errorf("%q must not be there", never)
		}
	}
}

// A small site's chart goes over to weeks, a very small one's to months, and a
// new one says that nothing has closed.
func TestSmallSites(t *testing.T) {
	for want, ledger := range map[string]*reporttest.Ledger{
		"Visits by day":           reporttest.Filled(1, time.December),
		"Visits by week":          reporttest.Filled(.3, time.December),
		"Visits by month":         reporttest.Filled(.03, time.December),
		"No month has closed yet": {},
	} {
		h := build(t, public)
		h.app = h.mount(public, ledger)
		if res := h.see("/sites/kx4f9q", h.login()); !strings.Contains(res.body, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestSitesTakenAway(t *testing.T) {
	h := build(t, public)
	c := h.login()
	h.put(account.Kind, "amy", account.User{ID: "amy", Email: "amy@harbour.example", Name: "Amy", Password: h.amy().Password, Role: account.Reporter})
	if res := h.see("/sites/kx4f9q", c); res.StatusCode != http.StatusNotFound {
		t.Errorf("status %d", res.StatusCode)
	}
	if res := h.see("/sites", c); !strings.Contains(res.body, "No website has been given to you yet") {
		t.Error(res.body)
	}
}

// Nothing that names a person or opens a door is logged.
func TestLogIsSilent(t *testing.T) {
	h := build(t, public)
	c := h.login()
	h.do(http.MethodPost, "/login", url.Values{"email": {"amy@harbour.example"}, "password": {"wrong"}}, "Origin", public)
	h.get("/r/" + h.token)
	h.put(site.Kind, "kx4f9q", "no site at all") // makes the next pages fail
	if res := h.see("/sites/kx4f9q", c); res.StatusCode != http.StatusInternalServerError {
		t.Fatalf("status %d", res.StatusCode)
	}
	log := h.log.String()
	if log == "" {
		t.Fatal("a failure is not logged")
	}
	for _, never := range []string{h.token, h.link.Hash, c.Value, "amy", "harbour", secret} {
		if strings.Contains(log, never) {
			t.Errorf("the log has %q: %s", never, log)
		}
	}
}
