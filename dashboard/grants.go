package dashboard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/site"
)

// Grants is who is told what, as one user after another writes it down. What
// stands in the way of a grant is a *report.RefusedError with a line for each
// thing; a change of a version that is no longer the newest is a
// *report.ConflictError; what the user must not see is record.ErrNotFound.
type Grants interface {
	List(ctx context.Context, by account.User) ([]funder.Line, error) // what is due next first
	Blank(by account.User, site string) (funder.Sheet, error)         // for a grant that is not there yet
	Sheet(ctx context.Context, by account.User, id string) (funder.Sheet, error)
	// Save stores the next version of a grant, and a new funder for it if one is
	// named. Version 0 adds the grant. It returns the grant's id.
	Save(ctx context.Context, by account.User, version uint32, g funder.Grant, newFunder string) (string, error)

	Funders(by account.User) ([]funder.Funder, error) // that the user sees
	Funder(ctx context.Context, by account.User, id string) (funder.Giver, error)
	// SaveFunder stores the next version of a funder; version 0 adds it, under an
	// id made of its name if it has none. It returns the funder's id.
	SaveFunder(ctx context.Context, by account.User, version uint32, f funder.Funder) (string, error)
}

// mountGrants adds the routes of staff who write grants.
func (d *Dashboard) mountGrants(app *fiber.App) {
	app.Get("/grants", d.staffOnly(d.grants))
	app.Get("/grants/:grant", d.staffOnly(d.grant))
	app.Post("/grants/:grant", d.ownForm(d.saveGrant))
	app.Get("/sites/:key/grants/new", d.staffOnly(d.grant))
	app.Post("/sites/:key/grants/new", d.ownForm(d.saveGrant))
	app.Get("/funders", d.staffOnly(d.funder))
	app.Post("/funders", d.ownForm(d.saveFunder))
	app.Get("/funders/:funder", d.staffOnly(d.funder))
	app.Post("/funders/:funder", d.ownForm(d.saveFunder))
}

// grants lists the grants of the user's sites.
func (d *Dashboard) grants(c *fiber.Ctx, v visitor) error {
	lines, err := d.Grants.List(c.UserContext(), v.User)
	if err != nil {
		return fmt.Errorf("list grants: %w", err)
	}
	view := page.GrantsView{Staff: d.staff(v, "grants"), Grants: d.grantLines(lines), May: v.Writes()}
	if view.Funders, err = d.Grants.Funders(v.User); err != nil {
		return fmt.Errorf("list funders: %w", err)
	}
	for _, doc := range d.Records.List(site.Kind) {
		if !v.Sees(doc.ID) || !v.Writes() {
			continue
		}
		s, err := record.As[site.Site](doc)
		if err != nil {
			return err
		}
		view.Sites = append(view.Sites, d.line(s))
	}
	return showForm(c, fiber.StatusOK, func(w io.Writer) error { return page.Grants(w, view) })
}

// grantLines says of each grant when its next report is due.
func (d *Dashboard) grantLines(lines []funder.Line) (all []page.GrantLine) {
	for _, l := range lines {
		line := page.GrantLine{Line: l}
		if l.Due != 0 {
			line.When = when(report.Line{Due: l.Due}, d.today())
		}
		all = append(all, line)
	}
	return all
}

// today is the day of the service's sites.
func (d *Dashboard) today() day.Day { return day.Of(d.Clock(), site.Site{}.Location()) }

// sheet finds the grant that a request is about, or an empty one at a site.
func (d *Dashboard) sheet(c *fiber.Ctx, v visitor) (funder.Sheet, error) {
	if key := utils.CopyString(c.Params("key")); key != "" {
		return d.Grants.Blank(v.User, key)
	}
	id, err := url.PathUnescape(utils.CopyString(c.Params("grant")))
	if err != nil {
		return funder.Sheet{}, record.ErrNotFound
	}
	return d.Grants.Sheet(c.UserContext(), v.User, id)
}

