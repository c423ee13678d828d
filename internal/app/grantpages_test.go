package app

import (
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
