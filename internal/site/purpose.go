package site

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

// Words are a text by language; every language of Langs is there.
type Words map[string]string

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
