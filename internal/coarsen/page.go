package coarsen

import (
	"bytes"
	"strings"
)

// Limits of a page as kept.
const (
	maxPathIn   = 512 // bytes of a path that are read
	maxSegments = 8
	maxSegment  = 100 // bytes; a longer segment is no title
	maxPage     = 200 // bytes of the whole
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
	return scrub(clean, lower), true
}

// cleanPath cuts query and fragment, decodes, folds slashes and dots and returns
// the path as written and in lower case. Both are the input itself where there
// is nothing to do. Case tells tokens from words, so scrub wants it.
func cleanPath(path string) (clean, lower string) {
	if !isClean(path) {
		var array [maxPathIn + 1]byte
		b := append(append(array[:0], '/'), path[:min(len(path), maxPathIn)]...)
		b = cutQuery(b)
		for range 2 { // what is encoded twice is decoded twice
			b = cutQuery(decode(b))
		}
		if len(path) > maxPathIn { // the last segment may be half an e-mail address
			b = b[:bytes.LastIndexByte(b, '/')+1]
		}
		path = string(fold(b))
	}
	return path, strings.ToLower(path)
}

// isClean is true of paths that there is nothing to do for.
func isClean(path string) bool {
	if path == "/" {
		return true
	}
	if len(path) > maxPathIn || !strings.HasPrefix(path, "/") || strings.HasSuffix(path, "/") {
		return false
	}
	for i := 1; i < len(path); i++ {
		switch path[i] {
		case '?', '#', ';', '%', '\\', ' ', '+':
			return false
		case '/', '.':
			if path[i-1] == '/' {
				return false
			}
		}
	}
	return true
}

// cutQuery cuts where the path ends; ";" begins a session id.
func cutQuery(path []byte) []byte {
	if i := bytes.IndexAny(path, "?#;"); i >= 0 {
		return path[:i]
	}
	return path
}

// decode resolves %XX in place; a stray % stays, and makes its segment an ID.
func decode(b []byte) []byte {
	n := 0
	for i := 0; i < len(b); i++ {
		b[n] = b[i]
		if b[i] == '%' && i+2 < len(b) && unhex(b[i+1]) < 16 && unhex(b[i+2]) < 16 {
			b[n] = unhex(b[i+1])<<4 | unhex(b[i+2])
			i += 2
		}
		n++
	}
	return b[:n]
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

// fold joins segments with single slashes and makes spaces hyphens, in place. The
// path begins with a slash.
func fold(b []byte) []byte {
	out := b[:0]
	for i := 0; i < len(b); {
		end := i + 1
		for end < len(b) && b[end] != '/' && b[end] != '\\' {
			end++
		}
		switch seg := b[i+1 : end]; string(seg) {
		case "", ".":
		case "..":
			out = out[:max(bytes.LastIndexByte(out, '/'), 0)]
		default:
			out = append(append(out, '/'), seg...)
		}
		i = end
	}
	if len(out) == 0 {
		return append(out, '/')
	}
	for i, c := range out {
		if c == ' ' || c == '+' {
			out[i] = '-'
		}
	}
	return out
}

// scrub takes a clean path, as written and in lower case, and returns the latter
// with ID in place of each segment that may point at a person.
func scrub(path, lower string) string {
	var array [maxPage + len("/…")]byte
	out := array[:0]
	path, rest, before, typed := path[1:], lower[1:], "", false
	for n := 0; rest != ""; n++ {
		var written, seg string
		written, path, _ = strings.Cut(path, "/")
		seg, rest, _ = strings.Cut(rest, "/")
		kept := seg
		if typed = typed || typedParents[before]; typed || isIdentifier(written, seg, before) {
			kept = ID
		}
		if n == maxSegments || len(out)+1+len(kept) > maxPage {
			out = append(out, "/…"...)
			break
		}
		out = append(append(out, '/'), kept...)
		before = seg
	}
	if len(out) == 0 || string(out) == lower {
		return lower
	}
	return string(out)
}
