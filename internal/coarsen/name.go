package coarsen

import (
	_ "embed" // the lists of names
	"slices"
	"strings"
	"unicode/utf8"
)

//go:embed names.txt
var namesText string

//go:embed names_or_words.txt
var namesOrWordsText string

//go:embed surnames.txt
var surnamesText string

// First names that are no other word, those that are one (Grace, Mark), and
// surnames, all in small letters without accents.
var givenNames, namesOrWords, surnames = set(namesText), set(namesOrWordsText), set(surnamesText)

// afterThese a first name is a place's or a church's.
var afterThese = set("st saint sant prince princess king queen")

var titles = set("mr mrs ms miss dr prof professor rev cllr")

// notNames are words that are put together like a name.
var notNames = set("rickshaw maryhill stanford johnstone across afield fallen sharper sharding spotter dwells swells")

// maxWords is how many words of a segment are looked at for names.
const maxWords = 24

// namePerson says whether a segment names somebody: by a first name wherever it
// stands, by initials and a surname, or by a title.
func namePerson(tokens []token) bool {
	var array [maxWords]string
	return areName(nameWords(tokens, false, array[:0])) || areName(nameWords(tokens, true, array[:0]))
}

func areName(words []string) bool {
	for i, w := range words {
		if i > 0 && afterThese[words[i-1]] {
			continue
		}
		if isName(w) {
			return true
		}
		if i+1 < len(words) && (namesOrWords[w] && surnames[words[i+1]] || titles[w]) {
			return true
		}
	}
	return areInitials(words)
}

// isName knows a first name, alone (sarah, sarahs) or with a surname, and an
// initial with a surname (sjones).
func isName(word string) bool {
	n := len(word)
	if n < 3 || n > maxWord || notNames[word] {
		return false
	}
	return givenNames[word] || n > 5 && (word[n-1] == 's' && givenNames[word[:n-1]] || surnames[word[1:]]) || isJoined(word)
}

// isJoined knows sarahjones and jonessarah.
func isJoined(word string) bool {
	for i := 3; i <= len(word)-3; i++ {
		if givenNames[word[:i]] && surnames[word[i:]] || surnames[word[:i]] && givenNames[word[i:]] {
			return true
		}
	}
	return false
}

// areInitials knows s-jones and j-r-smith that are the whole segment.
func areInitials(words []string) bool {
	last := len(words) - 1
	if last < 1 || last > 2 || !surnames[words[last]] {
		return false
	}
	for _, w := range words[:last] {
		if len(w) != 1 {
			return false
		}
	}
	return true
}

// nameWords parts tokens into words of letters, where digits do or also where
// capitals do (SarahJones2009), in small letters without accents. There are none
// by capitals if no token has them within.
func nameWords(tokens []token, capitals bool, words []string) []string {
	if capitals && !slices.ContainsFunc(tokens, func(t token) bool { return t.cases > 0 }) {
		return nil
	}
	for _, t := range tokens {
		s, start := t.text, 0
		for i := 1; i <= len(s) && len(words) < maxWords && len(s) == len(t.low); i++ {
			if i < len(s) && !parts(s[i-1], s[i], capitals) {
				continue
			}
			if !isDigit(s[start]) {
				words = append(words, plainLetters(t.low[start:i]))
			}
			start = i
		}
	}
	return words
}

// parts says whether a new word begins between two letters or digits.
func parts(a, b byte, capitals bool) bool {
	return isDigit(a) != isDigit(b) || capitals && isCapital(b) && !isCapital(a)
}

// accents gives letters of British names their plain ones.
var accents = strings.NewReplacer("á", "a", "à", "a", "â", "a", "ä", "a", "ã", "a", "å", "a", "ą", "a", "ă", "a", "ç", "c", "ć", "c", "č", "c",
	"é", "e", "è", "e", "ê", "e", "ë", "e", "ę", "e", "í", "i", "ì", "i", "î", "i", "ï", "i", "ł", "l", "ñ", "n", "ń", "n",
	"ó", "o", "ò", "o", "ô", "o", "ö", "o", "õ", "o", "ø", "o", "ś", "s", "š", "s", "ș", "s", "ş", "s", "ț", "t", "ţ", "t",
	"ú", "u", "ù", "u", "û", "u", "ü", "u", "ŵ", "w", "ý", "y", "ŷ", "y", "ÿ", "y", "ź", "z", "ż", "z", "ž", "z",
	"\u0300", "", "\u0301", "", "\u0302", "", "\u0303", "", "\u0308", "", "\u0327", "", "\u0328", "")

func plainLetters(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return accents.Replace(s)
		}
	}
	return s
}
