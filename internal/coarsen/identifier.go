package coarsen

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// personParents are segments after which a person follows, or what one typed:
// /users/sam, /search/my-secret.
var personParents = set("user users profile profiles member members patient patients customer customers client clients donor donors " +
	"fundraiser fundraisers supporter supporters pupil pupils student students applicant applicants beneficiary beneficiaries u search s q query " +
	"team our-team meet-the-team people our-people staff our-staff trustees our-trustees author authors")

// typedParents are those after which all is what one typed.
var typedParents = set("search s q query")

// storyParents are segments after which a word that is also a name is a name.
var storyParents = set("stories story our-stories real-stories case-study case-studies meet memory in-memory tribute tributes remembering thank-you thanks welcome")

// codeParents are segments after which what is no word is a code: /r/aB3xY.
var codeParents = set("reset reset-password verify verification confirm confirmation activate activation unsubscribe invite invites invitation invitations " +
	"token tokens magic magic-link auth callback session sessions ref referral referrals r t case cases booking bookings order orders " +
	"appointment appointments donation donations ticket tickets message messages chat room application applications submission submissions " +
	"response responses share link links id view account accounts")

var months = set("january february march april may june july august september october november december " +
	"jan feb mar apr jun jul aug sep sept oct nov dec " +
	"ionawr chwefror mawrth ebrill mai mehefin gorffennaf awst medi hydref tachwedd rhagfyr")

// isIdentifier says whether a segment of a path may point at a person or a case:
// a number, a token, an address, a date, a name. Low is the segment in small
// letters and before the one before it, likewise. It errs on that side; a rule of
// the site gives such pages a name of their own.
func isIdentifier(seg, low, before string) bool {
	if len(seg) > maxSegment || !isPlain(seg) || isUUID(seg) || personParents[before] {
		return true
	}
	if simple(seg) {
		return isName(seg) || hasNoVowel(seg) || storyParents[before] && namesOrWords[seg]
	}
	var array [maxSegment]token
	tokens := split(seg, low, array[:0])
	return arePointing(tokens) || codeParents[before] && isCode(seg) || namePerson(tokens)
}

func arePointing(tokens []token) bool {
	letters, digits := false, false
	for i, t := range tokens {
		letters, digits = letters || t.digits < len(t.text), digits || t.digits > 0
		if t.isID() || isPostcode(tokens[i:]) || isDate(tokens[i:]) {
			return true
		}
	}
	switch {
	case !letters:
		return len(tokens) != 2 || !followingYears(tokens[0].text, tokens[1].text)
	case digits && arePersonal(tokens):
		return true
	}
	return isSpelledMail(tokens) || isSpelledOut(tokens)
}

// isCode is true of what is more than words of small letters.
func isCode(seg string) bool {
	for i := 0; i < len(seg); i++ {
		if isDigit(seg[i]) || i > 0 && isCapital(seg[i]) {
			return true
		}
	}
	return false
}

// hasNoVowel knows words that nobody can say; NSPCC and the like are shorter, and
// so are Welsh words whose only vowel is w.
func hasNoVowel(word string) bool {
	return len(word) >= 6 && !strings.ContainsAny(word, "aeiouyAEIOUY") && (len(word) >= 8 || !strings.ContainsAny(word, "wW")) && isLetters(word)
}

// birthWords make any number beside them a person's.
var birthWords = set("dob born birth birthday birthdate nhs nino")

func isOfBirth(tokens []token) bool {
	for _, t := range tokens {
		if birthWords[t.low] {
			return true
		}
	}
	return false
}

// isSpelledMail knows sam-at-example-dot-org.
func isSpelledMail(tokens []token) bool {
	at := false
	for i, t := range tokens {
		switch t.low {
		case "at":
			at = at || i > 0
		case "dot":
			if at {
				return true
			}
		case "com", "org", "net", "uk":
			if at && i == len(tokens)-1 {
				return true
			}
		}
	}
	return false
}

// simple is a quick way out for most segments: one lower-case word.
func simple(seg string) bool {
	for i := 0; i < len(seg); i++ {
		if seg[i] < 'a' || seg[i] > 'z' {
			return false
		}
	}
	return len(seg) <= maxWord
}

// isPlain wants letters, digits and the punctuation of titles. An @, an = or a
// stray % makes a segment somebody's, and so do letters that only look like others
// (full-width, or of two scripts in one segment) and an & that begins an entity.
func isPlain(seg string) bool {
	if seg[0] == '~' || seg[len(seg)-1] == '&' || !utf8.ValidString(seg) {
		return false
	}
	for i, c := range seg {
		if c < utf8.RuneSelf && !isTitleByte(byte(c)) && (c != '&' || isLetter(seg[i+1])) || c >= utf8.RuneSelf && !isTitleRune(c) {
			return false
		}
	}
	return isASCII(seg) || isOfOneScript(seg)
}

