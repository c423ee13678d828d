package notice

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/site"
)

// full is a site of which every fact is known.
var full = withBanner(Facts{
	Site: site.Site{
		Key: "kx4f9q", Name: "Harbour Young People", Charity: "0000000", Hosts: []string{"www.harbour.example", "harbour.example"},
		Funders: []string{"Example Trust"}, Basis: site.Consent,
		Vocabulary: map[cell.Table][]site.Choice{cell.Contact: {
			{ID: "webchat", Label: site.Text{En: "Web chat", Cy: "Sgwrs we"}}, {ID: "text", Label: site.Text{En: "Text message", Cy: "Neges destun"}},
		}},
		Purposes: []site.Purpose{{
			ID: "video", Basis: site.Consent, Label: site.Words{"en": "Videos", "cy": "Fideos"}, Why: site.Words{"en": "To show videos.", "cy": "I ddangos fideos."},
			Services: []site.Service{{
				Name: "ExampleTube", Who: "Example Video Ltd", Hosts: []string{"video.example"}, Notice: "https://video.example/privacy",
				Keeps: []site.Kept{{Kind: "cookie", Name: "_ex*", Days: 400, Holds: site.Words{"en": "A number for your browser.", "cy": "Rhif ar gyfer eich porwr."}}},
			}},
		}},
		Contact: site.Contact{
			Address: "1 Quay Street, Exampleton", Email: "privacy@harbour.example", Phone: "01632 960000", DPO: "the Head of Services",
			Complaints: "https://www.harbour.example/complaints", Regulator: "ico",
		},
	},
	Version: 3, Changed: day.New(2026, 2, 28), Base: "https://stats.harbour.example", Retention: site.Retention{CellsDays: 20, FiguresYears: 3},
	Recipients: []Recipient{{Funder: "Example Trust", Grant: "Open doors", Until: day.New(2027, 5, 3)}},
})

func withBanner(f Facts) Facts {
	f.Banner = site.NewBanner(f.Site)
	return f
}

func text(t *testing.T, f Facts, lang string) string {
	t.Helper()
	n, err := Write(f, lang)
	if err != nil {
		t.Fatal(err)
	}
	return n.Text()
}

func TestNoticeSaysTheFacts(t *testing.T) {
	for lang, want := range map[string][]string{
		"en": {
			"Privacy on the website of Harbour Young People\n\nIn short\n\nWe count a visit only after you say yes.",
			"registered charity number 0000000. We decide what happens with your information on www.harbour.example and harbour.example.",
			"Our address: 1 Quay Street, Exampleton.\nOur data protection officer: the Head of Services.\n",
			"Questions about your information: privacy@harbour.example, telephone 01632 960000.",
			"- Videos: To show videos. Off unless you say yes. ExampleTube (Example Video Ltd) is called for it.\n",
			"- the part of the day in which the visit began, and in which you got in touch: night, morning, afternoon or evening\n",
			"- the language that the browser asks for first,",
			"- ways of getting in touch: Web chat and Text message\n",
			"opened at present by:\n- Example Trust, for “Open doors”, until 3 May 2027\n",
			"on your device for 182 days",
			"seen by nobody, until 20 days after the last figure made of them is finished",
			"- Finished figures: for three years at most.",
			"we cannot find you",
			"https://stats.harbour.example/v1/sites/kx4f9q/known?lang=en",
			"How to complain to us: https://www.harbour.example/complaints",
			"the Information Commissioner’s Office (ICO): telephone 0303 123 1113, https://ico.org.uk/make-a-complaint/",
			"Version 3 of 28 February 2026. To be read again by 28 February 2027.",
		},
		"cy": {
			"Preifatrwydd ar wefan Harbour Young People\n", "- Fideos: I ddangos fideos.", "- y rhan o’r dydd y dechreuodd yr ymweliad ynddi, a’r un y cysylltoch â ni ynddi: nos,", "- ffyrdd o gysylltu: Sgwrs we a Neges destun\n",
			"- Example Trust, ar gyfer “Open doors”, tan 3 Mai 2027\n", "ni allwn ddod o hyd i chi", "tan 20 diwrnod ar ôl", "am dair blynedd ar y mwyaf", "0330 414 6421", "Fersiwn 3, 28 Chwefror 2026.",
		},
	} {
		got := text(t, full, lang)
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: %q is not in\n%s", lang, w, got)
			}
		}
	}
}