// grant shows one grant, or the form of a new one.
func (d *Dashboard) grant(c *fiber.Ctx, v visitor) error {
	sheet, err := d.sheet(c, v)
	if err != nil {
		return fmt.Errorf("show grant: %w", err)
	}
	if sheet.Version == 0 && !v.Writes() {
		return record.ErrNotFound
	}
	view, err := d.grantView(v, sheet, grantValues(sheet))
	if err != nil {
		return err
	}
	view.Saved = c.Query("saved") != ""
	return showGrant(c, fiber.StatusOK, view)
}

func showGrant(c *fiber.Ctx, status int, view page.GrantView) error {
	return showForm(c, status, func(w io.Writer) error { return page.Grant(w, view) })
}

// grantView is a grant with what is in the fields of its form.
func (d *Dashboard) grantView(v visitor, sheet funder.Sheet, values map[string]string) (page.GrantView, error) {
	view := page.GrantView{Staff: d.staff(v, "grants"), Sheet: sheet, May: v.Writes(), Form: page.Form{From: sheet.Version}}
	fillGrant(&view, v.User, values)
	if sheet.Version == 0 {
		return view, nil
	}
	lines, err := d.Reports.Due(v.User)
	if err != nil {
		return view, fmt.Errorf("list reports: %w", err)
	}
	for _, p := range sheet.Periods {
		line := page.GrantPeriod{SheetPeriod: p, Over: p.Last < d.today()}
		draft := report.DraftID(sheet.Grant.ID, p.Name())
		i := slices.IndexFunc(lines, func(l report.Line) bool { return l.Draft == draft })
		if i >= 0 && (line.Over || lines[i].State != "") {
			line.Draft, line.State = draft, lines[i].State
		}
		view.Periods = append(view.Periods, line)
	}
	return view, nil
}

// saveGrant stores what was typed, or shows it with what stands in its way.
func (d *Dashboard) saveGrant(c *fiber.Ctx, v visitor) error {
	sheet, err := d.sheet(c, v)
	if err != nil {
		return fmt.Errorf("save grant: %w", err)
	}
	r := &reading{by: v.User, typed: typedGrant(c), sheet: sheet}
	g := r.grant()
	if len(r.problems) > 0 {
		r.alsoWrong(g)
		return d.unsavedGrant(c, v, r)
	}
	id, err := d.Grants.Save(c.UserContext(), v.User, postedVersion(c), g, r.typed["new_funder"])
	var no *report.RefusedError
	var conflict *report.ConflictError
	switch {
	case err == nil:
		return c.Redirect("/grants/"+url.PathEscape(id)+"?saved=1", fiber.StatusSeeOther)
	case errors.As(err, &no):
		r.problems = r.grantProblems(g, no.Why)
		return d.unsavedGrant(c, v, r)
	case errors.As(err, &conflict):
		return d.lateGrant(c, v, r, conflict)
	}
	return fmt.Errorf("save grant: %w", err)
}

// unsavedGrant shows what was typed together with why it is not stored.
func (d *Dashboard) unsavedGrant(c *fiber.Ctx, v visitor, r *reading) error {
	view, err := d.grantView(v, r.sheet, r.typed)
	if err != nil {
		return err
	}
	view.From = postedVersion(c)
	var fields []page.Field
	view.Each(func(f *page.Field) {
		setProblems(f, r.problems)
		fields = append(fields, *f)
	})
	view.Problems = inOrder(fields, r.problems)
	return showGrant(c, fiber.StatusUnprocessableEntity, view)
}

// lateGrant shows what was typed beside what somebody else stored meanwhile.
func (d *Dashboard) lateGrant(c *fiber.Ctx, v visitor, r *reading, conflict *report.ConflictError) error {
	view, err := d.grantView(v, r.sheet, r.typed)
	if err != nil {
		return err
	}
	view.Conflict = conflict
	stored := grantValues(r.sheet)
	view.Each(func(f *page.Field) { setStored(f, stored) })
	return showGrant(c, fiber.StatusConflict, view)
}
