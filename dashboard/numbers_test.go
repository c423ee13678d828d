package dashboard

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
	"github.com/footfall-analytics/footfall/internal/totals"
	"github.com/footfall-analytics/footfall/internal/web"
)

// office is a house whose staff enter numbers: dan may, amy may only look.
func office(t *testing.T, publicURL string) *house {
	t.Helper()
	h := build(t, publicURL)
	keys, err := disclosure.OpenKeys(t.TempDir(), [32]byte{1})
	must(t, err)
	h.put(account.Kind, "dan", account.User{ID: "dan", Email: "dan@harbour.example", Name: "Dan Example", Password: hashed, Role: account.Data, Sites: []string{"kx4f9q"}})
	ledger := &reporttest.Ledger{}
	clock := func() time.Time { return h.now }
	desk := &totals.Desk{Records: h.records, Ledger: ledger, Keys: keys, Clock: clock}
	h.app = web.New(web.Options{Log: slog.New(slog.NewTextHandler(&h.log, nil)), Secure: strings.HasPrefix(publicURL, "https"), ErrorPage: ErrorPage})
	New(Options{
		Records: h.records, Figures: disclosure.NewBook(ledger), Own: disclosure.NewOwnBook(ledger), Names: reporttest.Names(), PublicURL: publicURL, Clock: clock,
		Totals: desk, Cases: disclosure.NewRecordBook(ledger),
		SealTotals: func(ctx context.Context) error {
			sealer := &disclosure.Sealer{Ledger: ledger, Keys: keys}
			return desk.Seal(ctx, func(p disclosure.RecordPlan) error {
				_, err := sealer.SealRecords(ctx, p, h.now)
				return err
			})
		},
	}).Mount(h.app)
	return h
}

const ourNumbers = "/sites/kx4f9q/numbers"

// worker is somebody who is logged in.
type worker struct {
	*house
	cookie *http.Cookie
}

func (h *house) worker(email string) worker {
	h.t.Helper()
	res := h.do(http.MethodPost, "/login", url.Values{"email": {email}, "password": {secret}}, "Origin", public)
	if len(res.Cookies()) != 1 {
		h.t.Fatalf("%s cannot log in: %d", email, res.StatusCode)
	}
	return worker{h, res.Cookies()[0]}
}

var formToken = regexp.MustCompile(`name="form" value="([^"]+)"`)

// send posts a form of the page; the names and values follow each other.
func (w worker) send(fields ...string) answered {
	w.t.Helper()
	form := url.Values{"form": {formToken.FindStringSubmatch(w.see(ourNumbers, w.cookie).body)[1]}}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return w.do(http.MethodPost, ourNumbers, form, "Origin", public, "Cookie", w.cookie.Name+"="+w.cookie.Value, "Accept", "text/html")
}

func (w worker) wants(res answered, status int, texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		if res.StatusCode != status || !strings.Contains(res.body, text) {
			w.t.Errorf("status %d, want %d with %q in\n%s", res.StatusCode, status, text, res.body)
		}
	}
}

