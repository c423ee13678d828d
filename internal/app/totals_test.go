package app

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// families gives the service an indicator of case records, and an agreement that
// demands its total exactly.
func (s *service) families(t *testing.T) {
	t.Helper()
	for _, c := range []struct {
		name string
		args DocumentChange
	}{
		{"funder add", document("", "", `{"id":"lantern","name":"Lantern"}`)},
		{"indicator add", document("", s.site.Key, `{"id":"families","heading":"contacts","source":"records","label":{"en":"Families","cy":"Teuluoedd"},"unit":{"en":"families","cy":"teuluoedd"},
			"values":[{"id":"new","label":{"en":"New","cy":"Newydd"}},{"id":"returning","label":{"en":"Returning","cy":"Dychwelyd"}}]}`)},
		{"grant add", document("", s.site.Key, `{"id":"talk","funder":"lantern","title":"Talk","funder_ref":"LF-1","start":"2026-01-01","end":"2026-12-31","pattern":"quarterly","agreement":"DSA-1",
			"targets":[{"indicator":"indicator/families","wording":"Families","exact":true}]}`)},
	} {
		if _, err := run[any](t, s, c.name, c.args); err != nil {
			t.Fatal(err)
		}
	}
}

const januaryFile = "Month,Indicator,Value,Count\nJanuary 2026,Families,New,12\nJanuary 2026,Families,Returning,25\n"

