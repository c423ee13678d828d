package attack

import (
	"encoding/csv"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	gocmp "github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/dashboard"
	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/record/recordtest"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
	"github.com/footfall-analytics/footfall/internal/site"
	"github.com/footfall-analytics/footfall/internal/store"
	"github.com/footfall-analytics/footfall/internal/store/storetest"
	"github.com/footfall-analytics/footfall/internal/web"
)

// outlets is the dashboard over a ledger, with a reader who is logged in.
type outlets struct {
	t       *testing.T
	app     *fiber.App
	book    *disclosure.Book
	records *record.Book
	site    site.Site
	now     time.Time
	cookie  string
}

func open(t *testing.T, c *charity, l disclosure.Ledger, now day.Day) *outlets {
	t.Helper()
	o := &outlets{t: t, book: disclosure.NewBook(l), now: now.Time().Add(9 * time.Hour), site: reporttest.Site()}
	var err error
	o.records, err = record.Open(t.Context(), &recordtest.Log{}, func() time.Time { return c.from.Time() })
	o.check(err)
	o.site.Key, o.site.Vocabulary = c.site, map[cell.Table][]site.Choice{}
	for _, name := range c.names {
		if name.table == cell.Issue || name.table == cell.Contact || name.table == cell.Outcome {
			o.site.Vocabulary[name.table] = append(o.site.Vocabulary[name.table], site.Choice{ID: name.value, Label: site.Text{En: name.value, Cy: name.value}})
		}
	}
	const secret = "quiet harbour lantern"
	o.put(site.Kind, c.site, o.site)
	o.put(account.Kind, "amy", account.User{ID: "amy", Email: "amy@harbour.example", Name: "Amy Pritchard", Password: account.Hash(secret),
		Role: account.Reporter, Sites: []string{c.site}})
	o.app = web.New(web.Options{Log: slog.New(slog.DiscardHandler), ErrorPage: dashboard.ErrorPage})
	dashboard.New(dashboard.Options{Records: o.records, Figures: o.book, Own: disclosure.NewOwnBook(l), PublicURL: "http://stats.example.org",
		Clock: func() time.Time { return o.now }}).Mount(o.app)
	form := url.Values{"email": {"amy@harbour.example"}, "password": {secret}}
	req := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", "http://stats.example.org")
	res, err := o.app.Test(req, -1)
	o.check(err)
	if len(res.Cookies()) != 1 {
		t.Fatalf("login: %s", res.Status)
	}
	o.cookie = res.Cookies()[0].Name + "=" + res.Cookies()[0].Value
	return o
}

func (o *outlets) check(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *outlets) put(kind record.Kind, id string, body any) {
	o.t.Helper()
	_, err := o.records.Put(o.t.Context(), kind, id, uint32(len(o.records.History(kind, id))), "test", body)
	o.check(err)
}

// get is what a reader sees: status and body.
func (o *outlets) get(target string) (int, string) {
	o.t.Helper()
	req := httptest.NewRequest(http.MethodGet, target, nil)
	req.Header.Set("Cookie", o.cookie)
	req.Header.Set("Accept", "text/html")
	res, err := o.app.Test(req, -1)
	o.check(err)
	b, err := io.ReadAll(res.Body)
	o.check(err)
	return res.StatusCode, string(b)
}

// publish freezes a report of the first quarter and returns the path of its link.
func (o *outlets) publish() string {
	o.t.Helper()
	g := reporttest.Grant()
	g.Site, g.Start, g.End, g.Targets = o.site.Key, day.New(2025, 1, 1), day.New(2026, 12, 31), nil
	p, err := g.Period("Y1Q1")
	o.check(err)
	draft, err := report.Build(o.t.Context(), o.book, report.Settings{Site: o.site, Funder: reporttest.Funder(), Grant: g, Period: p})
	o.check(err)
	frozen, err := report.Freeze(draft, "FR-ATTACK00", 1, day.Of(o.now, time.UTC))
	o.check(err)
	link, token, err := g.NewLink(frozen.ID, o.now.AddDate(0, 6, 0))
	o.check(err)
	o.put(report.Kind, frozen.ID, frozen)
	o.put(funder.LinkKind, link.Hash, link)
	return "/r/" + token
}

// realStore is a charity of 20 visits a day, sealed up to end in the real store.
type realStore struct {
	*charity
	*store.Store
	keys *disclosure.KeyStore
	end  day.Day
}

