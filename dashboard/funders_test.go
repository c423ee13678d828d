package dashboard

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/funder"
)

const funderPath = "/funders/lantern"

func TestAFunderIsChangedOnAPage(t *testing.T) {
	h := build(t, public)
	amy, ben := h.as("amy"), h.as("ben")
	amy.see("/grants").has(t, `href="`+funderPath+`"`)
	amy.see(grantPath).has(t, `href="`+funderPath+`"`)
	page := amy.see(funderPath)
	page.has(t, "Last saved by Amy Pritchard", "Visitors are not told.", `href="`+grantPath+`"`, "What was hard, or has changed", "!<script")
	res := amy.fill(funderPath, filled(page.body), "name", "The Lantern Trust", "org_id", "GB-CHC-1234567", "story", "120", "happened", "1,500")
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != funderPath+"?saved=1" {
		t.Fatalf("status %d\n%s", res.StatusCode, res.body)
	}
	want := funder.Funder{ID: "lantern", Name: "The Lantern Trust", Org: "GB-CHC-1234567", Limits: funder.Limits{Happened: 1500, Story: 120}}
	if diff := cmp.Diff(want, h.deeds.giver.Funder); diff != "" {
		t.Error(diff)
	}
	amy.see(funderPath+"?saved=1").has(t, "Saved.", `value="1500"`)
	if res := amy.fill(funderPath, filled(amy.see(funderPath).body)); res.StatusCode != http.StatusSeeOther || h.deeds.giver.Funder != want {
		t.Errorf("sent back unchanged: %d, %+v", res.StatusCode, h.deeds.giver.Funder)
	}
	ben.see(funderPath).has(t, "120", "any number", "!<form method=\"post\" action=\"/funders", "Owners, editors and reporters can change it")
	if res := amy.see("/funders/other"); res.StatusCode != http.StatusNotFound {
		t.Errorf("an unknown funder: %d", res.StatusCode)
	}
	if res := h.get(funderPath); res.StatusCode != http.StatusSeeOther {
		t.Errorf("nobody: %d", res.StatusCode)
	}
}

// A funder is written down without a grant, too.
func TestAFunderIsAddedOnAPage(t *testing.T) {
	h := build(t, public)
	amy, ben := h.as("amy"), h.as("ben")
	amy.see("/grants").has(t, `href="/funders"`)
	page := amy.see("/funders")
	page.has(t, "<title>A new funder</title>", "How many words it takes", "Short name", "!Last saved by", "!<script")
	form := filled(page.body)
	refused := amy.fill("/funders", form, "name", "", "id", "Tide Trust", "story", "ten")
	if refused.StatusCode != http.StatusUnprocessableEntity {
		t.Fatalf("status %d", refused.StatusCode)
	}
	refused.has(t, "Name: say who it is in one line", `id="name-problem"`, "Short name: want at most 100 lower-case letters", `id="id-problem"`, `value="Tide Trust"`, "A story: want a whole number", `value="ten"`)
	unread := amy.fill("/funders", form, "name", "", "id", "", "story", "ten")
	unread.has(t, "Name: say who it is in one line", "A story: want a whole number", "!Short name: want")
	amy.fill("/funders", form, "story", "").has(t, "Name: say who it is in one line", "!Short name: want")
	twice := amy.fill("/funders", filled(refused.body), "name", "The Lantern Foundation again", "id", "lantern", "story", "")
	twice.has(t, "Short name: &#34;lantern&#34; is there already", `value="The Lantern Foundation again"`)
	res := amy.fill("/funders", filled(twice.body), "name", "Tide Trust", "id", "tide", "story", "120")
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/funders/tide?saved=1" {
		t.Fatalf("status %d, %s\n%s", res.StatusCode, res.Header.Get("Location"), res.body)
	}
	if diff := cmp.Diff(funder.Funder{ID: "tide", Name: "Tide Trust", Limits: funder.Limits{Story: 120}}, h.deeds.giver.Funder); diff != "" {
		t.Error(diff)
	}
	ben.see("/grants").has(t, `!href="/funders"`)
	if res := ben.see("/funders"); res.StatusCode != http.StatusNotFound {
		t.Errorf("the form of somebody who writes no grants: %d", res.StatusCode)
	}
	form.Set("form", ben.form)
	if res := ben.fill("/funders", form, "name", "Ben's own", "story", "", "id", ""); res.StatusCode != http.StatusNotFound || h.deeds.giver.Funder.ID != "tide" {
		t.Errorf("somebody who writes no grants: %d", res.StatusCode)
	}
	if res := h.do(http.MethodPost, "/funders", form, "Origin", "https://example.org", "Cookie", amy.cookie.Name+"="+amy.cookie.Value); res.StatusCode != http.StatusForbidden {
		t.Errorf("from another website: %d", res.StatusCode)
	}
}

