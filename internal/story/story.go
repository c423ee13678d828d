// Package story reads what a charity writes in a report and finds what could
// lead to one person: names, ages, places, dates, contact details and rare
// details. It knows rules and lists, no people; what it finds is for somebody
// who knows the child to judge, and what it misses is for the second reader.
package story

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
)

// Kind says what a passage could give away.
type Kind string

// The kinds of findings.
const (
	Name    Kind = "name"
	Age     Kind = "age"
	Place   Kind = "place"   // finer than a nation
	Date    Kind = "date"    // finer than a month
	Contact Kind = "contact" // an address, number or name to reach somebody by
	Rare    Kind = "rare"    // a detail that few share
)

// Context is what the text is about and may say.
type Context struct {
	Own []string // names of the charity, the funder, the grant: what everybody may read
}

// Finding is one passage that could lead to a person.
type Finding struct {
	// Key names the passage and the sentence it stands in: it stays the same
	// while other sentences are written, and changes with its own sentence.
	Key     string `json:"key"`
	Kind    Kind   `json:"kind"`
	Words   string `json:"words"`
	Start   int    `json:"start"` // in bytes: text[Start:End] is Words
	End     int    `json:"end"`
	Why     string `json:"why"`     // one or two plain sentences: why, and what to write instead
	Serious bool   `json:"serious"` // another kind stands in the same sentence: together they point closer
}

// together is added to the reason of a serious finding.
const together = " Several such details in one sentence can point to one person."

// Check returns what in a text could lead to a person, in its order.
func Check(text string, ctx Context) (all []Finding) {
	own := ownWords(ctx.Own)
	for _, s := range sentences(text) {
		s.own = own
		all = append(all, s.check()...)
	}
	return all
}

// check returns the findings of a sentence.
func (s sentence) check() []Finding {
	var found []Finding
	for _, rule := range rules {
		found = append(found, rule(s)...)
	}
	found = s.apart(found)
	if serious(found) {
		for i := range found {
			found[i].Serious = true
			found[i].Why += together
		}
	}
	return found
}

// apart leaves the longest of findings that overlap, and gives each its key.
func (s sentence) apart(found []Finding) (kept []Finding) {
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(b.End-b.Start, a.End-a.Start), cmp.Compare(a.Start, b.Start))
	})
	for _, f := range found {
		if !slices.ContainsFunc(kept, func(k Finding) bool { return f.Start < k.End && k.Start < f.End }) {
			kept = append(kept, f)
		}
	}
	for i, f := range kept {
		f.Words = s.text[f.Start:f.End]
		f.Key = s.key(f)
		f.Start, f.End = f.Start+s.start, f.End+s.start
		kept[i] = f
	}
	slices.SortFunc(kept, func(a, b Finding) int { return cmp.Compare(a.Start, b.Start) })
	return kept
}

// key is made of the kind and a hash of passage and sentence; spaces do not
// count. It gives no word of the text away.
func (s sentence) key(f Finding) string {
	said := strings.Join(strings.Fields(s.text), " ")
	sum := sha256.Sum256([]byte(strings.Join(strings.Fields(f.Words), " ") + "\x00" + said))
	return string(f.Kind) + "-" + hex.EncodeToString(sum[:8])
}

// serious says whether findings are of two kinds.
func serious(found []Finding) bool {
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Kind != found[0].Kind })
}

// rules are the ways of finding, each within one sentence; positions in what
// they return are those in the sentence.
var rules = []func(sentence) []Finding{places, names, rareDetails, patterns}
