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
	"unicode"
	"unicode/utf8"

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
	exitForm   = regexp.MustCompile(`^[^<{}\x00-\x1f\x7f]{0,200}$`)
	emailForm  = regexp.MustCompile(`^[^\s@<>]{1,64}@[a-z0-9.-]{3,200}$`)
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
		{"basis must be consent, or statistics for the statistics exception", isOneOf(s.Basis, Consent, Exception)},
		{"audience must be all or children", isOneOf(s.Audience, Everybody, Children)},
		{"children are asked about statistics alone: take out the purposes whose basis is consent, or set audience to all", s.Audience != Children || !s.AsksMore()},
		{fmt.Sprintf("strict must name tables, each once, of %v", cell.Tables), knownTables(s.Strict)},
		{"exit must be a CSS selector such as #leave, of at most 200 characters", exitForm.MatchString(s.Exit)},
	} {
		if !rule.ok {
			errs = append(errs, errors.New("site: "+rule.want))
		}
	}
	for table, choices := range s.Vocabulary {
		errs = append(errs, validateChoices(table, choices))
	}
	return errors.Join(append(errs, validateHosts(slices.Concat(s.Hosts, s.Sisters)), validatePurposes(s.Purposes), s.Contact.validate(), validatePages(s.Pages))...)
}

func validateHosts(hosts []string) error {
	var errs []error
	for _, h := range hosts {
		if clean, err := ParseHost(h); err != nil || clean != h {
			errs = append(errs, fmt.Errorf("site: host %q: want a lower-case host such as www.example.org", h))
		}
	}
	return errors.Join(errs...)
}

// isOneOf says whether a setting has one of the known values, or its default.
func isOneOf[T ~string](v T, known ...T) bool { return v == "" || slices.Contains(known, v) }

func knownTables(tables []cell.Table) bool {
	for i, t := range tables {
		if !slices.Contains(cell.Tables, t) || slices.Contains(tables[:i], t) {
			return false
		}
	}
	return true
}

// AsksMore says whether there are purposes to say yes to beside statistics.
func (s Site) AsksMore() bool {
	return slices.ContainsFunc(s.Purposes, func(p Purpose) bool { return p.Basis == Consent })
}

func (c Contact) validate() error {
	var errs []error
	for _, rule := range []struct {
		want string
		ok   bool
	}{
		{"email must be one address, such as data@example.org", c.Email == "" || emailForm.MatchString(c.Email)},
		{"complaints must start with https:// or /", c.Complaints == "" || noticeForm.MatchString(c.Complaints)},
		{"regulator must be ico (United Kingdom) or odpa (Guernsey)", isOneOf(c.Regulator, "ico", "odpa")},
		{"address, phone and dpo must be one line of at most 200 characters each", oneLine(c.Address) && oneLine(c.Phone) && oneLine(c.DPO)},
	} {
		if !rule.ok {
			errs = append(errs, errors.New("site: contact: "+rule.want))
		}
	}
	return errors.Join(errs...)
}

func oneLine(s string) bool {
	return utf8.RuneCountInString(s) <= 200 && !strings.ContainsFunc(s, unicode.IsControl)
}

// validatePages sees to it that a page that is sensitive cannot be told from the
// others of its group, not by a finer rule either.
func validatePages(rules []PageRule) error {
	var errs []error
	for _, r := range rules {
		if !strings.HasPrefix(r.Prefix, "/") {
			errs = append(errs, fmt.Errorf("site: page rule %q: want a prefix that starts with /", r.Prefix))
		}
		if r.Group != "" || r.Drop {
			continue
		}
		for _, outer := range rules {
			if outer.Sensitive && within(r.Prefix, outer.Prefix) {
				errs = append(errs, fmt.Errorf("site: page rule %q is of sensitive pages: give it a group, or drop them", r.Prefix))
				break
			}
		}
	}
	return errors.Join(errs...)
}

func within(prefix, outer string) bool {
	outer = strings.TrimSuffix(strings.ToLower(outer), "/")
	rest, ok := strings.CutPrefix(strings.ToLower(prefix), outer)
	return ok && (rest == "" || rest[0] == '/')
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
