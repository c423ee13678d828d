package funder

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/setting"
)

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings, numbers and lists of them
	}
	return text
}

// full has every setting of a grant.
const full = `{"id":"kx4f9q-talk","site":"kx4f9q","funder":"lantern","title":"Someone to talk to","funder_ref":"LF-2025-0417","charity_ref":"HYP/G/12",
"start":"2026-09-17","end":"2027-05-31","pattern":"own","own":[{"first":"2026-09-17","last":"2026-12-18"},{"first":"2026-12-19","last":"2027-05-31"}],
"due":"28 days after, previous working day","nation":"wales","targets":[{"indicator":"outcome/safer","wording":"Felt safer","definition":"Said so.","period":350,"whole":900,"out_of":"asked","how":"Asked after a chat."}],
"slice":{"tables":["contact","outcome","page"],"pages":["/help"]},"agreement":"DSA-1","assessment":"DPIA-1","recipient":"researcher","approval":"REC-7","approval_ends":"2027-12-31",
"giving_id":"360G-lantern-LF-2025-0417","charity_org_id":"GB-CHC-1199999","areas":["W92000004","E06000001"]}`

func TestAWholeGrantIsRead(t *testing.T) {
	g, err := setting.Read[Grant]([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Validate(); err != nil {
		t.Fatal(err)
	}
	var in, out map[string]any
	if err := json.Unmarshal([]byte(full), &in); err != nil {
		t.Fatal(err)
	}
	b := encode(g)
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, out); diff != "" {
		t.Errorf("written otherwise than read (-read +written):\n%s", diff)
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(b, &fields); err != nil || len(fields) != 22 {
		t.Errorf("%d settings are written: give the example the new ones, too (%v)", len(fields), err)
	}
}

// A grant that was written before there were due rules, slices and the like is
// read as it was.
func TestAnOldGrantIsRead(t *testing.T) {
	old := `{"id":"g","site":"kx4f9q","funder":"f","title":"t","funder_ref":"r","charity_ref":"","start":"2026-04-01","end":"2027-03-31","pattern":"quarterly","targets":null,"agreement":"DSA-1","assessment":"DPIA-1"}`
	g, err := setting.Read[Grant]([]byte(old))
	if err != nil || g.Validate() != nil || len(g.Periods()) != 4 || g.Periods()[0].Due != 0 {
		t.Fatalf("%+v, %v, %v", g, err, g.Validate())
	}
	if got := string(encode(g)); got != old {
		t.Errorf("it is written as %s", got)
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`{"colour":"red"}`:                                      `no setting "colour": mend its name or leave it out`,
		`{"Title":"Open doors"}`:                                `no setting "Title"`,
		`{"targets":[{"indicator":"contact","goal":5}]}`:        `no setting "goal"`,
		`{"slice":{"tabels":[]}}`:                               `no setting "tabels"`,
		`{"title":"a","title":"b"}`:                             `"title" is there twice`,
		`{"own":[{"first":"2026-01-01","first":"2026-01-02"}]}`: `"first" is there twice`,
		`{"title":5}`:                                           `"title": want a text in quotes, found number`,
		`{"targets":[{"indicator":"contact","period":-5}]}`:     `want a whole number, 0 or more`,
		`{"targets":{}}`:                                        `"targets": want a list`,
		`{"start":"1 April 2026"}`:                              `want a date such as 2026-11-30`,
		`{"start":20260401}`:                                    `"start": want a day`,
		`{"due":"soon"}`:                                        `want a rule such as`,
		`{"due":28}`:                                            `"due": want`,
		`{"targets":[{"indicator":"page"}]}`:                    `name one group of pages`,
		`{"title":"a"} {"title":"b"}`:                           `nothing after it`,
		`[]`:                                                    `want one JSON object`,
		`null`:                                                  `want one JSON object`,
		``:                                                      `read settings`,
		`{"title"`:                                              `read settings`,
		"{\"title\":\"\xff\"}":                                  `not UTF-8`,
	} {
		if g, err := setting.Read[Grant]([]byte(text)); err == nil || !strings.Contains(err.Error(), want) || !cmp.Equal(g, Grant{}, cmp.AllowUnexported(Due{})) {
			t.Errorf("%s: %+v, %v, want %q", text, g, err, want)
		}
	}
	if _, err := setting.Read[Grant]([]byte(strings.Repeat(`{"own":`, 20_000))); err == nil {
		t.Error("no end of objects was read")
	}
}

func TestChanged(t *testing.T) {
	old, err := setting.Read[Grant]([]byte(full))
	if err != nil {
		t.Fatal(err)
	}
	next, err := setting.Change(old, []byte(`{"title":"Open doors","targets":[{"indicator":"contact","wording":"Contacts"}],"slice":{"tables":["contact"]},"due":null,"areas":null}`))
	if err != nil {
		t.Fatal(err)
	}
	want := old
	want.Title, want.Targets, want.Slice = "Open doors", []Target{{Indicator: Indicator{Table: cell.Contact}, Wording: "Contacts"}}, Slice{Tables: []cell.Table{cell.Contact}}
	want.Due, want.Areas = Due{}, nil
	if diff := cmp.Diff(want, next, cmp.AllowUnexported(Due{})); diff != "" {
		t.Error(diff)
	}
	for _, change := range []string{`{"Title":"x"}`, `{"titel":"x"}`, `{"title":"x","title":"y"}`, `[]`, ``, `{"start":"x"}`} {
		if next, err := setting.Change(old, []byte(change)); err == nil || next.Title != "" {
			t.Errorf("%s: %+v, %v", change, next, err)
		}
	}
}

// Whatever grant there is, it is read as it was written.
func TestGrantsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := anyGrant(t)
		g.Title = rapid.String().Draw(t, "title")
		g.Areas = rapid.SliceOfN(rapid.StringMatching(`[EWSN][0-9]{8}`), 1, 3).Draw(t, "areas")
		g.Slice.Pages = rapid.SliceOfN(rapid.String(), 1, 3).Draw(t, "pages")
		g.Targets = []Target{{Indicator: Indicator{cell.Outcome, "safer"}, Wording: rapid.String().Draw(t, "wording"), Whole: rapid.Uint64().Draw(t, "whole")}}
		again, err := setting.Read[Grant](encode(g))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(g, again, cmp.AllowUnexported(Due{})); diff != "" {
			t.Fatal(diff)
		}
	})
}

