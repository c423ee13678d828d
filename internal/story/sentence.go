package story

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentence is one sentence of a text, or a line of a list.
type sentence struct {
	text  string
	lower string // with a to z for A to Z and nothing else changed, so that positions stay
	start int    // in the whole text
	words []word
	own   map[string]bool // words of our own names, and whether they may stand alone
	count bool            // it has a number, in digits or words
}

// word is one word of a sentence: letters and digits, with what joins them.
type word struct {
	text, lower string // lower without a possessive 's
	start, end  int
	first       bool // of the sentence, or of what is said in it
}

// capital says whether the word begins with a capital letter.
func (w word) capital() bool {
	r, _ := utf8.DecodeRuneInString(w.text)
	return unicode.IsUpper(r)
}

// shout says whether the word has more than one letter, all of them capital but
// the s of several: NHS, GPs.
func (w word) shout() bool {
	text := strings.TrimSuffix(w.text, "s")
	return utf8.RuneCountInString(text) > 1 && text == strings.ToUpper(text)
}

// ends finds where a sentence may end: a stop with a space after it, or a line.
var ends = regexp.MustCompile(`[.!?…]+["'”’)\]]*\s+|\n`)

// goesOn finds a stop that ends an abbreviation: a title, or an initial.
var goesOn = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:mr|mrs|ms|miss|dr|prof|rev|st|e\.g|i\.e|approx|no|\pL|[a-z]\.[a-z])\.\s+$`)

// sentences cuts a text.
func sentences(text string) (all []sentence) {
	from := 0
	add := func(to int) {
		for from < to {
			part := text[from:min(to, from+firstCut(text[from:to]))]
			if strings.TrimSpace(part) != "" {
				all = append(all, newSentence(part, from))
			}
			from += len(part)
		}
	}
	for _, at := range ends.FindAllStringIndex(text, -1) {
		if end := at[1]; text[at[0]] == '\n' || !goesOn.MatchString(text[max(from, end-12):end]) {
			add(end)
		}
	}
	add(len(text))
	return all
}

// maxSentence bounds the work for a text without stops, in bytes.
const maxSentence = 2000

// firstCut is where a sentence that is too long is cut: after a space, or else
// between two letters.
func firstCut(text string) int {
	if len(text) <= maxSentence {
		return len(text)
	}
	if space := strings.LastIndexByte(text[:maxSentence], ' '); space > 0 {
		return space + 1
	}
	cut := maxSentence
	for cut > maxSentence-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return cut
}

func newSentence(text string, start int) sentence {
	s := sentence{text: text, lower: lowerASCII(text), start: start}
	for _, at := range wordForm.FindAllStringIndex(text, -1) {
		w := word{text: text[at[0]:at[1]], start: at[0], end: at[1]}
		w.lower = plain(w.text)
		w.first = len(s.words) == 0 || opensSpeech(text[s.words[len(s.words)-1].end:at[0]])
		s.words = append(s.words, w)
		s.count = s.count || counts(w.lower)
	}
	return s
}

// wordForm is letters and digits, with apostrophes and hyphens between them.
var wordForm = regexp.MustCompile(`[\pL\pN]+(?:['’\-–][\pL\pN]+)*`)

// opensSpeech says whether what is between two words makes the second one
// begin something: a colon, an opening quotation mark, a bullet.
func opensSpeech(between string) bool { return strings.ContainsAny(between, ":“‘\"•/") }

// plain is a word as lists of words have it: small, without a possessive.
func plain(w string) string { return strings.TrimSuffix(straight(strings.ToLower(w)), "'s") }

// straight is a text with the apostrophes that lists have.
func straight(text string) string { return strings.ReplaceAll(text, "’", "'") }

func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// ownWords are the words of names that everybody may read, and whether each may
// stand alone: a given name or a town may only if it is all of the name.
func ownWords(names []string) map[string]bool {
	own := map[string]bool{}
	for _, n := range names {
		words := wordForm.FindAllString(n, -1)
		for _, w := range words {
			w = plain(w)
			own[w] = own[w] || len(words) == 1 || !givenNames[w] && !bothNames[w] && !placeNames[w]
		}
	}
	return own
}
