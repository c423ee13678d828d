package dashboard

import (
	"errors"
	"io"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// visitor is a member of staff who is logged in, and the token of the session.
type visitor struct {
	account.User
	token string
}

// showForm answers with a page whose forms have to prove where they come from:
// under no-referrer a browser would name their origin "null".
func showForm(c *fiber.Ctx, status int, draw func(io.Writer) error) error {
	err := show(c, status, draw)
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	return err
}

func (d *Dashboard) loginPage(c *fiber.Ctx) error {
	return showForm(c, fiber.StatusOK, func(w io.Writer) error { return page.Login(w, page.LoginView{}) })
}

func (d *Dashboard) login(c *fiber.Ctx) error {
	if !d.sameOrigin(c) {
		return refuseForm(c)
	}
	email := posted(c, "email")
	token, err := d.desk.Login(email, posted(c, "password"), d.from(c))
	if errors.Is(err, account.ErrRefused) {
		return showForm(c, fiber.StatusUnauthorized, func(w io.Writer) error {
			return page.Login(w, page.LoginView{Refused: true, Email: email})
		})
	}
	if err != nil {
		return err
	}
	if old := d.sessionToken(c); old != "" {
		d.desk.Logout(old)
	}
	private(c)
	d.setCookie(c, token)
	return c.Redirect("/sites", fiber.StatusSeeOther)
}

func (d *Dashboard) logout(c *fiber.Ctx) error {
	token := d.sessionToken(c)
	if !d.sameOrigin(c) || !d.desk.FormOK(token, posted(c, "form")) {
		return refuseForm(c)
	}
	d.desk.Logout(token)
	private(c)
	d.setCookie(c, "")
	return c.Redirect("/login", fiber.StatusSeeOther)
}

func (d *Dashboard) sites(c *fiber.Ctx, v visitor) error {
	view := page.SitesView{Staff: d.staff(v, "sites")}
	for _, doc := range d.Records.List(site.Kind) {
		if !v.Sees(doc.ID) {
			continue
		}
		s, err := record.As[site.Site](doc)
		if err != nil {
			return err
		}
		view.Sites = append(view.Sites, d.line(s))
	}
	return showForm(c, fiber.StatusOK, func(w io.Writer) error { return page.Sites(w, view) })
}

func (d *Dashboard) line(s site.Site) page.SiteLine {
	l := page.SiteLine{Key: s.Key, Name: s.Name, Charity: s.Charity, Hosts: s.Hosts, LastHit: "not known"}
	if d.LastHit != nil {
		l.LastHit = d.LastHit(s.Key)
	}
	return l
}

// staff is what a page shows of who looks at it; here is the entry of the menu.
func (d *Dashboard) staff(v visitor, here string) page.Staff {
	return page.Staff{User: v.User, FormToken: d.desk.FormToken(v.token), Here: here}
}

// who is logged in.
func (d *Dashboard) who(c *fiber.Ctx) (visitor, bool) {
	token := d.sessionToken(c)
	if token == "" {
		return visitor{}, false
	}
	u, ok := d.desk.User(token)
	return visitor{User: u, token: token}, ok
}

// cookieName is the browser's promise, where there is https, that the cookie
// came from this very host over https.
func (d *Dashboard) cookieName() string {
	if d.secure {
		return "__Host-footfall"
	}
	return "footfall"
}

func (d *Dashboard) sessionToken(c *fiber.Ctx) string {
	return utils.CopyString(c.Cookies(d.cookieName()))
}

// setCookie hands the browser its token, or takes it back if it is empty.
func (d *Dashboard) setCookie(c *fiber.Ctx, token string) {
	cookie := &fiber.Cookie{
		Name: d.cookieName(), Value: token, Path: "/",
		HTTPOnly: true, Secure: d.secure, SameSite: fiber.CookieSameSiteLaxMode, SessionOnly: token != "",
	}
	if token == "" {
		cookie.Expires = time.Unix(1, 0)
	}
	c.Cookie(cookie)
}

// sameOrigin says whether a form was sent by one of our own pages. Browsers
// tell in headers that pages cannot set; a request without them is no form.
func (d *Dashboard) sameOrigin(c *fiber.Ctx) bool {
	if s := c.Get("Sec-Fetch-Site"); s != "" && s != "same-origin" {
		return false
	}
	origin := c.Get(fiber.HeaderOrigin)
	_, host, _ := strings.Cut(origin, "://")
	return origin != "" && (origin == d.origin || host == string(c.Request().Header.Host()))
}

func refuseForm(c *fiber.Ctx) error {
	return show(c, fiber.StatusForbidden, func(w io.Writer) error {
		return page.Error(w, page.ErrorView{Title: "Please try again", Text: "This form was not sent from our own page, or the page was open for too long. Go back, load the page again and repeat."})
	})
}
