package collector

import (
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/raw"
)

// maxPurposes bounds the choices of one decision.
const maxPurposes = 16

var decisionFields = []field[raw.Decision]{
	{"v", func(r *reader, _ *raw.Decision) string { return r.version() }},
	{"site", func(r *reader, d *raw.Decision) string { return r.form(&d.Site, isSiteKey, wantSiteKey) }},
	{"banner", func(r *reader, d *raw.Decision) string {
		return r.form(&d.Banner, isHash, "the hash of a banner: 16 hex digits")
	}},
	{"choices", func(r *reader, d *raw.Decision) string {
		var ok bool
		d.Choices, ok = r.list(maxPurposes, func() (string, bool) {
			s, ok := r.string()
			return s, ok && isID(s)
		})
		if !ok {
			return "a list of purposes, each at most once; an empty list says no"
		}
		return ""
	}},
	{"lang", func(r *reader, d *raw.Decision) string {
		return r.form(&d.Lang, isLang, "a language of the banner, such as en")
	}},
}

// decodeDecision reads the body of POST /v1/decisions, of which every field is
// needed. An error is a *web.Fault that says what to mend.
func decodeDecision(body []byte) (d raw.Decision, err error) {
	seen, err := decode(body, decisionFields, &d)
	if err != nil {
		return d, err
	}
	for i, f := range decisionFields {
		if seen&(1<<i) == 0 {
			return d, refuse("field %q is missing", f.name)
		}
	}
	return d, nil
}

// keepObjection keeps an answer without statistics in a cookie of the charity's
// own, where the collector is proxied under the charity's host: browsers keep
// what a server sets for longer than what a script does. It holds one word, the
// same for everybody. On a safeguarding site nothing is set or cleared: even
// that would be a trace.
func keepObjection(c *fiber.Ctx, d *raw.Decision, a *intake.Answer) {
	if string(c.Request().Header.Peek("Sec-Fetch-Site")) != "same-origin" || a.Safeguarding {
		return
	}
	seconds := 0
	if a.Pass == "" {
		seconds = a.Days * int(24*time.Hour/time.Second)
	}
	cookie := fmt.Sprintf("footfall=no; Max-Age=%d; Path=/; SameSite=Lax", seconds)
	if strings.HasPrefix(d.Origin, "https://") { // of the page, and so of us
		cookie += "; Secure"
	}
	c.Response().Header.Add(fiber.HeaderSetCookie, cookie)
}
