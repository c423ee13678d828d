package dashboard

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/report"
)

const draftPath = "/reports/" + draftOf

// person is a user who is logged in, with what proves that a form is theirs.
type person struct {
	h      *house
	cookie *http.Cookie
	form   string
}

// as logs a user in.
func (h *house) as(who string) *person {
	h.t.Helper()
	res := h.do(http.MethodPost, "/login", url.Values{"email": {who + "@harbour.example"}, "password": {secret}}, "Origin", public)
	p := &person{h: h, cookie: res.Cookies()[0]}
	p.form = regexp.MustCompile(`name="form" value="([^"]+)"`).FindStringSubmatch(h.see("/reports", p.cookie).body)[1]
	return p
}

func (p *person) see(target string) answered { return p.h.see(target, p.cookie) }

// send posts a form as the page shown last would.
func (p *person) send(target string, fields ...string) answered {
	form := url.Values{"form": {p.form}}
	if m := regexp.MustCompile(`name="version" value="([^"]+)"`).FindStringSubmatch(p.see(draftPath).body); m != nil {
		form.Set("version", m[1])
	}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return p.h.do(http.MethodPost, target, form, "Origin", public, "Cookie", p.cookie.Name+"="+p.cookie.Value)
}

func (p *person) goes(target string, fields ...string) {
	p.h.t.Helper()
	if res := p.send(target, fields...); res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), "/reports") {
		p.h.t.Fatalf("%s: status %d\n%s", target, res.StatusCode, res.body)
	}
}

// has wants words in a page, and with "!" before them that they are not there.
func (a answered) has(t *testing.T, all ...string) {
	t.Helper()
	for _, want := range all {
		never, not := strings.CutPrefix(want, "!")
		if strings.Contains(a.body, never) == not {
			t.Errorf("%q: want it there: %v", never, !not)
		}
	}
}

func TestReportsSayWhenTheyAreDue(t *testing.T) {
	h := build(t, public)
	page := h.as("amy").see("/reports")
	page.has(t, "2 days late", "Due in 9 days", "Being written", "Not begun", "Published, version 2", `href="/reports/lantern-2025:Y2Q2/links"`, `aria-current="page"`, "!<script")
	if page.Header.Get("Cache-Control") != "no-store" {
		t.Error("the list may be kept by a cache")
	}
}

func TestNarrativeIsStoppedAndMended(t *testing.T) {
	h := build(t, public)
	amy := h.as("amy")
	planted := "Priya, who is 14, wrote to us."
	stopped := amy.send(draftPath, "text4", planted, "do", "submit")
	if stopped.StatusCode != http.StatusUnprocessableEntity || h.drafts.draft.State != report.Writing {
		t.Fatalf("status %d, %s", stopped.StatusCode, h.drafts.draft.State)
	}
	stopped.has(t, planted, "“Priya”", "This is a name.", "“14”", "Saved, and not submitted yet", "7 of 40 words", `<a href="#text4">A story</a>`, `!<a href="#text0">`)
	key := regexp.MustCompile(`name="(keep-name-[0-9a-f]+)"`).FindStringSubmatch(stopped.body)
	if key == nil {
		t.Fatal("no field for a reason")
	}
	amy.goes(draftPath, "text4", planted, "do", "save", key[1], "An invented name, as the text says.")
	amy.see(draftPath).has(t, "An invented name, as the text says.")
	if res := amy.send(draftPath, "text4", planted, "do", "submit", key[1], "An invented name."); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("an age without a reason was submitted: %d", res.StatusCode)
	}
	long := amy.send(draftPath, "text4", strings.Repeat("much ", 41), "do", "submit")
	long.has(t, "41 of 40 words", "1 too many")
	amy.goes(draftPath, "text4", "A young person wrote to us.", "do", "submit")
	if h.drafts.draft.State != report.Submitted {
		t.Error(h.drafts.draft.State)
	}
}

func TestSecondPersonApproves(t *testing.T) {
	h := build(t, public)
	amy, ben, cat := h.as("amy"), h.as("ben"), h.as("cat")
	ben.see(draftPath).has(t, "being written by a colleague", "!<textarea", "!/approve")
	cat.see(draftPath).has(t, "!<textarea", "!/approve")
	amy.goes(draftPath, "text0", "More young people came than before.", "do", "submit")
	amy.see(draftPath).has(t, "Waiting for a second person", "More young people came than before.", "!/approve", "!<button>Approve", "/back")
	cat.see(draftPath).has(t, "!/approve", "!/back")
	read := ben.see(draftPath)
	read.has(t, draftPath+"/approve", draftPath+"/back", "Submitted by Amy Pritchard")
	if res := amy.send(draftPath + "/approve"); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a writer approved: %d", res.StatusCode)
	}
	if res := ben.send(draftPath+"/back", "why", " "); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("sent back without a word: %d", res.StatusCode)
	}
	ben.goes(draftPath+"/back", "why", "Say more about the summer.")
	amy.see(draftPath).has(t, "Sent back:", "Say more about the summer.", "<textarea")
	amy.goes(draftPath, "text0", "More young people came than before, in summer too.", "do", "submit")
	ben.goes(draftPath + "/approve")
	ben.goes(draftPath + "/publish")
	amy.see(draftPath).has(t, "Published as report FR-7KQ2M9XD", "Begin a correction", "Make a link for the funder")
	ben.see(draftPath).has(t, "!Begin a correction")
	if res := amy.see(draftPath + "/preview"); res.StatusCode != http.StatusOK || !strings.Contains(res.body, "Report to The Lantern Foundation") {
		t.Errorf("preview: %d", res.StatusCode)
	}
	amy.goes(draftPath+"/correct", "why", "A figure was named wrongly.")
	amy.see(draftPath).has(t, "A figure was named wrongly.", "<textarea")
}

