package story

import "regexp"

// form is one pattern in lower-case text; what its first group took is the
// passage, or all of it if there is no group.
type form struct {
	*regexp.Regexp
	why string
}

func forms(why string, patterns ...string) (all []form) {
	for _, p := range patterns {
		all = append(all, form{regexp.MustCompile(p), why})
	}
	return all
}

// patternRule finds passages by their form.
func patternRule(kind Kind, forms []form) func(sentence) []Finding {
	return func(s sentence) (found []Finding) {
		for _, f := range forms {
			for _, at := range f.FindAllStringSubmatchIndex(s.lower, -1) {
				if len(at) > 2 && at[2] >= 0 {
					at = at[2:4]
				}
				found = append(found, Finding{Kind: kind, Start: at[0], End: at[1], Why: f.why})
			}
		}
		return found
	}
}

const (
	whyContact = "Somebody could be reached or looked up by this. Leave it out."
	whyAge     = "An age helps to find somebody. Write “a child”, “a teenager” or “a young person”."
	whyDate    = "A day helps to find out what this was about. Write the season, or “this year”."
)

var contactForms = forms(whyContact,
	`[a-z0-9._%+\-]+@[a-z0-9\-]+(?:\.[a-z0-9\-]+)+`,
	`\b(?:https?://|www\.)\S*[a-z0-9/]`,
	`(?:^|[\s(])(@[a-z0-9_.]{2,30})`,
	`(?:\+44\s?|\b0)(?:\(0\)\s?)?\d(?:[\s\-]?\d){8,9}\b`,
	`\b\d{3}[\s\-]\d{3}[\s\-]\d{4}\b`,
	`\b[a-ceghj-prstw-z][a-ceghj-nprstw-z]\s?\d\d\s?\d\d\s?\d\d\s?[a-d]\b`,
)

// numberWord is a number from two on in words.
const numberWord = `(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|dwy|tair|pedair|pump|chwech|saith|wyth|naw|deg|deuddeg)`

var ageForms = forms(whyAge,
	`\b(?:\d{1,2}|`+numberWord+`)[\s\-–](?:years?|months?|weeks?)[\s\-–]olds?\b`,
	`\b\d{1,2}\s?(?:yo|y/o|yrs?(?:\sold)?)\b`,
	`\baged?\s(?:of\s)?(?:just\s|only\s)?(?:\d{1,2}|`+numberWord+`)\b`,
	`\b(?:year|blwyddyn)\s(?:\d{1,2}|`+numberWord+`)\b`,
	`\b(?:turned|turning|nearly|almost|just)\s(?:\d{1,2}|`+numberWord+`)\b(?:[.,;]|$)`,
	`\b(?:\d{1,2}|`+numberWord+`)\s(?:mlwydd\s)?oed\b`,
	`\b\d{1,2}(?:st|nd|rd|th)\sbirthday\b`,
)

const monthName = `(?:january|february|march|april|may|june|july|august|september|october|november|december|ionawr|chwefror|mawrth|ebrill|mai|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr)`

var dateForms = forms(whyDate,
	`\b\d{1,2}(?:st|nd|rd|th)?\s(?:of\s|o\s)?`+monthName+`(?:,?\s\d{4})?\b`,
	`\b`+monthName+`\s\d{1,2}(?:st|nd|rd|th)?(?:,?\s\d{4})?\b`,
	`\b\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}\b`,
	`\b\d{4}-\d\d-\d\d\b`,
	`\b(?:last|this|next|on|every)\s(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b`,
)
