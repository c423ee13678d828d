package e2e

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/app"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/demo"
)

// What the demo prints for its staff to log in with.
const (
	demoEmail    = "demo@harbour.example"
	demoPassword = "tide-and-lantern-demo"
)

// way is the whole way, from a visitor's browser to a funder's.
type way struct {
	*installation // of the demo charity
	outer         *installation
	t             *testing.T
	during        time.Time // when visits come
	almost        time.Time // when their month has ended, but not long ago
	after         time.Time // when it is sealed
	truth         truth
}

// truth is what really happened in the month, by table and value.
type truth map[cell.Table]map[string]int

func (t truth) add(table cell.Table, value string, n int) {
	if t[table] == nil {
		t[table] = map[string]int{}
	}
	t[table][value] += n
}

// TestTheWayOfAVisit follows visits from a browser to the figure that a funder
// reads, which has to be what rule sdc1 makes of the true count.
func TestTheWayOfAVisit(t *testing.T) {
	t.Parallel()
	w := newWay(t)
	p := w.outer.start("demo", "--blank", "--ahead", w.ahead(w.during))
	w.checkConsent(inBrowser[consentSeen](t, "consent.mjs", map[string]any{"url": w.url("")}))
	w.browse()
	w.crowd()
	w.addGrant()
	w.checkNothingIsShownYet()
	p.stop()

	p = w.outer.start("demo", "--blank", "--ahead", w.ahead(w.almost))
	w.checkNothingIsShownYet()
	p.stop()

	p = w.outer.start("demo", "--blank", "--ahead", w.ahead(w.after))
	ask[app.Sealed](w.installation, "seal")
	if again := ask[app.Sealed](w.installation, "seal"); again.Periods != 0 {
		t.Errorf("sealed again: %+v", again)
	}
	if got := w.metric("footfall_spool_hits"); got != 0 {
		t.Errorf("%d hits are not counted", got)
	}
	w.checkReport(w.publish())
	p.stop()
}

func newWay(t *testing.T) *way {
	outer := install(t, "TRUSTED_PROXIES=127.0.0.1")
	inner := *outer
	inner.dir = filepath.Join(outer.dir, "demo")
	y, m, _ := time.Now().UTC().Date()
	return &way{
		installation: &inner, outer: outer, t: t, truth: truth{},
		during: time.Date(y, m+1, 12, 12, 0, 0, 0, time.UTC), // far from midnight and from the ends of the month
		almost: time.Date(y, m+2, 2, 22, 0, 0, 0, time.UTC),  // less than 48 hours, in London's summer too
		after:  time.Date(y, m+2, 3, 12, 0, 0, 0, time.UTC),
	}
}

// ahead is how far a clock has to be put forward to say at now.
func (w *way) ahead(at time.Time) string { return time.Until(at).String() }

func (w *way) month() string { return w.during.Format("2006-01") }

// browse sends visitors with a browser to the website, who all say yes.
func (w *way) browse() {
	type visit struct {
		Pages   []string `json:"pages"`
		Presses []string `json:"presses"`
		Phone   bool     `json:"phone"`
	}
	var visits []visit
	hits := 0
	for n := range 14 {
		v := visit{Pages: []string{"/demo/help/bullying"}, Phone: n < 2}
		w.truth.visit("Being bullied", "Direct", "", map[bool]string{true: "Phone", false: "Computer"}[v.Phone])
		if n < 3 {
			v.Pages = append(v.Pages, "/demo/drop-in")
			w.truth.add(cell.Page, "The drop-in", 1)
		}
		if n%7 > 0 {
			v.Presses = append(v.Presses, "issue:bullying")
			w.truth.add(cell.Issue, "bullying", 1)
		}
		if n%3 == 0 {
			v.Presses = append(v.Presses, "outcome:found-help")
			w.truth.add(cell.Outcome, "found-help", 1)
		}
		w.truth.add(cell.Decision, "yes", 1)
		hits += len(v.Pages) + len(v.Presses)
		visits = append(visits, v)
	}
	taken := inBrowser[[]map[string]any](w.t, "visits.mjs", map[string]any{"url": w.url(""), "visits": visits})
	if len(taken) != hits {
		w.t.Fatalf("%d hits were answered with 202, want %d: %v", len(taken), hits, taken)
	}
}

// visit is the first page of a visit.
func (t truth) visit(page, source, area, device string) {
	t.add(cell.Total, "", 1)
	t.add(cell.Page, page, 1)
	t.add(cell.Source, source, 1)
	t.add(cell.Device, device, 1)
	if area != "" {
		t.add(cell.Area, area, 1)
	}
}

// contact is one at midday, when all visits come.
func (t truth) contact(channel string) {
	t.add(cell.Contact, channel, 1)
	t.add(cell.ContactHour, "afternoon", 1)
}

