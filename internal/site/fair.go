package site

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxAge is the highest reading age, in years, of what children are asked.
const maxAge = 11

// maxWords bounds the first layer of a banner, title and body together. Some
// languages write as words of their own what English and Welsh do not.
func maxWords(lang string) int {
	if slices.Contains(needed, lang) {
		return 40
	}
	return 60
}

// pressing is what has no place in a question that is asked fairly: it urges
// to say yes or shames those who say no.
var pressing = []string{
	"!", "miss out", "please", "recommend", "best experience", "hurry", "don’t care", "do not care", "don’t help", "won’t help",
	"colli allan", "os gwelwch yn dda", "argymell", "profiad gorau", "brysiwch", "ddim yn malio", "ddim am helpu",
}

// Validate refuses a banner that is unfair or says too little, and names the rule.
func (b Banner) Validate() error {
	if err := b.validateFacts(); err != nil {
		return fmt.Errorf("banner: %w", err)
	}
	for _, lang := range slices.Sorted(maps.Keys(b.Texts)) {
		t := b.Texts[lang]
		for _, rule := range []func(string) error{t.complete, t.short, t.even, t.calm, b.open} {
			if err := rule(lang); err != nil {
				return fmt.Errorf("banner in %q: %w", lang, err)
			}
		}
	}
	if age := b.ReadingAge(); b.Audience == Children && age > maxAge {
		return fmt.Errorf("banner in \"en\": its reading age is %.1f years: for children at most %d; use shorter words and sentences", age, maxAge)
	}
	return nil
}

func (b Banner) validateFacts() error {
	if len(b.Purposes) == 0 || b.Purposes[0].ID != Statistics {
		return fmt.Errorf("the first of its purposes must be %q", Statistics)
	}
	if err := validatePurposes(b.Purposes[1:]); err != nil {
		return err
	}
	if b.ExpiresDays < halfYear || b.ExpiresDays > 365 {
		return fmt.Errorf("expires_days is %d: a choice lasts at least %d days (six months) and at most 365", b.ExpiresDays, halfYear)
	}
	if b.Audience != Everybody && b.Audience != Children {
		return fmt.Errorf("audience %q: want all or children", b.Audience)
	}
	for _, lang := range needed {
		if _, ok := b.Texts[lang]; !ok {
			return fmt.Errorf("no text in %q: English and Welsh are both needed", lang)
		}
	}
	return nil
}

func (t BannerText) complete(lang string) error {
	if !langForm.MatchString(lang) {
		return fmt.Errorf("want a language such as en or pt-br")
	}
	for _, part := range []struct{ name, text string }{
		{"title", t.Title}, {"body", t.Body}, {"yes", t.Yes}, {"no", t.No}, {"more", t.More},
		{"withdraw", t.Withdraw}, {"thanks_yes", t.ThanksYes}, {"thanks_no", t.ThanksNo},
	} {
		if strings.TrimSpace(part.text) == "" {
			return fmt.Errorf("%s is empty: the visitor needs it to choose freely", part.name)
		}
		if strings.ContainsFunc(part.text, unicode.IsControl) {
			return fmt.Errorf("%s has a line break or another control character", part.name)
		}
	}
	if !noticeForm.MatchString(t.MoreURL) {
		return fmt.Errorf("more_url is missing or does not start with https:// or /: it leads to the page that explains")
	}
	return nil
}

// Words is the length of the first layer.
func (t BannerText) Words() int { return len(strings.Fields(t.Title)) + len(strings.Fields(t.Body)) }

func (t BannerText) short(lang string) error {
	if n, most := t.Words(), maxWords(lang); n > most {
		return fmt.Errorf("title and body have %d words: at most %d fit a calm first layer", n, most)
	}
	return nil
}

// even keeps one answer from looking bigger than the other.
func (t BannerText) even(string) error {
	yes, no := utf8.RuneCountInString(t.Yes), utf8.RuneCountInString(t.No)
	if yes > 2*no || no > 2*yes {
		return fmt.Errorf("yes has %d characters and no has %d: neither may be more than twice as long as the other", yes, no)
	}
	return nil
}

func (t BannerText) calm(string) error {
	for _, part := range []struct{ name, text string }{{"title", t.Title}, {"body", t.Body}, {"yes", t.Yes}, {"no", t.No}} {
		text := strings.ReplaceAll(strings.ToLower(part.text), "'", "’")
		for _, p := range pressing {
			if strings.Contains(text, p) {
				return fmt.Errorf("%s says %q: a fair question neither urges to say yes nor shames those who say no", part.name, p)
			}
		}
	}
	return nil
}

// open says whether the first layer names who asks, who gets to see the figures
// and who else is called. Where names do not fit, a word for them must do.
func (b Banner) open(lang string) error {
	w := standard[lang]
	if !slices.Contains(needed, lang) || w == nil {
		return nil // names are inflected, and we cannot tell
	}
	text := b.Texts[lang].Title + " " + b.Texts[lang].Body
	if !strings.Contains(text, b.Who) {
		return fmt.Errorf("title and body must name who asks: %s", b.Who)
	}
	if b.Basis() == Consent && !says(text, b.Funders, w.SaysFunders) {
		return fmt.Errorf("title and body must name the funders who see the figures, or say that there are funders")
	}
	if _, parties := b.askedOf(lang); len(parties) > 0 && !says(text, parties, w.SaysServices) {
		return fmt.Errorf("title and body must name who else is called (%s), or say that there are others", strings.Join(parties, ", "))
	}
	return nil
}

// says is true of a text with all of the names or one of the words.
func says(text string, names, words []string) bool {
	all := len(names) > 0
	for _, n := range names {
		all = all && strings.Contains(text, n)
	}
	lower := strings.ToLower(text)
	return all || slices.ContainsFunc(words, func(w string) bool { return strings.Contains(lower, w) })
}

// ReadingAge is the age in years at which the English first layer can be read:
// the Automated Readability Index (4.71 characters a word + 0.5 words a sentence
// - 21.43, a school grade) and five years. Names count as one short word, since
// nobody can choose easier ones.
func (b Banner) ReadingAge() float64 {
	t := b.Texts[needed[0]]
	text := t.Title + " " + t.Body
	_, parties := b.askedOf(needed[0])
	for _, name := range slices.Concat([]string{b.Who}, b.Funders, parties) {
		if name != "" {
			text = strings.ReplaceAll(text, name, "Name")
		}
	}
	var letters, words, sentences float64
	for _, w := range strings.Fields(text) {
		words++
		for _, r := range w {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				letters++
			}
		}
		if strings.ContainsAny(w[len(w)-1:], ".?") {
			sentences++
		}
	}
	if words == 0 {
		return 0
	}
	return math.Round(10*(4.71*letters/words+0.5*words/max(sentences, 1)-21.43+5)) / 10
}
