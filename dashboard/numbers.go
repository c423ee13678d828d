package dashboard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
	"github.com/footfall-analytics/footfall/internal/totals"
)

// linesShown is how many periods of an indicator its table shows.
const linesShown = 18

// enterers are the roles that enter numbers.
var enterers = []account.Role{account.Owner, account.Editor, account.Data}

// desk is where one user works on the numbers of one site.
type numbersDesk struct {
	*Dashboard
	visitor
	site    site.Site
	defined []funder.Definition
}

// atNumbers finds the site of a request for somebody who may see it. If ok is
// false the request is answered.
func (d *Dashboard) atNumbers(c *fiber.Ctx) (n numbersDesk, ok bool, err error) {
	v, in := d.who(c)
	if !in {
		return n, false, c.Redirect("/login", fiber.StatusSeeOther)
	}
	key := utils.CopyString(c.Params("key"))
	doc, err := d.Records.Get(site.Kind, key)
	if errors.Is(err, record.ErrNotFound) || err == nil && !v.Sees(key) || d.Totals == nil {
		return n, false, missing(c)
	}
	if err != nil {
		return n, false, fmt.Errorf("show numbers: %w", err)
	}
	n = numbersDesk{Dashboard: d, visitor: v}
	if n.site, err = record.As[site.Site](doc); err != nil {
		return n, false, err
	}
	if n.defined, err = d.indicators(key); err != nil {
		return n, false, err
	}
	return n, true, nil
}

// indicators are those of case records.
func (d *Dashboard) indicators(key string) ([]funder.Definition, error) {
	o, err := d.Totals.Options(key)
	return o.Defined, err
}

func (n numbersDesk) mayEnter() bool { return slices.Contains(enterers, n.Role) }

// numbers shows what is entered at a site.
func (d *Dashboard) numbers(c *fiber.Ctx) error {
	n, ok, err := d.atNumbers(c)
	if !ok {
		return err
	}
	view, err := n.view(c.UserContext())
	if err != nil {
		return err
	}
	if id := utils.CopyString(c.Query("enter")); n.mayEnter() {
		view.Enter = view.indicator(id)
	}
	return n.show(c, fiber.StatusOK, view)
}

func (n numbersDesk) show(c *fiber.Ctx, status int, view numbersView) error {
	err := showForm(c, status, func(w io.Writer) error { return page.Numbers(w, view.NumbersView) })
	if view.TakesFiles() {
		c.Set(fiber.HeaderContentSecurityPolicy, scripted)
	}
	return err
}

type numbersView struct{ page.NumbersView }

func (v numbersView) indicator(id string) *page.NumbersIndicator {
	for i := range v.Indicators {
		if v.Indicators[i].ID == id {
			return &v.Indicators[i]
		}
	}
	return nil
}

// view is the page with nothing sent.
func (n numbersDesk) view(ctx context.Context) (v numbersView, err error) {
	v.NumbersView = page.NumbersView{Staff: n.staff(n.visitor, "sites"), Site: n.line(n.site), MayEnter: n.mayEnter(), Typed: map[string]string{}}
	entries, err := n.Totals.List(ctx, n.site.Key)
	if err != nil {
		return v, err
	}
	o, err := n.Totals.Options(n.site.Key)
	if err != nil {
		return v, err
	}
	n.defined, v.Month = o.Defined, o.Today.Time().Format("2006-01") // a template may have come since
	for _, def := range n.defined {
		i, err := n.indicator(ctx, def, entries)
		if err != nil {
			return v, err
		}
		v.Indicators = append(v.Indicators, i)
	}
	v.CanUndo = v.MayEnter && slices.ContainsFunc(entries, func(e totals.Entry) bool { return !e.Sealed })
	v.CanSeal = v.MayEnter && slices.ContainsFunc(entries, func(e totals.Entry) bool { return !e.Sealed && !e.Final })
	if len(v.Indicators) == 0 {
		for _, t := range funder.Templates() {
			v.Templates = append(v.Templates, page.Choice{ID: t.ID, Label: t.Label.En})
		}
	}
	return v, nil
}

// indicator is one indicator with what is entered of it.
func (n numbersDesk) indicator(ctx context.Context, def funder.Definition, entries []totals.Entry) (page.NumbersIndicator, error) {
	i := page.NumbersIndicator{ID: def.ID, Label: def.Label.En, Unit: def.Unit.En, How: strings.TrimSpace(def.Meaning.En + " " + def.How.En)}
	for _, value := range def.Values {
		i.Values = append(i.Values, page.Choice{ID: value.ID, Label: value.Label.En})
	}
	var sealed []disclosure.Period
	for _, e := range slices.Backward(entries) {
		if e.Indicator != def.ID {
			continue
		}
		if len(i.Lines) == linesShown {
			i.More++
			continue
		}
		p, err := totals.ParsePeriod(e.Period)
		if err != nil {
			return i, err
		}
		if e.Sealed {
			sealed = append(sealed, p)
		}
		i.Lines = append(i.Lines, page.NumbersLine{Name: p.Name, Period: periodLabel(p), Sealed: e.Sealed, Final: e.Final, Entered: e.Time.In(n.site.Location()).Format("2 January 2006"), From: sources[e.From]})
	}
	points, err := n.Cases.Series(ctx, disclosure.Query{Site: n.site.Key, Table: cell.Indicator, Value: def.ID}, sealed)
	if err != nil {
		return i, err
	}
	for k := range i.Lines {
		if at := slices.IndexFunc(points, func(p disclosure.Point) bool { return p.Period.Name == i.Lines[k].Name }); at >= 0 {
			i.Lines[k].Figure, i.Lines[k].Gone = points[at].Figure, !points[at].Sealed
		}
	}
	return i, nil
}

// sources say in words where numbers came from.
var sources = map[string]string{"form": "by hand", "file": "from a file", "browser": "counted in a browser", "api": "by a program", "undo": "after an undo"}

// periodLabel names a month or a quarter by its months.
func periodLabel(p disclosure.Period) string {
	first, last := p.First.Time(), p.Last.Time()
	switch {
	case p.Grain == disclosure.Month:
		return first.Format("January 2006")
	case first.Year() == last.Year():
		return first.Format("January") + " to " + last.Format("January 2006")
	}
	return first.Format("January 2006") + " to " + last.Format("January 2006")
}

// scripted is the policy of the pages with a script and a worker: the one that takes
// files, and the one that counts them. Neither script can connect to anything: only a
// form can send.
const scripted = policy + "; script-src 'self'; worker-src 'self'"

// countPeople shows the page that counts a file of people in the browser.
func (d *Dashboard) countPeople(c *fiber.Ctx) error {
	n, ok, err := d.atNumbers(c)
	if !ok {
		return err
	}
	view, err := n.view(c.UserContext())
	if err != nil {
		return err
	}
	if !n.mayEnter() || len(view.Indicators) == 0 {
		return c.Redirect("../numbers", fiber.StatusSeeOther)
	}
	err = showForm(c, fiber.StatusOK, func(w io.Writer) error { return page.Count(w, view.NumbersView) })
	c.Set(fiber.HeaderContentSecurityPolicy, scripted)
	return err
}
