package app

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// asker makes requests: what the addresses of the service take, and what
// somebody might try.
type asker struct {
	*rand.Rand
	routes  []string
	values  map[string][]string // of the parameters of an address
	periods []string
}

// draftGrant is the id of the grant that the draft is about.
func (h *harbour) draftGrant() string {
	id, _, _ := strings.Cut(h.draft, ":")
	return id
}

func (h *harbour) asker(w *world, seed uint64) *asker {
	a := &asker{Rand: rand.New(rand.NewPCG(seed, 2)), routes: w.routes}
	token := h.tokens["valid"]
	a.values = map[string][]string{
		"token": {
			token, token, token, token, h.tokens["coded"], h.tokens["coded"], h.tokens["expired"], h.tokens["revoked"], h.tokens["lost"],
			token[:20], token + "x", strings.ToUpper(token), url.PathEscape(token + "\x00"), "FR-1", "", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		},
		"key":     {h.site.Key, h.site.Key, h.site.Key, h.site.Key, strings.ToUpper(h.site.Key), "zz9zz9", "*", "..", "%2e%2e", "", h.site.Key + "%00"},
		"hash":    {h.banner, h.banner, strings.TrimPrefix(page.AssetPath, "/assets/"), "000000000000"},
		"name":    {"style.css", "icon.svg", "page.go", "..%2fpage.go"},
		"receipt": {h.receipt, h.receipt, "r1", ""},
		"grant":   {h.draftGrant(), h.draftGrant(), strings.ToUpper(h.draftGrant()), "new", "..", "", h.draftGrant() + "%00"},
		"funder":  {"tide-trust", "tide-trust", "TIDE-TRUST", "new", "..", "", "tide-trust%00"},
		"draft":   {h.draft, h.draft, h.draft, strings.Replace(h.draft, "Y1Q1", "Y1Q2", 1), strings.ToUpper(h.draft), url.QueryEscape(h.draft), "g:Y1Q1", ":", "..", "", h.draft + "%00"},
	}
	for _, g := range []disclosure.Grain{disclosure.Day, disclosure.Week, disclosure.Month, disclosure.Quarter, disclosure.Year} {
		for d := day.New(2026, 2, 20); d < day.New(2026, 8, 20); d += 23 {
			a.periods = append(a.periods, disclosure.PeriodOf(g, d, 1).Name)
		}
	}
	a.periods = append(a.periods, "2026-03", "2026-04", "2026-05", "2026-06", "2026-06", "2026-07", "2026-08", "2025-12", // months weigh more
		"2026-03..2026-06", "2026-06..2026-07", "2026-03-03..2026-03-16", "2026-07-01..2026-07-05", "2026-Q2-05", "2026-13", "2026-6", "２０２６-06",
		"2026-06%00", "2026-06 ", "2026-06;", "' OR 1=1 --", "{{.}}", "../../etc", "-1", "0", "99999999999999999999", "NaN", "null", "undefined", "",
		strings.Repeat("2026-06,", 400))
	return a
}

func (a *asker) of(all ...string) string { return all[a.IntN(len(all))] }

var parameter = regexp.MustCompile(`:[a-z]+`)

