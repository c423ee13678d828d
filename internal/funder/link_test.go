package funder

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/record/recordtest"
)

func TestLink(t *testing.T) {
	now := time.Date(2027, 1, 8, 9, 0, 0, 0, time.UTC)
	g := Grant{ID: "g"}
	if _, _, err := g.NewLink("r", now); !errors.Is(err, ErrNoAgreement) {
		t.Fatalf("a link without agreement and assessment: %v", err)
	}
	g.Agreement, g.Assessment = "DSA-1", "DPIA-1"
	l, token, err := g.NewLink("r", now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) < 16 {
		t.Errorf("token %q has %d bytes, %v", token, len(raw), err)
	}
	if b, _ := json.Marshal(l); strings.Contains(string(b), token) || l.Hash != HashToken(token) {
		t.Error("the token is kept, or its hash is not")
	}
	if !l.Open(now) || l.Open(now.Add(time.Hour)) {
		t.Error("the link must open until it expires and not from then on")
	}
	l.Revoked = true
	if l.Open(now) {
		t.Error("a revoked link opens")
	}
	if _, again, _ := g.NewLink("r", now); again == token {
		t.Error("two links share a token")
	}
}

func TestALinkNeedsAllThatSharingNeeds(t *testing.T) {
	end := date(t, "2027-06-30")
	summer := time.Date(2027, 6, 30, 23, 0, 0, 0, time.UTC) // midnight in London
	for _, c := range []struct {
		name    string
		grant   Grant
		expires time.Time
		want    []error
	}{
		{"both references", Grant{Agreement: "DSA-1", Assessment: "DPIA-1"}, summer, nil},
		{"no agreement", Grant{Agreement: " ", Assessment: "DPIA-1"}, summer, []error{ErrNoAgreement}},
		{"no assessment", Grant{Agreement: "DSA-1"}, summer, []error{ErrNoAgreement}},
		{"a partner", Grant{Agreement: "DSA-1", Assessment: "DPIA-1", Recipient: Partner}, summer, nil},
		{"a researcher with approval to the day", Grant{Agreement: "DSA-1", Assessment: "DPIA-1", Recipient: Researcher, Approval: "REC-7", ApprovalEnds: end}, summer, nil},
		{"one second longer", Grant{Agreement: "DSA-1", Assessment: "DPIA-1", Recipient: Researcher, Approval: "REC-7", ApprovalEnds: end}, summer.Add(time.Second), []error{ErrNoApproval}},
		{"without a reference", Grant{Agreement: "DSA-1", Assessment: "DPIA-1", Recipient: Researcher, ApprovalEnds: end}, summer, []error{ErrNoApproval}},
		{"without an end, and nothing else either", Grant{Recipient: Researcher, Approval: "REC-7"}, summer, []error{ErrNoAgreement, ErrNoApproval}},
	} {
		_, token, err := c.grant.NewLink("r", c.expires)
		if (err == nil) != (c.want == nil) || (token == "") != (err != nil) {
			t.Errorf("%s: %v", c.name, err)
		}
		for _, want := range c.want {
			if !errors.Is(err, want) {
				t.Errorf("%s: %v does not say %v", c.name, err, want)
			}
		}
	}
}

func TestALinkKeepsItsSlice(t *testing.T) {
	g := Grant{ID: "g", Agreement: "DSA-1", Assessment: "DPIA-1", Slice: Slice{Tables: []cell.Table{cell.Contact, cell.Page}, Pages: []string{"/help", "Our news"}}}
	l, _, err := g.NewLink("r", time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var again Link
	if err := json.Unmarshal(b, &again); err != nil || !cmp.Equal(l, again) {
		t.Fatalf("%s, %v", b, err)
	}
	for row, want := range map[string]bool{
		"contact ": true, "contact webchat": true, "issue ": false, "issue bullying": false, "total ": false, "entry /help": false,
		"page ": true, "page /help": true, "page /help/bullying": true, "page /helpers": false, "page /": false, "page Our news": true, "page Our": false,
	} {
		table, value, _ := strings.Cut(row, " ")
		if got := again.Slice.Allows(cell.Table(table), value); got != want {
			t.Errorf("%q is allowed: %v", row, got)
		}
	}
	if !(Slice{}).Allows(cell.Issue, "bullying") || !(Slice{Pages: []string{"/"}}).Allows(cell.Page, "/help") || !(Slice{Pages: []string{"/help"}}).Allows(cell.Total, "") {
		t.Error("a slice leaves out what it says nothing of")
	}
}

// The public list has each active link's grant once, as it stood at the time.
func TestRecipients(t *testing.T) {
	now := time.Date(2027, 1, 1, 12, 0, 0, 0, time.UTC)
	book, err := record.Open(t.Context(), &recordtest.Log{}, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	put := func(kind record.Kind, id string, body any) {
		t.Helper()
		if _, err := book.Put(t.Context(), kind, id, uint32(len(book.History(kind, id))), "test", body); err != nil {
			t.Fatal(err)
		}
	}
	grant := func(id, site, title string, as Recipient) Grant {
		return Grant{ID: id, Site: site, Funder: "tide", Title: title, Agreement: "DSA-1", Assessment: "DPIA-1", Recipient: as, Approval: "REC-7", ApprovalEnds: date(t, "2030-01-01")}
	}
	put(Kind, "tide", Funder{ID: "tide", Name: "Tide Trust"})
	var links []Link
	for _, g := range []Grant{grant("a", "kx4f9q", "Open doors", ""), grant("b", "kx4f9q", "A study", Researcher), grant("c", "other1", "Elsewhere", "")} {
		put(GrantKind, g.ID, g)
		for days := 10; days <= 20; days += 10 {
			l, _, err := g.NewLink("r", now.AddDate(0, 0, days))
			if err != nil {
				t.Fatal(err)
			}
			put(LinkKind, l.Hash, l)
			links = append(links, l)
		}
	}
	list := func(at time.Time) []Shared {
		t.Helper()
		all, _, err := Recipients(book, "kx4f9q", at)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	want := []Shared{{"Tide Trust", "A study", Researcher, date(t, "2027-01-21")}, {"Tide Trust", "Open doors", Payer, date(t, "2027-01-21")}}
	if diff := cmp.Diff(want, list(now)); diff != "" {
		t.Error(diff)
	}
	first := now
	now = now.AddDate(0, 0, 1)
	links[3].Revoked = true // the study's longer link
	put(LinkKind, links[3].Hash, links[3])
	put(Kind, "tide", Funder{ID: "tide", Name: "Tide and Lantern"})
	want = []Shared{{"Tide and Lantern", "A study", Researcher, date(t, "2027-01-11")}, {"Tide and Lantern", "Open doors", Payer, date(t, "2027-01-21")}}
	if diff := cmp.Diff(want, list(now)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want[1:], list(now.AddDate(0, 0, 10))); diff != "" {
		t.Error(diff)
	}
	if got := list(first.AddDate(0, 0, 20)); len(got) != 0 {
		t.Errorf("all links have ended, but %v", got)
	}
	if got := list(first.Add(-time.Second)); len(got) != 0 {
		t.Errorf("before the first link: %v", got)
	}
	if got := list(first); len(got) != 2 || got[0].Funder != "Tide Trust" {
		t.Errorf("the list of the day before was changed: %v", got)
	}
	if _, changed, _ := Recipients(book, "kx4f9q", first.AddDate(0, 0, 15)); !changed.Equal(first.AddDate(0, 0, 10)) {
		t.Errorf("changed at %s, want when links ended", changed)
	}
}
