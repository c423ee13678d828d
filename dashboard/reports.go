package dashboard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/story"
)

// mountReports adds the routes of staff who make reports.
func (d *Dashboard) mountReports(app *fiber.App) {
	app.Get("/reports", d.staffOnly(d.reports))
	app.Get("/reports/:draft", d.staffOnly(d.draft))
	app.Post("/reports/:draft", d.ownForm(d.saveDraft))
	app.Get("/reports/:draft/preview", d.staffOnly(d.previewDraft))
	for name, take := range map[string]step{
		"approve": d.approve, "back": d.sendBack, "publish": d.publish, "correct": d.correct,
	} {
		app.Post("/reports/:draft/"+name, d.ownForm(d.takes(take)))
	}
	app.Get("/reports/:draft/links", d.staffOnly(d.links))
	app.Post("/reports/:draft/links", d.ownForm(d.newLink))
	app.Post("/reports/:draft/links/revoke", d.ownForm(d.revokeLink))
}

// staffPage answers somebody who is logged in.
type staffPage func(*fiber.Ctx, visitor) error

// staffOnly sends everybody else to the login.
func (d *Dashboard) staffOnly(show staffPage) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v, ok := d.who(c)
		if !ok {
			return c.Redirect("/login", fiber.StatusSeeOther)
		}
		err := show(c, v)
		if errors.Is(err, record.ErrNotFound) {
			return missing(c)
		}
		return err
	}
}

// ownForm refuses what was not sent by one of our own pages, of this session.
func (d *Dashboard) ownForm(take staffPage) fiber.Handler {
	return d.staffOnly(func(c *fiber.Ctx, v visitor) error {
		if !d.sameOrigin(c) || !d.desk.FormOK(v.token, posted(c, "form")) {
			return refuseForm(c)
		}
		return take(c, v)
	})
}

// reports lists what is due.
func (d *Dashboard) reports(c *fiber.Ctx, v visitor) error {
	lines, err := d.Reports.Due(v.User)
	if err != nil {
		return fmt.Errorf("list reports: %w", err)
	}
	view := page.ReportsView{Staff: d.staff(v, "reports")}
	today := d.today()
	for _, l := range lines {
		line := page.ReportLine{Line: l, When: when(l, today)}
		if l.State == report.Published {
			view.Done = append(view.Done, line)
		} else {
			view.ToDo = append(view.ToDo, line)
		}
	}
	return showForm(c, fiber.StatusOK, func(w io.Writer) error { return page.Reports(w, view) })
}

// when says in words when a report is due.
func when(l report.Line, today day.Day) string {
	left := int(l.Due) - int(today)
	switch {
	case l.State == report.Published:
		return ""
	case l.Due == 0:
		return "No day is agreed"
	case left < -1:
		return fmt.Sprintf("%d days late", -left)
	case left == -1:
		return "1 day late"
	case left == 0:
		return "Due today"
	case left == 1:
		return "Due tomorrow"
	case left < 60:
		return fmt.Sprintf("Due in %d days", left)
	default:
		return "Due on " + l.Due.Time().Format("2 January 2006")
	}
}

// draftID is the draft that the request is about.
func draftID(c *fiber.Ctx) string {
	id, err := url.PathUnescape(utils.CopyString(c.Params("draft")))
	if err != nil {
		return ""
	}
	return id
}

// draft shows one report while people work on it.
func (d *Dashboard) draft(c *fiber.Ctx, v visitor) error {
	work, err := d.Reports.Draft(c.UserContext(), v.User, draftID(c))
	if err != nil {
		return fmt.Errorf("show draft: %w", err)
	}
	view := d.draftView(v, work)
	view.Saved = c.Query("saved") != ""
	return showDraft(c, fiber.StatusOK, view)
}

func showDraft(c *fiber.Ctx, status int, view page.DraftView) error {
	return showForm(c, status, func(w io.Writer) error { return page.Draft(w, view) })
}

// previewDraft shows the page that the funder will see, or sees.
func (d *Dashboard) previewDraft(c *fiber.Ctx, v visitor) error {
	work, err := d.Reports.Draft(c.UserContext(), v.User, draftID(c))
	if err != nil {
		return fmt.Errorf("preview report: %w", err)
	}
	if !work.Filled {
		return missing(c)
	}
	shown := work.Report
	if n := len(work.Versions); n > 0 && work.Draft.State == report.Published {
		shown = work.Versions[n-1]
	}
	return show(c, fiber.StatusOK, func(w io.Writer) error { return page.Report(w, page.ReportView{Report: shown}) })
}

// saveDraft keeps what was written, and hands it to a second person if that was
// asked for.
func (d *Dashboard) saveDraft(c *fiber.Ctx, v visitor) error {
	id, version := draftID(c), postedVersion(c)
	work, err := d.Reports.Draft(c.UserContext(), v.User, id)
	if err != nil {
		return fmt.Errorf("save draft: %w", err)
	}
	wrote := written(c, work.Draft)
	saved, err := d.Reports.Save(c.UserContext(), v.User, id, version, report.Edit{Words: wrote.Words, Kept: wrote.Kept})
	if err != nil {
		return d.unsaved(c, v, work, wrote, err)
	}
	if posted(c, "do") == "submit" {
		if _, err = d.Reports.Submit(c.UserContext(), v.User, id, saved.Version); err != nil {
			return d.refused(c, v, err)
		}
	}
	return c.Redirect("/reports/"+id+"?saved=1", fiber.StatusSeeOther)
}

