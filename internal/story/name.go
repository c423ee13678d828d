package story

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	whyName    = "This is a name. Leave it out: write “a girl”, “a parent” or “one young person”, or use an invented name and say that it is one."
	whyUnknown = "This may be the name of a person or a place. Leave it out, or say why everybody may read it."
	whyInitial = "Initials point to a person. Write “a child” or “one young person”."
)

var (
	titles    = set("mr mrs ms miss mx dr prof professor sir lady reverend rev pc sergeant auntie aunty uncle nana grandad granddad mam nain taid modryb yncl")
	callers   = set("called named nicknamed enw")
	likeVerbs = set("was is has had said says told felt went came who lives lived wanted asked began started called contacted got did would could wrote writes needs needed found joined used")
	children  = set("child baby young person girl boy client parent pupil student")
	dating    = set("in of since until by from to and between last this next during early late mid before after each every till through a")
	months    = set("april may june august") // that are names, too
	seasons   = set("summer autumn winter")  // that are names, too
	seasonal  = set("school schools holiday holidays term camp fair fete programme scheme club party play")
	letters   = set("vitamin plan grade category hepatitis section part appendix table group phase option level annex type team figure room block")
	welshTell = set("y yr yn mae ac wedi oedd roedd ei eu gan ar ein bod cafodd gyda i'r o'r a'r pobl plant dros sydd ond fel hefyd mewn rydym cyn hwn hon ni hi nhw dywedodd daeth")
)

func set(words string) list {
	l := list{}
	for _, w := range strings.Fields(words) {
		l[w] = true
	}
	return l
}

// welsh says whether the sentence is Welsh: two of its smallest words are, or
// one of at most four.
func (s sentence) welsh() bool {
	n := 0
	for _, w := range s.words {
		if tellsWelsh(w) {
			n++
		}
	}
	return n >= 2 || n == 1 && len(s.words) <= 4
}

// tellsWelsh looks a word up, also with the article that it may carry: mae'r.
func tellsWelsh(w word) bool {
	return welshTell[w.lower] || welshTell[strings.TrimSuffix(w.lower, "'r")]
}

// names finds names by list, and capitals where a sentence has no reason for
// one. Neighbours that are capital too belong to the name: Ann Example.
func names(s sentence) (found []Finding) {
	welsh := s.welsh()
	for i := 0; i < len(s.words); i++ {
		why := s.nameAt(i, welsh)
		if why == "" {
			continue
		}
		f := Finding{Kind: Name, Start: s.words[i].start, Why: why}
		for i+1 < len(s.words) && s.follows(i+1) {
			i++
		}
		f.End = s.words[i].end
		found = append(found, f)
	}
	return found
}

// follows says whether a word is one more part of the name before it.
func (s sentence) follows(i int) bool {
	w := s.words[i]
	return w.capital() && !w.shout() && !s.fine(i) && s.text[s.words[i-1].end:w.start] == " "
}

// fine says whether everybody may read the word.
func (s sentence) fine(i int) bool {
	w := s.words[i]
	first, _, _ := strings.Cut(w.lower, "'")
	return s.isOwn(i) || allowed[w.lower] || allowed[first]
}

// isOwn says whether a word is of one of our own names. A given name or a town
// in such a name is only beside another word of it: a report to a foundation
// that bears a founder's name may still not name a child so.
func (s sentence) isOwn(i int) bool {
	alone, ok := s.own[s.words[i].lower]
	return ok && (alone || s.besideOwn(i, i-1) || s.besideOwn(i, i+1))
}

func (s sentence) besideOwn(i, j int) bool {
	if j < 0 || j >= len(s.words) || !s.words[j].capital() {
		return false
	}
	_, ok := s.own[s.words[j].lower]
	return ok && s.words[j].lower != "the" && s.words[j].lower != s.words[i].lower
}