// isOfOneScript takes all letters but Latin ones for one script.
func isOfOneScript(seg string) bool {
	western, other := false, false
	for _, c := range seg {
		latin := unicode.Is(unicode.Latin, c)
		western, other = western || latin, other || !latin && unicode.IsLetter(c)
	}
	return !western || !other
}

func isTitleByte(c byte) bool {
	return isLetter(c) || isDigit(c) || strings.IndexByte("-_.,'!~*", c) >= 0
}

// isTitleRune leaves out digits of other scripts, too, and letters that are made
// to look like others: full-width ones, and those for formulas.
func isTitleRune(c rune) bool {
	return c == '’' || c == '–' || (unicode.IsLetter(c) || unicode.IsMark(c)) && (c < 0xff00 || c > 0xffef) && c < 0x1d400
}

// isUUID knows 8-4-4-4-12 hexadecimal digits.
func isUUID(seg string) bool {
	if len(seg) != 36 {
		return false
	}
	for i := 0; i < len(seg); i++ {
		if hyphen := i == 8 || i == 13 || i == 18 || i == 23; hyphen != (seg[i] == '-') || !hyphen && unhex(seg[i]) > 15 {
			return false
		}
	}
	return true
}

// maxWord is the longest run of letters that is taken for a word, in bytes.
const maxWord = 24

// token is a run of letters and digits within a segment.
type token struct {
	text   string
	low    string // in small letters
	digits int    // how many of its bytes are
	turns  int    // how often it goes from letters to digits, digits to letters
	cases  int    // how often it goes from small to capital letters or back
	hex    bool
}

// split cuts a segment, given as written and in small letters, into tokens.
func split(seg, low string, tokens []token) []token {
	start := -1
	for i := 0; i <= len(seg); i++ {
		if i < len(seg) && (isLetter(seg[i]) || isDigit(seg[i]) || seg[i] >= utf8.RuneSelf) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			t := measure(seg[start:i])
			if len(seg) == len(low) {
				t.low = low[start:i]
			} else {
				t.low = strings.ToLower(t.text)
			}
			tokens = append(tokens, t)
			start = -1
		}
	}
	return tokens
}

func isDigit(c byte) bool   { return c >= '0' && c <= '9' }
func isCapital(c byte) bool { return c >= 'A' && c <= 'Z' }

func measure(text string) token {
	t := token{text: text, hex: true}
	for i := 0; i < len(text); i++ {
		c := text[i]
		if isDigit(c) {
			t.digits++
		}
		t.hex = t.hex && unhex(c) < 16
		if i == 0 {
			continue
		}
		switch b := text[i-1]; {
		case isDigit(b) != isDigit(c):
			t.turns++
		case !isDigit(c) && isCapital(b) != isCapital(c):
			t.cases++
		}
	}
	return t
}

// isID knows tokens that no title has: long numbers, hashes, mixtures.
func (t token) isID() bool {
	n := len(t.text)
	if t.digits == n {
		return n > 4 || n == 4 && !isYear(t.text)
	}
	return n > maxWord && isASCII(t.text) || n > 3*maxWord || t.isHash() || t.isMixed() || t.isTossed() || hasNoVowel(t.text)
}

func (t token) isHash() bool {
	n := len(t.text)
	return t.hex && (n >= 8 && t.digits > 0 || n >= 12)
}

// isMixed knows letters and digits in a tangle.
func (t token) isMixed() bool {
	n := len(t.text)
	switch {
	case t.digits >= 4: // case48213, AB123456C
		return !isYearWord(t)
	case t.turns >= 3: // a1b2c3, sw1a1aa
		return true
	case t.turns == 2 && n >= 4 && !isDigit(t.text[0]) && t.text[n-1] != 's': // ab51dvl; 11to16 is an age, mp3s a plural
		return true
	}
	return false
}

// isTossed knows capitals and digits thrown among letters.
func (t token) isTossed() bool {
	n := len(t.text)
	switch {
	case n >= 10: // base64 turns at every second letter, CamelCase at every third
		return (t.cases+t.turns)*5 >= n*2
	case t.turns > 0 && t.cases > 1 && n < 8: // aB3xY; Covid19 turns its case once
		return true
	}
	return n >= 5 && t.cases*2 > n // aBcXyZ
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func isYear(s string) bool {
	return len(s) == 4 && (s[:2] == "19" || s[:2] == "20")
}

// isYearWord knows summer2024 and 2024report.
func isYearWord(t token) bool {
	n := len(t.text)
	return t.turns == 1 && t.digits == 4 && (isYear(t.text[:4]) || isYear(t.text[n-4:]))
}
