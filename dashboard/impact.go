package dashboard

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/site"
)

// impact shows the figures that a charity chose for its own website, in a frame
// there and nowhere else.
func (d *Dashboard) impact(c *fiber.Ctx) error {
	key := utils.CopyString(c.Params("key"))
	s, err := record.Get[site.Site](d.Records, site.Kind, key)
	if err != nil {
		return missing(c)
	}
	block, err := record.Get[report.Impact](d.Records, report.ImpactKind, key)
	if errors.Is(err, record.ErrNotFound) || err == nil && len(block.Figures) == 0 {
		return missing(c)
	}
	if err != nil {
		return err
	}
	v := page.ImpactView{Charity: s.Name, Title: block.Title}
	for _, chosen := range block.Figures {
		doc, err := d.Records.Get(report.Kind, chosen.Report)
		if err != nil {
			return fmt.Errorf("show impact of %s: %w", key, err)
		}
		r, err := report.Parse(doc.Body)
		if err != nil {
			return fmt.Errorf("show impact of %s: %w", key, err)
		}
		if p, ok := r.Public(chosen.Indicator); ok {
			v.Figures = append(v.Figures, p)
		}
	}
	var b bytes.Buffer
	if err := page.Impact(&b, v); err != nil {
		return err
	}
	private(c)
	// Here alone another page may frame ours: the charity's own.
	c.Set(fiber.HeaderContentSecurityPolicy, strings.ReplaceAll(policy, "frame-ancestors 'none'", "frame-ancestors "+strings.Join(s.Hosts, " ")))
	c.Response().Header.Del(fiber.HeaderXFrameOptions)
	c.Set(fiber.HeaderCacheControl, "public, max-age=300")
	c.Type("html", "utf-8")
	return c.Send(b.Bytes())
}
