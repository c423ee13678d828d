package story

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// asName is an entry as it is written in a text: with capital letters.
func asName(entry string) string {
	words := strings.Fields(entry)
	for i, w := range words {
		r := []rune(w)
		words[i] = string(unicode.ToUpper(r[0])) + string(r[1:])
	}
	return strings.Join(words, " ")
}

// curly is a text with apostrophes as word processors make them.
func curly(text string) string { return strings.ReplaceAll(text, "'", "’") }

// finds says whether the passage is found as what it is: whole, though before a
// name a title may be found with it.
func finds(text, passage string, kind Kind) bool {
	return slices.ContainsFunc(Check(text, Context{}), func(f Finding) bool {
		return f.Kind == kind && (f.Words == passage || kind == Name && strings.HasSuffix(f.Words, " "+passage))
	})
}

// No entry of a list is there for nothing: each is found in a sentence, with
// apostrophes of both kinds.
func TestEveryEntryIsFound(t *testing.T) {
	for _, c := range []struct {
		entries list
		kind    Kind
		as      func(string) string
		text    string // with the passage for %s
		passage string // with the entry for %s
	}{
		{placeNames, Place, asName, "Then we went to %s with them.", "%s"},
		{rareThings, Rare, strings.ToLower, "Of these things %s is one.", "%s"},
		{without(institutions, welshFirst), Place, asName, "Then we went to %s with them.", "Lantern %s"},
		{without(institutions, welshFirst), Place, strings.ToLower, "Then we went to %s with them.", "Lantern %s"},
		{welshFirst, Place, asName, "Then we went to %s with them.", "%s Lantern"},
		{near, Place, strings.ToLower, "Then we were %s with them.", "%s “Reading”"},
		{titles, Name, asName, "Then we met %s there.", "%s Rock"},
		{titles, Name, strings.ToLower, "Then we met %s there.", "%s Rock"},
		{callers, Name, strings.ToLower, "Then came one %s there.", "%s Rock"},
		{children, Name, strings.ToLower, "Then the %s came.", "%s B"},
		{likeVerbs, Name, strings.ToLower, "%s to us.", "Rose %s"},
		{smallNames(), Name, strings.ToLower, "Then we met %s there.", "%s"},
	} {
		for entry := range c.entries {
			said := fmt.Sprintf(c.passage, c.as(entry))
			want := said
			if c.kind == Name { // the name alone, without what shows it
				want = strings.TrimSpace(strings.NewReplacer(c.as(entry)+" ", "", " "+c.as(entry), "").Replace(said))
			} else if i := strings.Index(said, "“"); i >= 0 {
				want = "Reading"
			}
			for _, how := range []func(string) string{strings.Clone, curly} {
				if text := how(fmt.Sprintf(c.text, said)); !finds(text, how(want), c.kind) {
					t.Errorf("%s %q is not found in %q: %+v", c.kind, how(want), text, Check(text, Context{}))
				}
			}
		}
	}
}

func without(l, less list) list {
	rest := list{}
	for entry := range l {
		if !less[entry] {
			rest[entry] = true
		}
	}
	return rest
}

// smallNames are those that are found without a capital letter.
func smallNames() list {
	found := list{}
	for name := range listedByHand {
		if len(name) > 4 && !isWord(name) {
			found[name] = true
		}
	}
	return found
}

// What a list allows is found nowhere it is meant to stand.
func TestEveryEntryIsAllowed(t *testing.T) {
	for _, c := range []struct {
		entries list
		as      func(string) string
		text    string
	}{
		{ordinary, asName, "Then we went to %s School with them."},
		{ordinary, asName, "Then we went to the %s Hospital with them."},
		{without(allowed, bothNames), asName, "Then we saw %s there."},
		{letters, strings.ToLower, "Then we read %s B of it."},
		{dating, strings.ToLower, "It opened %s May."},
		{months, asName, "It opened in %s."},
		{read("words-own", " "), asName, "Then we saw %s there."},
	} {
		for entry := range c.entries {
			for _, how := range []func(string) string{strings.Clone, curly} {
				text := how(fmt.Sprintf(c.text, c.as(entry)))
				for _, f := range Check(text, Context{}) {
					other := bothNames[entry] && strings.HasPrefix(f.Words, c.as(entry)) || placeNames[entry] // listed for that, too
					if !other && (f.Kind == Name || f.Kind == Place) {
						t.Errorf("%q of %q is found: %+v", f.Words, text, f)
					}
				}
			}
		}
	}
}

// Every way in which a form can be said is found: each branch of each pattern
// is written out once, with apostrophes of both kinds.
func TestEveryFormIsFound(t *testing.T) {
	for _, fam := range families {
		for _, f := range fam.forms {
			tree, err := syntax.Parse(f.String(), syntax.Perl)
			if err != nil {
				t.Fatal(err)
			}
			for _, said := range ways(tree) {
				for _, how := range []func(string) string{strings.Clone, curly} {
					if said := how(said); !foundSomewhere(said, fam.kind) {
						t.Errorf("%s %q of %s is not found", fam.kind, said, f)
					}
				}
			}
		}
	}
}

func foundSomewhere(said string, kind Kind) bool {
	for _, text := range []string{"They said %s", "They said %s now.", "They said %s.", "%s"} {
		if slices.ContainsFunc(Check(fmt.Sprintf(text, said), Context{}), func(f Finding) bool { return f.Kind == kind }) {
			return true
		}
	}
	return false
}

// ways writes a pattern out so that each of its branches stands in one of them.
func ways(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{string(re.Rune)}
	case syntax.OpCharClass:
		return ofClass(re.Rune)
	case syntax.OpAnyCharNotNL, syntax.OpAnyChar:
		return []string{"x"}
	case syntax.OpCapture:
		return ways(re.Sub[0])
	case syntax.OpPlus:
		all := ways(re.Sub[0])
		first := all[0]
		for i, way := range all {
			all[i] = first + way
		}
		return all
	case syntax.OpQuest, syntax.OpStar:
		return append(ways(re.Sub[0]), "")
	case syntax.OpRepeat:
		var all []string
		for _, way := range ways(re.Sub[0]) {
			all = append(all, strings.Repeat(way, max(re.Min, 1)))
		}
		return all
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			all = append(all, ways(sub)...)
		}
		return all
	case syntax.OpConcat:
		return inTurn(re.Sub)
	}
	return []string{""} // an edge
}

// inTurn writes parts one after the other: each way of each part once, the first
// way of the others.
func inTurn(parts []*syntax.Regexp) (all []string) {
	each := make([][]string, len(parts))
	for i, p := range parts {
		each[i] = ways(p)
	}
	for i, some := range each {
		for _, way := range some {
			said := ""
			for j, others := range each {
				if j == i {
					said += way
				} else {
					said += others[0]
				}
			}
			if !slices.Contains(all, said) {
				all = append(all, said)
			}
		}
	}
	return all
}

// ofClass are characters of a class: the first that can be seen of each run,
// letters first.
func ofClass(runs []rune) (all []string) {
	for i := 0; i < len(runs); i += 2 {
		r := runs[i]
		if r < ' ' && runs[i+1] >= ' ' {
			r = ' '
		}
		if r >= ' ' && r <= unicode.MaxRune {
			all = append(all, string(r))
		}
	}
	slices.SortStableFunc(all, func(a, b string) int { return strings.Compare(strings.Trim(a, "a0"), strings.Trim(b, "a0")) })
	return all
}
