package dashboard

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
)

// giver finds the funder that a request is about, or an empty one.
func (d *Dashboard) giver(c *fiber.Ctx, v visitor) (funder.Giver, error) {
	if c.Params("funder") == "" {
		if !v.Writes() {
			return funder.Giver{}, record.ErrNotFound
		}
		return funder.Giver{}, nil
	}
	id, err := url.PathUnescape(utils.CopyString(c.Params("funder")))
	if err != nil {
		return funder.Giver{}, record.ErrNotFound
	}
	return d.Grants.Funder(c.UserContext(), v.User, id)
}

// funderFields are the fields of the form of a funder.
func funderFields(giver funder.Giver) []page.Field {
	if giver.Version == 0 {
		return page.NewFunderFields()
	}
	return page.FunderFields()
}

// funder shows one funder, or the form of a new one.
func (d *Dashboard) funder(c *fiber.Ctx, v visitor) error {
	giver, err := d.giver(c, v)
	if err != nil {
		return fmt.Errorf("show funder: %w", err)
	}
	view := d.funderView(v, giver, funderValues(giver.Funder))
	view.Saved = c.Query("saved") != ""
	return showFunder(c, fiber.StatusOK, view)
}

func showFunder(c *fiber.Ctx, status int, view page.FunderView) error {
	return showForm(c, status, func(w io.Writer) error { return page.Funder(w, view) })
}

// funderView is a funder with what is in the fields of its form.
func (d *Dashboard) funderView(v visitor, giver funder.Giver, values map[string]string) page.FunderView {
	view := page.FunderView{Staff: d.staff(v, "grants"), Giver: giver, May: v.Writes(), Lines: d.grantLines(giver.Grants)}
	view.From, view.Fields = giver.Version, funderFields(giver)
	for i := range view.Fields {
		view.Fields[i].Value = values[view.Fields[i].Name]
	}
	return view
}

// wordLimits are the limits of a funder by the names of their fields.
func wordLimits(l *funder.Limits) map[string]*int {
	return map[string]*int{"happened": &l.Happened, "learned": &l.Learned, "changed": &l.Changed, "next": &l.Next, "story": &l.Story}
}

// funderValues are the fields of the form for a funder as it is stored.
func funderValues(f funder.Funder) map[string]string {
	values := map[string]string{"name": f.Name, "org_id": f.Org}
	for name, limit := range wordLimits(&f.Limits) {
		values[name] = hoped(uint64(max(0, *limit)))
	}
	return values
}

// saveFunder stores what was typed, or shows it with what stands in its way.
func (d *Dashboard) saveFunder(c *fiber.Ctx, v visitor) error {
	giver, err := d.giver(c, v)
	if err != nil {
		return fmt.Errorf("save funder: %w", err)
	}
	r := &reading{by: v.User, typed: map[string]string{}}
	typed(c, funderFields(giver), r.typed)
	f, version := r.funder(giver.Funder), postedVersion(c)
	if giver.Version == 0 {
		f.ID, version = r.typed["id"], 0
	}
	id := ""
	if len(r.problems) == 0 {
		id, err = d.Grants.SaveFunder(c.UserContext(), v.User, version, f)
	} else {
		err = r.alsoWrongFunder(f)
	}
	var no *report.RefusedError
	var conflict *report.ConflictError
	view, status := d.funderView(v, giver, r.typed), fiber.StatusUnprocessableEntity
	view.From = version
	switch {
	case errors.As(err, &no):
		r.problems = append(r.problems, r.funderProblems(view.Fields, no.Why)...)
	case errors.As(err, &conflict):
		view.From, view.Conflict, status = giver.Version, conflict, fiber.StatusConflict
	case err != nil:
		return fmt.Errorf("save funder: %w", err)
	case len(r.problems) == 0:
		return c.Redirect("/funders/"+url.PathEscape(id)+"?saved=1", fiber.StatusSeeOther)
	}
	view.Problems = inOrder(view.Fields, r.problems)
	for i := range view.Fields {
		setProblems(&view.Fields[i], r.problems)
		if view.Conflict != nil {
			setStored(&view.Fields[i], funderValues(giver.Funder))
		}
	}
	return showFunder(c, status, view)
}

// funder puts what was typed in the place of what was stored.
func (r *reading) funder(f funder.Funder) funder.Funder {
	f.Name, f.Org = r.typed["name"], r.typed["org_id"]
	limits := wordLimits(&f.Limits)
	for _, field := range page.FunderFields() {
		if limit := limits[field.Name]; limit != nil {
			*limit = int(r.number(field.Name, field.Label))
		}
	}
	return f
}

// alsoWrongFunder says what else is wrong with a funder of which some fields
// cannot be read, so that all is said at once.
func (r *reading) alsoWrongFunder(f funder.Funder) error {
	f.ID = cmp.Or(f.ID, "new")
	if err := f.Validate(); err != nil {
		return &report.RefusedError{Why: err.Error()}
	}
	return nil
}

// funderProblems words for the page what is wrong with a funder: a line each.
func (r *reading) funderProblems(fields []page.Field, why string) (all []page.Problem) {
	for line := range strings.Lines(why) {
		line = strings.TrimSpace(line)
		name, want, _ := strings.Cut(strings.TrimPrefix(line, "funder "), ": ")
		if name == "id" && r.typed["id"]+r.typed["name"] == "" {
			continue // it is made of the name, which is asked for
		}
		p := page.Problem{Text: sentence(line)}
		if i := slices.IndexFunc(fields, func(f page.Field) bool { return f.Name == name }); i >= 0 {
			p = page.Problem{Field: name, Text: fields[i].Label + ": " + want}
		}
		all = append(all, p)
	}
	return all
}
