package dashboard

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
)

// told is a report with a word in it that no other has, and a link to it.
type told struct {
	mark   string
	report report.Report
	token  string
}

// tell publishes a version of a report and makes its link.
func (h *house) tell(mark, period string, version int, slice funder.Slice, id string) told {
	h.t.Helper()
	g := reporttest.Grant()
	g.Title, g.Slice = "Grant "+mark, slice
	g.Targets = slices.DeleteFunc(g.Targets, func(t funder.Target) bool { return !slice.Allows(t.Indicator.Table, t.Indicator.Value) })
	p, err := g.Period(period)
	must(h.t, err)
	s := report.Settings{Site: reporttest.Site(), Funder: reporttest.Funder(), Grant: g, Period: p, Names: reporttest.Names()}
	if version > 1 {
		s.Correction = "It said " + mark
	}
	draft, err := report.Build(h.t.Context(), disclosure.NewBook(reporttest.Filled(1, time.December)), s)
	must(h.t, err)
	r, err := report.Freeze(draft, id, version, day.New(2027, 1, 8))
	must(h.t, err)
	h.put(report.Kind, id, r)
	l, token, err := g.NewLink(id, h.now.AddDate(0, 6, 0))
	must(h.t, err)
	l.Version = version
	h.put(funder.LinkKind, l.Hash, l)
	return told{mark, r, token}
}

// readable is the text of an answer, unpacked if it is a file of Excel or Word.
func readable(t *testing.T, got answered) string {
	t.Helper()
	text := fmt.Sprint(got.Header) + got.body
	if !strings.HasPrefix(got.body, "PK") {
		return text
	}
	for _, part := range unzip(t, []byte(got.body)) {
		text += string(part)
	}
	return text
}

// A link reads the one version of the one report for the one slice that it was
// made for, whatever else is asked for beside it.
func TestALinkReadsNoOtherReport(t *testing.T) {
	h := build(t, public)
	contacts := funder.Slice{Tables: []cell.Table{cell.Contact}}
	all := []told{
		h.tell("Alder", "Y2Q3", 1, funder.Slice{}, "FR-ALDER"), h.tell("Birch", "Y2Q3", 2, funder.Slice{}, "FR-ALDER"),
		h.tell("Cedar", "Y2Q2", 1, funder.Slice{}, "FR-CEDAR"), h.tell("Dogwood", "Y2Q3", 1, contacts, "FR-DOGWOOD"),
	}
	files := []string{"", "/report.csv", "/report.json", "/report.xlsx", "/report.docx", "/copy", "/", "//", "/report.pdf", "/v2", "/FR-CEDAR", "/report.json/2"}
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 1))
	one := func(of []string) string { return of[random.IntN(len(of))] }
	var values []string
	for _, r := range all {
		values = append(values, r.token, r.report.ID, r.report.Period.Name, fmt.Sprint(r.report.Version), r.report.SHA256, funder.HashToken(r.token))
	}
	values = append(values, "contact", "issue", "..", "*", "lantern-2025", "lantern-2025:Y2Q2", "true", "-1", "")
	names := []string{"token", "report", "id", "version", "v", "period", "slice", "table", "grant", "link", "code", "site", "month", "format"}
	opened := map[string]int{}
	for i := range 3000 {
		holder := all[random.IntN(len(all))]
		target := "/r/" + holder.token + one(files)
		if random.IntN(4) == 0 {
			target = "/r/" + holder.token + "/" + url.PathEscape(one(values)) + one(files)
		}
		if random.IntN(6) == 0 {
			target = "/r/" + one([]string{holder.token[:31], holder.token + "a", strings.ToUpper(holder.token), funder.HashToken(holder.token), holder.report.ID, "%00" + holder.token, "..%2f" + holder.token}) + one(files)
		}
		query := url.Values{}
		for range random.IntN(4) {
			query.Add(one(names), one(values))
		}
		var form url.Values
		method := one([]string{http.MethodGet, http.MethodPost, http.MethodGet, http.MethodHead, http.MethodPut})
		if method == http.MethodPost {
			form = url.Values{one(names): {one(values)}}
			form.Del("code")
		}
		got := h.do(method, target+"?"+query.Encode(), form, "X-Original-URL", "/r/"+one(values), "X-Rewrite-URL", "/r/"+one(values), "X-HTTP-Method-Override", "GET",
			"Range", "bytes=0-", "Referer", "https://stats.example.org/r/"+one(values), "X-Forwarded-Prefix", one(values), "Cookie", "footfall="+one(values), "If-None-Match", one(values))
		text := readable(t, got)
		for _, r := range all {
			if strings.Contains(text, r.mark) && r.mark != holder.mark {
				t.Fatalf("seed %d, request %d, %s %s: the link to %s reads %s", seed, i, method, target, holder.mark, r.mark)
			}
		}
		if strings.Contains(text, holder.mark) {
			opened[holder.mark]++
		}
		if holder.mark == "Dogwood" && (strings.Contains(text, "Bullying") || strings.Contains(text, "/help/")) {
			t.Fatalf("seed %d, %s: the link reads what is outside of its slice", seed, target)
		}
	}
	if len(opened) != len(all) {
		t.Errorf("some of the reports were never read: %v", opened)
	}
}

