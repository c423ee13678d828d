package funder

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/site"
)

func TestIndicatorText(t *testing.T) {
	for _, text := range []string{"total", "contact", "outcome/felt-safer", "signpost/helpline", "search", "download", "page//help", "indicator/families"} {
		var in, out Target
		if err := json.Unmarshal([]byte(`{"indicator":"`+text+`","wording":"w"}`), &in); err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(in)
		if err != nil || !strings.Contains(string(b), `"`+text+`"`) {
			t.Fatalf("%s, %v", b, err)
		}
		if err := json.Unmarshal(b, &out); err != nil || out != in {
			t.Errorf("%+v, %v", out, err)
		}
	}
	for text, want := range map[string]string{
		"browser/x": "want one of", "": "want one of", "Contact": "want one of", "page": "name one group of pages", "total/x": "visits have no values",
		"indicator": "name one", "contact/": "leave out the /", "contact/a\nb": "one line",
	} {
		i := Indicator{Table: "as", Value: "it was"}
		if err := i.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), want) || i.Table != "as" {
			t.Errorf("%q: %v, %v", text, i, err)
		}
	}
}

// talked is an indicator that is added up from two channels.
func talked() Definition {
	return Definition{
		ID: "talked", Site: "kx4f9q", Heading: "contacts", Source: Website, Reads: []Indicator{{cell.Contact, "webchat"}, {cell.Contact, "phone"}},
		Label: site.Text{En: "Talked with somebody", Cy: "Wedi siarad â rhywun"}, Unit: site.Text{En: "contacts", Cy: "cysylltiadau"},
	}
}

func TestDefinitionValidate(t *testing.T) {
	records := talked()
	records.Source, records.Reads = Records, nil
	share := talked()
	share.Reads, share.OutOf = []Indicator{{cell.Outcome, "safer"}}, "asked"
	share.How = site.Text{En: "Asked at the end of a chat.", Cy: "Gofynnir ar ddiwedd sgwrs."}
	for _, d := range []Definition{talked(), records, share} {
		if err := d.Validate(); err != nil {
			t.Error(err)
		}
	}
	wantSaid(t, Definition{ID: "No id", Label: site.Text{En: "English alone"}, How: site.Text{Cy: "Cymraeg yn unig"}, Source: "guess", OutOf: "asked"}.Validate(),
		"indicator id:", "indicator site:", "indicator heading:", "indicator label:", "indicator unit:", "indicator how:", "indicator source:", "indicator out_of:")
	wantSaid(t, Definition{Source: Website}.Validate(), "reads: name what is counted")
	wantSaid(t, Definition{Source: Records, Reads: []Indicator{{Table: cell.Contact}}}.Validate(), "reads: figures of case records are entered")
	mixed := talked()
	mixed.OutOf = "asked"
	mixed.Reads = []Indicator{{cell.Contact, "webchat"}, {cell.Contact, "webchat"}, {cell.Issue, "mood"}, {Table: cell.Contact}, {Defined, "talked"}, {"people", "x"}}
	wantSaid(t, mixed.Validate(), `"contact/webchat" is there twice`, `"issue/mood" are of two tables`, `"contact" cannot be added`, `"indicator/talked" is defined itself`, `"people/x": want one of`, "out_of: a percentage needs one value")
	pages := talked()
	pages.Reads = []Indicator{{cell.Page, "/a"}, {cell.Page, "/b"}}
	wantSaid(t, pages.Validate(), `"page//a" cannot be added`)
}

func TestRewordKeepsWhatIsCounted(t *testing.T) {
	next := talked()
	next.Label.En, next.Meaning, next.Heading = "Spoke with a worker", site.Text{En: "d", Cy: "d"}, "other"
	if got, err := talked().Reword(next); err != nil || !cmp.Equal(got, next) {
		t.Errorf("%+v, %v", got, err)
	}
	for name, change := range map[string]func(*Definition){
		"reads":  func(d *Definition) { d.Reads = d.Reads[:1] },
		"order":  func(d *Definition) { d.Reads = []Indicator{d.Reads[1], d.Reads[0]} },
		"unit":   func(d *Definition) { d.Unit.En = "people" },
		"source": func(d *Definition) { d.Source = Records },
		"out_of": func(d *Definition) { d.OutOf = "asked" },
		"id":     func(d *Definition) { d.ID = "spoke" },
		"site":   func(d *Definition) { d.Site = "other1" },
	} {
		next := talked()
		change(&next)
		if _, err := talked().Reword(next); err == nil || !strings.Contains(err.Error(), "define another") {
			t.Errorf("%s was changed: %v", name, err)
		}
	}
}

// What a site has declared is an indicator without further ado, under the label
// it was declared with.
func TestStanding(t *testing.T) {
	var got []string
	for _, d := range harbour().Standing() {
		if d.Source != Website || len(d.Reads) != 1 || d.Reads[0].String() != d.ID || d.Label.Cy == "" {
			t.Errorf("%+v", d)
		}
		got = append(got, d.ID+" "+d.Label.En)
	}
	want := []string{"total Visits", "contact Contacts", "contact/webchat Web chat", "contact/phone Telephone", "issue Issues", "outcome Outcomes", "outcome/asked Asked", "outcome/safer Felt safer",
		"signpost Services that visitors went on to", "search Searches", "download Downloads"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	d, err := harbour().Find(Indicator{cell.Page, "/help"})
	if err != nil || d.Label.En != "/help" {
		t.Errorf("%+v, %v", d, err)
	}
}

func TestADefinitionFitsItsSite(t *testing.T) {
	if err := harbour().Check(talked()); err != nil {
		t.Error(err)
	}
	d := talked()
	d.Label, d.Reads, d.OutOf = site.Text{}, []Indicator{{cell.Contact, "fax"}}, "letter"
	wantSaid(t, harbour().Check(d), "indicator label:", `"contact/fax": the site has declared no such contact, only [webchat phone]`, `"contact/letter"`)
	d = talked()
	d.Reads = []Indicator{{Defined, "talked"}}
	wantSaid(t, harbour().Check(d), "is defined itself")
}
