package coarsen

import "strings"

// Hours are the parts of a day, by the site's own time: from 0, 6, 12 and 18
// o'clock.
var Hours = []string{"night", "morning", "afternoon", "evening"}

// Hour is the part of the day that an hour (0 to 23) is in.
func Hour(hour int) string { return Hours[hour/6] }

// Languages are the families of languages that are told apart: those in which
// banners speak, and wider ones that are common in the United Kingdom. A single
// rare language would say too much about a visitor.
var Languages = []string{
	"English", "Welsh", "Polish", "Urdu", "Arabic", "Other Celtic", "Romance", "Other Slavic or Baltic", "Other South Asian", "Chinese", Other,
}

// familyOf gives the family of a language tag's first part (ISO 639).
var familyOf = readFamilies(map[string]string{
	"English": "en", "Welsh": "cy", "Polish": "pl", "Urdu": "ur", "Arabic": "ar",
	"Other Celtic":           "ga gd gv kw br",
	"Romance":                "ro pt es it fr ca gl mo",
	"Other Slavic or Baltic": "uk ru bg cs sk sl sr hr bs mk be lt lv",
	"Other South Asian":      "pa bn gu hi ta te ne si ml mr kn sd pnb syl",
	"Chinese":                "zh yue cmn wuu hak nan",
})

func readFamilies(lines map[string]string) map[string]string {
	m := map[string]string{}
	for family, tags := range lines {
		for _, tag := range strings.Fields(tags) {
			m[tag] = family
		}
	}
	return m
}

// readLanguage is the family of the first language of an Accept-Language header;
// empty if it names none.
func readLanguage(header string) string {
	first := strings.TrimSpace(header)
	if i := strings.IndexAny(first, ",;-_ "); i >= 0 {
		first = first[:i]
	}
	if len(first) < 2 || len(first) > 3 || !isLetters(first) {
		return ""
	}
	if family, ok := familyOf[first]; ok {
		return family
	}
	if family, ok := familyOf[strings.ToLower(first)]; ok {
		return family
	}
	return Other
}
