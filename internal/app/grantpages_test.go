package app

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
)

// What staff write in the browser is what the commands show, and is refused by
// the same rules; nothing of it is stored if anything is wrong.
func TestStaffWriteGrants(t *testing.T) {
	s := start(t) // on 2 March 2026
	g, ctx, amy := grants{s.App}, t.Context(), s.user(t, account.Reporter)
	next := funder.Grant{Site: s.site.Key, Title: "Help online " + strings.Repeat("and more ", 15), Start: day.New(2026, 3, 1), End: day.New(2027, 2, 28), Pattern: funder.Quarterly,
		Targets: []funder.Target{{Indicator: funder.Indicator{Table: cell.Total}, Period: 100}}}
	var no *report.RefusedError
	if _, err := g.Save(ctx, amy, 0, next, "Tide Trust"); !errors.As(err, &no) || !strings.Contains(no.Why, "grant reference: give") {
		t.Fatalf("without a reference: %v", err)
	}
	if n := len(s.records.List(funder.Kind)); n != 0 {
		t.Errorf("%d funders of a grant that was refused", n)
	}
	next.FunderRef = "T-1"
	id, err := g.Save(ctx, amy, 0, next, "Tide Trust")
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := g.Sheet(ctx, amy, id)
	if err != nil || sheet.Funder.Name != "Tide Trust" || sheet.SavedBy != amy.Name || len(sheet.Periods) != 4 || sheet.Grant.Targets[0].Wording != "Visits" || len(sheet.Offers) < 7 {
		t.Errorf("%+v, %v", sheet, err)
	}
	if shown, err := run[GrantShown](t, s, "grant show", id); err != nil || shown.Grant.Title != next.Title {
		t.Errorf("%+v, %v", shown, err)
	}
	if _, err := g.Save(ctx, amy, 0, next, "Tide trust"); !errors.As(err, &no) || !strings.Contains(no.Why, "is there already") {
		t.Errorf("sent twice: %v", err)
	}
	for role, want := range map[account.Role]bool{account.Owner: true, account.Editor: true, account.Data: false, account.Approver: false, account.ReadOnly: false} {
		sheet, _ = g.Sheet(ctx, amy, id)
		sheet.Grant.CharityRef = string(role)
		if _, err := g.Save(ctx, s.user(t, role), sheet.Version, sheet.Grant, ""); (err == nil) != want {
			t.Errorf("%s: %v", role, err)
		}
	}
	var late *report.ConflictError
	if _, err := g.Save(ctx, amy, 1, sheet.Grant, ""); !errors.As(err, &late) || late.By != "The editor" && late.By != "The owner" {
		t.Errorf("from an old version: %v", err)
	}
	amy.Sites = []string{"other1"}
	_, seen := g.Sheet(ctx, amy, id)
	_, blank := g.Blank(amy, s.site.Key)
	_, saved := g.Save(ctx, amy, 3, sheet.Grant, "")
	for _, err := range []error{seen, blank, saved} {
		if !errors.Is(err, record.ErrNotFound) {
			t.Errorf("of a site that the user does not see: %v", err)
		}
	}
	if list, err := g.List(ctx, amy); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

// A funder is changed by whoever writes grants and sees all that it gives to.
func TestStaffChangeFunders(t *testing.T) {
	s := start(t)
	s.lantern(t, `{}`)
	g, ctx, amy := grants{s.App}, t.Context(), s.user(t, account.Reporter)
	giver, err := g.Funder(ctx, amy, "lantern")
	if err != nil || giver.Version != 1 || len(giver.Grants) != 1 || len(giver.Notes) != 1 || !strings.Contains(giver.Notes[0], "are not told of Lantern") {
		t.Fatalf("%+v, %v", giver, err)
	}
	next := giver.Funder
	next.Name, next.Limits.Story = "The Lantern Trust", 120
	if _, err := g.SaveFunder(ctx, amy, 1, next); err != nil {
		t.Fatal(err)
	}
	if giver, err = g.Funder(ctx, amy, "lantern"); err != nil || giver.Funder != next || giver.SavedBy != amy.Name || giver.Version != 2 {
		t.Errorf("%+v, %v", giver, err)
	}
	_, same := g.SaveFunder(ctx, amy, 2, next)
	if err := errors.Join(same, func() error { _, err := g.funderNamed("Tide"); return err }()); err != nil || len(s.records.History(funder.Kind, "lantern")) != 2 {
		t.Errorf("a change of nothing was stored, or refused: %v", err)
	}
	var late *report.ConflictError
	if _, err := g.SaveFunder(ctx, amy, 1, next); !errors.As(err, &late) || late.By != amy.Name {
		t.Errorf("from an old version: %v", err)
	}
	if _, err := run[FunderShown](t, s, "funder add", document("", "", `{"name":"Tide"}`)); err != nil {
		t.Fatal(err)
	}
	twin, wordy, away := next, next, amy
	twin.Name, wordy.Limits.Story, away.Sites = "tide", 20_000, []string{"other1"}
	for _, c := range []struct {
		by   account.User
		f    funder.Funder
		want string
	}{
		{s.user(t, account.Approver), next, "owners, editors and reporters change funders"},
		{amy, twin, `"tide" has it already`}, {amy, wordy, "story: want a number of words up to 10000"},
		{away, next, "also gives to a website"},
	} {
		var no *report.RefusedError
		if _, err := g.SaveFunder(ctx, c.by, 2, c.f); !errors.As(err, &no) || !strings.Contains(no.Why, c.want) {
			t.Errorf("%s: %v, want %q", c.by.Name, err, c.want)
		}
	}
	reader := s.user(t, account.ReadOnly)
	reader.Sites = []string{"other1"}
	if _, err := g.Funder(ctx, reader, "lantern"); !errors.Is(err, record.ErrNotFound) {
		t.Errorf("a funder that gives to no site of the reader's: %v", err)
	}
	if giver, err := g.Funder(ctx, away, "lantern"); err != nil || len(giver.Grants) != 0 {
		t.Errorf("grants of another's site: %+v, %v", giver.Grants, err)
	}
}

// A funder is added alone as by the command: by the same rules, in the same
// words, under the same id.
func TestStaffAddFunders(t *testing.T) {
	s := start(t)
	g, ctx, amy := grants{s.App}, t.Context(), s.user(t, account.Reporter)
	long := strings.Repeat("The Trust of many words ", 7)[:160]
	for _, f := range []funder.Funder{{Name: "Tide & Trust", Limits: funder.Limits{Story: 120}}, {Name: "Lantern", ID: "light"}, {Name: long}, {}, {Name: "tide & trust", ID: "other"}, {Name: "Tide, Trust"},
		{Name: "Harbour", ID: "No id"}, {Name: "Harbour", Org: "12"}, {Name: "Harbour", Limits: funder.Limits{Next: -1}}, {Name: "ŵŷ"}} {
		var told *report.RefusedError
		id, err := g.SaveFunder(ctx, amy, 0, f)
		if err != nil && !errors.As(err, &told) {
			t.Fatalf("%+v: %v", f, err)
		}
		body, errJSON := json.Marshal(f)
		if err == nil {
			giver, seen := g.Funder(ctx, amy, id)
			if seen != nil || giver.Funder.Name != f.Name || giver.Funder.Limits != f.Limits || giver.SavedBy != amy.Name || giver.Version != 1 {
				t.Errorf("%+v, %v", giver, seen)
			}
			body, errJSON = json.Marshal(funder.Funder{ID: f.ID, Name: f.Name, Org: f.Org, Limits: f.Limits})
		}
		if errJSON != nil {
			t.Fatal(errJSON)
		}
		_, byCommand := run[FunderShown](t, s, "funder add", document("", "", string(body)))
		switch {
		case err == nil && (byCommand == nil || !strings.Contains(byCommand.Error(), `"`+id+`" is there already`)):
			t.Errorf("%+v has the id %q here; by command: %v", f, id, byCommand)
		case err != nil && (byCommand == nil || !strings.HasSuffix(byCommand.Error(), err.Error())):
			t.Errorf("%+v: %v; by command: %v", f, err, byCommand)
		}
	}
	if all, err := g.Funders(amy); err != nil || len(all) != 3 {
		t.Errorf("%+v, %v", all, err)
	}
	if _, err := g.SaveFunder(ctx, s.user(t, account.Approver), 0, funder.Funder{Name: "Harbour"}); err == nil || !strings.Contains(err.Error(), "owners, editors and reporters") {
		t.Errorf("an approver: %v", err)
	}
}

// An exact total is an exception from the rule, and an owner's to make.
func TestOnlyAnOwnerMakesATotalExact(t *testing.T) {
	s := start(t)
	id := s.lantern(t, `{}`)
	if _, err := run[IndicatorShown](t, s, "indicator add", document("", s.site.Key,
		`{"id":"families","heading":"contacts","source":"records","label":{"en":"Families","cy":"Teuluoedd"},"unit":{"en":"families","cy":"teuluoedd"}}`)); err != nil {
		t.Fatal(err)
	}
	g, ctx, amy, owner := grants{s.App}, t.Context(), s.user(t, account.Reporter), s.user(t, account.Owner)
	sheet, err := g.Sheet(ctx, amy, id)
	if err != nil {
		t.Fatal(err)
	}
	next := sheet.Grant
	next.Targets = []funder.Target{{Indicator: funder.Indicator{Table: funder.Defined, Value: "families"}, Exact: true}}
	var no *report.RefusedError
	if _, err := g.Save(ctx, amy, sheet.Version, next, ""); !errors.As(err, &no) || !strings.Contains(no.Why, "only an owner") {
		t.Fatalf("a reporter: %v", err)
	}
	if _, err := g.Save(ctx, owner, sheet.Version, next, ""); err != nil {
		t.Fatal(err)
	}
	next.CharityRef = "H/1"
	if _, err := g.Save(ctx, amy, sheet.Version+1, next, ""); err != nil {
		t.Errorf("a reporter keeps what an owner made: %v", err)
	}
	next.Targets[0].Indicator = funder.Indicator{Table: cell.Total}
	if _, err := g.Save(ctx, owner, sheet.Version+2, next, ""); !errors.As(err, &no) || !strings.Contains(no.Why, "only a total of case records can be exact") {
		t.Errorf("visits: %v", err)
	}
}
