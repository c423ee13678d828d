package story

import (
	"regexp"
	"strings"
)

// form is one pattern in lower-case text; what its first group took is the
// passage, or all of it if there is no group.
type form struct {
	*regexp.Regexp
	why string
}

// family is patterns of one kind of passage that are tried if a sentence has
// what all of them need.
type family struct {
	kind  Kind
	needs func(sentence) bool
	forms []form
}

func forms(why string, patterns ...string) (all []form) {
	for _, p := range patterns {
		all = append(all, form{regexp.MustCompile(p), why})
	}
	return all
}

// patterns finds passages by their form, but in spans that tell of whole groups
// of people or of opening hours.
func patterns(s sentence) (found []Finding) {
	var free [][]int
	if s.count || strings.Contains(s.lower, "days") || strings.Contains(s.lower, "day ") {
		free = unmeant.FindAllStringIndex(s.lower, -1)
	}
	for _, fam := range families {
		if !fam.needs(s) {
			continue
		}
		for _, f := range fam.forms {
			for _, at := range f.FindAllStringSubmatchIndex(s.lower, -1) {
				if len(at) > 2 && at[2] >= 0 {
					at = at[2:4]
				}
				if !inside(free, at[0]) {
					found = append(found, Finding{Kind: fam.kind, Start: at[0], End: at[1], Why: f.why})
				}
			}
		}
	}
	return found
}

const digits = "0123456789"

// counts says whether a word is a number or has one in it.
func counts(w string) bool {
	if strings.ContainsAny(w, digits) {
		return true
	}
	first, _, _ := strings.Cut(strings.ReplaceAll(w, "–", "-"), "-")
	return numbers[first]
}

var numbers = set("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty un dau dwy tri tair pedwar pedair pump chwech saith wyth naw deg deuddeg pymtheg half quarter")

func hasCount(s sentence) bool  { return s.count }
func always(sentence) bool      { return true }
func hasSigns(s sentence) bool  { return strings.ContainsAny(s.lower, "@/.") }
func hasDigits(s sentence) bool { return strings.ContainsAny(s.lower, digits) }

// hasWord makes a need of one of several words.
func hasWord(words string) func(sentence) bool {
	wanted := set(words)
	return func(s sentence) bool {
		for _, w := range s.words {
			if wanted[w.lower] {
				return true
			}
		}
		return false
	}
}

func inside(spans [][]int, at int) bool {
	for _, s := range spans {
		if at >= s[0] && at < s[1] {
			return true
		}
	}
	return false
}

// unmeant are spans that tell of a service and not of a person: aged 5 to 11,
// under 18, open 9am to 5pm.
var unmeant = regexp.MustCompile(`\bbetween\s(?:the\sages\sof\s)?\d{1,2}\sand\s\d{1,2}\b|\b(?:age[sd]?|children|people|year|years|open|from)\s(?:aged?\s|of\s)?\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm)?\s?(?:to|–|-)\s?\d{1,2}(?:[:.]\d\d)?(?:\s?(?:am|pm))?(?:[\s-]year[\s-]olds?)?|\b\d{1,2}\s?(?:-|–|to)\s?\d{1,2}[\s-]year[\s-]olds?|\b\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm)\s?(?:to|–|-|until)\s?\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm)?|\b(?:under|over)[\s-]\d{1,2}s?\b|\bon\s(?:mon|tues|wednes|thurs|fri|satur|sun)day\s(?:mornings|afternoons|evenings|nights)\b|\b0(?:300|345|800|808)[\d\s]+`)

const (
	whyContact = "Somebody could be reached or looked up by this. Leave it out."
	whyAge     = "An age helps to find somebody. Write “a child”, “a teenager” or “a young person”."
	whyDate    = "A day helps to find out what this was about. Write the season, or “this year”."
	whyTime    = "A time of day helps to find out what this was about. Write “in the evening”, or leave it out."
	whyFew     = "So few people can be guessed by those who know them. Write “some”, or leave the number out."
)

// numberWord is a number in words; few is one that counts few people.
const (
	numberWord = `(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|dwy|tair|pedair|pump|chwech|saith|wyth|naw|deg|deuddeg|pymtheg)`
	number     = `(?:\d{1,2}|` + numberWord + `)`
	few        = `(?:[1-9]|two|three|four|five|six|seven|eight|nine|dau|dwy|tri|tair|pedwar|pedair|pump|chwech|saith|wyth|naw)`
	kin        = `(?:girls?|boys?|brothers?|sisters?|siblings?|twins?|cousins?|daughters?|sons?|pupils?|merch(?:ed)?|bachgen|bechgyn|brawd|brodyr|chwaer|chwiorydd|ferch(?:ed)?|frawd|frodyr|fachgen|fechgyn)`
	monthName  = `(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr|fawrth|fai|fehefin|orffennaf|fedi|dachwedd|ragfyr)`
	dayName    = `(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)`
)
