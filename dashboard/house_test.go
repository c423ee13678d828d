package dashboard

import (
	"bytes"
	"context"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/record/recordtest"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
	"github.com/footfall-analytics/footfall/internal/site"
	"github.com/footfall-analytics/footfall/internal/web"
)

const secret = "quiet harbour lantern"

var hashed = account.Hash(secret) // slow by design: once is enough

// house is a dashboard with a charity in it.
type house struct {
	t       testing.TB
	app     *fiber.App
	records *record.Book
	now     time.Time
	token   string // of a link that opens the report
	link    funder.Link
	report  report.Report
	opened  []string
	log     bytes.Buffer
	drafts  *drafts
	deeds   *deeds
	block   *block
}

func build(t testing.TB, publicURL string) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2027, 1, 8, 9, 30, 0, 0, time.UTC)}
	ctx := context.Background()
	ledger := reporttest.Filled(1, time.December)
	var err error
	h.records, err = record.Open(ctx, &recordtest.Log{}, func() time.Time { return h.now.AddDate(-1, -2, 0) }) // the sites are as old as their figures
	must(t, err)
	h.report = freeze(t, ledger, "FR-7KQ2M9XD")
	h.link, h.token, err = reporttest.Grant().NewLink(h.report.ID, h.now.AddDate(0, 6, 0))
	must(t, err)
	other := reporttest.Site()
	other.Key, other.Name = "zz9zz9", "Another Charity"
	h.put(site.Kind, reporttest.Site().Key, reporttest.Site())
	h.put(site.Kind, other.Key, other)
	h.put(report.Kind, h.report.ID, h.report)
	h.put(funder.LinkKind, h.link.Hash, h.link)
	h.put(account.Kind, "amy", account.User{ID: "amy", Email: "amy@harbour.example", Name: "Amy Pritchard", Password: hashed,
		Role: account.Reporter, Sites: []string{"kx4f9q"}})
	h.put(account.Kind, "ben", account.User{ID: "ben", Email: "ben@harbour.example", Name: "Ben Okafor", Password: hashed,
		Role: account.Approver, Sites: []string{"kx4f9q"}})
	h.put(account.Kind, "cat", account.User{ID: "cat", Email: "cat@harbour.example", Name: "Cat Lloyd", Password: hashed,
		Role: account.ReadOnly, Sites: []string{"kx4f9q"}})
	h.drafts, h.deeds, h.block = newDrafts(h), newDeeds(h), newBlock(h)
	h.app = h.mount(publicURL, ledger)
	return h
}

// mount makes the application with other figures.
func (h *house) mount(publicURL string, ledger disclosure.Ledger) *fiber.App {
	return h.mountWith(publicURL, ledger, h.records)
}

func (h *house) mountWith(publicURL string, ledger disclosure.Ledger, records Records) *fiber.App {
	app := web.New(web.Options{Log: slog.New(slog.NewTextHandler(&h.log, nil)), Secure: strings.HasPrefix(publicURL, "https"), ErrorPage: ErrorPage})
	New(Options{
		Records: records, Figures: disclosure.NewBook(ledger), Own: disclosure.NewOwnBook(ledger), Names: reporttest.Names(), PublicURL: publicURL,
		Clock:   func() time.Time { return h.now },
		Reports: h.drafts, Grants: h.deeds, Impacts: h.block, Mail: true,
		LastHit: func(string) string { return "within the last hour" },
		Opened:  func(link string, d day.Day) { h.opened = append(h.opened, link+" "+d.String()) },
	}).Mount(app)
	return app
}

// amy is the user as the records have her.
func (h *house) amy() account.User {
	h.t.Helper()
	doc, err := h.records.Get(account.Kind, "amy")
	must(h.t, err)
	u, err := record.As[account.User](doc)
	must(h.t, err)
	return u
}

func freeze(t testing.TB, ledger disclosure.Ledger, id string) report.Report {
	t.Helper()
	g := reporttest.Grant()
	p, err := g.Period("Y2Q3")
	must(t, err)
	draft, err := report.Build(context.Background(), disclosure.NewBook(ledger), report.Settings{
		Site: reporttest.Site(), Funder: reporttest.Funder(), Grant: g, Period: p, Names: reporttest.Names(),
		Words: []report.Words{
			{Heading: "What happened", Text: "More young people came to us by web chat than in any quarter before. We opened the chat on Sunday evenings in October, and most of the growth came on Sundays.\n\nThe drop-in moved to a warmer room."},
			{Heading: "What was hard", Text: "Two of our evening volunteers moved away. We closed the text line for nine evenings in November and said so on the website."},
		},
	})
	must(t, err)
	frozen, err := report.Freeze(draft, id, 1, day.New(2027, 1, 8))
	must(t, err)
	return frozen
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// put writes the next version of a document.
func (h *house) put(kind record.Kind, id string, body any) {
	h.t.Helper()
	_, err := h.records.Put(context.Background(), kind, id, uint32(len(h.records.History(kind, id))), "test", body)
	must(h.t, err)
}

// answered is a response with its body read.
type answered struct {
	*http.Response
	body string
}

func (h *house) do(method, target string, form url.Values, headers ...string) answered {
	h.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req := httptest.NewRequest(method, target, body)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := h.app.Test(req, -1)
	must(h.t, err)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	must(h.t, err)
	return answered{res, string(b)}
}

func (h *house) get(target string, headers ...string) answered {
	h.t.Helper()
	return h.do(http.MethodGet, target, nil, headers...)
}

var preview = flag.String("preview", "", "address on which TestPreview serves the pages until it is stopped, for example 127.0.0.1:8099")

// TestPreview serves the pages with a believable charity, to be looked at.
func TestPreview(t *testing.T) {
	h := build(t, "http://"+*preview)
	if res := h.get("/r/" + h.token); res.StatusCode != http.StatusOK {
		t.Fatalf("status %d: %s", res.StatusCode, res.body)
	}
	if *preview == "" {
		return
	}
	small := freeze(t, reporttest.Filled(.006, time.November), "FR-SMALL000")
	link, token, err := reporttest.Grant().NewLink(small.ID, h.now.AddDate(0, 6, 0))
	must(t, err)
	link.Code = account.Hash("four blue boats")
	h.put(report.Kind, small.ID, small)
	h.block.sheet.Reports = append(h.block.sheet.Reports, small)
	h.put(funder.LinkKind, link.Hash, link)
	t.Logf("http://%s/r/%s opens a small, provisional report with the code %q", *preview, token, "four blue boats")
	t.Logf("http://%s/r/%s and /sites (amy@harbour.example, %q)", *preview, h.token, secret)
	must(t, h.app.Listen(*preview))
}
