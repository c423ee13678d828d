package collector

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/footfall-analytics/footfall/internal/web"
)

// field is one name of a closed list, in the order in which clients send it.
// read takes the value and returns "" or what it must be instead.
type field[T any] struct {
	name string
	read func(*reader, *T) string
}

// decode reads body, one JSON object, into v by a closed list of fields. It is
// stricter than encoding/json: unknown and repeated names, escapes that are no
// text, control characters and anything after the object are refused. It
// returns which fields were there as a bit set. Errors are *web.Fault and never
// repeat a value.
func decode[T any](body []byte, fields []field[T], v *T) (seen uint32, err error) {
	if !utf8.Valid(body) {
		return 0, refuse("the body is not valid UTF-8")
	}
	r := reader{text: string(body)} // one copy: what is read points into it
	if !r.take('{') {
		return 0, refuse("the body must be one JSON object")
	}
	next := 0 // where the field after the last one is, if they come in order
	for first := true; !r.take('}'); first = false {
		if !first && !r.take(',') {
			return 0, refuse("the body is not valid JSON: a comma or a closing brace is missing")
		}
		name, ok := r.string()
		if !ok || !r.take(':') {
			return 0, refuse("the body is not valid JSON: a field's name or its colon is missing")
		}
		i := find(fields, name, next)
		if i < 0 {
			return 0, refuse("%s", unknown(fields, name))
		}
		if seen&(1<<i) != 0 {
			return 0, refuse("field %q is there twice", name)
		}
		seen |= 1 << i
		if want := fields[i].read(&r, v); want != "" {
			return 0, refuse("field %q must be %s", name, want)
		}
		next = i + 1
	}
	if r.space(); r.at != len(r.text) {
		return 0, refuse("there is something after the JSON object")
	}
	return seen, nil
}

func refuse(format string, args ...any) error {
	return web.Refuse(http.StatusBadRequest, format, args...)
}

func find[T any](fields []field[T], name string, start int) int {
	for i := start; i < len(fields); i++ {
		if fields[i].name == name {
			return i
		}
	}
	for i := range min(start, len(fields)) {
		if fields[i].name == name {
			return i
		}
	}
	return -1
}

// unknown says what is allowed. A name is repeated only if it looks like one of
// ours, since a confused client may put anything there.
func unknown[T any](fields []field[T], name string) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	known := "is not known: the fields are " + strings.Join(names, ", ")
	odd := func(c rune) bool { return (c < 'a' || c > 'z') && c != '_' }
	if name == "" || len(name) > 24 || strings.ContainsFunc(name, odd) {
		return "a field " + known
	}
	return "field \"" + name + "\" " + known
}

// reader walks over JSON text.
type reader struct {
	text string
	at   int
}

func (r *reader) space() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// take skips space and the character c, if it is next.
func (r *reader) take(c byte) bool {
	r.space()
	if r.at < len(r.text) && r.text[r.at] == c {
		r.at++
		return true
	}
	return false
}

// word skips space and a literal such as true, if it is next.
func (r *reader) word(w string) bool {
	r.space()
	if strings.HasPrefix(r.text[r.at:], w) {
		r.at += len(w)
		return true
	}
	return false
}

// string reads a JSON string without control characters.
func (r *reader) string() (string, bool) {
	if !r.take('"') {
		return "", false
	}
	start := r.at
	for ; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; {
		case c == '"':
			s := r.text[start:r.at]
			r.at++
			return s, true
		case c == '\\':
			return r.escaped(start)
		case c < ' ' || c == 0x7f:
			return "", false
		}
	}
	return "", false
}

// escaped reads a string that has a backslash, which none of ours should have.
func (r *reader) escaped(start int) (string, bool) {
	for ; r.at < len(r.text) && r.text[r.at] != '"'; r.at++ {
		if r.text[r.at] == '\\' {
			r.at++
		}
	}
	if r.at >= len(r.text) {
		return "", false
	}
	r.at++
	var s string
	if json.Unmarshal([]byte(r.text[start-1:r.at]), &s) != nil {
		return "", false
	}
	// RuneError is what half of a surrogate pair becomes.
	odd := func(c rune) bool { return c < ' ' || c == 0x7f || c == utf8.RuneError }
	return s, !strings.ContainsFunc(s, odd)
}

// flag reads true or false.
func (r *reader) flag(into *bool) string {
	switch {
	case r.word("true"):
		*into = true
	case r.word("false"):
		*into = false
	default:
		return "true or false"
	}
	return ""
}

// one reads one of a closed list of words and returns the list's own copy.
func (r *reader) one(of []string) (string, bool) {
	s, ok := r.string()
	i := slices.Index(of, s)
	if !ok || i < 0 {
		return "", false
	}
	return of[i], true
}

// list reads a list of texts by item, each at most once and at most most in all.
func (r *reader) list(most int, item func() (string, bool)) ([]string, bool) {
	if !r.take('[') {
		return nil, false
	}
	var all []string
	for first := true; !r.take(']'); first = false {
		if !first && !r.take(',') {
			return nil, false
		}
		s, ok := item()
		if !ok || len(all) == most || slices.Contains(all, s) {
			return nil, false
		}
		all = append(all, s)
	}
	return all, true
}
