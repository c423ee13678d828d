package collector

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page and its style
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/site"
	"github.com/footfall-analytics/footfall/internal/web"
)

//go:embed receipt.html
var receiptHTML string

//go:embed receipt.css
var receiptCSS string

var receiptPage = template.Must(template.New("receipt").Parse(receiptHTML))

// receiptPolicy lets the page have its own style and nothing else.
var receiptPolicy = func() string {
	sum := sha256.Sum256([]byte(receiptCSS))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}()

// proof is what a receipt proves, with the banner that was answered.
type proof struct {
	Claim       consent.Claim
	Day         day.Day
	Name        string // of the site; its key if it is no longer here
	Number      uint32 // of the banner version; 0 if it is no longer here
	InForce     bool
	Texts       []textIn // of the banner, the page's language first
	Fingerprint string

	Lang     string // of the page
	Words    *receiptWords
	Said     string
	Holds    string // how long the answer lasts
	Purposes []string
	DayText  string
	Style    template.CSS
}

// textIn is the wording of a banner in one language.
type textIn struct {
	Lang string `json:"lang"`
	site.BannerText
}

// receipt says in plain words what a receipt proves.
func (s *collector) receipt(c *fiber.Ctx) error {
	claim, on, err := s.Signer.ParseReceipt(strings.Clone(c.Params("receipt")))
	if err != nil {
		return web.Refuse(http.StatusNotFound, "this is no receipt of ours: it was changed, cut off, or given by somebody else")
	}
	lang := "en"
	if c.Query("lang") == "cy" {
		lang = "cy"
	}
	p := s.prove(claim, on, lang)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderVary, fiber.HeaderAccept)
	c.Set("X-Robots-Tag", "noindex")
	if strings.Contains(c.Get(fiber.HeaderAccept), fiber.MIMEApplicationJSON) {
		return c.JSON(p.json())
	}
	var page bytes.Buffer
	if err := receiptPage.Execute(&page, p); err != nil {
		return fmt.Errorf("write receipt page: %w", err)
	}
	web.PageHeaders(c)
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set(fiber.HeaderContentSecurityPolicy, receiptPolicy)
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return c.Send(page.Bytes())
}

// prove gathers what is known of a claim that was signed.
func (s *collector) prove(claim consent.Claim, on day.Day, lang string) *proof {
	w := receiptTexts[lang]
	p := &proof{
		Claim: claim, Day: on, Name: claim.Site, Fingerprint: s.Signer.Fingerprint(),
		Lang: lang, Words: w, DayText: w.date(on), Style: template.CSS(receiptCSS), //nolint:gosec // our own file
	}
	if view, ok := s.Sites.Site(claim.Site); ok {
		p.Name = view.Name
		if v, ok := view.Banners.Find(claim.Banner); ok {
			_, p.InForce = view.Banners.InForce(claim.Banner)
			p.Number = v.Number
			if p.Holds = w.Ended; p.InForce {
				p.Holds = fmt.Sprintf(w.InForce, v.Banner.ExpiresDays)
			}
			p.Texts = texts(&v.Banner, lang)
		}
	}
	p.Said = fmt.Sprintf(w.No, p.DayText, p.Name)
	if len(claim.Choices) > 0 {
		p.Said = fmt.Sprintf(w.Yes, p.DayText, p.Name)
	}
	for _, c := range claim.Choices {
		if name, ok := w.Purposes[c]; ok {
			c = name
		}
		p.Purposes = append(p.Purposes, c)
	}
	return p
}

func texts(b *site.Banner, first string) []textIn {
	all := []textIn{{first, b.Texts[first]}}
	for _, l := range b.Langs() {
		if l != first {
			all = append(all, textIn{l, b.Texts[l]})
		}
	}
	return all
}

type proofJSON struct {
	Site    string      `json:"site"`
	Name    string      `json:"name"`
	Day     day.Day     `json:"day"`
	Choices []string    `json:"choices"`
	Banner  provenAsked `json:"banner"`
	Key     string      `json:"key"` // fingerprint of the signing key
	Meaning string      `json:"meaning"`
}

type provenAsked struct {
	Hash    string   `json:"hash"`
	Version uint32   `json:"version"`
	InForce bool     `json:"in_force"`
	Texts   []textIn `json:"texts"`
}

func (p *proof) json() proofJSON {
	return proofJSON{
		Site: p.Claim.Site, Name: p.Name, Day: p.Day, Choices: append([]string{}, p.Claim.Choices...),
		Banner:  provenAsked{p.Claim.Banner, p.Number, p.InForce, append([]textIn{}, p.Texts...)},
		Key:     p.Fingerprint,
		Meaning: p.Said + " " + p.Words.Nobody,
	}
}