func TestTotalsAreTakenInAndSealed(t *testing.T) {
	s := start(t) // on 2 March 2026
	s.families(t)
	enter := func(content string, preview bool) (TotalsEntered, error) {
		return run[TotalsEntered](t, s, "totals import", TotalsFile{Site: s.site.Key, Content: []byte(content), Preview: preview})
	}
	if p, err := enter(januaryFile, true); err != nil || p.Stored || !strings.Contains(p.Text(), "new       2026-01  families  37 (added up from its values)  new 12  returning 25") || !strings.Contains(p.Text(), "nothing is stored") {
		t.Fatalf("%v %s", err, p.Text())
	}
	if _, err := enter("Name,Month\nPerson A,January 2026\n", false); err == nil || !strings.Contains(err.Error(), "row 1, column A") || strings.Contains(err.Error(), "Person A") {
		t.Errorf("a file of people: %v", err)
	}
	if p, err := enter(januaryFile, false); err != nil || !strings.Contains(p.Text(), "Stored as upload") {
		t.Fatalf("%v %s", err, p.Text())
	}
	if p, err := run[TotalsEntered](t, s, "totals add", TotalsRow{Site: s.site.Key, Indicator: "families", Period: "Feb 2026", Count: "9"}); err != nil || p.Upload == "" {
		t.Fatal(err)
	}
	q := disclosure.Query{Site: s.site.Key, Table: cell.Indicator, Value: "families", Period: disclosure.PeriodOf(disclosure.Month, day.New(2026, 1, 1), 1)}
	if _, err := s.sealNow(t.Context(), None{}); err != nil {
		t.Fatal(err)
	}
	if f, err := s.cases.Exact(t.Context(), q); !errors.Is(err, disclosure.ErrOpen) {
		t.Errorf("sealed before it has stood for 48 hours: %v %v", f, err)
	}
	s.close(t) // what was entered outlives the process
	s.at(s.now.Load().Add(49 * time.Hour))
	s.open(t)
	if _, err := s.sealNow(t.Context(), None{}); err != nil {
		t.Fatal(err)
	}
	if f, err := s.cases.Exact(t.Context(), q); err != nil || f.String() != "37" || !f.IsExact() {
		t.Errorf("January: %v %v", f, err)
	}
	if list, err := run[TotalsList](t, s, "totals list", s.site.Key); err != nil || len(list) != 2 || !list[0].Sealed || !list[1].Sealed || strings.Contains(list.Text(), "37") {
		t.Errorf("%v %s", err, list.Text())
	}
	if _, err := run[TotalsUndone](t, s, "totals undo", TotalsChoice{Site: s.site.Key}); err == nil {
		t.Error("what is sealed is undone")
	}
	if _, err := enter(strings.Replace(januaryFile, "12", "13", 1), false); err == nil || !strings.Contains(err.Error(), "a correction is a note beside the figure") {
		t.Errorf("what is sealed is replaced: %v", err)
	}
	s.at(time.Date(2026, 4, 4, 12, 0, 0, 0, time.UTC))
	if _, err := enter("Month,Indicator,Count\nMarch 2026,families,44\n", false); err != nil {
		t.Fatal(err)
	}
	if _, err := run[Sealed](t, s, "totals seal", TotalsChoice{Site: s.site.Key}); err != nil {
		t.Fatal(err)
	}
	q.Period = disclosure.PeriodOf(disclosure.Quarter, day.New(2026, 1, 1), 1)
	if f, err := s.cases.Exact(t.Context(), q); err != nil || f.IsExact() || !f.IsShown() {
		t.Errorf("a quarter with a month below 10 is exact, or has no figure: %v %v", f, err)
	}
	for range 2 { // the key of 2026 ends on 1 February 2028
		s.at(time.Date(2028, 2, 1, 12, 0, 0, 0, time.UTC))
		if err := s.endRecordYears(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.sealer.Keys.Key(disclosure.RecordsKey(s.site.Key), 2026); !errors.Is(err, disclosure.ErrNoKey) {
			t.Errorf("the key is there: %v", err)
		}
	}
	if docs := s.records.History(recordKeysKind, "2026"); len(docs) != 1 {
		t.Errorf("%d records of its end, want one", len(docs))
	}
}

// ask sends a message to the API.
func (s *service) ask(t *testing.T, app *fiber.App, target, key, kind, body string) (int, string) {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	resp, err := app.Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var all json.RawMessage
	if err := json.NewDecoder(resp.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(all)
}

func TestProgramsSendTotals(t *testing.T) {
	s := start(t)
	s.families(t)
	app := s.routes()
	key, err := run[KeyAdded](t, s, "key add", KeyChoice{Site: s.site.Key, Name: "Case system"})
	if err != nil || !strings.HasPrefix(key.Key, "fk_") || !strings.HasSuffix(key.URL, "/v1/totals") {
		t.Fatalf("%+v %v", key, err)
	}
	const asJSON, asCSV = "application/json", "text/csv"
	body := `{"totals": [{"period": "2026-01", "indicator": "families", "value": "new", "count": 12}]}`
	for _, c := range []struct {
		name, target, key, kind, body string
		status                        int
		want                          string
	}{
		{"no key", "/v1/totals", "", asJSON, body, 401, "the key is wrong"},
		{"a wrong key", "/v1/totals", "fk_wrong", asJSON, body, 401, "the key is wrong"},
		{"preview", "/v1/totals?preview=yes", key.Key, asJSON, body, 200, `"change":"new"}]}`},
		{"stored", "/v1/totals", key.Key, asJSON, body, 200, `"upload":"`},
		{"again", "/v1/totals", key.Key, asJSON, body, 200, `"change":"same"}]}`},
		{"a file", "/v1/totals", key.Key, asCSV, januaryFile, 200, `"change":"replaces","was":12}`},
		{"people", "/v1/totals", key.Key, asJSON, `{"totals": [{"period": "2026-01", "name": "Person A"}]}`, 422, "single persons"},
		{"the future", "/v1/totals", key.Key, asJSON, strings.Replace(body, "2026-01", "2026-05", 1), 422, `"row":1,"column":"A","text":"2026-05 is not over`},
		{"too large", "/v1/totals", key.Key, asCSV, strings.Repeat("x", 270<<10), 422, "larger than 256 kB"},
	} {
		if status, got := s.ask(t, app, c.target, c.key, c.kind, c.body); status != c.status || !strings.Contains(got, c.want) || strings.Contains(got, "Person A") {
			t.Errorf("%s: %d %s, want %d %s", c.name, status, got, c.status, c.want)
		}
	}
	entries, err := s.totals.List(t.Context(), s.site.Key)
	if err != nil || len(entries) != 1 || entries[0].Author != "key:"+key.ID || entries[0].From != "api" || entries[0].Version != 2 {
		t.Errorf("%+v %v", entries, err)
	}
	last := 0
	for range 40 {
		last, _ = s.ask(t, app, "/v1/totals", key.Key, asJSON, body)
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("40 messages within a minute: %d", last)
	}
	if _, err := run[KeyList](t, s, "key revoke", KeyChoice{Site: s.site.Key, ID: key.ID}); err != nil {
		t.Fatal(err)
	}
	s.at(s.now.Load().Add(time.Hour))
	if status, got := s.ask(t, app, "/v1/totals", key.Key, asJSON, body); status != 401 {
		t.Errorf("a revoked key: %d %s", status, got)
	}
}
