// Package dashboard serves the pages that funders and staff see. It reads
// sealed figures and frozen reports and nothing else, needs no script, and
// sets one cookie, for staff who log in.
package dashboard

import (
	"bytes"
	"context"
	"io"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/totals"
	"github.com/footfall-analytics/footfall/internal/web"
)

// Records is where the dashboard finds sites, links, reports and users; a
// *record.Book is one.
type Records interface {
	Get(kind record.Kind, id string) (record.Doc, error)
	List(kind record.Kind) []record.Doc
	History(kind record.Kind, id string) []record.Doc
}

// Reports is the way of a report from draft to link, as one user after another
// takes it. Whoever may not take a step, and whatever stands in its way, is a
// *report.RefusedError; a step that was taken from a version that is no longer
// the newest is a *report.ConflictError; a draft that is no period of a grant of
// a site that the user sees is record.ErrNotFound.
type Reports interface {
	Due(by account.User) ([]report.Line, error) // what is due first
	Draft(ctx context.Context, by account.User, id string) (report.Work, error)
	Save(ctx context.Context, by account.User, id string, version uint32, edit report.Edit) (report.Draft, error)
	Submit(ctx context.Context, by account.User, id string, version uint32) (report.Draft, error)
	SendBack(ctx context.Context, by account.User, id string, version uint32, why string) (report.Draft, error)
	Approve(ctx context.Context, by account.User, id string, version uint32) (report.Draft, error)
	Publish(ctx context.Context, by account.User, id string, version uint32) (report.Draft, error)
	Correct(ctx context.Context, by account.User, id string, version uint32, why string) (report.Draft, error)
	Links(by account.User, id string) ([]report.LinkLine, error) // of a draft that was published, with the days on which they were opened
	NewLink(ctx context.Context, by account.User, id string, terms report.Terms) (report.NewLink, error)
	Revoke(ctx context.Context, by account.User, hash string) error
}

// Options are what the dashboard works with.
type Options struct {
	Records   Records
	Figures   *disclosure.Book    // sealed figures
	Own       *disclosure.OwnBook // those of the statistics exception, for staff alone
	Names     report.Names        // words for coarse facts
	PublicURL string              // where browsers see this service, for example https://stats.example.org
	Clock     func() time.Time

	// LastHit says when a site's last hit came, coarsely and in words: "within
	// the last minute", "not yet". Nil if nobody knows.
	LastHit func(site string) string
	// Opened is told that a link (by the hash of its token) opened a report, and
	// the day (UTC), never the time. Nil if nobody wants to know.
	Opened func(link string, d day.Day)
	// Reports is how staff make reports.
	Reports Reports
	// Grants is how staff write down who is told what.
	Grants Grants
	// Impacts is how staff choose what their own website shows.
	Impacts Impacts
	// Mail says that there is a mail server: links can be sent.
	Mail bool
	// Totals is where totals of case records are entered, Cases has their figures,
	// and SealTotals seals those that are final.
	Totals     *totals.Desk
	Cases      *disclosure.RecordBook
	SealTotals func(context.Context) error
	// ClientAddr finds the client behind trusted proxies, for the throttle of
	// tries alone. Nil takes the address of the socket.
	ClientAddr func(*fiber.Ctx) netip.Addr
}

// Dashboard serves the pages.
type Dashboard struct {
	Options
	desk   *account.Desk
	pace   pace   // of programs that send totals
	origin string // scheme and host of PublicURL
	secure bool   // PublicURL is https
}

// New makes a dashboard. All fields of o up to Clock are needed.
func New(o Options) *Dashboard {
	d := &Dashboard{Options: o, desk: account.NewDesk(o.Records, o.Clock)}
	if u, err := url.Parse(o.PublicURL); err == nil {
		d.origin, d.secure = u.Scheme+"://"+u.Host, u.Scheme == "https"
	}
	return d
}

