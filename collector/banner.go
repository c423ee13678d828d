package collector

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/site"
	"github.com/footfall-analytics/footfall/internal/web"
)

// bannerJSON is a banner in one language as browsers get it. Hash names this
// exact version; Material changes only when something else is asked for, and
// only then is a visitor asked again.
type bannerJSON struct {
	Site     string   `json:"site"`
	Version  uint32   `json:"version"`
	Hash     string   `json:"hash"`
	Material string   `json:"material"`
	Lang     string   `json:"lang"`
	Langs    []string `json:"langs"`
	Audience string   `json:"audience"`
	site.BannerText
	ExpiresDays int      `json:"expires_days"`
	Purposes    []string `json:"purposes"`
	Exit        string   `json:"exit"`
}

// banner serves the banner that a site shows now.
func (s *collector) banner(c *fiber.Ctx) error {
	view, ok := s.Sites.Site(c.Params("key"))
	if !ok {
		return errUnknownSite
	}
	v, ok := view.Banners.Current()
	if !ok {
		return web.Refuse(http.StatusNotFound, "the site has no banner yet")
	}
	return sendBanner(c, v, briefly)
}

// bannerVersion serves one version of a banner under the name of its content.
func (s *collector) bannerVersion(c *fiber.Ctx) error {
	view, ok := s.Sites.Site(c.Params("key"))
	if !ok {
		return errUnknownSite
	}
	v, ok := view.Banners.Find(c.Params("hash"))
	if !ok {
		return web.Refuse(http.StatusNotFound, "the site never had this banner")
	}
	return sendBanner(c, v, forGood)
}

func sendBanner(c *fiber.Ctx, v *consent.Version, cache string) error {
	lang := pickLang(&v.Banner, c.Query("lang"))
	body, err := json.Marshal(bannerJSON{
		Site: v.Banner.Site, Version: v.Number, Hash: v.Hash, Material: v.Banner.Material(),
		Lang: lang, Langs: langs(&v.Banner), Audience: v.Banner.Audience, BannerText: v.Banner.Texts[lang],
		ExpiresDays: v.Banner.ExpiresDays, Purposes: v.Banner.Purposes, Exit: v.Banner.Exit,
	})
	if err != nil {
		return fmt.Errorf("encode banner: %w", err)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return cached(c, body, contentHash(body), cache)
}

// langs lists the languages of a banner, those that are always there first.
func langs(b *site.Banner) []string {
	others := slices.Sorted(maps.Keys(b.Texts))
	others = slices.DeleteFunc(others, func(l string) bool { return slices.Contains(site.Langs, l) })
	return slices.Concat(site.Langs, others)
}

// pickLang returns the language of a banner for one that a page asks for, such
// as cy-GB.
func pickLang(b *site.Banner, asked string) string {
	asked = strings.ToLower(asked)
	main, _, _ := strings.Cut(asked, "-")
	for _, l := range []string{asked, main} {
		if _, ok := b.Texts[l]; ok {
			return strings.Clone(l)
		}
	}
	return site.Langs[0]
}
