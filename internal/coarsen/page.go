package coarsen

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a page as kept.
const (
	maxPathIn   = 512 // bytes of a path that are read
	maxSegments = 8
	maxSegment  = 80  // bytes; a longer segment is no title
	maxPage     = 160 // bytes of the whole
)

// ID stands for a part of a path that may point at a person.
const ID = ":id"

// Page is what is kept of a path: a group of the site's rules, or the path
// without query, case and identifiers. Not kept are pages that the rules drop.
func (r *Rules) Page(path string) (page string, kept bool) {
	clean, lower := cleanPath(path)
	if rule, ok := r.pageRule(lower); ok {
		if rule.Drop {
			return "", false
		}
		if rule.Group != "" {
			return rule.Group, true
		}
	}
	return scrub(clean), true
}

// cleanPath cuts query and fragment, decodes, folds slashes and dots and returns
// the path as written and in lower case. Both are the input itself where there
// is nothing to do. Case tells tokens from words, so scrub wants it.
func cleanPath(path string) (clean, lower string) {
	cut := len(path) > maxPathIn
	path = path[:min(len(path), maxPathIn)]
	path = cutQuery(path)
	for range 2 { // what is encoded twice is decoded twice
		if strings.Contains(path, "%") {
			path = cutQuery(decode(path))
		}
	}
	if cut { // the last segment may be half an e-mail address
		path = path[:strings.LastIndexByte(path, '/')+1]
	}
	if !isFolded(path) {
		path = fold(path)
	}
	return path, strings.ToLower(path)
}

// cutQuery cuts where the path ends; ";" begins a session id.
func cutQuery(path string) string {
	if i := strings.IndexAny(path, "?#;"); i >= 0 {
		return path[:i]
	}
	return path
}

// decode resolves %XX; a stray % stays, and makes its segment an ID.
func decode(s string) string {
	out := make([]byte, 0, maxPathIn)
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if hi, lo := unhex(s[i+1]), unhex(s[i+2]); hi < 16 && lo < 16 {
				out = append(out, hi<<4|lo)
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

func unhex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	}
	return 16
}

// isFolded is true of paths that fold would not change.
func isFolded(path string) bool {
	return path == "/" || strings.HasPrefix(path, "/") && !strings.HasSuffix(path, "/") &&
		!strings.Contains(path, "//") && !strings.Contains(path, "/.") && !strings.ContainsAny(path, "\\ +")
}

// fold joins segments with single slashes and makes spaces hyphens.
func fold(path string) string {
	path = strings.NewReplacer(`\`, "/", " ", "-", "+", "-").Replace(path)
	var kept []string
	for _, seg := range strings.Split(path, "/") {
		switch seg {
		case "", ".":
		case "..":
			kept = kept[:max(len(kept)-1, 0)]
		default:
			kept = append(kept, seg)
		}
	}
	return "/" + strings.Join(kept, "/")
}

// scrub takes a clean path and returns it in lower case with ID in place of each
// segment that may point at a person.
func scrub(path string) string {
	var array [maxPage]byte
	out := array[:0]
	rest, before := path[1:], ""
	for n := 0; rest != ""; n++ {
		var seg string
		seg, rest, _ = strings.Cut(rest, "/")
		if n == maxSegments || len(out)+1+len(seg) > maxPage {
			out = append(out, "/…"...)
			break
		}
		out = append(out, '/')
		if isIdentifier(seg, before) {
			out = append(out, ID...)
		} else {
			for _, c := range seg {
				out = utf8.AppendRune(out, unicode.ToLower(c))
			}
		}
		before = seg
	}
	if len(out) == 0 {
		return "/"
	}
	if string(out) == path {
		return path
	}
	return string(out)
}
