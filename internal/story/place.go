package story

import "strings"

const (
	whyPlace       = "A place smaller than a nation helps to find somebody. Write “in England”, or leave it out."
	whyInstitution = "A named school, hospital, street or other place leads to the people in it. Write “at school” or “near home”."
)

var (
	institutions = set("school academy college nursery hospital hospice clinic surgery infirmary street road lane avenue close crescent drive terrace estate church mosque gurdwara synagogue temple park library prison barracks village farm cathedral ysgol heol stryd ysbyty eglwys")
	welshFirst   = set("ysgol heol stryd ysbyty eglwys")
	ordinary     = set("the our a an every each her his their my your this that primary secondary high junior infant infants nursery special sixth form local village state boarding sunday first new old same at in to from and or of for after before with no one some youth crown family children home summer night main middle private public grammar comprehensive further higher medical general business open")
	near         = set("in from near at around to outside of through towards yn yng ym o i ger")
)

// places finds towns and areas by list, and named schools, streets and such.
func places(s sentence) (found []Finding) {
	welsh := s.welsh()
	for i := range s.words {
		if n := s.placeAt(i, welsh); n > 0 {
			found = append(found, Finding{Kind: Place, Start: s.words[i].start, End: s.words[i+n-1].end, Why: whyPlace})
		}
		if from, to := s.institution(i); to > from {
			found = append(found, Finding{Kind: Place, Start: s.words[from].start, End: s.words[to].end, Why: whyInstitution})
		}
	}
	return found
}

// placeAt says how many words from i on are the name of a place, 0 if none.
func (s sentence) placeAt(i int, welsh bool) int {
	w := s.words[i]
	if !w.capital() || s.isOwn(i) {
		return 0
	}
	for n := min(longest, len(s.words)-i); n > 0; n-- {
		name := straight(strings.ToLower(s.text[w.start:s.words[i+n-1].end]))
		if n == 1 {
			name = w.lower
		}
		if placeNames.has(name, welsh) && (n > 1 || s.singlePlace(i)) {
			return n
		}
	}
	return 0
}

// singlePlace judges a town whose name may be another word: Bath, Reading.
func (s sentence) singlePlace(i int) bool {
	w := s.words[i]
	if allowed[w.lower] || w.shout() && len(w.text) < 5 {
		return false
	}
	return !isWord(w.lower) && !bothNames[w.lower] || !w.first || i > 0 && near[s.words[i-1].lower]
}

// institution returns the first and last word of a name such as Harbour
// School or Ysgol yr Aber that ends or begins at i.
func (s sentence) institution(i int) (from, to int) {
	w := s.words[i]
	switch {
	case welshFirst[w.lower] && w.capital():
		return i, s.lastCapital(i)
	case !institutions[w.lower] && !institutions[strings.TrimSuffix(w.lower, "s")]:
		return i, i
	}
	from = s.firstCapital(i)
	for from < i && (ordinary[s.words[from].lower] || s.isOwn(from)) {
		from++
	}
	if opener := s.words[from]; opener.first && from == i-1 && isWord(opener.lower) && !w.capital() {
		return i, i // Most hospitals
	}
	return from, i
}

// firstCapital goes back from i over words with a capital letter.
func (s sentence) firstCapital(i int) int {
	for i > 0 && s.words[i-1].capital() && s.text[s.words[i-1].end:s.words[i].start] == " " {
		i--
	}
	return i
}

// lastCapital goes on from i over words with a capital letter, and over the
// Welsh article between them.
func (s sentence) lastCapital(i int) int {
	for i+1 < len(s.words) && (s.words[i+1].capital() || s.words[i+1].lower == "y" || s.words[i+1].lower == "yr") {
		i++
	}
	return i
}