func TestNumbersAreEnteredByHandAndSealed(t *testing.T) {
	h := office(t, public)
	dan := h.worker("dan@harbour.example")
	dan.wants(dan.send("do", "final"), 422, "nothing can be sealed now")
	dan.wants(dan.send("do", "template", "template", "contact-centre"), 200, "You can now enter 4 indicators", "New families")
	dan.wants(dan.send("do", "template", "template", "contact-centre"), 422, "are there already")
	res := dan.send("do", "enter", "indicator", "centre-families", "period", "Nov 2026", "count", "4711")
	dan.wants(res, 200, "Please look", "November 2026", "4,711", "Store these numbers")
	body := regexp.MustCompile(`name="totals" value="([^"]*)"`).FindStringSubmatch(res.body)
	if body == nil {
		t.Fatal("the preview has nothing to send back")
	}
	dan.wants(dan.see(ourNumbers, dan.cookie), 200, "Nothing is entered yet")
	stored := dan.send("do", "save", "from", "form", "totals", strings.ReplaceAll(body[1], "&#34;", `"`))
	dan.wants(stored, 200, "Stored: 1 total", "entered, not sealed", "by hand")
	if strings.Contains(stored.body, "4711") || strings.Contains(stored.body, "4,711") {
		t.Error("a number that is not sealed is shown outside of the preview")
	}
	dan.wants(dan.send("do", "enter", "indicator", "centre-families", "period", "2026", "count", "-1"), 422, "this is a whole year", "a count cannot be negative", `value="-1"`)
	dan.wants(dan.send("do", "undo"), 200, "Undone: 1 total", "Nothing is entered yet")
	dan.send("do", "save", "from", "form", "totals", strings.ReplaceAll(body[1], "&#34;", `"`))
	dan.wants(dan.send("do", "final"), 200, "Sealed: 1 total", "November 2026</th>")
	dan.wants(dan.send("do", "undo"), 422, "nothing to undo")
	dan.wants(dan.send("do", "enter", "indicator", "centre-families", "period", "Nov 2026", "count", "4"), 422, "2026-11 of centre-families is sealed")
	dan.wants(dan.send("do", "nonsense"), 403, "Please try again")
	if !strings.Contains(dan.see(ourNumbers, dan.cookie).body, `<td class="n">4,7`) {
		t.Error("the sealed figure is not shown")
	}
}

func TestOthersOnlyLookAtNumbers(t *testing.T) {
	h := office(t, public)
	h.worker("dan@harbour.example").send("do", "template", "template", "helpline")
	amy := h.worker("amy@harbour.example")
	page := amy.see(ourNumbers, amy.cookie)
	amy.wants(page, 200, "Contacts answered")
	if strings.Contains(page.body, `name="do"`) {
		t.Error("a reporter can enter numbers")
	}
	amy.wants(amy.send("do", "undo"), 403, "Please try again")
	if res := amy.see(ourNumbers+"/count", amy.cookie); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the page that counts: %d", res.StatusCode)
	}
	for _, target := range []string{"/sites/zz9zz9/numbers", "/sites/zzzzzz/numbers", "/sites/zz9zz9/numbers/count"} {
		if res := amy.see(target, amy.cookie); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", target, res.StatusCode)
		}
	}
	if res := h.get(ourNumbers); res.StatusCode != http.StatusSeeOther {
		t.Errorf("without a login: %d", res.StatusCode)
	}
	dan := h.worker("dan@harbour.example")
	res := dan.do(http.MethodPost, ourNumbers, url.Values{"do": {"undo"}}, "Origin", public, "Cookie", dan.cookie.Name+"="+dan.cookie.Value)
	dan.wants(res, 403, "Please try again")
	if strings.Contains(page.Header.Get("Content-Security-Policy")+page.body, "script") {
		t.Errorf("a page without forms needs no script: %s", page.Header.Get("Content-Security-Policy"))
	}
	for _, target := range []string{ourNumbers, ourNumbers + "/count"} {
		if got := dan.see(target, dan.cookie).Header.Get("Content-Security-Policy"); !strings.HasSuffix(got, "; script-src 'self'; worker-src 'self'") || !strings.HasPrefix(got, "default-src 'none'") || strings.Contains(got, "connect") {
			t.Errorf("%s: %s", target, got)
		}
	}
	address := regexp.MustCompile(`src="([^"]+)numbers\.js"`).FindStringSubmatch(dan.see(ourNumbers, dan.cookie).body)
	if got := dan.get(address[1] + "worker.js").Header.Get("Content-Security-Policy"); got != "default-src 'none'; script-src 'self'" {
		t.Errorf("the worker may do more than load its parts: %s", got)
	}
}

var shots = flag.String("shots", "", "folder for pictures of the page Our numbers")