func TestNothingIsLostWhenTwoWrite(t *testing.T) {
	h := build(t, public)
	amy := h.as("amy")
	old := "1"
	amy.goes(draftPath, "text0", "What was stored first.", "do", "save")
	late := amy.send(draftPath, "text0", "What I wrote meanwhile.", "version", old, "do", "save")
	if late.StatusCode != http.StatusConflict {
		t.Fatalf("status %d", late.StatusCode)
	}
	late.has(t, "Amy Pritchard saved meanwhile", "What was stored first.", "What I wrote meanwhile.", `name="version" value="2"`)
	if h.drafts.draft.Words[0].Text != "What was stored first." {
		t.Error("the later one won without being asked")
	}
	h.drafts.draft.State = report.Submitted
	amy.send(draftPath, "text0", "Too late, and still here.", "version", old).has(t, "Too late, and still here.")
	h.drafts.draft.State = report.Writing
	if res := amy.send(draftPath, "text0", "x", "version", "x"); res.StatusCode != http.StatusConflict {
		t.Errorf("no version: %d", res.StatusCode)
	}
}

func TestLinksAreShownOnce(t *testing.T) {
	h := build(t, public)
	h.drafts.draft.State, h.drafts.draft.Report = report.Published, "FR-7KQ2M9XD"
	amy, ben := h.as("amy"), h.as("ben")
	made := amy.send(draftPath+"/links", "days", "30", "code", "yes")
	made.has(t, "shown this once", "/r/token-that-is-shown-once", "amber-canal-seven", "Opens until 7 February 2027", "Asks for a code")
	amy.see(draftPath+"/links").has(t, "!token-that-is-shown-once", "!amber-canal-seven", "Not opened yet", "Revoke")
	ben.see(draftPath+"/links").has(t, "!Make a link</button>", "!Revoke</button>")
	if res := amy.send(draftPath+"/links", "days", "many"); res.StatusCode != http.StatusUnprocessableEntity || len(h.drafts.links) != 1 {
		t.Errorf("days in words: %d", res.StatusCode)
	}
	amy.see(draftPath+"/links").has(t, `name="to" type="email"`)
	if sent := amy.send(draftPath+"/links", "days", "30", "to", " grants@funder.example "); h.drafts.to != "grants@funder.example" || !strings.Contains(sent.body, "It was sent by e-mail.") || strings.Contains(sent.body, "grants@funder.example") {
		t.Errorf("sent to %q: %s", h.drafts.to, sent.body)
	}
	h.drafts.links = h.drafts.links[:1]
	amy.goes(draftPath+"/links/revoke", "link", "ab12")
	amy.see(draftPath+"/links").has(t, "Revoked", "!Revoke<")
	if res := amy.send(draftPath+"/links/revoke", "link", "another"); res.StatusCode != http.StatusNotFound {
		t.Errorf("another's link: %d", res.StatusCode)
	}
}

func TestReportFormsAreOurOwn(t *testing.T) {
	h := build(t, public)
	amy := h.as("amy")
	before := h.drafts.draft.Version
	for _, target := range []string{draftPath, draftPath + "/approve", draftPath + "/back", draftPath + "/publish", draftPath + "/correct", draftPath + "/links", draftPath + "/links/revoke"} {
		cookie := amy.cookie.Name + "=" + amy.cookie.Value
		for name, res := range map[string]answered{
			"no token": h.do(http.MethodPost, target, url.Values{"version": {"1"}}, "Origin", public, "Cookie", cookie),
			"foreign":  h.do(http.MethodPost, target, url.Values{"version": {"1"}, "form": {amy.form}}, "Origin", "https://evil.example", "Cookie", cookie),
		} {
			if res.StatusCode != http.StatusForbidden {
				t.Errorf("%s, %s: status %d", target, name, res.StatusCode)
			}
		}
		if res := h.do(http.MethodPost, target, url.Values{"version": {"1"}}, "Origin", public); res.Header.Get("Location") != "/login" {
			t.Errorf("%s without a login: %d", target, res.StatusCode)
		}
	}
	for _, target := range []string{"/reports", draftPath, draftPath + "/preview", draftPath + "/links"} {
		if res := h.get(target); res.Header.Get("Location") != "/login" {
			t.Errorf("%s without a login: %d", target, res.StatusCode)
		}
	}
	if h.drafts.draft.Version != before {
		t.Error("a foreign form changed the draft")
	}
	for _, target := range []string{"/reports/other:Y2Q3", "/reports/other:Y2Q3/links", "/reports/other:Y2Q3/preview"} {
		if res := amy.see(target); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", target, res.StatusCode)
		}
	}
}
