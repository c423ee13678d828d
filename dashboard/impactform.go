package dashboard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
)

// Impacts is which figures a charity shows on its own website, as one user after
// another chooses them. Its errors are those of Grants.
type Impacts interface {
	Sheet(by account.User, site string) (report.ImpactSheet, error)
	// Choose stores the next version of the block; one without figures takes it
	// away.
	Choose(ctx context.Context, by account.User, site string, version uint32, block report.Impact) error
}

// impactSheet is the block of the site that a request is about, for whoever may
// choose its figures.
func (d *Dashboard) impactSheet(c *fiber.Ctx, v visitor) (report.ImpactSheet, error) {
	if !v.Writes() {
		return report.ImpactSheet{}, record.ErrNotFound
	}
	return d.Impacts.Sheet(v.User, utils.CopyString(c.Params("key")))
}

// impactForm shows the form in which the figures of a site are chosen.
func (d *Dashboard) impactForm(c *fiber.Ctx, v visitor) error {
	sheet, err := d.impactSheet(c, v)
	if err != nil {
		return fmt.Errorf("show choice of figures: %w", err)
	}
	view := d.impactFormView(v, sheet, impactValues(sheet))
	view.Saved = c.Query("saved") != ""
	return showImpactForm(c, fiber.StatusOK, view)
}

func showImpactForm(c *fiber.Ctx, status int, view page.ImpactFormView) error {
	return showForm(c, status, func(w io.Writer) error { return page.ImpactForm(w, view) })
}

// impactFormView is the block of a site with what is in the fields of its form.
func (d *Dashboard) impactFormView(v visitor, sheet report.ImpactSheet, values map[string]string) page.ImpactFormView {
	view := page.ImpactFormView{Staff: d.staff(v, "sites"), ImpactSheet: sheet, Origin: d.origin}
	view.From, view.Fields = sheet.Version, page.ImpactFields(sheet.Reports)
	for i := range view.Fields {
		f := &view.Fields[i]
		f.Value = values[f.Name]
		f.Locked = f.Locked && f.Value == "" // what was chosen before it was hidden can be taken out
	}
	return view
}

// impactValues are the fields of the form for a block as it is stored.
func impactValues(sheet report.ImpactSheet) map[string]string {
	values := map[string]string{"title": sheet.Impact.Title}
	if sheet.Version == 0 {
		values["title"] = page.ImpactTitle
	}
	for _, chosen := range sheet.Impact.Figures {
		values[page.FigureTick(chosen)] = page.Ticked
	}
	return values
}

// saveImpact stores what was chosen, or shows it with what stands in its way.
func (d *Dashboard) saveImpact(c *fiber.Ctx, v visitor) error {
	sheet, err := d.impactSheet(c, v)
	if err != nil {
		return fmt.Errorf("save choice of figures: %w", err)
	}
	values := map[string]string{}
	typed(c, page.ImpactFields(sheet.Reports), values)
	block := report.Impact{Title: values["title"], Figures: figuresOf(c, sheet, values)}
	err = d.Impacts.Choose(c.UserContext(), v.User, sheet.Site.Key, postedVersion(c), block)
	if err == nil {
		return c.Redirect("/sites/"+sheet.Site.Key+"/impact?saved=1", fiber.StatusSeeOther)
	}
	var no *report.RefusedError
	var conflict *report.ConflictError
	view, status := d.impactFormView(v, sheet, values), fiber.StatusUnprocessableEntity
	view.From = postedVersion(c)
	switch {
	case errors.As(err, &no):
		view.Problems = inOrder(view.Fields, impactProblems(view.Fields, no.Why))
	case errors.As(err, &conflict):
		view.From, view.Conflict, status = sheet.Version, conflict, fiber.StatusConflict
		for i := range view.Fields {
			setStored(&view.Fields[i], impactValues(sheet))
		}
	default:
		return fmt.Errorf("save choice of figures: %w", err)
	}
	return showImpactForm(c, status, view)
}

// figuresOf are the figures that were ticked, in the order of the list, and last
// what is no longer in the list, so that whoever ticked it is told.
func figuresOf(c *fiber.Ctx, sheet report.ImpactSheet, values map[string]string) (all []report.Chosen) {
	for _, r := range sheet.Reports {
		for _, o := range r.Offers() {
			if values[page.FigureTick(o.Chosen)] == page.Ticked {
				all = append(all, o.Chosen)
			}
		}
	}
	c.Request().PostArgs().VisitAll(func(name, _ []byte) {
		chosen, ok := page.Figure(string(name))
		if _, listed := values[string(name)]; ok && !listed {
			all = append(all, chosen)
		}
	})
	return all
}

// impactProblems words for the page what is wrong with a block, a line each, and
// puts it beside its field.
func impactProblems(fields []page.Field, why string) (all []page.Problem) {
	for line := range strings.Lines(why) {
		line = strings.TrimSpace(line)
		p := page.Problem{Text: sentence(line)}
		if strings.HasPrefix(line, "figures: ") {
			p.Field = "figures" // the list of them
		}
		for i := range fields {
			f := &fields[i]
			said := f.Name + ": "
			if chosen, ok := page.Figure(f.Name); ok {
				said = fmt.Sprintf("figure %q: ", chosen)
			}
			if want, ok := strings.CutPrefix(line, said); ok {
				f.Problem, p = sentence(want), page.Problem{Field: f.Name, Text: f.Label + ": " + want}
			}
		}
		all = append(all, p)
	}
	return all
}
