package app

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
	"github.com/footfall-analytics/footfall/internal/site"
)

var (
	readerRequests = flag.Int("readers", 2000, "how many requests TestReadersGetLedgerValuesAlone makes")
	readerSeed     = flag.Uint64("readers-seed", 1, "seed of the requests")
)

const (
	staffPassword = "quiet harbour lantern"
	linkCode      = "four blue boats"
)

// harbour is a service with four months of sealed figures on both bases, an
// open one, staff, and links of every kind.
type harbour struct {
	*service
	tokens  map[string]string // of links, by kind
	banner  string            // hash of the one in force
	receipt string            // of an answer to it
	draft   string            // id of the one that was published
	lines   *rand.Rand
}

func startHarbour(t *testing.T) *harbour {
	t.Helper()
	h := &harbour{service: start(t), lines: rand.New(rand.NewPCG(7, 7))} // on 2 March
	h.change(t, `{"vocabulary":{
		"contact":[{"id":"webchat","label":{"en":"Web chat","cy":"Sgwrs"}},{"id":"relay","label":{"en":"Relay","cy":"Relay"}}],
		"issue":[{"id":"money","label":{"en":"Money","cy":"Arian"}},{"id":"housing","label":{"en":"Housing","cy":"Tai"}}],
		"outcome":[{"id":"asked","label":{"en":"Asked","cy":"Gofynnwyd"}},{"id":"safer","label":{"en":"Felt safer","cy":"Diogelach"}}]},
		"purposes":[{"id":"video","basis":"consent","label":{"en":"Videos","cy":"Fideos"},"why":{"en":"Our films.","cy":"Ein ffilmiau."},"services":[]}]}`)
	h.at(at(5, 1))
	h.change(t, `{"basis":"statistics"}`)
	h.at(at(6, 1))
	h.change(t, `{"basis":"consent"}`)
	for _, month := range disclosure.Months(day.New(2026, 3, 2), day.New(2026, 7, 8)) {
		h.add(t, max(month.First, day.New(2026, 3, 2)), min(month.Last, day.New(2026, 7, 8)), 60)
	}
	h.at(at(7, 10))
	h.seal(t)
	for _, u := range []NewUser{
		{Email: "amy@harbour.example", Name: "Amy", Role: "reporter", Sites: []string{h.site.Key}}, {Email: "other@harbour.example", Name: "Other", Role: "reporter"},
	} {
		u.Password = staffPassword
		if _, err := h.addUser(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	h.link(t)
	view, _ := h.Site(h.site.Key)
	version, _ := view.Banners.Current()
	h.banner = version.Hash
	h.receipt = h.signer.Receipt(consent.Claim{Site: h.site.Key, Banner: h.banner, Choices: []string{site.Statistics}}, day.New(2026, 7, 9))
	return h
}

// add counts visits on the days of a month, some on each basis, straight into
// the store.
func (h *harbour) add(t *testing.T, first, last day.Day, visits int) {
	t.Helper()
	for _, basis := range []cell.Basis{cell.BasisConsent, cell.BasisException} {
		b := cell.Batch{ID: fmt.Sprintf("%s-%s-%d", basis, first, h.lines.Uint64())}
		for d := first; d <= last; d++ {
			b.Cells = append(b.Cells, h.cells(d, basis, visits)...)
		}
		if err := h.store.Add(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
}

func (h *harbour) cells(d day.Day, basis cell.Basis, visits int) (all []cell.Cell) {
	add := func(table cell.Table, value string, most int) {
		if n := h.lines.IntN(most + 1); n > 0 {
			all = append(all, cell.Cell{Site: h.site.Key, Basis: basis, Day: d, Table: table, Value: value, N: uint64(n)})
		}
	}
	add(cell.Total, "", 2*visits)
	for i, name := range []string{"/", "/help", "/chat", "/about", "/rare", "/rarest"} {
		add(cell.Page, name, visits>>(2*i))
		add(cell.Entry, name, visits>>(2*i+1))
	}
	known := domains(h.site)
	for _, table := range slices.Sorted(maps.Keys(known)) {
		for i, v := range known[table] {
			add(table, v, visits>>i)
		}
	}
	add(cell.Banner, "1 yes en", visits)
	return all
}

// link makes a report with a link, and links that open it with a code, no more,
// or not yet.
func (h *harbour) link(t *testing.T) {
	t.Helper()
	target := func(table cell.Table, value string, n uint64) funder.Target {
		i := funder.Indicator{Table: table, Value: value}
		return funder.Target{Indicator: i, Wording: i.String(), Period: n}
	}
	g := h.online(t, h.site.Key, target(cell.Total, "", 4000), target(cell.Contact, "", 500), target(cell.Issue, "money", 300))
	g.Start, g.End = day.New(2026, 4, 1), day.New(2027, 3, 31)
	h.keep(t, g, funder.Limits{})
	h.draft = report.DraftID(g.ID, "Y1Q1")
	linked, _, err := h.publish(t, g, "Y1Q1")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.replace(t.Context(), funder.GrantKind, "g", funder.Grant{ID: "g", Site: h.site.Key, Funder: "tide-trust"}); err != nil {
		t.Fatal(err)
	}
	block := report.Impact{Title: "Our year", Figures: []report.Chosen{{Report: linked.Report, Indicator: funder.Indicator{Table: cell.Total}}}}
	if err := h.replace(t.Context(), report.ImpactKind, h.site.Key, block); err != nil {
		t.Fatal(err)
	}
	h.tokens = map[string]string{"valid": linked.URL[strings.LastIndex(linked.URL, "/")+1:]}
	for kind, edit := range map[string]func(*funder.Link){
		"coded": func(l *funder.Link) { l.Code = account.Hash(linkCode) }, "expired": func(l *funder.Link) { l.Expires = at(7, 9) },
		"revoked": func(l *funder.Link) { l.Revoked = true }, "lost": func(l *funder.Link) { l.Report = "FR-NOWHERE0" },
	} {
		l, token, err := funder.Grant{ID: "g", Agreement: "A", Assessment: "B"}.NewLink(linked.Report, at(12, 1))
		if err != nil {
			t.Fatal(err)
		}
		edit(&l)
		if err := h.replace(t.Context(), funder.LinkKind, l.Hash, l); err != nil {
			t.Fatal(err)
		}
		h.tokens[kind] = token
	}
}

// ledger copies what is sealed, each entry changed.
func (h *harbour) ledger(t *testing.T, change func(*disclosure.Entry)) *reporttest.Ledger {
	t.Helper()
	l := &reporttest.Ledger{}
	for _, basis := range []cell.Basis{cell.BasisConsent, cell.BasisException} {
		sealed, err := h.store.Sealed(t.Context(), h.site.Key, basis, 0, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		parts := map[string]*disclosure.Sealed{}
		for name := range sealed {
			p, err := disclosure.ParsePeriod(name, 1)
			if err != nil {
				t.Fatal(err)
			}
			parts[name] = &disclosure.Sealed{Period: p}
		}
		grains := []disclosure.Grain{disclosure.Day, disclosure.Week, disclosure.Month, disclosure.Quarter}
		entries, err := h.store.Entries(t.Context(), disclosure.Range{Site: h.site.Key, Basis: basis, Grains: grains, Last: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			change(&e)
			parts[e.Atom.Period.Name].Entries = append(parts[e.Atom.Period.Name].Entries, e)
		}
		all := disclosure.Sealing{Site: h.site.Key, Basis: basis}
		for _, part := range parts {
			all.Parts = append(all.Parts, *part)
		}
		if err := l.Seal(t.Context(), all); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// elsewhere changes what no reader may see of an entry, and leaves what readers
// get: the published number, and for days, which are added up, what sums need.
func elsewhere(rnd *rand.Rand) func(*disclosure.Entry) {
	return func(e *disclosure.Entry) {
		if e.Atom.Table != cell.Total {
			e.N, e.Noisy = rnd.Uint64N(5000), rnd.Int64N(5000)
		} else if e.N >= 5 {
			e.N = 5 + rnd.Uint64N(5000)
		}
	}
}

// world is one service as its readers meet it.
type world struct {
	handle  fasthttp.RequestHandler
	routes  []string // patterns of all that it reads
	cookies map[string]string
	enter   func() (leave func()) // puts its ledger under the service, for what is read at the time of a request
}

// world mounts the service over a ledger; nil for the one in the store. leak is
// a page that must not be there, nil for none.
func (h *harbour) world(t *testing.T, l disclosure.Ledger, leak fiber.Handler) *world {
	t.Helper()
	book, own := h.book, h.own
	defer func() { h.book, h.own = book, own }()
	if l != nil {
		h.book, h.own = disclosure.NewBook(l), disclosure.NewOwnBook(l)
		h.book.Strict, h.own.Strict = h.strict, h.strict
	}
	app := h.routes()
	if leak != nil {
		app.Get("/leak", leak)
	}
	mine, mineOwn := h.book, h.own
	enter := func() func() {
		book, own := h.book, h.own
		h.book, h.own = mine, mineOwn
		return func() { h.book, h.own = book, own }
	}
	w := &world{enter: enter, cookies: map[string]string{"none": "", "made up": "footfall=made-up; __Host-footfall=made-up"}}
	for _, r := range app.GetRoutes(true) {
		if r.Method == fiber.MethodGet && !strings.Contains(r.Path, ".js") && !slices.Contains(w.routes, r.Path) {
			w.routes = append(w.routes, r.Path)
		}
	}
	w.handle = app.Handler()
	for who, email := range map[string]string{"amy": "amy@harbour.example", "other": "other@harbour.example"} {
		ctx := w.do(request{method: "POST", uri: "/login", headers: []string{
			"Origin", h.cfg.PublicURL, "Content-Type", fiber.MIMEApplicationForm,
		}, body: "email=" + email + "&password=" + strings.ReplaceAll(staffPassword, " ", "+")})
		cookie, _, _ := strings.Cut(string(ctx.Response.Header.Peek("Set-Cookie")), ";")
		if ctx.Response.StatusCode() != fiber.StatusSeeOther || cookie == "" {
			t.Fatalf("login of %s: %d", who, ctx.Response.StatusCode())
		}
		w.cookies[who] = cookie
	}
	return w
}

// request is one request as it stands on the wire.
type request struct {
	route       string // whose address it is, "" for those of figures
	method, uri string
	cookie      string // whose
	headers     []string
	body        string
}

func (w *world) do(r request) *fasthttp.RequestCtx {
	var req fasthttp.Request
	req.Header.SetMethod(r.method)
	req.SetRequestURI(r.uri)
	req.Header.SetHost("127.0.0.1:8080")
	for i := 0; i+1 < len(r.headers); i += 2 {
		req.Header.Set(r.headers[i], r.headers[i+1])
	}
	if c := w.cookies[r.cookie]; c != "" {
		req.Header.Set("Cookie", c)
	}
	req.SetBodyString(r.body)
	defer w.enter()()
	ctx := &fasthttp.RequestCtx{}
	ctx.Init(&req, &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 4711}, nil)
	w.handle(ctx)
	return ctx
}

// secrets differ between two services and say nothing of figures.
var secrets = regexp.MustCompile(`name="form" value="[^"]*"|(?m)^(X-Request-Id|Date|Set-Cookie): .*$`)

// answer is the whole answer to a request.
func (w *world) answer(r request) string {
	ctx := w.do(r)
	id := ctx.Response.Header.Peek("X-Request-Id")
	text := append(ctx.Response.Header.Header(), ctx.Response.Body()...)
	if len(id) > 0 {
		text = bytes.ReplaceAll(text, id, []byte("-"))
	}
	return secrets.ReplaceAllString(strings.ReplaceAll(string(text), "\r\n", "\n"), "")
}
