package collector

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/internal/notice"
	"github.com/footfall-analytics/footfall/internal/web"
)

//go:embed page
var pageFiles embed.FS

var (
	pages     = template.Must(template.ParseFS(pageFiles, "page/*.html"))
	pageStyle = readPage("style.css")
	pageWords = readPageWords()
)

func readPage(name string) string {
	text, err := pageFiles.ReadFile("page/" + name)
	if err != nil {
		panic(err) // embedded
	}
	return string(text)
}

func readPageWords() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, l := range notice.Langs {
		words := map[string]string{}
		if err := json.Unmarshal([]byte(readPage(l+".json")), &words); err != nil {
			panic(err) // tested
		}
		all[l] = words
	}
	return all
}

// pagePolicy lets a page have its own style and, where it has one, a script of
// ours. Nothing can be sent from it.
func pagePolicy(script bool) string {
	sum := sha256.Sum256([]byte(pageStyle))
	policy := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; "
	if script {
		policy += "script-src 'self'; require-trusted-types-for 'script'; "
	}
	return policy + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

// page is what every page about a site has.
type page struct {
	Page   string // its name in Pages
	Lang   string
	Name   string // of the site
	Title  string
	Script string // relative address, may be empty
	W      map[string]string
	base   string // address of the site's pages, which they link to by name
}

// Pages are the pages about a site, by the name at which each lies.
func (page) Pages() []string { return []string{"notice", "cookies", "known"} }

// Style is the style sheet, which is part of the page: one request brings all.
func (page) Style() template.CSS { return template.CSS(pageStyle) } //nolint:gosec // our own file

func newPage(name string, f notice.Facts, lang string) page {
	w := pageWords[lang]
	return page{Page: name, Lang: lang, Name: f.Site.Name, Title: w[name], W: w, base: f.Base + "/v1/sites/" + f.Site.Key + "/"}
}

// part is a piece of a text, and where it leads.
type part struct{ Text, Href string }

var linkForm = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)]|[\w.+-]+@[\w-]+(\.[\w-]+)+`)

// Linked finds the addresses in a text. Those of our own pages become relative,
// so that they hold under whatever name the collector is reached.
func (p page) Linked(text string) (parts []part) {
	for {
		at := linkForm.FindStringIndex(text)
		if at == nil {
			return append(parts, part{Text: text})
		}
		found := text[at[0]:at[1]]
		link := part{Text: found, Href: found}
		if own, ok := strings.CutPrefix(found, p.base); ok {
			name, _, _ := strings.Cut(own, "?")
			link = part{Text: p.W[name], Href: own}
		} else if !strings.Contains(found, "://") {
			link.Href = "mailto:" + found
		}
		parts = append(parts, part{Text: text[:at[0]]}, link)
		text = text[at[1]:]
	}
}

// render makes the page from its template and sets its headers. The caller sends it.
func render(c *fiber.Ctx, name string, data any, script bool) ([]byte, error) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name+".html", data); err != nil {
		return nil, fmt.Errorf("write page %s: %w", name, err)
	}
	web.PageHeaders(c)
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	c.Set(fiber.HeaderContentSecurityPolicy, pagePolicy(script))
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	return b.Bytes(), nil
}

// wants says which form of a document the client asks for: "json", "text" or "".
func wants(c *fiber.Ctx) string {
	switch format := c.Query("format"); format {
	case "json", "text":
		return format
	}
	if strings.Contains(c.Get(fiber.HeaderAccept), fiber.MIMEApplicationJSON) {
		return "json"
	}
	return ""
}

// facts finds what is to be told about the site of a request.
func (s *collector) facts(c *fiber.Ctx) (notice.Facts, string, error) {
	f, ok, err := s.Facts(strings.Clone(c.Params("key")))
	if err != nil {
		return f, "", fmt.Errorf("find facts of site: %w", err)
	}
	if !ok {
		return f, "", errUnknownSite
	}
	return f, notice.Lang(c.Query("lang")), nil
}

// sendJSON answers with a document that is the same for everybody.
func sendJSON(c *fiber.Ctx, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode %T: %w", v, err)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return cached(c, body, contentHash(body), briefly)
}

// sendPage answers with a page that is the same for everybody.
func sendPage(c *fiber.Ctx, name string, data any) error {
	body, err := render(c, name, data, false)
	if err != nil {
		return err
	}
	return cached(c, body, contentHash(body), briefly)
}
