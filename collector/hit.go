package collector

import (
	"math/bits"
	"slices"
	"strings"

	"github.com/footfall-analytics/footfall/internal/raw"
	"github.com/footfall-analytics/footfall/internal/site"
)

// The closed lists of words that a hit may carry.
var (
	kinds   = []string{raw.View - 1: "view", raw.Leave - 1: "leave", raw.Event - 1: "event"}
	lengths = []string{"10s", "1m", "3m", "10m"}
	depths  = []string{"2", "4", "8"}
	tables  = words(site.Declared)
)

func words[T ~string](ts []T) []string {
	w := make([]string, len(ts))
	for i, t := range ts {
		w[i] = string(t)
	}
	return w
}

// hitFields is the closed list, in the order in which the SDK sends them, so
// that two visitors with the same facts send the same bytes.
var hitFields = []field[raw.Hit]{
	{"v", func(r *reader, _ *raw.Hit) string { return r.version() }},
	{"kind", func(r *reader, h *raw.Hit) string {
		s, ok := r.one(kinds)
		if !ok {
			return "one of " + strings.Join(kinds, ", ")
		}
		h.Kind = raw.Kind(slices.Index(kinds, s) + 1)
		return ""
	}},
	{"site", func(r *reader, h *raw.Hit) string { return r.form(&h.Site, isSiteKey, wantSiteKey) }},
	{"pass", func(r *reader, h *raw.Hit) string {
		return r.form(&h.Pass, isToken, "a pass as the banner's answer gave it")
	}},
	{"path", func(r *reader, h *raw.Hit) string {
		return r.form(&h.Path, isPath, "a path that begins with / and has no query or fragment, of at most 2048 bytes")
	}},
	{"referrer", func(r *reader, h *raw.Hit) string {
		return r.form(&h.Referrer, isReferrer, "a host alone, such as www.example.org, or android-app:// and a package name, of at most 255 bytes")
	}},
	{"campaign", func(r *reader, h *raw.Hit) string {
		return r.form(&h.Campaign, func(s string) bool { return len(s) <= 100 }, "text of at most 100 bytes")
	}},
	{"new_visit", func(r *reader, h *raw.Hit) string { return r.flag(&h.NewVisit) }},
	{"new_page", func(r *reader, h *raw.Hit) string { return r.flag(&h.NewPage) }},
	{"length", func(r *reader, h *raw.Hit) string { return r.bands(&h.Length, lengths) }},
	{"depth", func(r *reader, h *raw.Hit) string { return r.bands(&h.Depth, depths) }},
	{"table", func(r *reader, h *raw.Hit) string {
		var ok bool
		if h.Table, ok = r.one(tables); !ok {
			return "one of " + strings.Join(tables, ", ")
		}
		return ""
	}},
	{"value", func(r *reader, h *raw.Hit) string { return r.form(&h.Value, isID, wantID) }},
	{"override_gpc", func(r *reader, h *raw.Hit) string { return r.flag(&h.OverrodeGPC) }},
}

const (
	wantSiteKey = "the key of a site: six of 0-9 and a-z"
	wantID      = "a declared name: at most 40 lower-case letters, digits and hyphens"
)

func set(names ...string) (s uint32) {
	for _, n := range names {
		s |= 1 << find(hitFields, n, 0)
	}
	return s
}

// must and may are the fields of each kind of hit.
var (
	must = [...]uint32{
		raw.View:  set("v", "kind", "site", "path"),
		raw.Leave: set("v", "kind", "site"),
		raw.Event: set("v", "kind", "site", "table", "value"),
	}
	may = [...]uint32{
		raw.View:  must[raw.View] | set("pass", "referrer", "campaign", "new_visit", "new_page", "override_gpc"),
		raw.Leave: must[raw.Leave] | set("pass", "length", "depth", "override_gpc"),
		raw.Event: must[raw.Event] | set("pass", "override_gpc"),
	}
)

// decodeHit reads the body of POST /v1/hits. An error is a *web.Fault that
// says what to mend.
func decodeHit(body []byte) (h raw.Hit, err error) {
	seen, err := decode(body, hitFields, &h)
	if err != nil {
		return h, err
	}
	if h.Kind == 0 {
		return h, refuse("field \"kind\" is missing")
	}
	if lacks := must[h.Kind] &^ seen; lacks != 0 {
		return h, refuse("field %q is missing", nameOf(lacks))
	}
	if extra := seen &^ may[h.Kind]; extra != 0 {
		return h, refuse("field %q does not belong to a hit of kind %q", nameOf(extra), kinds[h.Kind-1])
	}
	if h.Kind == raw.Leave && len(h.Length)+len(h.Depth) == 0 {
		return h, refuse("a hit of kind \"leave\" needs \"length\" or \"depth\"")
	}
	return h, nil
}

func nameOf(fields uint32) string { return hitFields[bits.TrailingZeros32(fields)].name }

func (r *reader) version() string {
	r.space()
	if rest := r.text[r.at:]; len(rest) < 2 || rest[0] != '1' || !strings.ContainsRune(",} \t\r\n", rune(rest[1])) {
		return "1"
	}
	r.at++
	return ""
}

// form reads one text that keeps to a form.
func (r *reader) form(into *string, is func(string) bool, want string) string {
	s, ok := r.string()
	if !ok || !is(s) {
		return want
	}
	*into = s
	return ""
}

// bands reads a list of words from names.
func (r *reader) bands(into *[]string, names []string) string {
	var ok bool
	*into, ok = r.list(len(names), func() (string, bool) { return r.one(names) })
	if !ok {
		return "a list of " + strings.Join(names, ", ") + ", each at most once"
	}
	return ""
}
