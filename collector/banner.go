package collector

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/site"
	"github.com/footfall-analytics/footfall/internal/web"
	sdkjs "github.com/footfall-analytics/footfall/sdk-js"
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
	ExpiresDays  int               `json:"expires_days"`
	Basis        site.Basis        `json:"basis"`          // of statistics
	Pass         string            `json:"pass,omitempty"` // lets visits be counted that nobody objects to
	Safeguarding bool              `json:"safeguarding"`
	Purposes     []string          `json:"purposes"` // what a yes says yes to
	Items        []itemJSON        `json:"items"`
	Exit         string            `json:"exit"`
	Choices      []string          `json:"choices"` // what needs no yes
	Words        map[string]string `json:"words"`   // of the snippet's screens
	Style        string            `json:"style"`   // of the snippet's boxes; no part of the version, like the words
}

// itemJSON is a purpose in one language.
type itemJSON struct {
	ID       string        `json:"id"`
	Basis    site.Basis    `json:"basis"`
	Label    string        `json:"label"`
	Why      string        `json:"why"`
	Services []serviceJSON `json:"services"`
}

type serviceJSON struct {
	Name   string     `json:"name"`
	Who    string     `json:"who"`
	Hosts  []string   `json:"hosts"`
	Notice string     `json:"notice"`
	Keeps  []keptJSON `json:"keeps"`
}

type keptJSON struct {
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	Days  int    `json:"days"`
	Holds string `json:"holds"`
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
	return s.sendBanner(c, v, briefly)
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
	return s.sendBanner(c, v, forGood)
}

func (s *collector) sendBanner(c *fiber.Ctx, v *consent.Version, cache string) error {
	b := &v.Banner
	lang := pickLang(b, c.Query("lang"))
	answer := bannerJSON{
		Site: b.Site, Version: v.Number, Hash: v.Hash, Material: v.Material,
		Lang: lang, Langs: b.Langs(), Audience: b.Audience, BannerText: b.Texts[lang],
		ExpiresDays: b.ExpiresDays, Basis: b.Basis(), Safeguarding: b.Safeguarding,
		Purposes: b.Asks(), Items: items(b, lang), Exit: b.Exit, Choices: standing(b), Words: screenWords[lang], Style: sdkjs.Style,
	}
	if answer.Basis == site.Exception {
		answer.Pass = s.Signer.ExceptionPass(b.Site, v.Hash)
	}
	if answer.Words == nil {
		answer.Words = screenWords[site.Langs[0]]
	}
	if len(answer.Items) > 1 {
		answer.Words = maps.Clone(answer.Words)
		answer.Words["stop"], answer.Words["stopped"] = answer.Words["stop_all"], answer.Words["stopped_all"]
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return fmt.Errorf("encode banner: %w", err)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	tag := contentHash(body)
	if takesGzip(c) {
		return cached(c, compress(body, gzip.DefaultCompression), tag+"-gzip", cache)
	}
	return cached(c, body, tag, cache)
}

// standing is what visitors are told of that needs no yes.
func standing(b *site.Banner) []string {
	ids := []string{}
	for _, item := range items(b, site.Langs[0]) {
		if item.Basis != site.Consent {
			ids = append(ids, item.ID)
		}
	}
	return ids
}

// items is what a visitor is told of: every purpose but those that the website
// cannot do without and nobody else has a part in.
func items(b *site.Banner, lang string) []itemJSON {
	all := make([]itemJSON, 0, len(b.Purposes))
	for _, p := range b.Purposes {
		if p.Basis == site.Necessary && len(p.Services) == 0 {
			continue
		}
		item := itemJSON{ID: p.ID, Basis: p.Basis, Label: p.Label.In(lang), Why: p.Why.In(lang), Services: make([]serviceJSON, len(p.Services))}
		for i, v := range p.Services {
			keeps := make([]keptJSON, len(v.Keeps))
			for j, k := range v.Keeps {
				keeps[j] = keptJSON{k.Kind, k.Name, k.Days, k.Holds.In(lang)}
			}
			item.Services[i] = serviceJSON{v.Name, v.Who, append([]string{}, v.Hosts...), v.Notice, keeps}
		}
		all = append(all, item)
	}
	return all
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