// A missing fact takes its sentence with it: nothing is ever left to fill in.
func TestMissingFactsLeaveTheirSentencesOut(t *testing.T) {
	bare := withBanner(Facts{Site: site.Site{Key: "kx4f9q", Name: "Harbour", Hosts: []string{"harbour.example"}}, Version: 1, Changed: day.New(2026, 1, 1)})
	for _, lang := range Langs {
		got := text(t, bare, lang)
		if m := regexp.MustCompile(`<no value>|\[|\]|%!|\.\.| ,|: *\.|: *\n\n|  |: $`).FindString(got); m != "" {
			t.Errorf("%s: %q in\n%s", lang, m, got)
		}
		for _, not := range []string{"data protection officer", "swyddog diogelu", "Our address", "Ein cyfeiriad", "Questions about", "within one month", "/v1/", "http://", "complain to us", "funders:", "got in touch", "cysylltoch"} {
			if strings.Contains(got, not) {
				t.Errorf("%s: %q in\n%s", lang, not, got)
			}
		}
	}
}

func TestExceptionNeverNamesAFunder(t *testing.T) {
	f := full
	f.Site.Basis = site.Exception
	f = withBanner(f)
	for lang, want := range map[string]string{"en": "They are given to no funder.", "cy": "Nid ydynt yn cael eu rhoi i unrhyw gyllidwr."} {
		got := text(t, f, lang)
		if !strings.Contains(got, want) || strings.Contains(got, "Open doors") || strings.Contains(got, "Example Trust") {
			t.Errorf("%s:\n%s", lang, got)
		}
	}
}

func TestGuernsey(t *testing.T) {
	f := full
	f.Site.Contact.Regulator = "odpa"
	for _, lang := range Langs {
		if got := text(t, f, lang); !strings.Contains(got, "01481 742074") || strings.Contains(got, "ico.org.uk") {
			t.Errorf("%s:\n%s", lang, got)
		}
	}
}

// Both languages ask for the same facts in the same order, have the same
// sections and the same words.
func TestLanguagesAreEqual(t *testing.T) {
	ask := regexp.MustCompile(`{{.*?}}|(?m)^(##? *[a-z]*|-)`)
	shape := map[string][]string{}
	for _, lang := range Langs {
		b, err := files.ReadFile("text/" + lang + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		shape[lang] = ask.FindAllString(strings.ReplaceAll(string(b), "lang=cy", "lang=en"), -1)
	}
	if diff := cmp.Diff(shape["en"], shape["cy"]); diff != "" {
		t.Error(diff)
	}
	keys := map[string][]string{}
	for _, lang := range Langs {
		b, err := files.ReadFile("text/" + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]any
		if err := json.Unmarshal(b, &all); err != nil {
			t.Fatal(err)
		}
		keys[lang] = paths("", all)
	}
	if diff := cmp.Diff(keys["en"], keys["cy"]); diff != "" {
		t.Error(diff)
	}
	for _, table := range site.Declared {
		if texts["en"].Tables[string(table)] == "" {
			t.Errorf("no words for %s", table)
		}
	}
}

// paths lists the leaves of a JSON value that have a text.
func paths(at string, v any) (all []string) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			all = append(all, paths(at+"/"+k, inner)...)
		}
	case string:
		if v != "" {
			all = append(all, at)
		}
	}
	slices.Sort(all)
	return all
}

func TestDeclaration(t *testing.T) {
	d := Declare(full, "cy")
	if len(d.Purposes) != 2 || len(d.Keeps) != 3 {
		t.Fatalf("%+v", d)
	}
	got := d.Purposes[1].Keeps[0]
	want := Item{Kind: "cookie", Name: "_ex*", Who: "Example Video Ltd", Place: "Cwci", Days: 400, Expiry: "400 diwrnod", Holds: "Rhif ar gyfer eich porwr."}
	if got != want {
		t.Errorf("%+v", got)
	}
	safe := full
	safe.Site.Safeguarding = true
	for _, k := range Declare(safe, "en").Keeps {
		if !k.Session || k.Kind == "local" || k.Kind == "cookie" {
			t.Errorf("a safeguarding site keeps %+v", k)
		}
	}
	if say := Declare(full, "en").Purposes[0]; say.Basis != site.Consent || say.Ground != "Off unless you say yes." {
		t.Errorf("%+v", say)
	}
}

func TestLang(t *testing.T) {
	for asked, want := range map[string]string{"": "en", "cy": "cy", "CY-gb": "cy", "pl": "en", "cym": "en"} {
		if got := Lang(asked); got != want {
			t.Errorf("%q: %s", asked, got)
		}
	}
}
