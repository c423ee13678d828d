package story

import (
	"embed"
	"strings"
)

//go:embed list/*.txt
var files embed.FS

// The lists, in lower case; where they come from is in list/README.md.
var (
	dictionary = join(read("words", " "), read("words-own", " "))
	givenNames = join(read("names", " "), read("names-own", " "))
	bothNames  = read("names-both", " ") // that are words, too
	placeNames = join(read("places", "|"), read("places-own", "|"))
	allowed    = read("allowed", " ")
	rareThings = read("rare", "|")
)

// longest is how many words the longest name of a place or rare thing has.
const longest = 4

type list map[string]bool

func read(name, between string) list {
	body, err := files.ReadFile("list/" + name + ".txt")
	if err != nil {
		panic(err) // the file is embedded: this cannot happen in a program that built
	}
	l := list{}
	for line := range strings.Lines(string(body)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, entry := range strings.Split(strings.TrimSpace(line), between) {
			l[strings.ToLower(entry)] = true
		}
	}
	return l
}

func join(a, b list) list {
	for entry := range b {
		a[entry] = true
	}
	return a
}

// endings are what regular forms of a word add, and what they leave out.
var endings = [][2]string{
	{"ies", "y"}, {"ied", "y"}, {"ily", "y"}, {"iness", "y"}, {"es", ""}, {"s", ""}, {"ed", ""}, {"ed", "e"}, {"d", ""}, {"ing", ""}, {"ing", "e"}, {"ings", ""},
	{"ly", ""}, {"er", ""}, {"er", "e"}, {"ers", ""}, {"ers", "e"}, {"est", ""}, {"ness", ""}, {"less", ""}, {"ful", ""},
}

// beginnings do not make a word a stranger.
var beginnings = []string{"un", "re", "non", "co", "self", "over", "under", "pre"}

// isWord says whether a small word is one of the English language, as far as
// the dictionary goes; of words with a hyphen it, or each part, has to be.
func isWord(w string) bool {
	if dictionary[w] {
		return true
	}
	for part := range strings.SplitSeq(w, "-") {
		part, _, _ = strings.Cut(part, "'")
		if part != "" && !isForm(part) {
			return false
		}
	}
	return true
}

func isForm(w string) bool {
	if dictionary[w] || hasStem(w) {
		return true
	}
	for _, b := range beginnings {
		if rest, ok := strings.CutPrefix(w, b); ok && len(rest) > 3 && (dictionary[rest] || hasStem(rest)) {
			return true
		}
	}
	return strings.Trim(w, "0123456789") == ""
}

func hasStem(w string) bool {
	for _, e := range endings {
		stem, ok := strings.CutSuffix(w, e[0])
		if !ok || len(stem) < 2 {
			continue
		}
		if n := len(stem); dictionary[stem+e[1]] || n > 3 && stem[n-1] == stem[n-2] && dictionary[stem[:n-1]] {
			return true
		}
	}
	return false
}

// mutations of Welsh first letters: what they became, and what they were.
var mutations = [][2]string{
	{"ngh", "c"}, {"mh", "p"}, {"nh", "t"}, {"ng", "g"}, {"ch", "c"}, {"ph", "p"}, {"th", "t"}, {"dd", "d"},
	{"g", "c"}, {"b", "p"}, {"d", "t"}, {"f", "b"}, {"f", "m"}, {"l", "ll"}, {"r", "rh"}, {"m", "b"}, {"n", "d"}, {"", "g"},
}

// has says whether a word, or in Welsh what it is a mutation of, is listed.
func (l list) has(w string, welsh bool) bool {
	if l[w] || !welsh {
		return l[w]
	}
	for _, m := range mutations {
		if rest, ok := strings.CutPrefix(w, m[0]); ok && l[m[1]+rest] {
			return true
		}
	}
	return false
}
