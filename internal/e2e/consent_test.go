package e2e

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
)

// Requests of the demo website's pages.
var pageParts = []string{"GET /demo/", "GET /demo/help/bullying", "GET /demo/style.css", "GET /footfall.js"}

const (
	getBanner    = "GET /v1/sites/harb0r/banner?lang=en"
	getScreens   = "GET /footfall-screens.js 200" // by the first press on a page
	postDecision = "POST /v1/decisions"
	postHit      = "POST /v1/hits"
)

// checkConsent compares what a browser was asked and keeps with the exact
// lists of what may be.
func (w *way) checkConsent(s consentSeen) {
	w.t.Helper()
	s.Yes, s.AfterYes = s.Yes.unhurried(), s.AfterYes.unhurried()
	for name, c := range map[string]struct {
		seen browserSeen
		want []string // requests beside those of the pages
		kept []string // names in local and session storage
		no   bool     // the cookie of a No is there: the demo's website and collector are one host
	}{
		"before a choice":    {s.Before, []string{getBanner + " 200"}, nil, false},
		"No":                 {s.No, []string{getScreens, postDecision + " 200"}, []string{"ff"}, true},
		"after No":           {s.AfterNo, nil, []string{"ff"}, true},
		"Yes":                {s.Yes, []string{getScreens, postDecision + " 200", postHit + " 202"}, []string{"ff", "fv"}, false},
		"after Yes":          {s.AfterYes, []string{postHit + " 202", postHit + " 202"}, []string{"ff", "fv"}, false},
		"withdrawal":         {s.Withdrawn, []string{getScreens, postDecision + " 200"}, []string{"ff"}, true},
		"after a withdrawal": {s.AfterWithdrawal, nil, []string{"ff"}, true},
	} {
		if diff := cmp.Diff(c.want, c.seen.lines(pageParts...)); diff != "" {
			w.t.Errorf("%s, requests: %s", name, diff)
		}
		if diff := cmp.Diff(c.kept, c.seen.kept()); diff != "" {
			w.t.Errorf("%s, in storage: %s", name, diff)
		}
		if c.seen.Driven {
			w.t.Fatal("the browser says that it is driven: the snippet sends nothing from it")
		}
		c.seen.checkCookies(w.t, name, c.no)
	}
	if got := s.Before.lines(); len(got) != 4 {
		w.t.Errorf("before a choice: %q, want the page, its style, the snippet and the banner", got)
	}
	w.checkChoices(s)
	w.checkHits(s)
}

// kept are the names of all that the browser keeps.
func (b browserSeen) kept() []string {
	return slices.Concat(slices.Sorted(maps.Keys(b.Local)), b.Session)
}

// setNo is the cookie of a No, kept or deleted, and nothing but that.
var setNo = regexp.MustCompile(`footfall=no(; Max-Age=(0|15724800); Path=/; SameSite=Lax)?`)

func (b browserSeen) checkCookies(t testing.TB, name string, no bool) {
	t.Helper()
	others := strings.Join(b.Others, "")
	for _, r := range b.Requests {
		others += r.Cookie
	}
	var want []string
	if no {
		want = []string{"footfall"}
	}
	if others = setNo.ReplaceAllString(others, ""); !slices.Equal(b.Cookies, want) || others != "" {
		t.Errorf("%s: cookies %q, want %q; other storage and cookie headers %q", name, b.Cookies, want, others)
	}
}

// checkChoices: what is kept and sent of a choice is the choice.
func (w *way) checkChoices(s consentSeen) {
	w.t.Helper()
	for name, c := range map[string]struct {
		seen    browserSeen
		choices []string
	}{"No": {s.No, []string{}}, "Yes": {s.Yes, []string{"statistics"}}, "withdrawal": {s.Withdrawn, []string{}}} {
		var kept struct {
			Choices       []string
			Pass, Receipt string
		}
		check(w.t, json.Unmarshal([]byte(c.seen.Local["ff"]), &kept))
		if !slices.Equal(kept.Choices, c.choices) || (kept.Pass != "") != (len(c.choices) > 0) || kept.Receipt == "" {
			w.t.Errorf("%s: kept %s", name, c.seen.Local["ff"])
		}
		var sent struct{ Choices []string }
		check(w.t, json.Unmarshal([]byte(c.seen.bodies(postDecision)[0]), &sent))
		if !slices.Equal(sent.Choices, c.choices) {
			w.t.Errorf("%s: sent %q", name, sent.Choices)
		}
		w.truth.add(cell.Decision, map[int]string{0: "no", 1: "yes"}[len(c.choices)], 1)
	}
}

// checkHits: the visitor who said yes saw two pages, and asked for a chat twice.
func (w *way) checkHits(s consentSeen) {
	w.t.Helper()
	var kinds []string
	for _, body := range slices.Concat(s.Yes.bodies(postHit), s.AfterYes.bodies(postHit)) {
		var hit struct {
			Kind, Path, Value string
			NewVisit          bool `json:"new_visit"`
		}
		check(w.t, json.Unmarshal([]byte(body), &hit))
		kinds = append(kinds, strings.TrimSpace(hit.Kind+" "+hit.Path+hit.Value+map[bool]string{true: " new"}[hit.NewVisit]))
	}
	if diff := cmp.Diff([]string{"view /demo/help/bullying new", "view /demo/", "event webchat"}, kinds); diff != "" {
		w.t.Errorf("hits: %s", diff)
	}
	w.truth.visit("Being bullied", "Direct", "", "Computer")
	w.truth.add(cell.Page, "Front page", 1)
	w.truth.contact("webchat")
}
