package funder

import (
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/site"
)

func fromRecords() Definition {
	d := talked()
	d.ID, d.Source, d.Reads, d.OutOf = "families", Records, nil, ""
	d.Values = []site.Choice{{ID: "new", Label: site.Text{En: "New", Cy: "Newydd"}}, {ID: "returning", Label: site.Text{En: "Returning", Cy: "Dychwelyd"}}}
	return d
}

func TestValuesOfCaseRecords(t *testing.T) {
	if err := fromRecords().Validate(); err != nil {
		t.Error(err)
	}
	d := fromRecords()
	d.Values = append(d.Values, d.Values[0], site.Choice{ID: "Case 12", Label: site.Text{En: "a"}})
	wantSaid(t, d.Validate(), `"new" is there twice`, `"Case 12": want an id`)
	web := talked()
	web.Values = fromRecords().Values
	wantSaid(t, web.Validate(), "what the website counts has the values that the site declares")

	next := fromRecords()
	next.Values = append(next.Values, site.Choice{ID: "other", Label: site.Text{En: "Other", Cy: "Arall"}})
	next.Values[0].Label.En = "New to us"
	if _, err := fromRecords().Reword(next); err != nil {
		t.Error(err)
	}
	next.Values = next.Values[1:]
	if _, err := fromRecords().Reword(next); err == nil || !strings.Contains(err.Error(), `"new" stays`) {
		t.Errorf("a value was taken out: %v", err)
	}
}

func TestOnlyAgreedTotalsOfCaseRecordsAreExact(t *testing.T) {
	v := harbour()
	v.Defined = []Definition{talked(), fromRecords()}
	g := Grant{Site: v.Site.Key, ID: "g", Targets: []Target{
		{Indicator: Indicator{Defined, "families"}, Wording: "Families", Exact: true},
		{Indicator: Indicator{Defined, "talked"}, Wording: "Talked", Exact: true},
		{Indicator: Indicator{cell.Contact, "phone"}, Wording: "Calls", Exact: true},
	}}
	err := g.Check(v)
	wantSaid(t, err, `target "Talked": only a total of case records`, `target "Calls": only a total of case records`)
	if strings.Contains(err.Error(), "Families") {
		t.Error(err)
	}
	wantSaid(t, g.Validate(), `target "Families": an exact total needs the reference of the agreement`)
}
