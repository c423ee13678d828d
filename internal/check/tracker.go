package check

import "strings"

// tracker is a third party that is known by the marks it leaves.
type tracker struct {
	name    string
	use     string
	does    string
	hosts   string // separated by spaces, as the next two are
	kept    string // names of cookies and of keys in storage
	globals string
}

// recognise returns the tracker that a sighting is a mark of. Of two that
// share a host the one with the longer name of it is meant.
func recognise(s sighting) (*tracker, bool) {
	var best *tracker
	longest := 0
	for i := range trackers {
		if n := trackers[i].mark(s); n > longest {
			best, longest = &trackers[i], n
		}
	}
	return best, best != nil
}

// mark says how much of a sighting is the tracker's, 0 for none. A name weighs
// more than a host: Matomo on a charity's own host is still Matomo.
func (t *tracker) mark(s sighting) int {
	const named = 1000
	if s.kind == Global {
		if _, ok := match(t.globals, s.name, is); ok {
			return named
		}
		return 0
	}
	if s.kind != Request {
		if n, ok := match(t.kept, s.name, fits); ok {
			return named + n
		}
	}
	n, _ := match(t.hosts, s.host, under)
	return n
}

// match returns the length of the longest of the patterns that a text agrees
// with.
func match(patterns, text string, agrees func(pattern, text string) bool) (int, bool) {
	longest, found := 0, false
	for pattern := range strings.FieldsSeq(patterns) {
		if agrees(pattern, text) {
			longest, found = max(longest, len(pattern)), true
		}
	}
	return longest, found
}

func is(pattern, text string) bool { return pattern == text }

// fits says whether a kept name is the declared one, which may end with *.
func fits(pattern, name string) bool {
	if start, open := strings.CutSuffix(pattern, "*"); open {
		return strings.HasPrefix(name, start)
	}
	return pattern == name
}

// under says whether a host is the declared one or a subdomain of it.
func under(pattern, host string) bool {
	return host == pattern || strings.HasSuffix(host, "."+pattern)
}

// globals lists the names that a page is asked for.
func globals() []string {
	var names []string
	for _, t := range trackers {
		names = append(names, strings.Fields(t.globals)...)
	}
	return names
}
