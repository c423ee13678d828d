// Package collector is the surface that visitors' browsers talk to: the
// snippet, the banner, decisions, hits and receipts.
package collector

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/notice"
	"github.com/footfall-analytics/footfall/internal/raw"
	"github.com/footfall-analytics/footfall/internal/web"
	sdkjs "github.com/footfall-analytics/footfall/sdk-js"
)

// Options says what the collector works with. All are needed but Proxies.
type Options struct {
	Intake  *intake.Intake
	Sites   intake.Sites
	Signer  *consent.Signer
	Proxies web.Proxies // whose X-Forwarded-For is believed

	// Facts gives what the pages about a site tell; false for a site that is not here.
	Facts func(siteKey string) (notice.Facts, bool, error)

	// Ready says how the service is, in words for its operator. An error means
	// that hits cannot be stored; its text is not shown.
	Ready func(context.Context) (state string, err error)
}

type collector struct {
	Options
}

// Mount adds the collector's routes to an application made by web.New. This
// list is all that it serves.
func Mount(app *fiber.App, o Options) {
	c := &collector{o}
	for name, file := range map[string][]byte{"footfall": sdkjs.Script, "footfall-count": sdkjs.Count} {
		script := newAsset(file)
		app.Get("/"+name+".js", script.pointer)
		app.Get("/"+name+"-"+script.hash+".js", script.pinned)
	}
	app.Get("/footfall-screens.js", newAsset(sdkjs.Screens).checked)

	app.Get("/v1/sites/:key/banner", c.banner)
	app.Get("/v1/sites/:key/banners/:hash", c.bannerVersion)
	app.Post("/v1/decisions", c.decision)
	app.Options("/v1/decisions", web.Preflight(http.MethodPost))
	app.Post("/v1/hits", c.hit)
	app.Options("/v1/hits", web.Preflight(http.MethodPost))
	app.Get("/v1/receipts/:receipt", c.receipt)
	app.Get("/v1/sites/:key/cookies", c.declaration)
	app.Get("/v1/sites/:key/notice", c.notice)
	app.Get("/v1/sites/:key/known", c.known)
	app.Get("/v1/sites/:key/known.js", c.knownJS)
	app.Get("/v1/openapi.json", c.openAPI)

	app.Get("/healthz", health)
	app.Get("/readyz", c.ready)
}

// hit answers every well-formed hit the same, whatever became of it.
func (s *collector) hit(c *fiber.Ctx) error {
	if err := checkType(c); err != nil {
		s.Intake.Malformed()
		return err
	}
	h, err := decodeHit(c.BodyRaw())
	if err != nil {
		s.Intake.Malformed()
		return err
	}
	s.meet(c, &h)
	if err := later(s.Intake.Accept(c.UserContext(), &h)); err != nil {
		return err
	}
	c.Status(http.StatusAccepted)
	return nil
}

// meet adds what the request itself tells of the visitor.
func (s *collector) meet(c *fiber.Ctx, h *raw.Hit) {
	header := &c.Request().Header
	h.Origin = string(header.Peek(fiber.HeaderOrigin))
	h.UserAgent = userAgent(c)
	h.Mobile = string(header.Peek("Sec-CH-UA-Mobile"))
	h.Platform = string(header.Peek("Sec-CH-UA-Platform"))
	lang := header.Peek(fiber.HeaderAcceptLanguage)
	h.Lang = string(lang[:min(len(lang), maxLang)])
	h.Addr = s.Proxies.ClientAddr(c)
	h.GPC = isOne(header.Peek("Sec-GPC")) || isOne(header.Peek(fiber.HeaderDNT))
	h.TestRequest = isOne(c.Context().QueryArgs().Peek("test"))
}

// maxAgent and maxLang are how much of a user agent and of a list of languages is
// looked at, in bytes.
const (
	maxAgent = 512
	maxLang  = 64
)

func userAgent(c *fiber.Ctx) string {
	agent := c.Request().Header.UserAgent()
	return string(agent[:min(len(agent), maxAgent)])
}

func isOne(b []byte) bool { return len(b) == 1 && b[0] == '1' }

// decision takes the answer to a banner and gives what the browser keeps of it.
func (s *collector) decision(c *fiber.Ctx) error {
	if err := checkType(c); err != nil {
		s.Intake.MalformedDecision()
		return err
	}
	d, err := decodeDecision(c.BodyRaw())
	if err != nil {
		s.Intake.MalformedDecision()
		return err
	}
	d.Origin = string(c.Request().Header.Peek(fiber.HeaderOrigin))
	d.UserAgent = userAgent(c)
	d.Addr = s.Proxies.ClientAddr(c)
	answer, verdict := s.Intake.Decide(c.UserContext(), &d)
	if err := later(verdict); err != nil {
		return err
	}
	if fault, ok := refusedDecisions[verdict]; ok {
		return fault
	}
	keepObjection(c, &d, &answer)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.JSON(struct {
		Receipt string `json:"receipt"`
		Pass    string `json:"pass"`
	}{answer.Receipt, answer.Pass})
}

var errUnknownSite = web.Refuse(http.StatusNotFound, "unknown site")

// refusedDecisions says what to mend, since a decision is answered anyway.
var refusedDecisions = map[intake.Verdict]*web.Fault{
	intake.UnknownSite:  errUnknownSite,
	intake.WrongOrigin:  web.Refuse(http.StatusForbidden, "the page that sent this is not on a host of the site"),
	intake.NoConsent:    web.Refuse(http.StatusConflict, "field \"banner\" must be the hash of a banner in force: fetch the banner again"),
	intake.UnknownValue: web.Refuse(http.StatusBadRequest, "fields \"choices\" and \"lang\" must be among the banner's purposes and languages"),
}

var (
	tooMany = &web.Fault{Status: http.StatusTooManyRequests, Text: "too many requests from this address: send this again later", RetryAfter: 2 * time.Second}
	busy    = &web.Fault{Status: http.StatusServiceUnavailable, Text: "busy: send this again later", RetryAfter: 5 * time.Second}
	full    = &web.Fault{Status: http.StatusServiceUnavailable, Text: "no room at the moment: send this again later", RetryAfter: time.Minute}
)

// later is the error for what was not stored and may be sent again; nil for the rest.
func later(v intake.Verdict) error {
	switch v {
	case intake.RateLimited:
		return tooMany
	case intake.Busy:
		return busy
	case intake.Full, intake.Failed:
		return full
	default:
		return nil
	}
}

// checkType refuses bodies that are not plain JSON text. A compressed body could
// grow far beyond the limit.
func checkType(c *fiber.Ctx) error {
	h := &c.Request().Header
	kind, _, _ := bytes.Cut(h.ContentType(), []byte(";"))
	if k := string(bytes.TrimSpace(kind)); !strings.EqualFold(k, "text/plain") && !strings.EqualFold(k, "application/json") {
		return web.Refuse(http.StatusUnsupportedMediaType, "the content type must be text/plain or application/json")
	}
	if len(h.Peek(fiber.HeaderContentEncoding)) > 0 {
		return web.Refuse(http.StatusUnsupportedMediaType, "the body must not be compressed")
	}
	return nil
}

func health(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.SendString("ok\n")
}

func (s *collector) ready(c *fiber.Ctx) error {
	state, err := s.Ready(c.UserContext())
	if err != nil {
		return &web.Fault{Status: http.StatusServiceUnavailable, Text: "not ready", RetryAfter: 5 * time.Second}
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.SendString(state + "\n")
}
