package funder

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/footfall-analytics/footfall/internal/site"
)

// faults words what is wrong with a document.
type faults struct{ of string }

// rule is what must hold, and what to say if it does not.
type rule struct {
	ok   bool
	want string
}

func (f faults) check(rules ...rule) (wrong []error) {
	for _, r := range rules {
		if !r.ok {
			wrong = append(wrong, errors.New(f.of+" "+r.want))
		}
	}
	return wrong
}

var (
	idForm      = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)
	grantIDForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,98}[a-z0-9])?$`)
	areaForm    = regexp.MustCompile(`^[EWSN][0-9]{8}$`)
	givingForm  = regexp.MustCompile(`^360G-[A-Za-z0-9]+-[!-~]{1,200}$`)
	orgForm     = regexp.MustCompile(`^([A-Z]{2}-[A-Z0-9]{2,12}|360G-[A-Za-z0-9]+)-([A-Za-z0-9][A-Za-z0-9./:_-]{0,99})$`)
)

// registers has the form of the numbers of registers that charities and their
// funders are in, by the prefix that org-id.guide gives them. Others are taken
// as they are.
var registers = map[string]*regexp.Regexp{
	"GB-CHC": regexp.MustCompile(`^[0-9]{6,7}(-[0-9]{1,3})?$`), // England and Wales; -1 is a linked charity
	"GB-SC":  regexp.MustCompile(`^SC[0-9]{6}$`),
	"GB-NIC": regexp.MustCompile(`^[0-9]{6}$`),
	"GB-COH": regexp.MustCompile(`^[A-Z0-9]{2}[0-9]{6}$`),
}

// IsArea says whether a text has the form of the codes that the Office for
// National Statistics gives to areas.
func IsArea(code string) bool { return areaForm.MatchString(code) }

// isOrg says whether an id is one of an organisation, as 360Giving wants it.
func isOrg(id string) bool {
	m := orgForm.FindStringSubmatch(id)
	if m == nil {
		return false
	}
	form, known := registers[m[1]]
	return !known || form.MatchString(m[2])
}

const wantOrg = "want an organisation's id such as GB-CHC-123456, GB-SC-SC012345, GB-NIC-101234 or GB-COH-01234567"

// line says whether a text is at most some letters long and one line.
func line(s string, most int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, unicode.IsControl)
}

// said says whether a text is a line that says anything.
func said(s string, most int) bool { return strings.TrimSpace(s) != "" && line(s, most) }

// both says whether a text is there in both languages, or in neither.
func both(t site.Text, most int) bool {
	return t == site.Text{} || said(t.En, most) && said(t.Cy, most)
}
