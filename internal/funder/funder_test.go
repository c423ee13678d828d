package funder

import (
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/site"
)

func date(t *testing.T, s string) day.Day {
	t.Helper()
	d, err := day.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestValidate(t *testing.T) {
	good := Grant{
		ID: "g", Site: "kx4f9q", Funder: "f", Title: "t", FunderRef: "r",
		Start: date(t, "2026-04-01"), End: date(t, "2027-03-31"), Pattern: Quarterly,
		Targets: []Target{{Indicator: Indicator{Table: cell.Contact}, Wording: "Contacts", Period: 100}},
	}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	bad := good
	bad.Title, bad.Pattern, bad.End = "", "weekly", good.Start
	bad.Targets = []Target{
		{Indicator: Indicator{Table: cell.Page}, Wording: "x"},
		{Indicator: Indicator{Table: cell.Outcome}, Wording: "y", OutOf: "asked"},
		{Indicator: Indicator{cell.Outcome, "asked"}, Wording: "z", OutOf: "asked"},
		{Indicator: Indicator{Table: cell.Outcome}},
	}
	err := bad.Validate()
	if err == nil {
		t.Fatal("a bad grant was taken")
	}
	for _, want := range []string{"title", "end", "pattern", `"x"`, `"y"`, `"z"`, "grant's words"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not named in: %v", want, err)
		}
	}
}

// Whatever is wrong is said at once, each in words that say what to mend.
func TestValidateSaysEverything(t *testing.T) {
	none := Grant{Start: date(t, "2026-04-01"), End: date(t, "2026-04-01"), Pattern: "weekly", Nation: "cornwall", Recipient: "friend", Giving: "LF-1", Charity: "1199999",
		Areas: []string{"E92000001", "Wales", "K02000001"}, Own: []Span{{}}, CharityRef: "two\nlines", Agreement: "two\nlines",
		Slice: Slice{Tables: []cell.Table{cell.Contact, cell.Contact, "people"}, Pages: []string{" "}}}
	wantSaid(t, none.Validate(), "grant site:", "grant funder:", "grant title:", "grant reference:", "charity_ref: want one line", "grant agreement: want one line", "grant end:", "pattern: want one of",
		"own: periods of its own", "nation: want one of", "recipient: want", "giving_id: want", "charity_org_id: want", `areas: "Wales"`, `areas: "K02000001"`,
		`table "contact": want each`, `table "people": want each`, `pages: " "`)
	if strings.Contains(none.Validate().Error(), "E92000001\"") {
		t.Error("a good area was refused")
	}

	own := Grant{Site: "s", Funder: "f", Title: "t", FunderRef: "r", Pattern: Own, Start: date(t, "2026-04-01"), End: date(t, "2027-03-31"), Recipient: Researcher,
		Own: []Span{{date(t, "2026-04-02"), date(t, "2026-09-30")}, {date(t, "2026-09-30"), date(t, "2026-10-10")}, {date(t, "2026-10-11"), date(t, "2027-02-28")}}}
	wantSaid(t, own.Validate(), "period 1 must begin on 2026-04-01", "period 2 must begin on 2026-10-01", "period 2 (30 September to 10 October 2026) has no whole month", "end with the grant, on 2027-03-31", "a researcher needs")
	own.Own = nil
	wantSaid(t, own.Validate(), "end with the grant")

	long := Grant{Site: "s", Funder: "f", Title: "t", FunderRef: "r", Pattern: Quarterly, Start: date(t, "2026-04-01"), End: date(t, "9999-12-31")}
	wantSaid(t, long.Validate(), "at most 30 years")
	short := Grant{Site: "s", Funder: "f", Title: "t", FunderRef: "r", Pattern: OneOff, Start: date(t, "2026-04-02"), End: date(t, "2026-04-09")}
	wantSaid(t, short.Validate(), "no whole month")
}

