package collector

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/spool"
)

func document(t *testing.T) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openAPI)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return doc
}

// contentName is the hash in the name of a file of the snippet.
var contentName = regexp.MustCompile(`-[0-9a-f]{16}\.`)

// Every address that is served is in the document, and every address of the
// document is served.
func TestEveryRouteIsDocumented(t *testing.T) {
	var served, documented []string
	for _, r := range newHouse(t, nil).app.GetRoutes(true) {
		if r.Method == http.MethodHead { // Fiber's own beside each GET
			continue
		}
		path := contentName.ReplaceAllString(r.Path, "-{hash}.")
		path = regexp.MustCompile(`:(\w+)`).ReplaceAllString(path, "{$1}")
		served = append(served, r.Method+" "+path)
	}
	for path, item := range document(t).Paths.Map() {
		for method := range item.Operations() {
			documented = append(documented, method+" "+path)
		}
	}
	slices.Sort(served)
	slices.Sort(documented)
	if diff := cmp.Diff(slices.Compact(served), documented); diff != "" {
		t.Errorf("(-served +documented):\n%s", diff)
	}
}

// told is one exchange: what is sent, to which address of the document, and
// the status that it must have.
type told struct {
	request
	template string
	status   int
	change   func(*intake.Options)
}

// Every answer keeps to the document, and every status that the document names
// is given by the collector.
func TestAnswersKeepToTheDocument(t *testing.T) {
	doc := document(t)
	given := map[string]bool{}
	common := newHouse(t, nil)
	for _, e := range conversation(t) {
		h := common
		if e.change != nil {
			h = newHouse(t, e.change)
		}
		h.notReady = nil
		if e.template == "/readyz" && e.status != 200 {
			h.notReady = errors.New("away")
		}
		resp, body := h.send(e.request)
		what := fmt.Sprintf("%s %s %d", e.method, e.template, e.status)
		if given[what] = true; resp.StatusCode != e.status {
			t.Errorf("%s: %s: status %d %s", what, e.path, resp.StatusCode, body)
			continue
		}
		item := doc.Paths.Value(e.template)
		if item == nil || item.GetOperation(e.method) == nil {
			t.Errorf("%s: not in the document", what)
			continue
		}
		in := &openapi3filter.RequestValidationInput{
			Request: httptest.NewRequest(e.method, e.path, nil),
			Route:   &routers.Route{Spec: doc, Path: e.template, PathItem: item, Method: e.method, Operation: item.GetOperation(e.method)},
		}
		err := openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: in, Status: resp.StatusCode, Header: resp.Header,
			Body: io.NopCloser(strings.NewReader(body)), Options: &openapi3filter.Options{IncludeResponseStatus: true},
		})
		if err != nil {
			t.Errorf("%s: %v\n%.300s", what, err, body)
		}
	}
	for path, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			for status := range op.Responses.Map() {
				if what := method + " " + path + " " + status; !given[what] {
					t.Errorf("%s is in the document and never tried", what)
				}
			}
		}
	}
}

// conversation has every status of every address.
func conversation(t *testing.T) (all []told) {
	h := newHouse(t, nil)
	get := func(template, path string, status int, header map[string]string) {
		all = append(all, told{request{"GET", path, "", header}, template, status, nil})
	}
	asJSON, asPage := map[string]string{"Accept": "application/json"}, map[string]string{"Accept": "text/html"}
	receipt := h.signer.Receipt(consent.Claim{Site: "kx4f9q", Banner: h.now.Hash(), Choices: []string{"statistics"}}, day.New(2026, 11, 30))
	const site = "/v1/sites/{key}/"
	for _, r := range h.app.GetRoutes(true) {
		if strings.HasPrefix(r.Path, "/footfall") && r.Method == http.MethodGet {
			get(contentName.ReplaceAllString(r.Path, "-{hash}."), r.Path, 200, nil)
		}
	}
	get("/footfall-screens.js", "/footfall-screens.js?sha256-canary", 404, nil)
	for _, lang := range []string{"en", "cy", "pl", "ur", "ar", "xx"} {
		get(site+"banner", "/v1/sites/kx4f9q/banner?lang="+lang, 200, nil)
		get(site+"banner", "/v1/sites/vx4f9q/banner?lang="+lang, 200, nil)
	}
	get(site+"banner", "/v1/sites/ex4f9q/banner", 200, nil)
	get(site+"banners/{hash}", "/v1/sites/kx4f9q/banners/"+h.old.Hash(), 200, nil)
	get(site+"banners/{hash}", "/v1/sites/kx4f9q/banners/canary", 404, nil)
	get("/v1/receipts/{receipt}", "/v1/receipts/"+receipt, 200, asJSON)
	get("/v1/receipts/{receipt}", "/v1/receipts/"+receipt, 200, asPage)
	get("/v1/receipts/{receipt}", "/v1/receipts/canary", 404, nil)
	for _, name := range []string{"cookies", "notice", "known", "known.js", "banner"} {
		get(site+name, "/v1/sites/zzzzzz/"+name, 404, nil)
	}
	for _, key := range []string{"kx4f9q", "vx4f9q", "ex4f9q"} {
		for _, form := range []map[string]string{asJSON, asPage} {
			get(site+"cookies", "/v1/sites/"+key+"/cookies?lang=cy", 200, form)
			get(site+"notice", "/v1/sites/"+key+"/notice", 200, form)
		}
		get(site+"known", "/v1/sites/"+key+"/known", 200, nil)
		get(site+"known.js", "/v1/sites/"+key+"/known.js", 200, nil)
	}
	get(site+"notice", "/v1/sites/kx4f9q/notice?format=text", 200, nil)
	get("/v1/openapi.json", "/v1/openapi.json", 200, nil)
	get("/healthz", "/healthz", 200, nil)
	get("/readyz", "/readyz", 200, nil)
	get("/readyz", "/readyz", 503, nil)
	for _, e := range all { // whoever has it already is not sent it again
		resp, _ := h.send(e.request)
		if tag := resp.Header.Get("ETag"); e.status == 200 && tag != "" {
			header := map[string]string{"If-None-Match": tag, "Accept": e.header["Accept"]}
			all = append(all, told{request{"GET", e.path, "", header}, e.template, 304, nil})
		}
	}
	return append(all, posts(h)...)
}