// ask makes the next request.
func (a *asker) ask() request {
	route := a.of(a.routes...)
	path := parameter.ReplaceAllStringFunc(route, func(name string) string { return a.of(a.values[name[1:]]...) })
	if a.IntN(3) > 0 { // the addresses that show figures
		route = ""
		path = a.of("/sites/"+a.of(a.values["key"]...), "/reports/"+a.of(a.values["draft"]...), "/r/"+a.of(a.values["token"]...), "/r/"+a.of(a.values["token"]...)+a.of("/report.csv", "/report.json"))
	}
	if a.IntN(8) == 0 {
		path += a.of("/", ".json", ".csv", ".xlsx", "/report.csv", "/report.xlsx", "/report.pdf", "/print", "/export", "/tables/page", "/months/2026-07", "%2f", "%00", "/..", "//", ";a=b", "?", "#x")
	}
	r := request{route: route, method: "GET", uri: path + a.query(), cookie: a.of("amy", "amy", "amy", "other", "none", "made up")}
	if a.IntN(6) == 0 {
		r.method = a.of("HEAD", "HEAD", "POST", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY")
	}
	r.headers = a.headers()
	if r.method == "POST" && strings.HasPrefix(path, "/r/") {
		r.body = a.of("code="+strings.ReplaceAll(linkCode, " ", "+"), "code=guess", "month=2026-07", "", "code=", "code[]=x", "\x00")
		r.headers = append(r.headers, "Content-Type", a.of(fiber.MIMEApplicationForm, fiber.MIMEApplicationForm, fiber.MIMEApplicationJSON, "text/plain", "multipart/form-data; boundary=x"))
	}
	return r
}

// plain asks for every address once as it is meant to be asked for, so that it
// does not hang on luck whether one is met.
func (h *harbour) plain(a *asker) (all []request) {
	for _, route := range a.routes {
		uri := parameter.ReplaceAllStringFunc(route, func(name string) string { return a.values[name[1:]][0] })
		all = append(all, request{route: route, method: "GET", uri: uri, cookie: "amy"})
	}
	all = append(all, request{route: "/assets/:hash/:name", method: "GET", uri: page.AssetPath + "/style.css"}) // other hashes are of banners
	return append(all, request{
		method: "POST", uri: "/r/" + h.tokens["coded"], cookie: "none", body: "code=" + strings.ReplaceAll(linkCode, " ", "+"),
		headers: []string{"Content-Type", fiber.MIMEApplicationForm},
	})
}

// query asks for periods, tables, formats and whatever else may be tried.
func (a *asker) query() string {
	if a.IntN(4) == 0 {
		return ""
	}
	name := func() string {
		return a.of("month", "month", "month", "month", "from", "to", "period", "date", "range", "start", "end", "table", "value", "format", "lang", "site", "basis",
			"funder", "limit", "offset", "page", "q", "grain", "by", "compare", "export", "debug", "raw", "noise", "exact", "n", "code", "token", "month[]", "MONTH", "")
	}
	value := func() string {
		switch a.IntN(4) {
		case 0:
			return a.of("csv", "json", "xlsx", "html", "text", "cy", "en", "consent", "exception", "statistics", "*", "%", "true", "1", "-1", "day", "week", "noisy", "shown")
		case 1:
			return string(cell.Tables[a.IntN(len(cell.Tables))])
		default:
			return a.of(a.periods...)
		}
	}
	var pairs []string
	for range 1 + a.IntN(3) {
		pairs = append(pairs, url.QueryEscape(name())+"="+a.of(url.QueryEscape(value()), value()))
	}
	if a.IntN(3) > 0 { // a picked month alone, as the page has it
		pairs = []string{"month=" + a.of(a.periods...)}
	}
	return "?" + strings.NewReplacer(" ", "+", "\x00", "%00", "#", "%23").Replace(strings.Join(pairs, a.of("&", "&", ";")))
}

func (a *asker) headers() (all []string) {
	some := func(name string, values ...string) {
		if a.IntN(3) == 0 {
			all = append(all, name, a.of(values...))
		}
	}
	some("Accept", "text/html", "text/html", "application/json", "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "*/*", "text/plain;q=0.1", ",,;")
	some("Accept-Language", "cy", "en-GB,en;q=0.5", "ar", "*")
	some("Accept-Encoding", "gzip", "br, gzip", "identity;q=0", "deflate")
	some("Accept-Charset", "utf-16", "iso-8859-1")
	some("Range", "bytes=0-99", "bytes=-50", "bytes=100-", "items=0-5")
	some("If-None-Match", "*", `"x"`)
	some("If-Modified-Since", "Fri, 10 Jul 2026 12:00:00 GMT", "x")
	some("X-HTTP-Method-Override", "DELETE", "POST")
	some("X-Forwarded-For", "198.51.100.7", "::1")
	some("X-Original-URL", "/sites/"+a.values["key"][0]+"?month=2026-07")
	some("Sec-Fetch-Site", "same-origin", "cross-site")
	some("Sec-GPC", "1")
	some("Prefer", "exact", "return=minimal")
	return all
}

// TestReadersGetLedgerValuesAlone asks two services whose ledgers have the same
// published numbers and different true and noisy ones, and the service itself
// before and after its cells have changed: every answer has to be the same, byte
// by byte, and no number in it may be another than a published one.
func TestReadersGetLedgerValuesAlone(t *testing.T) {
	h := startHarbour(t)
	same := h.ledger(t, func(*disclosure.Entry) {})
	one, two := h.world(t, same, nil), h.world(t, h.ledger(t, elsewhere(rand.New(rand.NewPCG(*readerSeed, 3)))), nil)
	numbers := h.published(t, same)
	asker := h.asker(one, *readerSeed)
	seen, figures := map[string]string{}, map[string]int{} // answers; answered pages with figures
	var kept []request
	met := map[string]bool{}
	plain := h.plain(asker)
	for i := range *readerRequests {
		r := asker.ask()
		if i < len(plain) {
			r = plain[i]
		}
		answer := one.answer(r)
		if other := two.answer(r); other != answer {
			t.Fatalf("request %d, %+v: the answer depends on what is hidden:\n%s\n%s", i, r, answer, other)
		}
		met[r.route] = met[r.route] || strings.HasPrefix(answer, "HTTP/1.1 2") || strings.HasPrefix(answer, "HTTP/1.1 3")
		if i%50 == 0 {
			kept = append(kept, r)
		}
		if _, ok := seen[answer]; ok {
			continue
		}
		seen[answer] = r.uri
		path, _, _ := strings.Cut(r.uri, "?")
		if !strings.HasPrefix(path, "/sites") && !strings.HasPrefix(path, "/r/") && !strings.HasPrefix(path, "/reports") {
			continue
		}
		if strings.HasPrefix(answer, "HTTP/1.1 200") {
			figures[strings.NewReplacer(h.draft, "draft", h.site.Key, "key", h.tokens["valid"], "token", h.tokens["coded"], "coded").Replace(strings.TrimSuffix(path, "/"))]++
		}
		if found := numbers.others(answer); len(found) > 0 {
			t.Errorf("%+v: %v were never published", r, found)
		}
	}
	t.Logf("%d requests, %d different answers, with figures: %v", *readerRequests, len(seen), figures)
	for _, path := range []string{"/sites/key", "/sites/key/impact", "/r/token", "/r/token/report.csv", "/r/token/report.json", "/r/coded", "/reports/draft", "/reports/draft/preview"} {
		if figures[path] == 0 {
			t.Errorf("no request has met the figures of %s", path)
		}
	}
	for _, route := range one.routes {
		if !met[route] {
			t.Errorf("no request has met anything at %s", route)
		}
	}
	h.sameAfterCounting(t, kept)
}

// sameAfterCounting asks the service over its own store, counts more visits in
// open and in sealed days, and asks again.
func (h *harbour) sameAfterCounting(t *testing.T, requests []request) {
	t.Helper()
	for _, month := range []string{"", "2026-06", "2026-07", "2026-04", "2026-07-09", "2026-Q3"} {
		requests = append(requests, request{method: "GET", uri: "/sites/" + h.site.Key + "?month=" + month, cookie: "amy"})
	}
	ask := func() (answers []string) {
		w := h.world(t, nil, nil)
		for _, r := range requests {
			answers = append(answers, w.answer(r))
		}
		return answers
	}
	_, before := h.packed(t, "2026-03", "2026-07")
	first := ask()
	h.add(t, day.New(2026, 3, 5), day.New(2026, 3, 9), 3000)
	h.add(t, day.New(2026, 6, 30), day.New(2026, 6, 30), 3000)
	h.add(t, day.New(2026, 7, 5), day.New(2026, 7, 10), 3000)
	if _, after := h.packed(t, "2026-03", "2026-07"); after.SHA256 != before.SHA256 {
		t.Error("the evidence pack changed with the cells")
	}
	for i, answer := range ask() {
		if answer != first[i] {
			t.Errorf("%+v: the answer changed with the cells:\n%s\n%s", requests[i], first[i], answer)
		}
	}
	// What is not closed is answered as what never was.
	w := h.world(t, nil, nil)
	never := w.answer(request{method: "GET", uri: "/sites/" + h.site.Key + "?month=1999-01", cookie: "amy"})
	for _, open := range []string{"2026-07", "2026-08", "2026-W27", "2026-07-09", "2026-Q3", "2026"} {
		got := w.answer(request{method: "GET", uri: "/sites/" + h.site.Key + "?month=" + open, cookie: "amy"})
		if got != never || !strings.HasPrefix(got, "HTTP/1.1 404") {
			t.Errorf("%s, which is open: %s", open, got)
		}
	}
}

// A page that leaks is found: by what is hidden, by what is open, or by a number
// that was never published.
func TestLeaksAreFound(t *testing.T) {
	h := startHarbour(t)
	same, other := h.ledger(t, func(*disclosure.Entry) {}), h.ledger(t, elsewhere(rand.New(rand.NewPCG(1, 3))))
	entries := func(l disclosure.Ledger) []disclosure.Entry {
		march := disclosure.PeriodOf(disclosure.Month, day.New(2026, 3, 1), 1)
		all, err := l.Entries(t.Context(), disclosure.Range{
			Site: h.site.Key, Basis: cell.BasisConsent, Table: cell.Page, Grains: []disclosure.Grain{march.Grain}, First: march.First, Last: march.Last,
		})
		if err != nil || len(all) < 3 {
			t.Fatal(len(all), err)
		}
		return all
	}
	leak := request{method: "GET", uri: "/leak"}
	for name, show := range map[string]func(disclosure.Entry) any{
		"true count": func(e disclosure.Entry) any { return e.N }, "noisy count": func(e disclosure.Entry) any { return e.Noisy },
		"size of the true count": func(e disclosure.Entry) any { return e.N > 300 },
	} {
		var answers []string
		for _, l := range []disclosure.Ledger{same, other} {
			answers = append(answers, h.world(t, l, func(c *fiber.Ctx) error {
				for _, e := range entries(l) {
					fmt.Fprintf(c, "%v ", show(e))
				}
				return nil
			}).answer(leak))
		}
		if answers[0] == answers[1] {
			t.Errorf("a page that shows the %s is not found", name)
		}
	}
	numbers := h.published(t, same)
	made := h.world(t, same, func(c *fiber.Ctx) error { return c.SendString("<p>1,234 visits, and 437.</p>") })
	if found := numbers.others(made.answer(leak)); len(found) != 2 {
		t.Errorf("a page with two numbers of its own: %v", found)
	}
	count := func(first, last day.Day) fiber.Handler {
		return func(c *fiber.Ctx) error {
			cells, err := h.store.Cells(t.Context(), h.site.Key, cell.BasisConsent, first, last)
			return c.SendString(fmt.Sprint(total(cells), err))
		}
	}
	for name, page := range map[string]fiber.Handler{"open": count(day.New(2026, 7, 9), day.New(2026, 7, 10)), "sealed": count(day.New(2026, 3, 1), day.New(2026, 3, 31))} {
		w := h.world(t, nil, page)
		before := w.answer(leak)
		h.add(t, day.New(2026, 7, 9), day.New(2026, 7, 9), 3000)
		h.add(t, day.New(2026, 3, 9), day.New(2026, 3, 9), 3000)
		if w.answer(leak) == before {
			t.Errorf("a page that counts %s days is not found", name)
		}
	}
}