func wantSaid(t *testing.T, err error, wants ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, want := range wants {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said in:\n%v", want, err)
		}
	}
}

func TestFunderValidate(t *testing.T) {
	for _, org := range []string{"", "GB-CHC-123456", "GB-CHC-1199999", "GB-CHC-210037-1", "GB-SC-SC012345", "GB-NIC-101234", "GB-COH-01234567", "GB-COH-SC123456", "360G-lantern-ORG:7", "US-EIN-522044704", "GB-LAE-BIR"} {
		if err := (Funder{ID: "lantern", Name: "The Lantern Foundation", Org: org}).Validate(); err != nil {
			t.Errorf("%q: %v", org, err)
		}
	}
	for _, org := range []string{"123456", "GB-CHC-", "GB-CHC-12345", "GB-CHC-12345678", "GB-CHC-SC012345", "GB-SC-012345", "GB-NIC-1", "GB-COH-294860", "gb-chc-123456", "GB-CHC 123456", "GB-CHC-123456\n"} {
		wantSaid(t, (Funder{ID: "lantern", Name: "The Lantern Foundation", Org: org}).Validate(), "org_id: want an organisation's id")
	}
	wantSaid(t, (Funder{ID: "The Lantern", Name: " "}).Validate(), "funder id:", "funder name:")
}

func harbour() Vocabulary {
	choice := func(id, en, cy string) site.Choice { return site.Choice{ID: id, Label: site.Text{En: en, Cy: cy}} }
	return Vocabulary{
		Site: site.Site{Key: "kx4f9q", Vocabulary: map[cell.Table][]site.Choice{
			cell.Contact: {choice("webchat", "Web chat", "Sgwrs ar y we"), choice("phone", "Telephone", "Ffôn")},
			cell.Outcome: {choice("asked", "Asked", "Gofynnwyd"), choice("safer", "Felt safer", "Teimlo’n fwy diogel")},
		}},
		Defined: []Definition{talked(), {ID: "families", Site: "kx4f9q", Source: Records}},
	}
}

func TestCheckFitsAGrantToItsSite(t *testing.T) {
	g := Grant{ID: "g", Site: "kx4f9q", Slice: Slice{Tables: []cell.Table{cell.Contact, cell.Outcome, cell.Page}, Pages: []string{"/help"}}, Targets: []Target{
		{Indicator: Indicator{cell.Contact, "webchat"}}, {Indicator: Indicator{cell.Outcome, "safer"}, OutOf: "asked"},
		{Indicator: Indicator{Defined, "talked"}}, {Indicator: Indicator{Defined, "families"}}, {Indicator: Indicator{cell.Page, "/help/bullying"}},
	}}
	if err := g.Check(harbour()); err != nil {
		t.Fatal(err)
	}
	bad := Grant{ID: "Two words", Site: "other1", Slice: g.Slice, Targets: []Target{
		{Wording: "a", Indicator: Indicator{cell.Contact, "fax"}}, {Wording: "b", Indicator: Indicator{cell.Outcome, "safer"}, OutOf: "answered"},
		{Wording: "c", Indicator: Indicator{Defined, "unheard"}}, {Wording: "d", Indicator: Indicator{Table: cell.Total}},
		{Wording: "e", Indicator: Indicator{cell.Page, "/news"}}, {Wording: "f", Indicator: Indicator{Defined, "talked"}}, {Wording: "g", Indicator: Indicator{Defined, "talked"}},
	}}
	wantSaid(t, bad.Check(harbour()), "grant id:", "grant site:", `target "a"`, "only [webchat phone]", `target "b": out_of`, `target "c"`, "is not defined",
		`target "d": "total" is outside of what`, `target "e": "page//news" is outside`, `target "g": there are two targets`)
	bad.Slice.Tables = []cell.Table{cell.Issue}
	wantSaid(t, bad.Check(harbour()), `target "f": "contact/webchat" is outside`, `target "f": "contact/phone" is outside`)
}
