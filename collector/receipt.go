package collector

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the page and its style
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"slices"
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
	Texts       []textIn // of the banner, the visitor's language first
	Items       []itemJSON
	Fingerprint string

	Lang    string // of the page
	Words   *receiptWords
	Said    string
	Holds   string   // how long the answer lasts
	Yes, No []string // purposes, in the page's language
	DayText string
	Style   template.CSS
}

// textIn is the wording of a banner in one language.
type textIn struct {
	Lang string `json:"lang"`
	Dir  string `json:"-"` // in which it runs
	site.BannerText
}

// receipt says in plain words what a receipt proves.
func (s *collector) receipt(c *fiber.Ctx) error {
	claim, on, err := s.Signer.ParseReceipt(strings.Clone(c.Params("receipt")))
	if err != nil {
		return web.Refuse(http.StatusNotFound, "this is no receipt of ours: it was changed, cut off, or given by somebody else")
	}
	p := s.prove(claim, on, c.Query("lang"))
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

// prove gathers what is known of a claim that was signed. The page is in the
// language asked for, if it knows it, and so is what it quotes.
func (s *collector) prove(claim consent.Claim, on day.Day, asked string) *proof {
	lang, _, _ := strings.Cut(strings.ToLower(asked), "-")
	w, ok := receiptTexts[lang]
	if !ok {
		lang, w = "en", receiptTexts["en"]
	}
	p := &proof{
		Claim: claim, Day: on, Name: claim.Site, Yes: claim.Choices, Fingerprint: s.Signer.Fingerprint(),
		Lang: lang, Words: w, DayText: w.date(on), Style: template.CSS(receiptCSS), //nolint:gosec // our own file
	}
	if view, ok := s.Sites.Site(claim.Site); ok {
		p.Name = view.Name
		if v, ok := view.Banners.Find(claim.Banner); ok {
			_, p.InForce = view.Banners.InForce(claim.Banner)
			p.quote(v, asked)
		}
	}
	p.Said = fmt.Sprintf(w.No, p.DayText, p.Name)
	if len(claim.Choices) > 0 {
		p.Said = fmt.Sprintf(w.Yes, p.DayText, p.Name)
	}
	return p
}

// quote shows the banner that was answered, and the answer by the labels that
// it had.
func (p *proof) quote(v *consent.Version, asked string) {
	p.Number = v.Number
	if p.Holds = p.Words.Ended; p.InForce {
		p.Holds = fmt.Sprintf(p.Words.InForce, v.Banner.ExpiresDays)
	}
	p.Yes, p.No = nil, nil
	for _, purpose := range v.Banner.Purposes {
		label := purpose.Label.In(p.Lang)
		switch {
		case slices.Contains(p.Claim.Choices, purpose.ID):
			p.Yes = append(p.Yes, label)
		case purpose.Basis != site.Necessary:
			p.No = append(p.No, label)
		}
	}
	p.Items = items(&v.Banner, p.Lang)
	first := pickLang(&v.Banner, asked)
	p.Texts = []textIn{textOf(&v.Banner, first)}
	for _, l := range v.Banner.Langs() {
		if l != first {
			p.Texts = append(p.Texts, textOf(&v.Banner, l))
		}
	}
}

func textOf(b *site.Banner, lang string) textIn {
	t := textIn{lang, "ltr", b.Texts[lang]}
	if site.RightToLeft(lang) {
		t.Dir = "rtl"
	}
	return t
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
	Hash    string     `json:"hash"`
	Version uint32     `json:"version"`
	InForce bool       `json:"in_force"`
	Texts   []textIn   `json:"texts"`
	Items   []itemJSON `json:"items"`
}

func (p *proof) json() proofJSON {
	return proofJSON{
		Site: p.Claim.Site, Name: p.Name, Day: p.Day, Choices: append([]string{}, p.Claim.Choices...),
		Banner:  provenAsked{p.Claim.Banner, p.Number, p.InForce, append([]textIn{}, p.Texts...), append([]itemJSON{}, p.Items...)},
		Key:     p.Fingerprint,
		Meaning: p.Said + " " + p.Words.Nobody,
	}
}
