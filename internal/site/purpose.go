package site

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Basis is the ground in law (PECR regulation 6 and its Schedule A1) on which a
// purpose may use the visitor's device.
type Basis string

// The bases. Only Consent waits for a yes; a visitor can switch off all but
// Necessary.
const (
	Necessary  Basis = "necessary"  // the visitor asked for the service that needs it
	Exception  Basis = "statistics" // the statistics exception: the charity's own improvement alone
	Appearance Basis = "appearance" // the look and the settings that the visitor prefers
	Consent    Basis = "consent"    // off until the visitor says yes
)

// Purpose is one reason for which a website uses the visitor's device.
type Purpose struct {
	ID       string    `json:"id"` // lower case letters, digits, hyphens; at most 40
	Basis    Basis     `json:"basis"`
	On       bool      `json:"on"`       // before the visitor has said anything; never with Consent
	Label    Words     `json:"label"`    // "Videos"
	Why      Words     `json:"why"`      // one sentence for the visitor
	Services []Service `json:"services"` // who is called for it besides the charity
}

// Words are a text by language; English and Welsh are always there.
type Words map[string]string

// In is the text in a language, in English if it is not there.
func (w Words) In(lang string) string {
	if text := w[lang]; text != "" {
		return text
	}
	return w[needed[0]]
}

// Service is one third party, and what it keeps on the device.
type Service struct {
	Name   string   `json:"name"`   // "YouTube"
	Who    string   `json:"who"`    // the organisation behind it
	Hosts  []string `json:"hosts"`  // it is called at, such as www.youtube-nocookie.com
	Notice string   `json:"notice"` // address of its privacy notice
	Keeps  []Kept   `json:"keeps"`
}

// Kept is one thing that is kept on the visitor's device.
type Kept struct {
	Kind  string `json:"kind"`  // cookie, local, session or database
	Name  string `json:"name"`  // may end with * for all that begin so
	Days  int    `json:"days"`  // 0 is until the browser closes
	Holds Words  `json:"holds"` // what is in it, for the visitor
}

// maxPurposes bounds the purposes of a site beside statistics.
const maxPurposes = 15

var (
	partyForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)
	keptForm  = regexp.MustCompile(`^[!-)+-~]{1,100}\*?$`) // seen characters, * at the end alone
)

// keptKinds are the places on a device, and the most days that each keeps.
var keptKinds = map[string]int{"cookie": 3660, "local": 3660, "session": 0, "database": 3660}

func validatePurposes(all []Purpose) error {
	var errs []error
	if len(all) > maxPurposes {
		errs = append(errs, fmt.Errorf("site: %d purposes beside statistics: nobody can choose among more than %d", len(all), maxPurposes))
	}
	seen := map[string]bool{Statistics: true}
	for _, p := range all {
		if seen[p.ID] {
			errs = append(errs, fmt.Errorf("site: purpose %q is there twice, or is %q, which is Footfall's own", p.ID, Statistics))
		}
		seen[p.ID] = true
		for _, err := range p.faults() {
			errs = append(errs, fmt.Errorf("site: purpose %q: %w", p.ID, err))
		}
	}
	return errors.Join(errs...)
}

func (p Purpose) faults() (errs []error) {
	for _, rule := range []struct {
		want string
		ok   bool
	}{
		{"want an id of at most 40 lower-case letters, digits and hyphens", choiceForm.MatchString(p.ID)},
		{"want a basis: necessary, statistics, appearance or consent", slices.Contains([]Basis{Necessary, Exception, Appearance, Consent}, p.Basis)},
		{"a purpose that needs consent is off until the visitor says yes: on must be false", p.Basis != Consent || !p.On},
		{"want a label in English and Welsh, of at most 40 characters", p.Label.complete(40)},
		{"want a why in English and Welsh, of at most 200 characters", p.Why.complete(200)},
	} {
		if !rule.ok {
			errs = append(errs, errors.New(rule.want))
		}
	}
	for _, s := range p.Services {
		errs = append(errs, s.faults()...)
	}
	return errs
}

func (s Service) faults() (errs []error) {
	if strings.TrimSpace(s.Name) == "" || strings.TrimSpace(s.Who) == "" {
		errs = append(errs, errors.New("a service needs its name, and who is behind it"))
	}
	if len(s.Hosts) == 0 && len(s.Keeps) == 0 {
		errs = append(errs, fmt.Errorf("service %q: name the hosts that are called, or what is kept", s.Name))
	}
	for _, h := range s.Hosts {
		if !partyForm.MatchString(h) {
			errs = append(errs, fmt.Errorf("service %q: host %q: want a lower-case host such as www.example.org", s.Name, h))
		}
	}
	if s.Notice != "" && !strings.HasPrefix(s.Notice, "https://") {
		errs = append(errs, fmt.Errorf("service %q: notice must start with https://", s.Name))
	}
	for _, k := range s.Keeps {
		if err := k.fault(); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

func (k Kept) fault() error {
	most, known := keptKinds[k.Kind]
	switch {
	case !known:
		return fmt.Errorf("%q is kept as %q: want cookie, local, session or database", k.Name, k.Kind)
	case !keptForm.MatchString(k.Name):
		return fmt.Errorf("kept name %q: want at most 100 characters without spaces; * may stand at the end", k.Name)
	case k.Days < 0 || k.Days > most:
		return fmt.Errorf("%q is kept for %d days: want 0 (until the browser closes) to %d for %s", k.Name, k.Days, most, k.Kind)
	case !k.Holds.complete(200):
		return fmt.Errorf("%q: say what it holds in English and Welsh, in at most 200 characters", k.Name)
	default:
		return nil
	}
}

// complete says whether the languages that no text may lack are there, and that
// no text is longer than most characters or of more than one line.
func (w Words) complete(most int) bool {
	for _, lang := range needed {
		if strings.TrimSpace(w[lang]) == "" {
			return false
		}
	}
	for lang, text := range w {
		if !langForm.MatchString(lang) || utf8.RuneCountInString(text) > most || strings.ContainsFunc(text, unicode.IsControl) {
			return false
		}
	}
	return true
}

// langForm is a language as pages declare theirs, in lower case.
var langForm = regexp.MustCompile(`^[a-z]{2,3}(-[a-z0-9]{2,8})?$`)