// A link that was made for another slice than its report has opens nothing, nor
// does one for a version that there is not.
func TestALinkOpensWhatItWasMadeFor(t *testing.T) {
	for name, change := range map[string]func(*funder.Link){
		"a slice":          func(l *funder.Link) { l.Slice.Tables = []cell.Table{cell.Contact} },
		"pages":            func(l *funder.Link) { l.Slice.Pages = []string{"/help"} },
		"a later version":  func(l *funder.Link) { l.Version = 2 },
		"an earlier one":   func(l *funder.Link) { l.Version = -1; l.Report += "0" },
		"another's report": func(l *funder.Link) { l.Report = "FR-OTHER" },
	} {
		h := build(t, public)
		h.put(report.Kind, "FR-OTHER", h.report) // under a name that it does not have
		change(&h.link)
		h.put(funder.LinkKind, h.link.Hash, h.link)
		if res := h.get("/r/" + h.token); res.StatusCode != http.StatusNotFound {
			t.Errorf("a link for %s: status %d", name, res.StatusCode)
		}
	}
}

// counted counts what is asked of the records.
type counted struct {
	Records
	asked []string
}

func (c *counted) Get(kind record.Kind, id string) (record.Doc, error) {
	c.asked = append(c.asked, "get "+string(kind))
	return c.Records.Get(kind, id)
}

func (c *counted) History(kind record.Kind, id string) []record.Doc {
	c.asked = append(c.asked, "history "+string(kind))
	return c.Records.History(kind, id)
}

// closed are links that open nothing, by the reason.
func (h *house) closed() map[string]string {
	tokens := map[string]string{"unknown": strings.Repeat("A", 32)}
	for name, change := range map[string]func(*funder.Link){
		"expired": func(l *funder.Link) { l.Expires = h.now }, "revoked": func(l *funder.Link) { l.Revoked = true },
		"expired with a code": func(l *funder.Link) { l.Expires, l.Code = h.now, codeHash }, "revoked with a code": func(l *funder.Link) { l.Revoked, l.Code = true, codeHash },
		"wrong code": func(l *funder.Link) { l.Code = codeHash },
	} {
		l, token, err := reporttest.Grant().NewLink(h.report.ID, h.now.AddDate(0, 6, 0))
		must(h.t, err)
		change(&l)
		h.put(funder.LinkKind, l.Hash, l)
		tokens[name] = token
	}
	return tokens
}

var codeHash = account.Hash("four blue boats")

// Whatever the reason why a link opens nothing, the same is looked up, the same
// hash is computed and the same bytes are answered.
func TestClosedLinksTakeTheSameWork(t *testing.T) {
	h := build(t, public)
	work := &counted{Records: h.records}
	fresh := func() {
		h.app = h.mountWith(public, reporttest.Filled(1, time.January), work) // no tries counted
	}
	plain := func(name string, res answered) string {
		res.Header.Del("X-Request-Id")
		res.Header.Del("Date")
		return fmt.Sprint(name, res.StatusCode, res.Header, res.body)
	}
	tokens := h.closed()
	var first, asked string
	shortest := map[string]time.Duration{}
	// A hash takes many times as long as all the rest, so a third is a wide margin.
	sooner := func() (names []string) {
		for name, took := range shortest {
			if took < shortest["wrong code"]/3 {
				names = append(names, name)
			}
		}
		return names
	}
	for round := 0; round < 3 || round < 30 && len(sooner()) > 0; round++ { // a busy machine delays some of them
		for name, token := range tokens {
			for _, code := range []url.Values{nil, {"code": {"four red boats"}}} {
				if name == "wrong code" && code == nil {
					continue
				}
				fresh()
				work.asked = nil
				method, began := http.MethodGet, time.Now()
				if code != nil {
					method = http.MethodPost
				}
				res := h.do(method, "/r/"+token, code)
				took := time.Since(began)
				if best, ok := shortest[name]; code != nil && (!ok || took < best) {
					shortest[name] = took
				}
				text := plain("", res)
				if first == "" {
					first, asked = text, fmt.Sprint(work.asked)
				}
				if diff := cmp.Diff(first, text); diff != "" || res.StatusCode != http.StatusNotFound {
					t.Errorf("%s: status %d, %s", name, res.StatusCode, diff)
				}
				if got := fmt.Sprint(work.asked); got != asked {
					t.Errorf("%s looks up %s, another %s", name, got, asked)
				}
			}
		}
	}
	for _, name := range sooner() {
		t.Errorf("%s is answered after %s, a wrong code after %s", name, shortest[name], shortest["wrong code"])
	}
}

// Neither token nor code of a link is in any line of the log.
func TestNoTokenInTheLog(t *testing.T) {
	h := build(t, public)
	tokens := h.closed()
	tokens["open"] = h.token
	broken, brokenToken, err := reporttest.Grant().NewLink("FR-BROKEN", h.now.AddDate(0, 6, 0))
	must(t, err)
	h.put(report.Kind, "FR-BROKEN", map[string]string{"schema": "x"})
	h.put(funder.LinkKind, broken.Hash, broken)
	tokens["broken"] = brokenToken
	for _, token := range tokens {
		for _, path := range []string{"", "/report.csv", "/report.json", "/report.xlsx", "/report.docx", "/nothing", "?x=%zz"} {
			h.get("/r/" + token + path)
			h.do(http.MethodPost, "/r/"+token+path, url.Values{"code": {"four green boats"}})
		}
	}
	log := h.log.Bytes()
	if !bytes.Contains(log, []byte("/r/:token")) {
		t.Errorf("the log says nothing at all: %s", log)
	}
	for name, token := range tokens {
		for _, secret := range []string{token, token[:12], funder.HashToken(token), "green", "boats"} {
			if bytes.Contains(log, []byte(secret)) {
				t.Errorf("%s: %q is in the log", name, secret)
			}
		}
	}
}
