package collector

import (
	"github.com/footfall-analytics/footfall/internal/raw"
)

// maxPurposes bounds the choices of one decision.
const maxPurposes = 16

var decisionFields = []field[raw.Decision]{
	{"v", func(r *reader, _ *raw.Decision) string { return r.version() }},
	{"site", func(r *reader, d *raw.Decision) string { return r.form(&d.Site, isSiteKey, wantSiteKey) }},
	{"banner", func(r *reader, d *raw.Decision) string {
		return r.form(&d.Banner, isHash, "the hash of a banner: 16 hex digits")
	}},
	{"choices", func(r *reader, d *raw.Decision) string {
		var ok bool
		d.Choices, ok = r.list(maxPurposes, func() (string, bool) {
			s, ok := r.string()
			return s, ok && isID(s)
		})
		if !ok {
			return "a list of purposes, each at most once; an empty list says no"
		}
		return ""
	}},
	{"lang", func(r *reader, d *raw.Decision) string {
		return r.form(&d.Lang, isLang, "a language of the banner, such as en")
	}},
}

// decodeDecision reads the body of POST /v1/decisions, of which every field is
// needed. An error is a *web.Fault that says what to mend.
func decodeDecision(body []byte) (d raw.Decision, err error) {
	seen, err := decode(body, decisionFields, &d)
	if err != nil {
		return d, err
	}
	for i, f := range decisionFields {
		if seen&(1<<i) == 0 {
			return d, refuse("field %q is missing", f.name)
		}
	}
	return d, nil
}
