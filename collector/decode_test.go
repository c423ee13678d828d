package collector

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/footfall-analytics/footfall/internal/raw"
	"github.com/footfall-analytics/footfall/internal/web"
)

// exchange is one file of sdk-js/test/wire.
type exchange struct {
	Name        string          `json:"-"`
	About       string          `json:"about"`
	Method      string          `json:"method"`
	Path        string          `json:"path"`
	ContentType string          `json:"content_type"`
	Body        string          `json:"body"`
	Status      int             `json:"status"`
	Answer      json.RawMessage `json:"answer"`
}

func exchanges(t testing.TB) []exchange {
	t.Helper()
	files, err := filepath.Glob("../sdk-js/test/wire/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no payloads in sdk-js/test/wire", err)
	}
	all := make([]exchange, len(files))
	for i, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[i].Name = strings.TrimSuffix(filepath.Base(f), ".json")
		if err := json.Unmarshal(text, &all[i]); err != nil {
			t.Fatal(f, err)
		}
	}
	return all
}

func TestDecodeHit(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want raw.Hit
	}{
		"view": {
			`{"v":1,"kind":"view","site":"kx4f9q","pass":"p1.x","path":"/help","referrer":"www.example.org","campaign":"spring","new_visit":true,"new_page":true,"override_gpc":true}`,
			raw.Hit{Kind: raw.View, Site: "kx4f9q", Pass: "p1.x", Path: "/help", Referrer: "www.example.org", Campaign: "spring", NewVisit: true, NewPage: true, OverrodeGPC: true},
		},
		"any order, space, escapes": {
			" {\n\"path\" : \"\\/h\\u0065lp/caf\\u00e9\\ud83d\\ude00\" ,\t\"site\":\"kx4f9q\",\"kind\":\"view\",\"v\":1 , \"new_page\":false} \r\n",
			raw.Hit{Kind: raw.View, Site: "kx4f9q", Path: "/help/café😀"},
		},
		"leave": {
			`{"v":1,"kind":"leave","site":"kx4f9q","length":["1m","10s"],"depth":["2"]}`,
			raw.Hit{Kind: raw.Leave, Site: "kx4f9q", Length: []string{"1m", "10s"}, Depth: []string{"2"}},
		},
		"event": {
			`{"v":1,"kind":"event","site":"kx4f9q","pass":"","table":"contact","value":"webchat"}`,
			raw.Hit{Kind: raw.Event, Site: "kx4f9q", Table: "contact", Value: "webchat"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			body := []byte(c.body)
			got, err := decodeHit(body)
			if err != nil {
				t.Fatal(err)
			}
			for i := range body {
				body[i] = 'X' // the server uses the memory again
			}
			if diff := cmp.Diff(plain(c.want), plain(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// plain has the fields of a hit without the methods that hide them.
func plain(h raw.Hit) any {
	type fields raw.Hit
	f := fields(h)
	return []any{f.Kind, f.Site, f.Pass, f.Path, f.Referrer, f.Campaign, f.NewVisit, f.NewPage, append([]string{}, f.Length...), append([]string{}, f.Depth...), f.Table, f.Value, f.OverrodeGPC}
}

func TestRefusedHits(t *testing.T) {
	const (
		view  = `{"v":1,"kind":"view","site":"kx4f9q","path":"/help"`
		leave = `{"v":1,"kind":"leave","site":"kx4f9q"`
		event = `{"v":1,"kind":"event","site":"kx4f9q"`
	)
	for body, want := range map[string]string{
		"":                                      "must be one JSON object",
		"null":                                  "must be one JSON object",
		"[]":                                    "must be one JSON object",
		"{":                                     "not valid JSON",
		"{}":                                    `field "kind" is missing`,
		"{,}":                                   "not valid JSON",
		view:                                    "not valid JSON",
		view + `,}`:                             "not valid JSON",
		view + `}}`:                             "something after",
		view + `}{}`:                            "something after",
		view + `} x`:                            "something after",
		view + ` "new_page":true}`:              "not valid JSON",
		view + `,"new_page" true}`:              "not valid JSON",
		view + `,"visitor":"canary"}`:           `field "visitor" is not known: the fields are v, kind, site,`,
		view + `,"canary@example.org":1}`:       "a field is not known",
		view + `,"":1}`:                         "a field is not known",
		view + `,"Path":"/"}`:                   "a field is not known",
		view + `,"path":"/canary"}`:             `field "path" is there twice`,
		view + `,"p\u0061th":"/canary"}`:        `field "path" is there twice`,
		view + `,"new_page":1}`:                 `field "new_page" must be true or false`,
		view + `,"new_page":"true"}`:            `field "new_page" must be true or false`,
		view + `,"new_page":null}`:              `field "new_page" must be true or false`,
		view + `,"new_page":truecanary}`:        "not valid JSON",
		view + `,"campaign":{"canary":1}}`:      `field "campaign" must be text`,
		view + `,"campaign":"a` + "\x01" + `"}`: `field "campaign" must be text`,
		view + `,"campaign":"a\u0000"}`:         `field "campaign" must be text`,
		view + `,"campaign":"a\ud800"}`:         `field "campaign" must be text`,
		view + `,"campaign":"a\x"}`:             `field "campaign" must be text`,
		view + `,"campaign":"canary\"}`:         `field "campaign" must be text`,
		view + `,"campaign":"` + strings.Repeat("canary", 20) + `"}`: "at most 100 bytes",
		view + ",\"campaign\":\"\xff\"}":                             "not valid UTF-8",
		view + ",\"campaign\":\"\xed\xa0\x80\"}":                     "not valid UTF-8",
		view + `,"referrer":"https://www.example.org/canary?q=1"}`:   `field "referrer" must be a host alone`,
		view + `,"referrer":"www.example.org/canary"}`:               `field "referrer" must be a host alone`,
		view + `,"referrer":"canary@example.org"}`:                   `field "referrer" must be a host alone`,
		view + `,"referrer":"android-app://"}`:                       `field "referrer" must be a host alone`,
		view + `,"referrer":"android-app://com.example/canary"}`:     `field "referrer" must be a host alone`,
		view + `,"pass":"canary pass"}`:                              `field "pass" must be a pass`,
		view + `,"length":["10s"]}`:                                  `field "length" does not belong to a hit of kind "view"`,
		view + `,"table":"contact","value":"canary"}`:                `field "table" does not belong`,
		`{"v":1,"kind":"view","site":"kx4f9q"}`:                      `field "path" is missing`,
		`{"kind":"view","site":"kx4f9q","path":"/"}`:                 `field "v" is missing`,
		`{"v":2,"kind":"view","site":"kx4f9q"}`:                      `field "v" must be 1`,
		`{"v":1.0,"kind":"view","site":"kx4f9q"}`:                    `field "v" must be 1`,
		`{"v":10,"kind":"view","site":"kx4f9q"}`:                     `field "v" must be 1`,
		`{"v":"1","kind":"view","site":"kx4f9q"}`:                    `field "v" must be 1`,
		`{"v":1`: "field \"v\" must be 1",
		`{"v":1,"kind":"canary","site":"kx4f9q"}`:                                               `field "kind" must be one of view, leave, event`,
		`{"v":1,"kind":"view","site":"KX4F9Q","path":"/"}`:                                      `field "site" must be the key of a site`,
		`{"v":1,"kind":"view","site":"canary1","path":"/"}`:                                     `field "site" must be the key of a site`,
		`{"v":1,"kind":"view","site":"kx4f9q","path":"canary"}`:                                 `field "path" must be a path`,
		`{"v":1,"kind":"view","site":"kx4f9q","path":"/?q=canary"}`:                             `field "path" must be a path`,
		`{"v":1,"kind":"view","site":"kx4f9q","path":"/#canary"}`:                               `field "path" must be a path`,
		`{"v":1,"kind":"view","site":"kx4f9q","path":"/` + strings.Repeat("canary", 400) + `"}`: `field "path" must be a path`,
		leave + `}`:                                                      `needs "length" or "depth"`,
		leave + `,"length":[]}`:                                          `needs "length" or "depth"`,
		leave + `,"length":"10s"}`:                                       `field "length" must be a list of 10s, 1m, 3m, 10m`,
		leave + `,"length":["canary"]}`:                                  `field "length" must be a list of 10s, 1m, 3m, 10m`,
		leave + `,"length":["10s","10s"]}`:                               "each at most once",
		leave + `,"length":["10s",]}`:                                    `field "length" must be a list`,
		leave + `,"length":["10s"`:                                       `field "length" must be a list`,
		leave + `,"length":["10s" "1m"]}`:                                `field "length" must be a list`,
		leave + `,"depth":[2]}`:                                          `field "depth" must be a list of 2, 4, 8`,
		leave + `,"depth":["2"],"path":"/canary"}`:                       `field "path" does not belong to a hit of kind "leave"`,
		event + `,"table":"contact"}`:                                    `field "value" is missing`,
		event + `,"table":"canary","value":"webchat"}`:                   `field "table" must be one of contact, issue`,
		event + `,"table":"page","value":"webchat"}`:                     `field "table" must be one of contact, issue`,
		event + `,"table":"contact","value":"I am Canary"}`:              `field "value" must be a declared name`,
		event + `,"table":"contact","value":""}`:                         `field "value" must be a declared name`,
		event + `,"table":"contact","value":"webchat","new_visit":true}`: `field "new_visit" does not belong`,
	} {
		_, err := decodeHit([]byte(body))
		var fault *web.Fault
		if !errors.As(err, &fault) || fault.Status != http.StatusBadRequest {
			t.Errorf("%s\ngot %v, want a Fault with status 400", body, err)
			continue
		}
		if !strings.Contains(fault.Text, want) {
			t.Errorf("%s\ngot  %s\nwant %s", body, fault.Text, want)
		}
		if strings.Contains(strings.ToLower(fault.Text), "canary") {
			t.Errorf("%s\na value is repeated: %s", body, fault.Text)
		}
	}
}

func TestRefusedDecisions(t *testing.T) {
	const good = `{"v":1,"site":"kx4f9q","banner":"0123456789abcdef","choices":["statistics"],"lang":"en"`
	if d, err := decodeDecision([]byte(good + "}")); err != nil || d.Choices[0] != "statistics" {
		t.Fatal(err)
	}
	for body, want := range map[string]string{
		good + `,"name":"canary"}`: `field "name" is not known: the fields are v, site, banner, choices, lang`,
		good + `,"lang":"cy"}`:     `field "lang" is there twice`,
		`{"v":1,"site":"kx4f9q","banner":"0123456789abcdef","lang":"en"}`:                                                      `field "choices" is missing`,
		`{"v":1,"site":"kx4f9q","banner":"canary","choices":[],"lang":"en"}`:                                                   `field "banner" must be the hash`,
		`{"v":1,"site":"kx4f9q","banner":"0123456789abcdef","choices":["I am Canary"],"lang":"en"}`:                            `field "choices" must be a list of purposes`,
		`{"v":1,"site":"kx4f9q","banner":"0123456789abcdef","choices":["a","a"],"lang":"en"}`:                                  `field "choices" must be a list of purposes`,
		`{"v":1,"site":"kx4f9q","banner":"0123456789abcdef","choices":[` + strings.Repeat(`"a`+`",`, 17) + `"b"],"lang":"en"}`: `field "choices" must be`,
		`{"v":1,"site":"kx4f9q","banner":"0123456789abcdef","choices":[],"lang":"<canary>"}`:                                   `field "lang" must be a language`,
	} {
		_, err := decodeDecision([]byte(body))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(strings.ToLower(err.Error()), "canary") {
			t.Errorf("%s\ngot  %v\nwant %s", body, err, want)
		}
	}
}

// FuzzDecodeHit holds the decoder against encoding/json: whatever it takes, the
// standard library takes with the same result.
func FuzzDecodeHit(f *testing.F) {
	for _, e := range exchanges(f) {
		f.Add([]byte(e.Body))
	}
	f.Add([]byte(`{"v":1,"kind":"view","site":"kx4f9q","path":"\/\u0065\ud83d\ude00"}`))
	f.Add([]byte(`{"v":1 ,"kind":"leave", "site":"kx4f9q","length":["10s" , "1m"]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := decodeHit(body)
		if err != nil {
			var fault *web.Fault
			if !errors.As(err, &fault) {
				t.Fatalf("error is no Fault: %v", err)
			}
			return
		}
		var want struct {
			V           int      `json:"v"`
			Kind        string   `json:"kind"`
			Site        string   `json:"site"`
			Pass        string   `json:"pass"`
			Path        string   `json:"path"`
			Referrer    string   `json:"referrer"`
			Campaign    string   `json:"campaign"`
			NewVisit    bool     `json:"new_visit"`
			NewPage     bool     `json:"new_page"`
			Length      []string `json:"length"`
			Depth       []string `json:"depth"`
			Table       string   `json:"table"`
			Value       string   `json:"value"`
			OverrodeGPC bool     `json:"override_gpc"`
		}
		d := json.NewDecoder(bytes.NewReader(body))
		d.DisallowUnknownFields()
		if err := d.Decode(&want); err != nil || want.V != 1 {
			t.Fatalf("taken by us, refused by encoding/json: %v", err)
		}
		hit := raw.Hit{
			Site: want.Site, Pass: want.Pass, Path: want.Path, Referrer: want.Referrer, Campaign: want.Campaign, NewVisit: want.NewVisit,
			NewPage: want.NewPage, Length: want.Length, Depth: want.Depth, Table: want.Table, Value: want.Value, OverrodeGPC: want.OverrodeGPC,
		}
		hit.Kind = map[string]raw.Kind{"view": raw.View, "leave": raw.Leave, "event": raw.Event}[want.Kind]
		if diff := cmp.Diff(plain(hit), plain(got), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("(-encoding/json +ours):\n%s", diff)
		}
	})
}

func FuzzDecodeDecision(f *testing.F) {
	for _, e := range exchanges(f) {
		f.Add([]byte(e.Body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := decodeDecision(body)
		if err != nil {
			return
		}
		var want struct {
			V                  int
			Site, Banner, Lang string
			Choices            []string
		}
		if err := json.Unmarshal(body, &want); err != nil {
			t.Fatalf("taken by us, refused by encoding/json: %v", err)
		}
		if diff := cmp.Diff([]any{want.Site, want.Banner, want.Lang, want.Choices}, []any{d.Site, d.Banner, d.Lang, d.Choices}, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("(-encoding/json +ours):\n%s", diff)
		}
	})
}

const benchView = `{"v":1,"kind":"view","site":"kx4f9q","pass":"p1.0123456789abcdef.statistics.AAAAAAAAAAAAAAAAAAAAAA","path":"/help/bullying","referrer":"www.example.org","campaign":"spring","new_visit":true,"new_page":true}`

func BenchmarkDecodeHit(b *testing.B) {
	body := []byte(benchView)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeHit(body); err != nil {
			b.Fatal(err)
		}
	}
}