// No text makes the reader fall over; what it takes it writes so that it takes
// it again, and what is valid has a calendar.
func FuzzDocuments(f *testing.F) {
	f.Add([]byte(full))
	f.Add([]byte(`{"id":"lantern","name":"The Lantern Foundation","org_id":"GB-CHC-123456"}`))
	f.Add(encode(talked()))
	f.Add([]byte(`{"targets":[{}],"own":[{}],"slice":{}}`))
	f.Add([]byte(`{"start":"0001-01-01","end":"9999-12-31","pattern":"quarterly","due":"366 working days after"}`))
	f.Add([]byte(`{"site":"s","funder":"f","title":"t","funder_ref":"r","start":"2024-02-29","end":"2027-09-16","pattern":"half-yearly","due":"1 month after"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		stable[Funder](t, text)
		stable[Definition](t, text)
		g, ok := stable[Grant](t, text)
		if !ok {
			return
		}
		_ = g.Check(harbour())
		if g.Validate() == nil {
			tiled(t, g)
		}
	})
}

func stable[D any](t *testing.T, text []byte) (D, bool) {
	d, err := setting.Read[D](text)
	if err != nil {
		if err.Error() == "" {
			t.Fatal("refused without a word")
		}
		return d, false
	}
	again, err := setting.Read[D](encode(d))
	if err != nil || string(encode(again)) != string(encode(d)) {
		t.Fatalf("%s becomes %s, %v", encode(d), encode(again), err)
	}
	next, err := setting.Change(d, []byte(`{}`))
	if err != nil || string(encode(next)) != string(encode(d)) {
		t.Fatalf("%s is changed by nothing to %s, %v", encode(d), encode(next), err)
	}
	if v, ok := any(d).(interface{ Validate() error }); ok {
		_ = v.Validate()
	}
	return d, true
}
