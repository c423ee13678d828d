package collector

import (
	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/internal/notice"
)

type declarationPage struct {
	page
	Declaration notice.Declaration
}

// itemTable is a table of the page: its name for those who hear it, and its rows.
type itemTable struct {
	Label string
	Items []notice.Item
	W     map[string]string
}

// Table is for the page's template.
func (p declarationPage) Table(label string, items []notice.Item) itemTable {
	return itemTable{label, items, p.W}
}

// declaration lists everything that a site keeps on its visitors' devices.
func (s *collector) declaration(c *fiber.Ctx) error {
	f, lang, err := s.facts(c)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderVary, fiber.HeaderAccept)
	d := notice.Declare(f, lang)
	if wants(c) == "json" {
		return sendJSON(c, d)
	}
	return sendPage(c, "cookies", declarationPage{newPage("cookies", f, lang), d})
}