// The real store, with all that readers see of it. Its tests share a store, and
// the last one adds to it.
func TestStore(t *testing.T) {
	s := realStore{simulate(1, 20, day.New(2025, 4, 20)), storetest.Open(t), keys(t), day.New(2025, 3, 31)}
	for month := range s.monthsOfYear() {
		b := cell.Batch{ID: fmt.Sprint("attack", month)}
		for _, x := range s.cells() {
			if x.Day.Month() == month {
				b.Cells = append(b.Cells, x)
			}
		}
		if err := s.Add(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	if err := seal(t.Context(), s.keys, s.charity, s.Store, weakness{}, s.end+9); err != nil {
		t.Fatal(err)
	}
	t.Run("memory", s.likeMemory)
	t.Run("outlets", s.outletsAgree)
	t.Run("live", s.liveView)
}

func (s realStore) monthsOfYear() map[time.Month]bool {
	months := map[time.Month]bool{}
	for d := s.from; d <= s.to; d++ {
		months[d.Month()] = true
	}
	return months
}

// The memory that most attacks read has the entries of the real store.
func (s realStore) likeMemory(t *testing.T) {
	c, st, end, m := s.charity, s.Store, s.end, newMemory(s.cells())
	if err := seal(t.Context(), s.keys, c, m, weakness{}, end+9); err != nil {
		t.Fatal(err)
	}
	for _, g := range []disclosure.Grain{disclosure.Day, disclosure.Week, disclosure.Month, disclosure.Quarter} {
		r := disclosure.Range{Site: c.site, Basis: cell.BasisConsent, Grains: []disclosure.Grain{g}, First: c.from - 100, Last: end + 20}
		all := make([][]disclosure.Entry, 2)
		for i, l := range []ledger{st, m} {
			var err error
			if all[i], err = l.Entries(t.Context(), r); err != nil {
				t.Fatal(err)
			}
			slices.SortFunc(all[i], func(a, b disclosure.Entry) int {
				return strings.Compare(a.Atom.Period.Name+string(a.Atom.Table)+a.Atom.Value, b.Atom.Period.Name+string(b.Atom.Table)+b.Atom.Value)
			})
		}
		if diff := gocmp.Diff(all[0], all[1]); len(all[0]) == 0 || diff != "" {
			t.Errorf("%s: %d and %d entries (-store +memory):\n%.2000s", g, len(all[0]), len(all[1]), diff)
		}
	}
	a, err := st.Sealed(t.Context(), c.site, cell.BasisConsent, c.from-100, end+20)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := m.Sealed(t.Context(), c.site, cell.BasisConsent, c.from-100, end+20)
	if diff := gocmp.Diff(a, b); diff != "" {
		t.Errorf("sealed periods (-store +memory):\n%.2000s", diff)
	}
}

var (
	markup  = regexp.MustCompile(`<span class="(?:note|share)">[^<]*</span>|<[^>]*>`)
	figures = regexp.MustCompile(`<th scope="row">(.*?)</th><td class="n">(.*?)</td>`)
)

// plain is the number in a cell of a page, 0 for words.
func plain(text string) int {
	n, _ := strconv.Atoi(strings.ReplaceAll(strings.TrimSpace(markup.ReplaceAllString(text, "")), ",", ""))
	return n
}

// rowsOf are the figures of a page's tables by the label of their row.
func rowsOf(body string) map[string][]int {
	rows := map[string][]int{}
	for _, m := range figures.FindAllStringSubmatch(body, -1) {
		label := strings.TrimSpace(html.UnescapeString(markup.ReplaceAllString(m[1], "")))
		rows[label] = append(rows[label], plain(m[2]))
	}
	return rows
}

// The page, the CSV, the JSON and the book say the same: asking elsewhere gives
// no second answer to average with.
func (s realStore) outletsAgree(t *testing.T) {
	c, end := s.charity, s.end
	o := open(t, c, s.Store, end+10)
	path := o.publish()
	_, body := o.get(path)
	page := rowsOf(body)
	_, sheet := o.get(path + "/report.csv")
	_, object := o.get(path + "/report.json")
	frozen, err := report.Parse([]byte(object))
	o.check(err)
	lines, err := csv.NewReader(strings.NewReader(sheet)).ReadAll()
	o.check(err)
	figure := slices.Index(lines[0], "figure")
	facts, shown := frozen.Facts(), 0
	if len(lines) != len(facts)+1 {
		t.Fatalf("%d rows, %d facts", len(lines), len(facts))
	}
	for i, f := range facts {
		n, _ := f.Figure.Shown()
		shown += b2i(n > 0)
		if got := plain(lines[i+1][figure]); got != int(n) {
			t.Errorf("%s %s: %d in the CSV, %d in the JSON", f.Part, f.Label, got, n)
		}
		if f.Part == "table" && !slices.Contains(page[f.Label], int(n)) {
			t.Errorf("%s %s: %v on the page, %d in the JSON", f.Table, f.Label, page[f.Label], n)
		}
		if f.Part == "table" || f.Part == "visits" {
			again, err := o.book.Figure(t.Context(), disclosure.Query{Site: c.site, Table: f.Table, Value: f.Value, Period: quarterOrMonth(f)})
			if err != nil || again != f.Figure {
				t.Errorf("%s %s: %v %v in the book, %v in the report", f.Table, f.Value, again, err, f.Figure)
			}
		}
	}
	if shown < 40 {
		t.Errorf("only %d figures shown: nothing is compared", shown)
	}
	_, staff := o.get("/sites/" + c.site + "?month=2025-03")
	if grain, _ := s.readAs(t).chart(disclosure.PeriodOf(disclosure.Month, end, 1)); grain != disclosure.Week || !strings.Contains(staff, "Visits by week") {
		t.Errorf("the chart by %s is measured, but the page has another", grain)
	}
	for label, all := range rowsOf(staff) {
		if !strings.HasPrefix(label, "/") {
			continue
		}
		var known []int
		for _, table := range []cell.Table{cell.Page, cell.Entry} {
			f, err := o.book.Figure(t.Context(), disclosure.Query{Site: c.site, Table: table, Value: label, Period: disclosure.PeriodOf(disclosure.Month, end, 1)})
			o.check(err)
			n, _ := f.Shown()
			known = append(known, int(n))
		}
		for _, n := range all {
			if !slices.Contains(known, n) {
				t.Errorf("%s: %d on the staff's page, %v in the book", label, n, known)
			}
		}
	}
}

// readAs is what a reader has of the real store.
func (s realStore) readAs(t *testing.T) *view {
	t.Helper()
	v, err := read(t.Context(), s.charity, s.Store, weakness{}, s.end)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func quarterOrMonth(f report.Fact) disclosure.Period {
	if f.Last-f.First > 40 {
		return disclosure.PeriodOf(disclosure.Quarter, f.First, 1)
	}
	return disclosure.PeriodOf(disclosure.Month, f.First, 1)
}

// live asks for everything that could show an open period and returns all bytes.
func (o *outlets) live(path string) string {
	o.t.Helper()
	var all strings.Builder
	for _, target := range []string{
		"/sites", "?", "?month=2025-04", "?month=2025-04-08", "?month=2025",
		path, path + "/report.csv", path + "/report.json",
	} {
		if strings.HasPrefix(target, "?") {
			target = "/sites/" + o.site.Key + target
		}
		status, body := o.get(target)
		fmt.Fprintf(&all, "%s %d %s\n", target, status, body)
	}
	for _, table := range []cell.Table{cell.Total, cell.Page, cell.Issue} {
		for _, name := range []string{"2025-04-08", "2025-W15", "2025-04", "2025-Q2", "2025-03..2025-04"} {
			p, err := disclosure.ParsePeriod(name, 1)
			o.check(err)
			rows, err := o.book.Table(o.t.Context(), disclosure.Query{Site: o.site.Key, Table: table, Period: p})
			fmt.Fprintf(&all, "%s %s %v %v\n", table, name, rows, err)
		}
	}
	return all.String()
}

// The live view: whatever the cells of an open period hold, every outlet answers
// with the same bytes. The control seals the open month early and is seen.
func (s realStore) liveView(t *testing.T) {
	c, st, k, end := s.charity, s.Store, s.keys, s.end
	o := open(t, c, st, end+9)
	path := o.publish()
	before := o.live(path)
	for i, n := range []uint64{1, 5000} {
		late := cell.Batch{ID: fmt.Sprint("late", i)}
		for _, d := range []day.Day{end + 7, end + 8} {
			late.Cells = append(late.Cells, cell.Cell{Site: c.site, Basis: cell.BasisConsent, Day: d, Table: cell.Total, N: n},
				cell.Cell{Site: c.site, Basis: cell.BasisConsent, Day: d, Table: cell.Page, Value: "/new", N: n})
		}
		o.check(st.Add(t.Context(), late))
		o.check(seal(t.Context(), k, c, st, weakness{}, end+9))
		if after := o.live(path); after != before {
			t.Errorf("%d visits in an open month change an answer", n)
		}
	}
	o.check(seal(t.Context(), k, c, st, weakness{}, end+50))
	o.now = (end + 9).Time().Add(9 * time.Hour)
	if o.live(path) == before {
		t.Error("a month that was sealed early is not seen: the attack cannot succeed")
	}
}
