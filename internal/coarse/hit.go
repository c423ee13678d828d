// Package coarse has the hit that may be counted: coarse facts from closed
// vocabularies, about nobody.
package coarse

import "github.com/footfall-analytics/footfall/internal/day"

// Kind says what a hit reports.
type Kind uint8

// The kinds of a coarse hit.
const (
	View     Kind = iota + 1 // a page was shown
	Leave                    // bands of length or depth were reached
	Event                    // a declared event
	Decision                 // the banner was answered
)

// Basis is the ground in PECR on which the hit may be counted.
type Basis uint8

// The bases of a hit.
const (
	Consent Basis = iota + 1
	Exception
)

// Hit holds what is kept of one request, for as long as the spool has it.
// Empty strings mean "not told".
type Hit struct {
	Kind     Kind
	Basis    Basis
	Site     string // public key
	Day      day.Day
	NewVisit bool
	NewPage  bool
	Page     string // page group
	Source   string // class of source
	Referrer string // named host of our own table
	Campaign string // from the site's list
	Area     string // country or UK nation
	Browser  string
	Version  string // current, older
	System   string
	Device   string
	Hour     string   // part of the day
	Language string   // family
	Length   []string // bands newly reached in this visit
	Depth    []string
	Table    string // of an event or a decision
	Value    string
}
