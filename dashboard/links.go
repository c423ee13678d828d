package dashboard

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/report"
)

// linkDays is for how long a link opens unless its maker says otherwise.
const linkDays = 90

// links lists the links of a published report.
func (d *Dashboard) links(c *fiber.Ctx, v visitor) error {
	view, err := d.linksView(c, v)
	if err != nil {
		return fmt.Errorf("list links: %w", err)
	}
	return showLinks(c, fiber.StatusOK, view)
}

// newLink makes a link and shows it, this once.
func (d *Dashboard) newLink(c *fiber.Ctx, v visitor) error {
	days, err := strconv.Atoi(posted(c, "days"))
	if err != nil {
		days = 0 // refused, with the days that may be asked for
	}
	link, err := d.Reports.NewLink(c.UserContext(), v.User, draftID(c), report.Terms{Days: days, Code: posted(c, "code") != "", To: strings.TrimSpace(posted(c, "to"))})
	problem, status, mendable := problemOf(err)
	if err != nil && !mendable {
		return fmt.Errorf("make link: %w", err)
	}
	view, err := d.linksView(c, v)
	if err != nil {
		return fmt.Errorf("list links: %w", err)
	}
	if problem != "" {
		view.Problem, view.Days = problem, days
		return showLinks(c, status, view)
	}
	view.New = &link
	return showLinks(c, fiber.StatusOK, view)
}

// revokeLink shuts a link for good.
func (d *Dashboard) revokeLink(c *fiber.Ctx, v visitor) error {
	err := d.Reports.Revoke(c.UserContext(), v.User, posted(c, "link"))
	if err == nil {
		return c.Redirect("/reports/"+draftID(c)+"/links", fiber.StatusSeeOther)
	}
	problem, status, mendable := problemOf(err)
	if !mendable {
		return fmt.Errorf("revoke link: %w", err)
	}
	view, err := d.linksView(c, v)
	if err != nil {
		return fmt.Errorf("list links: %w", err)
	}
	view.Problem = problem
	return showLinks(c, status, view)
}

func showLinks(c *fiber.Ctx, status int, view page.LinksView) error {
	return showForm(c, status, func(w io.Writer) error { return page.Links(w, view) })
}

func (d *Dashboard) linksView(c *fiber.Ctx, v visitor) (page.LinksView, error) {
	id := draftID(c)
	work, err := d.Reports.Draft(c.UserContext(), v.User, id)
	if err != nil {
		return page.LinksView{}, err
	}
	lines, err := d.Reports.Links(v.User, id)
	if err != nil {
		return page.LinksView{}, err
	}
	view := page.LinksView{Staff: d.staff(v, "reports"), Work: work, Days: linkDays, May: offers(v.User, work.Draft).Share, Mail: d.Mail}
	for _, l := range lines {
		view.Links = append(view.Links, page.LinkLine{LinkLine: l, Ended: !d.Clock().Before(l.Expires)})
	}
	return view, nil
}