func TestAFunderIsRefusedWithItsFieldsNamed(t *testing.T) {
	h := build(t, public)
	amy := h.as("amy")
	form := filled(amy.see(funderPath).body)
	res := amy.fill(funderPath, form, "name", " ", "org_id", "12", "story", "a few", "learned", "20000")
	if res.StatusCode != http.StatusUnprocessableEntity || h.deeds.giver.Version != 1 {
		t.Fatalf("status %d", res.StatusCode)
	}
	res.has(t, "Name: say who it is", `href="#org_id"`, "Organisation number: want an organisation", `value="12"`, `id="story-problem"`, `value="a few"`, "What we learned: want a number of words up to 10000", `value="20000"`)
	if res := amy.fill(funderPath, filled(res.body), "name", "First", "org_id", "", "story", "", "learned", ""); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("mended: %d\n%s", res.StatusCode, res.body)
	}
	late := amy.fill(funderPath, form, "name", "Second", "org_id", "", "story", "7", "learned", "")
	if late.StatusCode != http.StatusConflict || h.deeds.giver.Funder.Name != "First" {
		t.Fatalf("status %d", late.StatusCode)
	}
	late.has(t, "Amy Pritchard saved meanwhile", "Stored now: <strong>First</strong>", `value="Second"`, "Stored now: <strong>nothing</strong>", `name="version" value="2"`)
	if res := amy.fill(funderPath, filled(late.body)); res.StatusCode != http.StatusSeeOther || h.deeds.giver.Funder.Limits.Story != 7 {
		t.Errorf("put together: %d, %+v", res.StatusCode, h.deeds.giver.Funder)
	}
	if res := h.do(http.MethodPost, funderPath, form, "Origin", "https://example.org", "Cookie", amy.cookie.Name+"="+amy.cookie.Value); res.StatusCode != http.StatusForbidden {
		t.Errorf("from another website: %d", res.StatusCode)
	}
}

// What reports show, whom they are for and where it is are on the form too.
func TestTheTermsOfAGrantAreWrittenOnAPage(t *testing.T) {
	h := build(t, public)
	amy := h.as("amy")
	page := amy.see(grantPath)
	page.has(t, "Contacts by channel", `name="table-decision" type="checkbox" value="yes" checked`, "Northern Ireland", "Periods of its own", "360Giving number")
	form := filled(page.body)
	for _, left := range []string{"table-device", "table-area", "table-decision", "table-hour"} {
		form.Del(left)
	}
	res := amy.fill(grantPath, form, "pages", "/help\r\n\r\n/chat/", "area-W92000004", "yes", "areas", "e06000023", "giving_id", "360G-lantern-417", "charity_org_id", "GB-CHC-1234567",
		"recipient", "researcher", "approval", "REC-7", "approval_ends", "2027-06-30",
		"pattern", "own", "own", "2025-04-01 to 2026-03-31\r\n2026-04-01 to 2028-03-31", "target0-definition", "Any contact with a person.", "target0-how", "Counted by the phone system.")
	if res.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", res.StatusCode, res.body)
	}
	g := h.deeds.all[0].Grant
	for _, out := range []cell.Table{cell.Device, cell.Area, cell.Decision, cell.Hour} {
		if g.Slice.Allows(out, "") {
			t.Errorf("%s is shown", out)
		}
	}
	for _, in := range []cell.Table{cell.Total, cell.Contact, cell.Page} {
		if !slices.Contains(g.Slice.Tables, in) {
			t.Errorf("%s is not shown", in)
		}
	}
	if diff := cmp.Diff([]any{[]string{"/help", "/chat/"}, []string{"W92000004", "E06000023"}, "360G-lantern-417", funder.Researcher, "REC-7", day.New(2027, 6, 30), 2, "Any contact with a person."},
		[]any{g.Slice.Pages, g.Areas, g.Giving, g.Recipient, g.Approval, g.ApprovalEnds, len(g.Own), g.Targets[0].Definition}); diff != "" {
		t.Error(diff)
	}
	again := amy.see(grantPath)
	if res := amy.fill(grantPath, filled(again.body)); res.StatusCode != http.StatusSeeOther || !cmp.Equal(g, h.deeds.all[0].Grant, cmp.AllowUnexported(funder.Due{})) {
		t.Errorf("sent back unchanged: %d\n%s", res.StatusCode, cmp.Diff(g, h.deeds.all[0].Grant, cmp.AllowUnexported(funder.Due{})))
	}
	form = filled(again.body)
	for _, back := range []string{"table-device", "table-area", "table-decision", "table-hour"} {
		form.Set(back, "yes")
	}
	if res := amy.fill(grantPath, form, "version", "3", "pages", ""); res.StatusCode != http.StatusSeeOther || len(h.deeds.all[0].Grant.Slice.Tables)+len(h.deeds.all[0].Grant.Slice.Pages) != 0 {
		t.Errorf("all of it: %d, %+v", res.StatusCode, h.deeds.all[0].Grant.Slice)
	}
}

