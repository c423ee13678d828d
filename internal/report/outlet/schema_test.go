package outlet

import (
	"bytes"
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// frozen is a report of a charity of some size.
func frozen(t testing.TB, scale float64, to time.Month) report.Report {
	t.Helper()
	g := reporttest.Grant()
	p, err := g.Period("Y2Q3")
	must(t, err)
	draft, err := report.Build(context.Background(), disclosure.NewBook(reporttest.Filled(scale, to)), report.Settings{
		Site: reporttest.Site(), Funder: reporttest.Funder(), Grant: g, Period: p, Names: reporttest.Names(),
		Words: []report.Words{{Heading: "What happened", Text: "More came & <stayed>.\n\nThe room is warm.", Kind: report.Happened, Limit: 200}},
	})
	must(t, err)
	r, err := report.Freeze(draft, "FR-7KQ2M9XD", 1, day.New(2027, 1, 8))
	must(t, err)
	return r
}

// full has every field that a report can have.
func full(t testing.TB) report.Report {
	t.Helper()
	r := frozen(t, 1, time.December)
	then := report.Then{First: day.New(2026, 7, 1), Last: day.New(2026, 9, 30), Figure: r.Cards[0].Figure}
	r.Correction = "A heading was wrong."
	r.Grant.Giving, r.Grant.CharityOrg, r.Grant.FunderOrg, r.Grant.Areas = "360G-lantern-LF-2025-0417", "GB-CHC-1199999", "GB-CHC-1099999", []string{"E92000001", "W92000004"}
	r.Grant.Slice = funder.Slice{Tables: nil, Pages: []string{"/help"}}
	r.Period.Agreed, r.Period.Note, r.Period.Due = funder.Span{First: day.New(2026, 9, 17), Last: day.New(2026, 12, 16)}, "Whole months are counted.", day.New(2027, 1, 15)
	r.Cards[0].Source, r.Tables[0].Source = funder.Website, funder.Website
	p := &r.Progress[2]
	p.Since, p.Until = day.New(2026, 4, 1), day.New(2026, 11, 30)
	p.Heading, p.Unit, p.Source, p.AsOf, p.Definition, p.How, p.Exact = "outcomes", "young people", funder.Records, day.New(2027, 1, 4), "Said so at the end of a chat.", "Asked after a chat.", true
	r.Compared = []report.Compared{
		{Indicator: funder.Indicator{Table: "contact"}, Label: "Contacts", Source: funder.Website, Added: true, Now: report.Then{First: day.New(2026, 10, 1), Last: day.New(2026, 12, 31), Figure: r.Cards[0].Figure}, Before: then},
		{Indicator: funder.Indicator{Table: "issue"}, Label: "Issues", Source: funder.Website, Added: true, Now: report.Then{First: day.New(2026, 10, 1), Last: day.New(2026, 12, 31)}, LastYear: then, Break: "Counting changed on 3 March 2026."},
	}
	r.Checks, r.Approved = []string{"No name, age, place or date was found in the words."}, day.New(2027, 1, 7)
	some := r.Cards[0].Figure
	r.Answers.Some = &some
	r, err := report.Freeze(r, r.ID, 2, r.Published)
	must(t, err)
	return r
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	must(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	must(t, c.AddResource("report.schema.json", doc))
	s, err := c.Compile("report.schema.json")
	must(t, err)
	return s
}

// What a report is frozen as is what the schema says, and nothing else is.
func TestReportsFitTheirSchema(t *testing.T) {
	s := schema(t)
	fits := func(body []byte) error {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
		must(t, err)
		return s.Validate(doc)
	}
	for _, r := range []report.Report{frozen(t, 1, time.December), frozen(t, .05, time.November), frozen(t, .006, time.October), full(t)} {
		body, err := json.Marshal(r)
		must(t, err)
		must(t, fits(body))
	}
	body, err := json.Marshal(full(t))
	must(t, err)
	for _, change := range [][2]string{
		{`"schema":1`, `"schema":2`}, {`"status":"Final"`, `"status":"Done"`}, {`"figure":1715`, `"figure":3`}, {`"figure":1715`, `"figure":"fewer than 10"`},
		{`"published":"2027-01-08"`, `"published":"8 January"`}, {`"funder":`, `"sponsor":`}, {`360G-`, `G-`}, {`"inside":true`, `"inside":true,"extra":1`}, {`E92000001`, `GB-ENG`},
	} {
		altered := bytes.Replace(body, []byte(change[0]), []byte(change[1]), 1)
		if bytes.Equal(altered, body) {
			t.Fatalf("%s is not in the report", change[0])
		}
		if fits(altered) == nil {
			t.Errorf("%s fits the schema", change[1])
		}
	}
}

// Every field of the frozen form is in the schema, and no other.
func TestTheSchemaHasEveryField(t *testing.T) {
	var doc map[string]any
	must(t, json.Unmarshal(Schema, &doc))
	told := 0
	var walk func(at string, typ reflect.Type, node map[string]any)
	walk = func(at string, typ reflect.Type, node map[string]any) {
		if ref, ok := node["$ref"].(string); ok {
			node = doc["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
		}
		for typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		switch {
		case typ.Kind() == reflect.Slice:
			walk(at, typ.Elem(), node["items"].(map[string]any))
		case typ.Kind() != reflect.Struct || typ == reflect.TypeFor[disclosure.Figure]() || typ == reflect.TypeFor[funder.Indicator]():
		default:
			properties := node["properties"].(map[string]any)
			for _, f := range reflect.VisibleFields(typ) {
				name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				inner, ok := properties[name].(map[string]any)
				if told++; !ok {
					t.Errorf("%s.%s is not in the schema", at, name)
					continue
				}
				walk(at+"."+name, f.Type, inner)
			}
			if len(properties) != typ.NumField() {
				t.Errorf("%s: the schema has %d fields, the report %d", at, len(properties), typ.NumField())
			}
		}
	}
	walk("report", reflect.TypeFor[report.Report](), doc)
	if told < 80 {
		t.Errorf("only %d fields", told)
	}
}
