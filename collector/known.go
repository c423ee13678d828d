package collector

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/notice"
	"github.com/footfall-analytics/footfall/internal/raw"
	"github.com/footfall-analytics/footfall/internal/site"
	"github.com/footfall-analytics/footfall/internal/web"
)

type knownPage struct {
	page
	Hosts []string // of the website
	Note  string   // why nothing is counted, if so
	Rows  []knownRow
}

type knownRow struct {
	Name, Value string
	Lang        string // of the value, if it is not the page's
}

// known shows a visitor what this very request looks like to us. Nothing of it
// is kept, here or in any cache. What their browser keeps is shown by a script
// that runs where the browser lets it: known.js.
func (s *collector) known(c *fiber.Ctx) error {
	f, lang, err := s.facts(c)
	if err != nil {
		return err
	}
	hit := raw.Hit{Site: f.Site.Key}
	s.meet(c, &hit)
	seen, verdict := s.Intake.Look(&hit)
	if err := later(verdict); err != nil {
		return err
	}
	if verdict == intake.UnknownSite {
		return errUnknownSite
	}
	p := knownPage{page: newPage("known", f, lang), Hosts: f.Site.Hosts}
	p.Script = "known.js?lang=" + lang
	switch verdict {
	case intake.Bot:
		p.Note = p.W["note_bot"]
	case intake.Objected:
		p.Note = p.W["note_signal"]
	}
	if verdict != intake.Bot {
		p.Rows = seenRows(seen, p.W)
	}
	if f.Site.Audience == site.Children && len(p.Rows) > 0 {
		p.Rows[0].Value, p.Rows[len(p.Rows)-1].Value = p.W["area_off"], p.W["area_off"]
	}
	body, err := render(c, "known", p, true)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(body)
}

// seenRows puts the coarse facts into words. A value that has no word of the
// language is a name: of a country in English, of a browser in any.
func seenRows(seen intake.Seen, w map[string]string) []knownRow {
	row := func(name, value, fallback string) knownRow {
		if word, ok := w["="+value]; ok {
			return knownRow{Name: w[name], Value: word}
		}
		if value == "" {
			return knownRow{Name: w[name], Value: w["unknown"]}
		}
		return knownRow{Name: w[name], Value: fallback, Lang: "en"}
	}
	return []knownRow{
		row("area", seen.Area, seen.AreaName),
		row("browser", seen.Browser, seen.Browser),
		row("version", seen.Version, seen.Version),
		row("system", seen.System, seen.System),
		row("device", seen.Device, seen.Device),
		row("lang", seen.Language, seen.Language),
	}
}

var knownScript = strings.TrimSpace(readPage("known.js"))

// knownFacts is what known.js is given.
type knownFacts struct {
	Site  string            `json:"site"`
	Hosts []string          `json:"hosts"`
	Kept  []notice.Item     `json:"kept"`
	Words map[string]string `json:"words"`
}

// knownJS serves the script that shows a visitor what their browser keeps. It
// reads the same list as the cookie declaration.
func (s *collector) knownJS(c *fiber.Ctx) error {
	f, lang, err := s.facts(c)
	if err != nil {
		return err
	}
	facts := knownFacts{Site: f.Site.Key, Hosts: f.Site.Hosts, Kept: notice.Declare(f, lang).Keeps, Words: map[string]string{}}
	for _, key := range []string{"nothing", "download", "delete", "delete_note", "deleted"} {
		facts.Words[key] = pageWords[lang][key]
	}
	if f.Site.Safeguarding {
		delete(facts.Words, "download")
	}
	text, err := json.Marshal(facts)
	if err != nil {
		return fmt.Errorf("encode facts of known.js: %w", err)
	}
	body := []byte(knownScript + "(" + string(text) + ");\n")
	web.AnyOrigin(c)
	c.Set(fiber.HeaderContentType, "text/javascript; charset=utf-8")
	return cached(c, body, contentHash(body), briefly)
}
