package dashboard

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
	"github.com/footfall-analytics/footfall/internal/site"
)

const (
	ownSentence     = "Counted under the statistics exception: for your own improvement only, never for a funder."
	consentSentence = "Counted with consent: these figures may go into reports for funders."
)

// mixed is a house whose site counts with consent, and from October on under
// the statistics exception.
func mixed(t *testing.T, bases ...site.Basis) *house {
	t.Helper()
	h := build(t, public)
	ledger := reporttest.Filled(1, time.December)
	ledger.CountOwn(day.New(2026, 10, 1))
	h.app = h.mount(public, ledger)
	now := h.now
	for i, b := range bases {
		h.now = time.Date(2026, time.Month(1+9*i), 1, 12, 0, 0, 0, time.UTC)
		s := reporttest.Site()
		s.Basis = b
		h.put(site.BannerKind, s.Key, site.NewBanner(s))
	}
	h.now = now
	return h
}

// Staff see what was counted under the exception, with the sentence that says
// what it is for, and apart from what was counted with consent.
func TestSitePageKeepsBasesApart(t *testing.T) {
	h := mixed(t, site.Consent, site.Exception)
	page := h.see("/sites/kx4f9q", h.login())
	if page.StatusCode != http.StatusOK {
		t.Fatal(page.StatusCode)
	}
	own, consent := strings.Index(page.body, ownSentence), strings.Index(page.body, consentSentence)
	if own < 0 || consent < own {
		t.Fatalf("the basis in force must come first: %d, %d", own, consent)
	}
	for text, want := range map[string][2]bool{ // in the part of the exception, in the part of consent
		"2,695 visits in December 2026": {true, false}, "2,165 visits in December 2026": {false, true},
		">October 2026<": {true, true}, ">September 2026<": {false, true},
		"The two are kept apart for good": {true, true}, "said yes (": {false, true},
		"4,860": {false, false}, // their sum
	} {
		if got := [2]bool{strings.Contains(page.body[own-200:consent-200], text), strings.Contains(page.body[consent-200:], text)}; got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	seen := map[string]bool{}
	for _, id := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page.body, -1) {
		if seen[id[1]] {
			t.Errorf("two elements have the id %s", id[1])
		}
		seen[id[1]] = true
	}
	september := h.see("/sites/kx4f9q?month=2026-09", h.login())
	if september.StatusCode != http.StatusOK || !strings.Contains(september.body, "On this ground there are no figures of the month") || !strings.Contains(september.body, "visits in September 2026") {
		t.Errorf("a month of one basis alone: %d", september.StatusCode)
	}
	if res := h.see("/sites/kx4f9q?month=2025-12", h.login()); res.StatusCode != http.StatusNotFound {
		t.Errorf("a month of neither: %d", res.StatusCode)
	}
}

// A site with one basis shows nothing of another, whatever is in the ledger.
func TestSitePageOfOneBasis(t *testing.T) {
	h := mixed(t, site.Exception)
	if page := h.see("/sites/kx4f9q", h.login()); !strings.Contains(page.body, ownSentence) || !strings.Contains(page.body, "2,695 visits") || strings.Contains(page.body, "2,165") || strings.Contains(page.body, "kept apart") {
		t.Error("exception alone")
	}
	h = mixed(t, site.Consent)
	if page := h.see("/sites/kx4f9q", h.login()); strings.Contains(page.body, "exception") || strings.Contains(page.body, "2,695") || !strings.Contains(page.body, "2,165 visits") {
		t.Error("consent alone")
	}
}

// What a funder gets has no figure and no word of the exception, in any form.
func TestFundersNeverSeeTheException(t *testing.T) {
	h := mixed(t, site.Consent, site.Exception)
	for _, path := range []string{"", "/report.csv", "/report.json"} {
		res := h.get("/r/" + h.token + path)
		if res.StatusCode != http.StatusOK || strings.Contains(res.body, "xception") || strings.Contains(res.body, "2695") || strings.Contains(res.body, "2,695") {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}
