package dashboard

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/site"
)

// impact shows the figures that a charity chose for its own website, in a frame
// there and nowhere else. Where they were taken away, the frame says so.
func (d *Dashboard) impact(c *fiber.Ctx) error {
	key := utils.CopyString(c.Params("key"))
	s, err := record.Get[site.Site](d.Records, site.Kind, key)
	if err != nil {
		return missing(c)
	}
	block, err := record.Get[report.Impact](d.Records, report.ImpactKind, key)
	if errors.Is(err, record.ErrNotFound) {
		return missing(c)
	}
	v := page.ImpactView{Charity: s.Name, Title: block.Title}
	if err == nil {
		v.Figures, err = block.Public(d.Records)
	}
	if err != nil {
		return fmt.Errorf("show impact of %s: %w", key, err)
	}
	status := fiber.StatusOK
	if len(v.Figures) == 0 {
		status = fiber.StatusNotFound
	}
	if err := show(c, status, func(w io.Writer) error { return page.Impact(w, v) }); err != nil {
		return err
	}
	// Here alone another page may frame ours: the charity's own.
	c.Set(fiber.HeaderContentSecurityPolicy, strings.ReplaceAll(policy, "frame-ancestors 'none'", "frame-ancestors "+strings.Join(s.Hosts, " ")))
	c.Response().Header.Del(fiber.HeaderXFrameOptions)
	c.Set(fiber.HeaderCacheControl, "public, max-age=300")
	return nil
}