// written is the draft with the texts and reasons of the form.
func written(c *fiber.Ctx, stored report.Draft) report.Draft {
	d := stored
	d.Words = slices.Clone(stored.Words)
	for i := range d.Words {
		if args := c.Request().PostArgs(); args.Has("text" + strconv.Itoa(i)) {
			d.Words[i].Text = strings.TrimSpace(strings.ReplaceAll(posted(c, "text"+strconv.Itoa(i)), "\r\n", "\n"))
		}
	}
	d.Kept = map[string]string{}
	for _, f := range d.Findings(story.Context{}) { // with none of our own names, so at least all that will be found
		if why := strings.TrimSpace(posted(c, "keep-"+f.Finding.Key)); why != "" {
			d.Kept[f.Finding.Key] = why
		}
	}
	return d
}

// unsaved shows what was written together with why it is not stored.
func (d *Dashboard) unsaved(c *fiber.Ctx, v visitor, stored report.Work, wrote report.Draft, err error) error {
	var conflict *report.ConflictError
	var no *report.RefusedError
	mine := stored
	mine.Draft.Words, mine.Draft.Kept = wrote.Words, wrote.Kept
	mine.Findings = mine.Draft.Findings(story.Context{Own: []string{stored.Report.Charity.Name, stored.Funder.Name, stored.Grant.Title}})
	view := d.draftView(v, mine)
	view.Offers.Write = true // whatever happened meanwhile: what was written stays in its fields
	switch {
	case errors.As(err, &conflict):
		view.Conflict = conflict
		for i, w := range stored.Draft.Words {
			if w.Text != wrote.Words[i].Text {
				view.Passages[i].Stored = w.Text
			}
		}
		return showDraft(c, fiber.StatusConflict, view)
	case errors.As(err, &no):
		view.Problem = sentence(no.Why)
		return showDraft(c, fiber.StatusUnprocessableEntity, view)
	}
	return fmt.Errorf("save draft: %w", err)
}

// step is one step with a report, from the version that the page showed.
type step func(ctx context.Context, by account.User, id string, c *fiber.Ctx) (report.Draft, error)

func (d *Dashboard) approve(ctx context.Context, by account.User, id string, c *fiber.Ctx) (report.Draft, error) {
	return d.Reports.Approve(ctx, by, id, postedVersion(c))
}

func (d *Dashboard) sendBack(ctx context.Context, by account.User, id string, c *fiber.Ctx) (report.Draft, error) {
	return d.Reports.SendBack(ctx, by, id, postedVersion(c), posted(c, "why"))
}

func (d *Dashboard) publish(ctx context.Context, by account.User, id string, c *fiber.Ctx) (report.Draft, error) {
	return d.Reports.Publish(ctx, by, id, postedVersion(c))
}

func (d *Dashboard) correct(ctx context.Context, by account.User, id string, c *fiber.Ctx) (report.Draft, error) {
	return d.Reports.Correct(ctx, by, id, postedVersion(c), posted(c, "why"))
}

// takes takes a step and shows the report as it is then.
func (d *Dashboard) takes(take step) staffPage {
	return func(c *fiber.Ctx, v visitor) error {
		id := draftID(c)
		if _, err := take(c.UserContext(), v.User, id, c); err != nil {
			return d.refused(c, v, err)
		}
		return c.Redirect("/reports/"+id, fiber.StatusSeeOther)
	}
}

// refused shows the report as it is, and why the step was not taken.
func (d *Dashboard) refused(c *fiber.Ctx, v visitor, err error) error {
	problem, status, ok := problemOf(err)
	if !ok {
		return fmt.Errorf("take step: %w", err)
	}
	work, err := d.Reports.Draft(c.UserContext(), v.User, draftID(c))
	if err != nil {
		return fmt.Errorf("show draft: %w", err)
	}
	view := d.draftView(v, work)
	view.Problem = problem
	if view.Offers.Write && len(view.ToMend()) > 0 {
		view.Problem = "Saved, and not submitted yet: see below what is marked." // each thing beside its field
	}
	return showDraft(c, status, view)
}

// problemOf is an error that its reader can mend, in words.
func problemOf(err error) (words string, status int, ok bool) {
	var conflict *report.ConflictError
	var no *report.RefusedError
	switch {
	case errors.As(err, &conflict):
		return conflict.By + " changed this report while you looked at it. Look again before you go on.", fiber.StatusConflict, true
	case errors.As(err, &no):
		return sentence(no.Why), fiber.StatusUnprocessableEntity, true
	}
	return "", 0, false
}

// sentence begins with a capital letter and ends with a stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	first, size := utf8.DecodeRuneInString(s)
	s = string(unicode.ToUpper(first)) + s[size:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

func postedVersion(c *fiber.Ctx) uint32 {
	n, err := strconv.ParseUint(posted(c, "version"), 10, 32)
	if err != nil {
		return 1<<32 - 1 // no version: a conflict
	}
	return uint32(n)
}
