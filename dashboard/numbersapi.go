package dashboard

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"github.com/footfall-analytics/footfall/internal/tally"
	"github.com/footfall-analytics/footfall/internal/totals"
	"github.com/footfall-analytics/footfall/internal/web"
)

// What a program may send with one key.
const (
	sendsPerMinute = 30
	wrongKeyWait   = 15 * time.Minute
)

// pace counts what each key sends within a minute. It is bounded by the number
// of keys that open.
type pace struct {
	mu   sync.Mutex
	sent map[string]window
}

type window struct {
	n     int
	since time.Time
}

func (p *pace) allow(id string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sent == nil {
		p.sent = map[string]window{}
	}
	w := p.sent[id]
	if now.Sub(w.since) >= time.Minute {
		w = window{since: now}
	}
	w.n++
	p.sent[id] = w
	return w.n <= sendsPerMinute
}

// takeTotals takes totals from a program: JSON, CSV or an Excel file, of the site
// that its key is for. ?preview=yes stores nothing. Sent again it changes nothing.
func (d *Dashboard) takeTotals(c *fiber.Ctx) error {
	private(c)
	if d.Totals == nil {
		return fiber.ErrNotFound
	}
	key, err := d.sourceKey(c)
	if err != nil {
		return err
	}
	o, err := d.Totals.Options(key.Site)
	if err != nil {
		return err
	}
	read := tally.Parse
	if strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEApplicationJSON) {
		read = tally.ParseJSON
	}
	file, err := read(c.BodyRaw(), o)
	if err == nil {
		u := totals.Upload{Site: key.Site, Author: "key:" + key.ID, From: "api", File: file, Hash: totals.Hash(c.BodyRaw())}
		var p totals.Preview
		if c.Query("preview") == "yes" {
			p, err = d.Totals.Preview(c.UserContext(), u)
		} else {
			p, err = d.Totals.Save(c.UserContext(), u)
		}
		if err == nil {
			return c.JSON(p)
		}
	}
	if r := tally.AsRefusal(err); r != nil {
		return c.Status(http.StatusUnprocessableEntity).JSON(struct {
			Error    string          `json:"error"`
			Problems []tally.Problem `json:"problems"`
		}{"nothing was stored: mend what is named and send it again", r.Problems})
	}
	return err
}

// sourceKey is the key of a program that asks. A wrong one has one answer, and
// whoever tries many waits.
func (d *Dashboard) sourceKey(c *fiber.Ctx) (totals.SourceKey, error) {
	text, bearer := strings.CutPrefix(utils.CopyString(c.Get(fiber.HeaderAuthorization)), "Bearer ")
	key, err := d.Totals.FindKey(text)
	if errors.Is(err, totals.ErrKey) || !bearer {
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
		if from := d.from(c); !d.desk.Try("totals "+from, from) {
			return key, &web.Fault{Status: http.StatusTooManyRequests, Text: "too many wrong keys: wait a little", RetryAfter: wrongKeyWait}
		}
		return key, web.Refuse(http.StatusUnauthorized, "the key is wrong or revoked: send Authorization: Bearer and the key that an owner made for this program")
	}
	if err == nil && !d.pace.allow(key.ID, d.Clock()) {
		err = &web.Fault{Status: http.StatusTooManyRequests, Text: "at most 30 messages a minute: put totals together in one", RetryAfter: time.Minute}
	}
	return key, err
}
