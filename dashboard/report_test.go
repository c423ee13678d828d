package dashboard

import (
	"encoding/csv"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
)

const public = "https://stats.example.org"

func TestReportPage(t *testing.T) {
	h := build(t, public)
	res := h.get("/r/" + h.token)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("status %d: %s", res.StatusCode, res.body)
	}
	for header, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'self';", "Referrer-Policy": "no-referrer",
		"X-Robots-Tag": "noindex", "Cache-Control": "no-store", "Content-Type": "text/html", "X-Content-Type-Options": "nosniff",
	} {
		if got := res.Header.Get(header); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %q", header, got)
		}
	}
	for _, want := range []string{
		`<html lang="en-GB">`, `<main id="main"`, `href="#main"`, "Harbour Young People", "1199999", "The Lantern Foundation", "LF-2025-0417", "HYP/G/12",
		"Grant year 2, quarter 3", "1 October to 31 December 2026", "8 January 2027", "Report FR-7KQ2M9XD, version 1 (Final)",
		"We count visits, not people.", "Only visits where the visitor said yes are counted. We have not guessed the rest.",
		"fewer than 10", "Too few to show", "estimated", h.report.SHA256, `href="/method"`, `scope="col"`, "<caption",
	} {
		if !strings.Contains(res.body, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, never := range []string{"<script", "style=", "http://", "https://", "@import", "/secret-rare-page", `value=""`, "<iframe"} {
		if strings.Contains(strings.ReplaceAll(res.body, "http://www.w3.org", ""), never) {
			t.Errorf("%q must not be there", never)
		}
	}
	if len(res.Header.Values("Set-Cookie")) > 0 {
		t.Error("a funder gets a cookie")
	}
	weight := len(res.body)
	for _, a := range page.Assets {
		weight += len(a.Body)
	}
	if weight > 60<<10 {
		t.Errorf("%d bytes in all, want at most 60 KB", weight)
	}
	if diff := cmp.Diff([]string{h.link.Hash + " 2027-01-08"}, h.opened); diff != "" {
		t.Error(diff)
	}
}

var (
	notText = regexp.MustCompile(`(?s)<head>.*</head>|<text class="tick".*?</text>|<text class="name[^"]*".*?</text>|<desc.*?</desc>|<code>.*?</code>|<[^>]*>`)
	numbers = regexp.MustCompile(`[0-9][0-9,]*`)
)

// Every number on the page is a frozen figure, a target, a percentage of
// frozen figures, or part of the fixed words and dates.
func TestNoOtherNumber(t *testing.T) {
	h := build(t, public)
	body := h.get("/r/" + h.token).body
	allowed := map[string]bool{}
	for _, f := range h.report.Facts() {
		allowed[f.Figure.String()] = true
		allowed[strings.ReplaceAll(f.Figure.String(), ",", "")] = true // to copy into a form
		allowed[strconv.FormatUint(f.Target, 10)] = true
	}
	for _, p := range []uint64{1500, 16000, 7500} { // targets above a thousand, as the page writes them
		allowed[strconv.FormatUint(p/1000, 10)+","+strconv.FormatUint(p%1000+1000, 10)[1:]] = true
	}
	text := html.UnescapeString(notText.ReplaceAllString(body, " "))
	for _, fixed := range []string{
		"year 2, quarter 3", "1 October to 31 December 2026", "8 January 2027", "LF-2025-0417", "HYP/G/12", "1199999", "FR-7KQ2M9XD", "version 1", "1, Final", "one click",
		"90 % and 110 %", "1 July to 30 September 2026", "1 January 2026 to 31 December 2026", "laid out for A4", "nearest 5", "rounded to 5", "fewer than 10",
		"10 seconds", "1 minute", "3 minutes", "10 minutes", "62 %", "74 %",
		"38 %", "18:00 and 6:00", "0 to 6", "6 to 12", "12 to 18", "18 to 24",
	} {
		text = strings.ReplaceAll(text, strings.ReplaceAll(fixed, " %", "\u00a0%"), "")
		text = strings.ReplaceAll(text, fixed, "")
	}
	text = regexp.MustCompile(`(January|February|March|April|May|June|July|August|September|October|November|December) 2026`).ReplaceAllString(text, "")
	found := numbers.FindAllString(text, -1)
	if len(found) < 60 {
		t.Fatalf("only %d numbers found", len(found))
	}
	for _, n := range found {
		if !allowed[strings.TrimSuffix(n, ",")] {
			t.Errorf("%s is no frozen figure", n)
		}
	}
}

// The same figures are read back from the page, the CSV and the JSON.
func TestSameFigures(t *testing.T) {
	h := build(t, public)
	res := h.get("/r/" + h.token + "/report.json")
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") || !strings.Contains(res.Header.Get("Content-Disposition"), `"FR-7KQ2M9XD-v1.json"`) {
		t.Errorf("headers %v", res.Header)
	}
	fromJSON, err := report.Parse([]byte(res.body))
	must(t, err)
	if diff := cmp.Diff(h.report, fromJSON, cmp.AllowUnexported(disclosure.Figure{})); diff != "" {
		t.Error(diff)
	}
	res = h.get("/r/" + h.token + "/report.csv")
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/csv") || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", res.Header)
	}
	rows, err := csv.NewReader(strings.NewReader(res.body)).ReadAll()
	must(t, err)
	facts := fromJSON.Facts()
	if len(rows) != len(facts)+1 {
		t.Fatalf("%d rows for %d figures", len(rows), len(facts))
	}
	body := html.UnescapeString(h.get("/r/" + h.token).body)
	for i, f := range facts {
		if got, want := rows[i+1][15], strings.ReplaceAll(f.Figure.String(), ",", ""); got != want {
			t.Errorf("CSV row %d has %s, JSON %s", i, got, want)
		}
		if f.Part != "table" {
			continue
		}
		table, _ := fromJSON.Table(f.Table)
		_, rows, _ := strings.Cut(body, "<caption>"+table.Title)
		row := regexp.MustCompile(`<th scope="row">` + regexp.QuoteMeta(f.Label) + `(?: <span class="share">[^<]*</span>)?</th><td class="n">(?:<span class="hidden">)?([^<]*)<`)
		if m := row.FindStringSubmatch(rows); m == nil || m[1] != f.Figure.String() {
			t.Errorf("page row %q: %v, want %s", f.Label, m, f.Figure)
		}
	}
}