// nameAt says why a word may be a name, "" if it is none.
func (s sentence) nameAt(i int, welsh bool) string {
	w := s.words[i]
	switch {
	case s.isOwn(i):
		return ""
	case i > 0 && s.called(i):
		return whyName
	case s.initial(i):
		return whyInitial
	case !w.capital():
		return whyIf(whyName, surelyName(w) && !s.fine(i))
	case bothNames[w.lower]:
		return s.eitherAt(i)
	case s.fine(i), w.shout() && !givenNames[w.lower]:
		return ""
	}
	return capitalAt(w, welsh)
}

// capitalAt judges a word by its capital letter.
func capitalAt(w word, welsh bool) string {
	switch {
	case welsh && tellsWelsh(w):
		return ""
	case isName(w.lower, welsh):
		return whyName
	}
	known := utf8.RuneCountInString(w.text) < 3 || isWord(w.lower) || welsh && w.first
	return whyIf(whyUnknown, !known)
}

func whyIf(why string, yes bool) string {
	if yes {
		return why
	}
	return ""
}

// isName looks a name up, of a double one the first part. Only words as they
// stand make a name none: Oliver is no form of olive.
func isName(w string, welsh bool) bool {
	first, _, double := strings.Cut(w, "-")
	return givenNames.has(w, welsh) && !dictionary[w] || double && givenNames[first] && !dictionary[first]
}

// surelyName says whether a small word can be nothing but a given name.
func surelyName(w word) bool { return len(w.lower) > 4 && listedByHand[w.lower] && !isWord(w.lower) }

// listedByHand are the names that are no other proper noun, so that they are
// found without a capital letter too.
var listedByHand = read("names-own", " ")

// called says whether the words before make this one a name.
func (s sentence) called(i int) bool {
	w, before := s.words[i], s.words[i-1]
	gap := s.text[before.end:w.start]
	switch {
	case titles[before.lower]:
		return w.capital() && strings.Trim(gap, ". ") == ""
	case callers[before.lower], before.lower == "is" && i > 1 && s.words[i-2].lower == "name":
		return w.capital() && strings.Trim(gap, " “\"'‘") == "" && !allowed[w.lower]
	}
	return false
}

// initial says whether a letter stands for a name: J told us, child B, A.K.
func (s sentence) initial(i int) bool {
	w := s.words[i]
	if len(w.text) != 1 || !w.capital() {
		return false
	}
	next := s.text[w.end:]
	before := ""
	if i > 0 {
		before = s.words[i-1].lower
	}
	switch {
	case strings.HasPrefix(next, ".") && i+1 < len(s.words) && len(s.words[i+1].text) == 1 && s.words[i+1].capital():
		return true
	case next != "" && strings.ContainsRune("&/+", rune(next[0])):
		return false
	case children[before]:
		return true
	}
	return !slices.Contains([]string{"I", "A", "O", "Y"}, w.text) && !letters[before]
}

// eitherAt judges a word that is a name too: in the middle of a sentence its
// capital makes it one, at the beginning what comes after.
func (s sentence) eitherAt(i int) string {
	w := s.words[i]
	next := ""
	if i+1 < len(s.words) {
		next = s.words[i+1].lower
	}
	switch {
	case w.shout(), s.dated(i), seasons[w.lower] && seasonal[next]:
		return ""
	case !w.first, likeVerbs[next], strings.HasSuffix(w.text, "'s"), strings.HasSuffix(w.text, "’s"):
		return whyName
	case next == "and" && i+2 < len(s.words) && s.words[i+2].capital():
		return whyName
	}
	return ""
}

// dated says whether a month that is a name too stands for the month.
func (s sentence) dated(i int) bool {
	w := s.words[i]
	if !months[w.lower] {
		return false
	}
	if i == 0 || i+1 < len(s.words) && isNumber(s.words[i+1].text) {
		return true
	}
	before := s.words[i-1].lower
	return dating[before] || isNumber(before)
}

func isNumber(w string) bool { return w != "" && strings.Trim(w, "0123456789stndrh") == "" }
