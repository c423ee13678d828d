package coarsen

import "strings"

// maxAgent is where an agent is cut, in bytes. Real agents are shorter; 64 KiB
// of one cost the parser 23 ms.
const maxAgent = 512

// maxProducts is more than any browser names, in-app trackers included.
const maxProducts = 48

// product is one name/version of an agent outside parentheses, in lower case.
type product struct {
	name    string // without the digits at its end: musical_ly_2024 is musical_ly
	version string
	slash   bool // written as name/version, which free words are not
}

// agentText is an agent taken apart: name/version (comment) name/version …
type agentText struct {
	whole    string // lower case, at most maxAgent bytes
	comment  string // the first parentheses: what it runs on
	products []product
	array    [maxProducts]product // backs products
	tooMany  bool
	remark   bool // a later comment ends it, as those of browsers do not: (Ecosia ios@9.2)
}

// parse fills t.
func (t *agentText) parse(agent string) {
	t.whole = strings.ToLower(agent[:min(len(agent), maxAgent)])
	t.products = t.array[:0]
	depth, start := 0, 0 // start of the product or comment that i is in
	for i := 0; i < len(t.whole); i++ {
		switch c := t.whole[i]; {
		case c == '(':
			if depth == 0 {
				t.add(t.whole[start:i])
				start = i + 1
			}
			depth++
		case c == ')' && depth > 0:
			depth--
			if depth == 0 {
				t.remember(t.whole[start:i], i == len(t.whole)-1)
				start = i + 1
			}
		case depth == 0 && isGap(c):
			t.add(t.whole[start:i])
			start = i + 1
		}
	}
	if depth > 0 {
		t.remember(t.whole[start:], false)
		return
	}
	t.add(t.whole[start:])
}

// isGap is true of what parts products: brackets and semicolons too, since in-app
// browsers write [FBAN/FBIOS;FBAV/…].
func isGap(c byte) bool { return c == ' ' || c == '[' || c == ']' || c == ';' || c == ',' }

func (t *agentText) remember(comment string, last bool) {
	if t.comment == "" {
		t.comment = comment
		return
	}
	t.remark = last && !strings.HasPrefix(comment, "khtml") && !strings.HasPrefix(comment, "like")
}

func (t *agentText) add(text string) {
	if text == "" {
		return
	}
	if len(t.products) == maxProducts {
		t.tooMany = true
		return
	}
	name, version, slash := strings.Cut(text, "/")
	t.products = append(t.products, product{strings.TrimRight(name, "0123456789._-"), version, slash})
}

// find is the product of that name; the zero product if there is none.
func (t *agentText) find(name string) product {
	for _, p := range t.products {
		if p.name == name {
			return p
		}
	}
	return product{}
}

func (t *agentText) has(name string) bool { return t.find(name).name != "" }

// words calls f for each run of letters and digits.
func words(s string, f func(word string)) {
	start := -1
	for i := 0; i <= len(s); i++ {
		if i < len(s) && (s[i] >= 'a' && s[i] <= 'z' || s[i] >= '0' && s[i] <= '9') {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			f(s[start:i])
			start = -1
		}
	}
}

// major is the number that a version begins with; 0 if none.
func major(version string) int {
	n := 0
	for i := 0; i < len(version) && i < 4 && version[i] >= '0' && version[i] <= '9'; i++ {
		n = n*10 + int(version[i]-'0')
	}
	return n
}
