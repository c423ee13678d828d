package report

import (
	"fmt"
	"time"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
)

// DraftKind is the record kind of drafts; the record id is DraftID's.
const DraftKind record.Kind = "draft"

// DraftID names the one draft of a period of a grant.
func DraftID(grant, period string) string { return grant + ":" + period }

// State is how far a draft has come.
type State string

// The states of a draft, in their order.
const (
	Writing   State = "draft"
	Submitted State = "submitted" // for a second person to approve
	Approved  State = "approved"
	Published State = "published"
)

// Draft is what the charity says itself in a report, and who wrote and approved
// it. It has no figures: they are read each time it is shown, until they are
// frozen by publication.
type Draft struct {
	Version uint32 `json:"-"` // of its record; 0 = not kept yet

	Grant       string            `json:"grant"`
	Period      string            `json:"period"` // Y2Q3
	State       State             `json:"state"`
	Words       []Words           `json:"words"`
	Kept        map[string]string `json:"kept,omitempty"`    // key of a finding -> why it may stay
	Authors     []string          `json:"authors,omitempty"` // ids of the users who wrote since it was last published
	SubmittedBy string            `json:"submitted_by,omitempty"`
	ApprovedBy  string            `json:"approved_by,omitempty"`
	ApprovedOn  day.Day           `json:"approved_on,omitempty"`
	Seen        string            `json:"seen,omitempty"`       // hash of the report that was approved
	Back        string            `json:"back,omitempty"`       // why it was sent back
	Report      string            `json:"report,omitempty"`     // id, once it was published
	Correction  string            `json:"correction,omitempty"` // why there is a later version
}

// ID is the id of the draft's record.
func (d Draft) ID() string { return DraftID(d.Grant, d.Period) }

// Edit is what somebody writes into a draft.
type Edit struct {
	Words []Words
	Kept  map[string]string
}

// Work is a draft with all that somebody who works on it needs to see.
type Work struct {
	Draft    Draft
	SavedBy  string // name of who saved it last, "" = nobody yet
	SavedAt  time.Time
	People   map[string]string // names of the users whom the draft names by id
	Grant    funder.Grant
	Funder   funder.Funder
	Findings []Found // in its words
	Report   Report  // as it would be published now, whatever its state
	Filled   bool    // Report has figures: false until its first month is sealed
	Versions []Report
}

// Line is one report in the list of what is to be done.
type Line struct {
	Draft    string        `json:"draft"` // id
	Grant    string        `json:"grant"` // id
	Title    string        `json:"title"` // of the grant
	Funder   string        `json:"funder"`
	Site     string        `json:"site"` // key
	Period   funder.Period `json:"period"`
	State    State         `json:"state,omitempty"`  // "" = nobody has begun
	Due      day.Day       `json:"due,omitempty"`    // 0 = no rule
	Late     bool          `json:"late,omitempty"`   // it was due before today
	Sealed   time.Time     `json:"sealed"`           // from when on all of its figures are there
	Report   string        `json:"report,omitempty"` // id, once it was published
	Versions int           `json:"versions,omitempty"`
}

// LinkLine is one link of a report in a list of them; never its token.
type LinkLine struct {
	Hash    string    `json:"hash"` // names it
	Report  string    `json:"report"`
	Version int       `json:"version"`
	By      string    `json:"by"` // name of who made it
	Made    time.Time `json:"made"`
	Expires time.Time `json:"expires"`
	Revoked bool      `json:"revoked,omitempty"`
	Code    bool      `json:"code,omitempty"`   // it asks for a code
	Opened  []day.Day `json:"opened,omitempty"` // days on which it was opened, never the time
}

// Terms are those of a link to be made.
type Terms struct {
	Days int  // until it ends
	Code bool // it asks for a code

	To string // address that it is sent to by e-mail and that is not kept; "" = the maker is told
}

// NewLink is a link as it is told once, to its maker.
type NewLink struct {
	LinkLine
	URL    string `json:"link"`
	Secret string `json:"secret,omitempty"` // code that it asks for; send it another way
}

// ConflictError says that somebody else saved a draft meanwhile. What was to be
// saved is not lost: it is still with who wrote it.
type ConflictError struct {
	By string // name
	At time.Time
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s saved this report on %s, after you opened it: nothing of yours is stored yet; open it again, and put in what you wrote", e.By, e.At.Format("2 January 2006 at 15:04"))
}

// RefusedError says why a step cannot be taken, and what to do about it.
type RefusedError struct{ Why string }

func (e *RefusedError) Error() string { return e.Why }