// crowd makes the month of a small charity of it, over HTTP: enough for a
// month's total to be shown.
func (w *way) crowd() {
	site := w.website(demo.Key, w.url(""))
	w.truth.add(cell.Decision, "yes", 1)
	send := func(body, address string) {
		r := must(site.post("/v1/hits", body, "X-Forwarded-For", address))(w.t)
		if r.status != http.StatusAccepted {
			w.t.Fatalf("%s: %d %s", body, r.status, r.body)
		}
	}
	for n := range 60 {
		address, area := fmt.Sprintf("198.18.0.%d", n), "GB-ENG"
		if n%15 == 0 { // four of them
			address, area = fmt.Sprintf("198.18.128.%d", n), "GB-WLS"
		}
		w.truth.visit("Front page", "Search", area, "Computer")
		send(site.view("/demo/", `,"referrer":"www.google.com"`), address)
		if n%2 == 0 {
			w.truth.contact("webchat")
			send(site.event("contact", "webchat"), address)
		}
		if n%20 == 0 {
			w.truth.add(cell.Signpost, "childline", 1)
			send(site.event("signpost", "childline"), address)
		}
	}
	got := w.metric(verdict("counted"))
	for _, v := range []string{"no_consent", "objected", "bot", "wrong_origin", "malformed", "unknown_value", "rate_limited", "test_only"} {
		if n := w.metric(verdict(v)); n != 0 {
			w.t.Errorf("%d hits were %s", n, v)
		}
	}
	w.t.Logf("%d hits counted; true visits %d", got, w.truth[cell.Total][""])
}

// checkNothingIsShownYet: a month that is not closed is shown to nobody, even
// if its days are sealed.
func (w *way) checkNothingIsShownYet() {
	w.t.Helper()
	ask[app.Sealed](w.installation, "seal")
	if got := w.do(w.report("submit", demoEmail)...); got.code == 0 || !strings.Contains(got.err, "no sealed month yet") {
		w.t.Errorf("a report of an open month: %+v", got)
	}
}

// second is who approves what the demo's director submits.
const second = "second@harbour.example"

// addGrant adds the grant of which the month is the first, and a second person.
func (w *way) addGrant() {
	w.t.Helper()
	y, m, _ := w.during.Date()
	ask[app.FunderShown](w.installation, "funder", "add", "The Lantern Foundation")
	ask[app.GrantShown](w.installation, "grant", "add", demo.Key, "--id", "harbour", "--funder", "the-lantern-foundation", "--title", "A safe harbour",
		"--funder-ref", "LF-1", "--start", day.New(y, m, 1).String(), "--end", day.New(y+1, m, 1).String(), "--pattern", "quarterly",
		"--target", "total=50", "--target", "contact/webchat=30", "--agreement", "DSA-1", "--assessment", "DPIA-1")
	if got := w.doWith(demoPassword+"\n", "user", "add", second, "--name", "A Second", "--role", "approver"); got.code != 0 {
		w.t.Fatal(got.err)
	}
}

// report is the command for one step of the report of the month.
func (w *way) report(step, as string) []string {
	return []string{"report", step, "harbour", "Y1Q1", "--as", as}
}

// publish takes the report of the month the whole way to a link, as two people
// do; one alone cannot.
func (w *way) publish() (link string) {
	w.t.Helper()
	words := w.doWith("# What happened\nWe opened the chat on more days.\n", append(w.report("words", demoEmail), "--file", "-")...)
	if words.code != 0 {
		w.t.Fatal(words.err)
	}
	ask[app.DraftShown](w.installation, w.report("submit", demoEmail)...)
	if got := w.do(w.report("approve", demoEmail)...); got.code == 0 || !strings.Contains(got.err, "second person") {
		w.t.Errorf("approved by who wrote it: %+v", got)
	}
	ask[app.DraftShown](w.installation, w.report("approve", second)...)
	if d := ask[app.DraftShown](w.installation, w.report("publish", demoEmail)...); d.State != "published" || d.Publish != 1 {
		w.t.Errorf("%+v", d)
	}
	return ask[app.ReportLinked](w.installation, w.report("link", demoEmail)...).URL
}

// consentSeen is what consent.mjs prints.
type consentSeen struct{ Before, No, AfterNo, Yes, AfterYes, Withdrawn, AfterWithdrawal browserSeen }

// browserSeen is what a browser asked since it was last looked at, and what it
// keeps now.
type browserSeen struct {
	Requests []struct {
		Line, Body, Cookie string
		Status             int
	}
	Cookies, Session, Others []string
	Local                    map[string]string
	Driven                   bool
}

// lines are the requests in order of the alphabet, without those that only
// fetch pages and what a cache may have.
func (b browserSeen) lines(without ...string) (all []string) {
	for _, r := range b.Requests {
		if !slices.Contains(without, r.Line) {
			line, _, _ := strings.Cut(r.Line, "?sha256-") // of the file that is asked for
			all = append(all, fmt.Sprintf("%s %d", line, r.Status))
		}
	}
	slices.Sort(all)
	return all
}

// unhurried is what was seen but for hits that tell how long a page was looked
// at: that is up to the machine.
func (b browserSeen) unhurried() browserSeen {
	requests := b.Requests
	b.Requests = nil
	for _, r := range requests {
		if !strings.Contains(r.Body, `"kind":"leave"`) {
			b.Requests = append(b.Requests, r)
		}
	}
	return b
}

// bodies are those of the requests to a path.
func (b browserSeen) bodies(line string) (all []string) {
	for _, r := range b.Requests {
		if r.Line == line {
			all = append(all, r.Body)
		}
	}
	return all
}
