package story

import "strings"

const whyRare = "Few people share this, so it can point to one of them. Leave it out, or say it more widely."

// rareDetails finds what is on the list of rare things.
func rareDetails(s sentence) (found []Finding) {
	for i := 0; i < len(s.words); i++ {
		for n := min(longest, len(s.words)-i); n > 0; n-- {
			from, to := s.words[i].start, s.words[i+n-1].end
			said := straight(strings.ToLower(s.text[from:to]))
			if (rareThings[said] || n == 1 && rareThings[s.words[i].lower]) && !s.isOwn(i) {
				found = append(found, Finding{Kind: Rare, Start: from, End: to, Why: whyRare})
				i += n - 1
				break
			}
		}
	}
	return found
}
