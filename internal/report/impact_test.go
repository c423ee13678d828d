package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
)

// What an agreement demands exactly is for its funder alone, not for everybody.
func TestAnExactTotalIsNotPublic(t *testing.T) {
	families := funder.Indicator{Table: funder.Defined, Value: "families"}
	for text, want := range map[string]string{`{"exact":412}`: "for its funder alone", `410`: ""} {
		var f disclosure.Figure
		if err := json.Unmarshal([]byte(text), &f); err != nil {
			t.Fatal(err)
		}
		r := report.Report{ID: "FR-7KQ2M9XD", Progress: []report.Progress{{Indicator: families, Figure: f, Exact: f.IsExact()}}}
		_, public := r.Public(families)
		_, err := r.Choose(families)
		if public != (want == "") || (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: public %v, chosen %v", text, public, err)
		}
		if offers := r.Offers(); len(offers) != 1 || (offers[0].Why == nil) != (want == "") {
			t.Errorf("%s: offered %v", text, offers)
		}
	}
}