// Mount adds the dashboard's routes to app.
func (d *Dashboard) Mount(app *fiber.App) {
	app.Get("/r/:token", d.report)
	app.Post("/r/:token", d.report)
	for file, answer := range map[string]fiber.Handler{
		"csv": d.reportCSV, "json": d.reportJSON, "xlsx": d.reportXLSX, "docx": d.reportDOCX,
	} {
		app.Get("/r/:token/report."+file, answer)
		app.Post("/r/:token/report."+file, answer)
	}
	app.Get("/report.schema.json", d.schema)
	app.Get("/impact/:key", d.impact)
	app.Get("/method", d.method)
	app.Get("/assets/:hash/:name", compress.New(), d.asset) // they have no secret that a length could tell

	app.Get("/", func(c *fiber.Ctx) error { return c.Redirect("/sites", fiber.StatusSeeOther) })
	app.Get("/login", d.loginPage)
	app.Post("/login", d.login)
	app.Post("/logout", d.logout)
	app.Get("/sites", d.staffOnly(d.sites))
	app.Get("/sites/:key", d.staffOnly(d.site))
	app.Get("/sites/:key/impact", d.staffOnly(d.impactForm))
	app.Post("/sites/:key/impact", d.ownForm(d.saveImpact))
	app.Get("/sites/:key/numbers", d.numbers)
	app.Get("/sites/:key/numbers/count", d.countPeople)
	app.Post("/sites/:key/numbers", d.enterNumbers)
	app.Post("/v1/totals", d.takeTotals)
	d.mountReports(app)
	d.mountGrants(app)
}

// policy allows what our own pages load: a style sheet and an icon.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// private sets the headers of every page: nothing is stored, found or told on.
func private(c *fiber.Ctx) {
	c.Set(fiber.HeaderContentSecurityPolicy, policy)
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderXFrameOptions, "DENY")
	c.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	c.Set(fiber.HeaderCacheControl, "no-store")
}

// show answers with a page.
func show(c *fiber.Ctx, status int, draw func(io.Writer) error) error {
	var b bytes.Buffer
	if err := draw(&b); err != nil {
		return err
	}
	private(c)
	c.Status(status).Type("html", "utf-8")
	return c.Send(b.Bytes())
}

// missing is the one answer for whatever does not exist or must not be seen.
func missing(c *fiber.Ctx) error {
	return show(c, fiber.StatusNotFound, func(w io.Writer) error {
		return page.Error(w, page.ErrorView{
			Title: "There is nothing here",
			Text:  "The address may be incomplete, or what it opened has ended. If somebody sent you a link to a report, please ask them for a new one.",
		})
	})
}

// ErrorPage shows an error in the looks of the pages; text says what the
// reader can do, without a full stop. It fits web.Options.ErrorPage.
func ErrorPage(c *fiber.Ctx, status int, text string) error {
	if status == fiber.StatusNotFound {
		return missing(c)
	}
	return show(c, status, func(w io.Writer) error {
		return page.Error(w, page.ErrorView{Title: "That did not work", Text: strings.ToUpper(text[:min(1, len(text))]) + text[min(1, len(text)):] + "."})
	})
}

func (d *Dashboard) method(c *fiber.Ctx) error {
	return show(c, fiber.StatusOK, page.Method)
}

// asset serves a file under the hash of today's files, for ever.
func (d *Dashboard) asset(c *fiber.Ctx) error {
	if "/assets/"+c.Params("hash") != page.AssetPath {
		return missing(c)
	}
	for _, a := range slices.Concat(page.Assets, page.StaffAssets) {
		if a.Name == c.Params("name") {
			private(c)
			web.AnyOrigin(c) // the frame on a charity's website is sandboxed, and so of no origin
			c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
			c.Set(fiber.HeaderContentType, a.Type)
			if a.Type == page.Script { // a worker has the policy of its own file
				c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; script-src 'self'")
			}
			return c.Send(a.Body)
		}
	}
	return missing(c)
}

// from is the client's address, for the throttle.
func (d *Dashboard) from(c *fiber.Ctx) string {
	if d.ClientAddr != nil {
		return d.ClientAddr(c).String()
	}
	return c.Context().RemoteIP().String()
}

// posted is a field of a form in the body; a query string cannot set it. It
// outlives the request.
func posted(c *fiber.Ctx, name string) string {
	return string(c.Request().PostArgs().Peek(name))
}