// A list of people is counted in the browser: nothing is sent meanwhile, and
// then counts alone.
func TestAWorkerInABrowser(t *testing.T) {
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	h := office(t, "http://"+l.Addr().String())
	go func() { _ = h.app.Listener(l) }()
	t.Cleanup(func() { _ = h.app.Shutdown() })
	people := "Person,Date of call,How,Note\n"
	for _, line := range []string{"Person A,03/10/2026,Phone", "Person B,2026-10-04,Phone", "Person C,5 October 2026,Web chat", "Person D,46329,Carrier pigeon", "Person E,not known,Phone"} {
		people += line + ",\"Something private, \"\"quoted\"\"\nand long\"\n"
	}
	given, err := json.Marshal(map[string]string{
		"url": "http://" + l.Addr().String(), "numbers": "http://" + l.Addr().String() + ourNumbers, "email": "dan@harbour.example", "password": secret, "shots": *shots,
		"totals": "Month,Indicator,Value,Count\nOctober 2026,Contacts answered,Telephone,120\nOctober 2026,Contacts answered,Web chat,80\nTotal,,,200\n",
		"bad":    "Month,Indicator,Name,Count\nOctober 2026,Contacts answered,Person A,1\n",
		"people": people, "unknown": "Month,Indicator,Value,Count\nOctober 2026,Contacts not known,,120\n",
	})
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "internal/e2e/browser/numbers.mjs", string(given))
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = "..", &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	var seen struct {
		Begun, Refused, Preview, Stored, Typed, Kept, Counted, FromPeople string
		WhileCounting, Posted, Kinds, Broken                              []string
		Answers                                                           [][][]string // to a file, and to the next
		Looked                                                            int
	}
	must(t, json.Unmarshal(out.Bytes(), &seen))
	for got, want := range map[string]string{
		seen.Begun: "You can now enter 4 indicators", seen.Refused: "row 1, column C: this column is about single persons", seen.Preview: "200Telephone 120Web chat 80added up",
		seen.Stored: "Stored: 1 total", seen.Typed: "How many: this is no count", seen.Kept: "Nov 2026", seen.FromPeople: "October 2026 3Telephone 2Web chat 1",
	} {
		if !strings.Contains(strings.ReplaceAll(got, " 200 ", " 200"), want) && !strings.Contains(strings.ReplaceAll(got, " ", ""), strings.ReplaceAll(want, " ", "")) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	if len(seen.WhileCounting) > 0 {
		t.Errorf("sent while it counted: %v", seen.WhileCounting)
	}
	want := "Period,Indicator,Value,Count\n2026-10,helpline-contacts,,3\n2026-10,helpline-contacts,phone,2\n2026-10,helpline-contacts,webchat,1\n" +
		"2026-11,helpline-contacts,,1\n2026-11,helpline-contacts,phone,0\n2026-11,helpline-contacts,webchat,0"
	if diff := cmp.Diff(want, seen.Counted); diff != "" {
		t.Error(diff)
	}
	for _, post := range seen.Posted {
		if !strings.Contains(post, "do=counted") || strings.Contains(post, "Person") || strings.Contains(post, "rivate") || strings.Contains(post, "pigeon") {
			t.Errorf("posted: %s", post)
		}
	}
	if len(seen.Posted) != 1 || !slices.Contains(seen.Kinds, "Carrier pigeon") {
		t.Errorf("%d posts, kinds %v", len(seen.Posted), seen.Kinds)
	}
	for _, b := range seen.Broken {
		t.Error(b)
	}
	refused, looks := "Not taken, and nothing was kept", "Your browser looks through the file before it is sent."
	if diff := cmp.Diff([][][]string{
		{{refused, looks}, {"Your browser found no people in it. Nothing is sent before you press the button."}},
		{{refused, looks}, {"next.csv was not sent"}},
	}, seen.Answers); diff != "" {
		t.Error(diff)
	}
	if seen.Looked != 12 {
		t.Errorf("axe looked at %d pages, want 12", seen.Looked)
	}
}
