package site

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// BannerKind is the record kind of banners; the record id is the site's key.
const BannerKind = "banner"

// Statistics is the purpose that Footfall itself serves.
const Statistics = "statistics"

// Langs are the languages every banner has; the first is the fallback.
var Langs = []string{"en", "cy"}

// maxWords bounds the first layer of a banner, title and body together.
const maxWords = 40

// Banner is one version of what a site's visitors are asked. It is kept for
// good: a receipt shows the exact banner that was answered.
type Banner struct {
	Site        string                `json:"site"`
	Purposes    []string              `json:"purposes"`     // what a yes allows
	Who         string                `json:"who"`          // the organisation named
	Funders     []string              `json:"funders"`      // recipients named
	ExpiresDays int                   `json:"expires_days"` // days until the choice is asked for again
	Audience    string                `json:"audience"`     // "all" or "children"
	Exit        string                `json:"exit"`         // CSS selector of a quick-exit button, may be empty
	Texts       map[string]BannerText `json:"texts"`        // by language
}

// BannerText is the wording in one language.
type BannerText struct {
	Title     string `json:"title"`
	Body      string `json:"body"`
	Yes       string `json:"yes"`
	No        string `json:"no"`
	More      string `json:"more"`
	MoreURL   string `json:"more_url"`
	Withdraw  string `json:"withdraw"`
	ThanksYes string `json:"thanks_yes"`
	ThanksNo  string `json:"thanks_no"`
}

// Hash names this exact version: 16 hex digits of the SHA-256 of its content.
func (b Banner) Hash() string { return hash(b) }

// Material names what was agreed to: versions that differ in wording alone
// share it, and a visitor is asked again only when it changes.
func (b Banner) Material() string {
	b.Texts, b.Exit, b.Audience = nil, "", ""
	b.Purposes = slices.Sorted(slices.Values(b.Purposes))
	b.Funders = slices.Sorted(slices.Values(b.Funders))
	return hash(b)
}

func hash(b Banner) string {
	text, err := json.Marshal(b) // map keys are sorted: the same bytes each time
	if err != nil {
		panic(err) // strings and numbers alone
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// Validate refuses a banner that breaks a rule, and names the rule.
func (b Banner) Validate() error {
	if !slices.Contains(b.Purposes, Statistics) {
		return fmt.Errorf("banner: purposes must name %q", Statistics)
	}
	for _, p := range b.Purposes {
		if !choiceForm.MatchString(p) { // receipts separate them by other characters
			return fmt.Errorf("banner: purpose %q: want at most 40 lower-case letters, digits and hyphens", p)
		}
	}
	if b.ExpiresDays < 182 || b.ExpiresDays > 365 {
		return fmt.Errorf("banner: expires_days is %d: a choice lasts at least 182 days (six months) and at most 365", b.ExpiresDays)
	}
	if b.Audience != "all" && b.Audience != "children" {
		return fmt.Errorf("banner: audience %q: want all or children", b.Audience)
	}
	for _, lang := range Langs {
		t, ok := b.Texts[lang]
		if !ok {
			return fmt.Errorf("banner: no text in %q: English and Welsh are both needed", lang)
		}
		if err := t.validate(); err != nil {
			return fmt.Errorf("banner in %q: %w", lang, err)
		}
	}
	return nil
}

func (t BannerText) validate() error {
	for name, v := range map[string]string{"title": t.Title, "body": t.Body, "yes": t.Yes, "no": t.No, "withdraw": t.Withdraw, "more": t.More} {
		if strings.TrimSpace(v) == "" {
			return fmt.Errorf("%s is empty: the visitor needs it to choose freely", name)
		}
	}
	if n := len(strings.Fields(t.Title)) + len(strings.Fields(t.Body)); n > maxWords {
		return fmt.Errorf("title and body have %d words: at most %d fit a calm first layer", n, maxWords)
	}
	return nil
}

// NewBanner writes the standard banner of a site in English and Welsh.
func NewBanner(s Site) Banner {
	funders, cyFunders := "its funders", "i'w chyllidwyr"
	if named := strings.Join(s.Funders, ", "); len(s.Funders) > 0 && len(strings.Fields(s.Name+" "+named)) <= 10 {
		funders, cyFunders = funders+" ("+named+")", cyFunders+" ("+named+")"
	}
	return Banner{
		Site: s.Key, Purposes: []string{Statistics}, Who: s.Name, Funders: s.Funders,
		ExpiresDays: 182, Audience: "all",
		Texts: map[string]BannerText{
			"en": {
				Title:     "Can we count your visit?",
				Body:      s.Name + " counts visits to improve its help and to show " + funders + ". We never keep who you are. Everything works the same if you say no.",
				Yes:       "Yes, count it",
				No:        "No, don’t count",
				More:      "How we count",
				MoreURL:   s.NoticeURL,
				Withdraw:  "Change statistics choice",
				ThanksYes: "Thank you. You can change this at any time at the foot of the page.",
				ThanksNo:  "That’s fine. Nothing is counted.",
			},
			"cy": {
				Title:     "Gawn ni gyfrif eich ymweliad?",
				Body:      "Mae " + s.Name + " yn cyfrif ymweliadau i wella ei help ac i’w dangos " + cyFunders + ". Dydyn ni byth yn cadw pwy ydych chi. Mae popeth yn gweithio os dywedwch na.",
				Yes:       "Cewch, cyfrwch",
				No:        "Na, peidiwch",
				More:      "Sut rydym yn cyfrif",
				MoreURL:   s.NoticeURL,
				Withdraw:  "Newid dewis ystadegau",
				ThanksYes: "Diolch. Gallwch newid hyn unrhyw bryd ar waelod y dudalen.",
				ThanksNo:  "Popeth yn iawn. Does dim yn cael ei gyfrif.",
			},
		},
	}
}