func TestTheTermsOfAGrantAreRefusedWithTheirFieldsNamed(t *testing.T) {
	h := build(t, public)
	amy := h.as("amy")
	form := filled(amy.see(grantPath).body)
	for field := range form {
		if len(field) > 6 && field[:6] == "table-" {
			form.Del(field)
		}
	}
	res := amy.fill(grantPath, form, "pages", "help", "areas", "Cardiff", "giving_id", "417", "recipient", "researcher", "approval_ends", "soon", "own", "2025-04-01 until later")
	res.has(t, "What its reports show: tick at least one part", `href="#table-total"`, "Only these pages: “help”: want a path", "Smaller areas: &#34;Cardiff&#34;: want an ONS code", ">\nCardiff</textarea>",
		"360Giving number of the grant: want a 360Giving id", "Reference of the ethical approval: a researcher needs", "Last day of the approval: want a day", "Periods of its own: “2025-04-01 until later”: want")
	amy.fill(grantPath, filled(amy.see(grantPath).body), "target0-out_of", "outcome/asked", "target3-out_of", "issue/exploitation").has(t, "Target 1: a percentage is of an answer from the same list", `id="target0-out_of-problem"`, "Target 4: a percentage needs two different values")
	form = filled(amy.see(grantPath).body)
	form.Del("table-contact")
	amy.fill(grantPath, form, "own", "2025-04-01 to 2028-03-31").has(t, "Target 1: &#34;contact&#34; is outside of what reports of this grant may show", `id="target0-indicator-problem"`, "Periods of its own: periods of its own need the pattern own")
	if h.deeds.all[0].Version != 1 {
		t.Error("the grant was changed")
	}
}

// An exact total is an owner's to allow; whoever else writes keeps it as it is.
func TestAnExactTotalIsForOwners(t *testing.T) {
	h := build(t, public)
	s := &h.deeds.all[0]
	s.Grant.Targets = append(s.Grant.Targets, funder.Target{Indicator: funder.Indicator{Table: funder.Defined, Value: "families"}, Wording: "Families", Period: 30, Exact: true})
	amy := h.as("amy")
	page := amy.see(grantPath)
	page.has(t, `name="target5-exact" type="checkbox" value="yes" checked disabled`, "An owner of your organisation can change it")
	amy.fill(grantPath, filled(page.body), "due_count", "soon").has(t, `name="target5-exact" type="checkbox" value="yes" checked disabled`)
	if res := amy.fill(grantPath, filled(page.body), "target0-exact", "yes", "charity_ref", "H/2"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", res.StatusCode, res.body)
	}
	if g := h.deeds.all[0].Grant; g.Targets[0].Exact || !g.Targets[5].Exact || g.CharityRef != "H/2" {
		t.Errorf("%+v", g.Targets)
	}
	h.put(account.Kind, "amy", account.User{ID: "amy", Email: "amy@harbour.example", Name: "Amy Pritchard", Password: hashed, Role: account.Owner, Sites: []string{"kx4f9q"}})
	owner := filled(amy.see(grantPath).body)
	res := amy.fill(grantPath, owner, "target0-exact", "yes", "agreement", "")
	res.has(t, "Target 1: only a total of case records can be exact", `id="target0-exact-problem"`, "Target 6: an exact total needs the reference of the agreement", "<details open>")
	owner.Del("target0-exact")
	owner.Del("target5-exact")
	if res := amy.fill(grantPath, owner); res.StatusCode != http.StatusSeeOther || h.deeds.all[0].Grant.Targets[5].Exact {
		t.Errorf("an owner ends it: %d %+v\n%s", res.StatusCode, h.deeds.all[0].Grant.Targets[5], res.body)
	}
}