// Whatever does not open says the same.
func TestClosedLinksAreAlike(t *testing.T) {
	h := build(t, public)
	expired, expiredToken, err := reporttestLink(h.report.ID, h.now)
	must(t, err)
	h.put(funder.LinkKind, expired.Hash, expired)
	lost, lostToken, err := reporttestLink("FR-NOWHERE0", h.now.Add(time.Hour))
	must(t, err)
	h.put(funder.LinkKind, lost.Hash, lost)
	revoked, revokedToken, err := reporttestLink(h.report.ID, h.now.Add(time.Hour))
	must(t, err)
	revoked.Revoked = true
	h.put(funder.LinkKind, revoked.Hash, revoked)
	coded, codedToken, err := reporttestLink(h.report.ID, h.now.Add(time.Hour))
	must(t, err)
	coded.Code = account.Hash("four blue boats")
	h.put(funder.LinkKind, coded.Hash, coded)

	want := h.get("/r/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	if want.StatusCode != http.StatusNotFound {
		t.Fatalf("status %d", want.StatusCode)
	}
	same := func(name string, got answered) {
		t.Helper()
		got.Header.Del("X-Request-Id")
		got.Header.Del("Date")
		if got.StatusCode != want.StatusCode || got.body != want.body {
			t.Errorf("%s: status %d, %s", name, got.StatusCode, got.body)
		}
		if diff := cmp.Diff(want.Header, got.Header); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	want.Header.Del("X-Request-Id")
	want.Header.Del("Date")
	for name, token := range map[string]string{"expired": expiredToken, "report lost": lostToken, "revoked": revokedToken, "cut": h.token[:20], "hash": h.link.Hash} {
		for _, file := range []string{"", "/report.csv", "/report.json", "/report.xlsx", "/report.docx"} {
			same(name+file, h.get("/r/"+token+file))
			same(name+file+" posted", h.do(http.MethodPost, "/r/"+token+file, url.Values{"code": {"x"}}))
		}
	}
	same("wrong code", h.do(http.MethodPost, "/r/"+codedToken, url.Values{"code": {"four red boats"}}))
	same("no such address", h.get("/nothing/at/all", "Accept", "text/html"))
	if len(h.opened) > 0 {
		t.Errorf("openings were noted: %v", h.opened)
	}
}

func reporttestLink(id string, expires time.Time) (funder.Link, string, error) {
	return funder.Grant{ID: "g", Agreement: "a", Assessment: "b"}.NewLink(id, expires)
}

func TestCode(t *testing.T) {
	h := build(t, public)
	h.link.Code = account.Hash("four blue boats")
	h.put(funder.LinkKind, h.link.Hash, h.link)
	at := "/r/" + h.token
	for _, target := range []string{at, at + "?code=four+blue+boats", at + "/report.csv", at + "/report.xlsx", at + "/report.docx"} {
		if res := h.get(target); res.StatusCode != http.StatusOK || !strings.Contains(res.body, `name="code"`) || strings.Contains(res.body, "1,715") {
			t.Errorf("%s: status %d, %s", target, res.StatusCode, res.body)
		}
	}
	right := url.Values{"code": {"four blue boats"}}
	if res := h.do(http.MethodPost, at, right); res.StatusCode != http.StatusOK || !strings.Contains(res.body, "1,715") {
		t.Errorf("status %d, %s", res.StatusCode, res.body)
	}
	if res := h.do(http.MethodPost, at+"/report.csv", right); res.StatusCode != http.StatusOK || !strings.Contains(res.body, "1715") {
		t.Errorf("status %d, %s", res.StatusCode, res.body)
	}
	for _, file := range []string{"xlsx", "docx"} {
		if res := h.do(http.MethodPost, at+"/report."+file, right); res.StatusCode != http.StatusOK || !strings.HasPrefix(res.body, "PK") || !strings.Contains(res.Header.Get("Content-Disposition"), "-v1."+file) {
			t.Errorf("%s: status %d", file, res.StatusCode)
		}
	}
	for range 20 {
		h.do(http.MethodPost, at, url.Values{"code": {"guess"}})
	}
	if res := h.do(http.MethodPost, at, right); res.StatusCode != http.StatusNotFound {
		t.Error("a code may be guessed at without end")
	}
}

func TestAlteredReportIsNotShown(t *testing.T) {
	h := build(t, public)
	altered := h.report
	altered.Funder = "Another Funder"
	h.put(report.Kind, altered.ID, altered)
	h.link.Version = 2
	h.put(funder.LinkKind, h.link.Hash, h.link)
	res := h.get("/r/"+h.token, "Accept", "text/html")
	if res.StatusCode != http.StatusInternalServerError || strings.Contains(res.body, "Another Funder") || strings.Contains(res.body, "altered") {
		t.Errorf("status %d: %s", res.StatusCode, res.body)
	}
	if log := h.log.String(); !strings.Contains(log, "altered") || strings.Contains(log, h.token) || strings.Contains(log, h.link.Hash) {
		t.Errorf("log: %s", log)
	}
}

func TestAssets(t *testing.T) {
	h := build(t, public)
	for _, a := range page.Assets {
		res := h.get(page.AssetPath + "/" + a.Name)
		if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != a.Type || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: status %d, %v", a.Name, res.StatusCode, res.Header)
		}
		if body := strings.ReplaceAll(res.body, "http://www.w3.org/2000/svg", ""); strings.Contains(body, "http") || strings.Contains(body, "url(") || strings.Contains(body, "@font-face") {
			t.Errorf("%s loads something", a.Name)
		}
	}
	small := h.get(page.AssetPath+"/style.css", "Accept-Encoding", "gzip")
	if small.Header.Get("Content-Encoding") != "gzip" || small.Header.Get("Vary") != "Accept-Encoding" || len(small.body) > len(page.Assets[0].Body)/2 {
		t.Errorf("the style sheet has %d bytes compressed, %v", len(small.body), small.Header)
	}
	for _, target := range []string{"/assets/000000000000/style.css", page.AssetPath + "/page.go", page.AssetPath + "/..%2fpage.go"} {
		if res := h.get(target); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", target, res.StatusCode)
		}
	}
	if res := h.get("/report.schema.json"); res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "application/schema+json" || !strings.Contains(res.body, "2020-12") {
		t.Errorf("schema: status %d, %v", res.StatusCode, res.Header)
	}
	if res := h.get("/method"); res.StatusCode != http.StatusOK || !strings.Contains(res.body, "We count visits, not people.") {
		t.Errorf("method: status %d", res.StatusCode)
	}
}
