package site

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
)

// Declared lists the tables whose values a site declares.
var Declared = []cell.Table{cell.Contact, cell.Issue, cell.Outcome, cell.Signpost, cell.Search, cell.Download}

const keyLetters = "0123456789abcdefghjkmnpqrstvwxyz" // no i, l, o, u: read aloud on the phone

// NewKey returns a random public key of six characters.
func NewKey() string {
	b := make([]byte, 6)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = keyLetters[b[i]%32]
	}
	return string(b)
}

var (
	keyForm    = regexp.MustCompile(`^[0-9a-z]{6}$`)
	hostForm   = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$`)
	noticeForm = regexp.MustCompile(`^(https?://|/)`)
	choiceForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)
)

// ParseHost reduces what people write for a website's address (with or without
// https:// and a path) to its host.
func ParseHost(s string) (string, error) {
	text := strings.ToLower(strings.TrimSpace(s))
	if strings.Contains(text, "://") {
		u, err := url.Parse(text)
		if err != nil {
			return "", fmt.Errorf("host %q: want a host such as www.example.org", s)
		}
		text = u.Host
	}
	text = strings.TrimSuffix(text, "/")
	if !hostForm.MatchString(text) {
		return "", fmt.Errorf("host %q: want a host such as www.example.org, without a path", s)
	}
	return text, nil
}

// Validate says what to mend, all of it at once.
func (s Site) Validate() error {
	var errs []error
	for _, rule := range []struct {
		want string
		ok   bool
	}{
		{"the key must be six of 0-9 and a-z", keyForm.MatchString(s.Key)},
		{"the name is empty: visitors must be told who counts", strings.TrimSpace(s.Name) != ""},
		{"name at least one host, such as www.example.org", len(s.Hosts) > 0},
		{"time_zone must be a name such as Europe/London", knownZone(s.TimeZone)},
		{"quarter_start must be a month from 1 to 12", s.QuarterStart >= 1 && s.QuarterStart <= 12},
		{"notice_url must start with https:// or /", s.NoticeURL == "" || noticeForm.MatchString(s.NoticeURL)},
	} {
		if !rule.ok {
			errs = append(errs, errors.New("site: "+rule.want))
		}
	}
	for _, h := range slices.Concat(s.Hosts, s.Sisters) {
		if clean, err := ParseHost(h); err != nil || clean != h {
			errs = append(errs, fmt.Errorf("site: host %q: want a lower-case host such as www.example.org", h))
		}
	}
	for table, choices := range s.Vocabulary {
		errs = append(errs, validateChoices(table, choices))
	}
	return errors.Join(errs...)
}

func knownZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != ""
}

func validateChoices(table cell.Table, choices []Choice) error {
	if !slices.Contains(Declared, table) {
		return fmt.Errorf("site: vocabulary of %q: want one of %v", table, Declared)
	}
	seen := map[string]bool{}
	for _, c := range choices {
		if !choiceForm.MatchString(c.ID) {
			return fmt.Errorf("site: %s %q: want at most 40 lower-case letters, digits and hyphens", table, c.ID)
		}
		if seen[c.ID] {
			return fmt.Errorf("site: %s %q is there twice", table, c.ID)
		}
		seen[c.ID] = true
		if c.Label.En == "" || c.Label.Cy == "" {
			return fmt.Errorf("site: %s %q needs a label in English and Welsh", table, c.ID)
		}
	}
	return nil
}
