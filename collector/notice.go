package collector

import (
	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/internal/notice"
)

type noticePage struct {
	page
	Notice notice.Notice
}

// notice serves the privacy notice of a site: as a page, as data, or as text to
// be pasted into the charity's own notice.
func (s *collector) notice(c *fiber.Ctx) error {
	f, lang, err := s.facts(c)
	if err != nil {
		return err
	}
	n, err := notice.Write(f, lang)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderVary, fiber.HeaderAccept)
	switch wants(c) {
	case "json":
		return sendJSON(c, n)
	case "text":
		body := []byte(n.Text())
		c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
		return cached(c, body, contentHash(body), briefly)
	default:
		p := newPage("notice", f, lang)
		p.Title = n.Title
		return sendPage(c, "notice", noticePage{p, n})
	}
}
