package site

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Langs are the languages of the standard banner texts; the first is the
// fallback for everything.
var Langs = []string{"en", "cy", "pl", "ur", "ar"}

// needed are the languages that no text may lack.
var needed = []string{"en", "cy"}

//go:embed words/*.json
var wordFiles embed.FS

// words is what words/<language>.json holds. In its texts {who} stands for the
// organisation, {funders} for the recipients of figures, {asked} for the
// purposes beside statistics.
type words struct {
	Between           string   `json:"between"` // names of a list
	Funders           string   `json:"funders"`
	FundersOfChildren string   `json:"funders_of_children"`
	Services          string   `json:"services"`
	SaysFunders       []string `json:"says_funders"`  // one of them in a text tells of funders
	SaysServices      []string `json:"says_services"` // one of them in a text tells of third parties

	Statistics BannerText `json:"statistics"` // asks for statistics
	Children   BannerText `json:"children"`   // asks children for them
	All        BannerText `json:"all"`        // asks for statistics and others
	Others     BannerText `json:"others"`     // asks for others; visits are counted by the exception
	Notice     BannerText `json:"notice"`     // asks nothing: visits are counted by the exception

	Label      string `json:"label"` // of the purpose statistics
	WhyConsent string `json:"why_consent"`
	WhyNotice  string `json:"why_notice"`
}

var standard = readWords()

func readWords() map[string]*words {
	all := map[string]*words{}
	for _, lang := range Langs {
		text, err := wordFiles.ReadFile("words/" + lang + ".json")
		if err != nil {
			panic(err) // part of the binary
		}
		w := new(words)
		if err := json.Unmarshal(text, w); err != nil {
			panic(fmt.Sprintf("words of %s: %v", lang, err))
		}
		all[lang] = w
	}
	return all
}

// statistics is the purpose that Footfall itself serves.
func statistics(basis Basis) Purpose {
	p := Purpose{ID: Statistics, Basis: basis, On: basis == Exception, Label: Words{}, Why: Words{}}
	for lang, w := range standard {
		p.Label[lang], p.Why[lang] = w.Label, w.WhyConsent
		if basis == Exception {
			p.Why[lang] = w.WhyNotice
		}
	}
	return p
}

// standardTexts words a banner in every language, as openly as the first layer
// has room for: what does not fit is said by the page that it links to.
func standardTexts(b *Banner, notice string) map[string]BannerText {
	var texts map[string]BannerText
	for openness := range 4 {
		texts = map[string]BannerText{}
		fits := true
		for lang, w := range standard {
			t := w.text(b)
			t.Body = w.fill(t.Body, lang, b, openness)
			t.MoreURL = strings.ReplaceAll(notice, "{lang}", lang)
			texts[lang] = t
			fits = fits && t.Words() <= maxWords(lang)
		}
		if fits {
			break
		}
	}
	return texts
}

func (w *words) text(b *Banner) BannerText {
	asks := b.Asks()
	switch others := len(asks) > 1 || len(asks) == 1 && asks[0] != Statistics; {
	case b.Basis() == Exception && !others:
		return w.Notice
	case b.Basis() == Exception:
		return w.Others
	case others:
		return w.All
	case b.Audience == Children:
		return w.Children
	default:
		return w.Statistics
	}
}

// fill puts names into a text. With each step of openness, from 0, the text
// says a little less.
func (w *words) fill(text, lang string, b *Banner, openness int) string {
	funders := w.Funders
	if b.Audience == Children {
		funders = w.FundersOfChildren
	}
	if len(b.Funders) > 0 && openness < 1 {
		funders += " (" + w.list(b.Funders, lang) + ")"
	}
	labels, parties := b.askedOf(lang)
	asked := w.list(labels, lang)
	if len(parties) > 0 {
		switch openness {
		case 0, 1:
			asked += " (" + w.list(parties, lang) + ")"
		case 2:
			asked = w.Services + " (" + w.list(parties, lang) + ")"
		default:
			asked = w.Services
		}
	}
	return strings.NewReplacer("{who}", isolate(b.Who, lang), "{funders}", funders, "{asked}", asked).Replace(text)
}

func (w *words) list(names []string, lang string) string {
	set := make([]string, len(names))
	for i, n := range names {
		set[i] = isolate(n, lang)
	}
	return strings.Join(set, w.Between)
}

// isolate keeps a name, which may be of another script, from turning the order
// of the text around it in languages that run from right to left.
func isolate(name, lang string) string {
	if RightToLeft(lang) {
		return "\u2068" + name + "\u2069" // first strong isolate, and its end
	}
	return name
}

// RightToLeft says whether a language is written so.
func RightToLeft(lang string) bool {
	main, _, _ := strings.Cut(lang, "-")
	return slices.Contains([]string{"ar", "ckb", "dv", "fa", "he", "ps", "ug", "ur", "yi"}, main)
}