// posts has every status of the addresses that take something.
func posts(h *house) (all []told) {
	full := func(o *intake.Options) { o.Spool = broken{spool.ErrFull} }
	limited := func(o *intake.Options) {
		o.HitRate, o.DecisionRate = intake.Rate{PerSecond: 1e-9, Burst: 0}, intake.Rate{PerSecond: 1e-9, Burst: 0}
	}
	yes, seen := decide(h.now.Hash()), view(h.pass(h.now))
	for path, good := range map[string]string{"/v1/decisions": yes, "/v1/hits": seen} {
		post := func(status int, body string, header map[string]string, change func(*intake.Options)) {
			all = append(all, told{request{"POST", path, body, header}, path, status, change})
		}
		if path == "/v1/hits" {
			post(202, good, nil, nil)
		} else {
			post(200, good, nil, nil)
			post(200, strings.Replace(good, `["statistics"]`, "[]", 1), map[string]string{"Sec-Fetch-Site": "same-origin"}, nil)
			post(403, good, map[string]string{"Origin": "https://canary.example.org"}, nil)
			post(404, strings.Replace(good, "kx4f9q", "zzzzzz", 1), nil, nil)
			post(409, decide("0123456789abcdef"), nil, nil)
		}
		post(400, `{"v":1,"colour":"canary"}`, nil, nil)
		post(413, strings.Repeat("canary", 700), nil, nil)
		post(415, "canary=1", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, nil)
		post(429, good, nil, limited)
		post(503, good, nil, full)
		all = append(all, told{request{"OPTIONS", path, "", map[string]string{"Access-Control-Request-Method": "POST"}}, path, 204, nil})
	}
	return append(all, told{request{method: "GET", path: "/v1/sites/kx4f9q/known"}, "/v1/sites/{key}/known", 429, limited})
}

// What the snippet sends keeps to the document too, and the document is as
// strict as the collector: one field more is refused by both.
func TestSharedPayloadsKeepToTheDocument(t *testing.T) {
	doc := document(t)
	for _, e := range exchanges(t) {
		if e.Method != http.MethodPost {
			continue
		}
		schema := doc.Paths.Value(e.Path).Post.RequestBody.Value.Content.Get("application/json").Schema.Value
		check := func(body string) error {
			var v map[string]any
			if err := json.Unmarshal([]byte(body), &v); err != nil {
				t.Fatal(err)
			}
			return schema.VisitJSON(v, openapi3.EnableJSONSchema2020())
		}
		if err := check(e.Body); err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
		if err := check(strings.Replace(e.Body, "{", `{"id":"canary",`, 1)); err == nil {
			t.Errorf("%s: the document lets another field in", e.Name)
		}
	}
}

// The document's own text is sent under a name that says what it is.
func TestDocumentIsServed(t *testing.T) {
	resp, body := newHouse(t, nil).send(request{method: "GET", path: "/v1/openapi.json"})
	if body != string(openAPI) || resp.Header.Get("Access-Control-Allow-Origin") != "*" || resp.Header.Get("Content-Type") != "application/json" {
		t.Error(resp.Header)
	}
	if _, err := openapi3.NewLoader().LoadFromData([]byte(body)); err != nil {
		t.Error(err)
	}
}
