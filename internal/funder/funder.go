// Package funder has the people a charity reports to: funders, their grants
// with periods and targets, the indicators that targets are about, and the
// links that open a report.
package funder

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/record"
)

// The record kinds of this package. The record id of a link is the hash of
// its token, so a token is looked up without being stored.
const (
	Kind      record.Kind = "funder"
	GrantKind record.Kind = "grant"
	LinkKind  record.Kind = "link"
)

// Funder gives grants, or is told figures on other terms.
type Funder struct {
	ID   string `json:"id"` // lower case letters, digits, hyphens
	Name string `json:"name"`
	Org  string `json:"org_id,omitempty"` // as 360Giving has it: GB-CHC-123456

	Limits Limits `json:"words,omitzero"`
}

// Limits is how many words a funder takes in each passage of a report, 0 for
// any number.
type Limits struct {
	Happened int `json:"happened,omitempty"`
	Learned  int `json:"learned,omitempty"`
	Changed  int `json:"changed,omitempty"` // what was hard or has changed
	Next     int `json:"next,omitempty"`
	Story    int `json:"story,omitempty"`
}

// mostWords bounds a limit: more is a slip of the pen.
const mostWords = 10_000

// rules has one for each limit.
func (l Limits) rules() (all []rule) {
	for _, p := range []struct {
		name string
		most int
	}{{"happened", l.Happened}, {"learned", l.Learned}, {"changed", l.Changed}, {"next", l.Next}, {"story", l.Story}} {
		all = append(all, rule{p.most >= 0 && p.most <= mostWords, fmt.Sprintf("%s: want a number of words up to %d, or 0 for any number", p.name, mostWords)})
	}
	return all
}

// Validate says everything that is wrong with the funder.
func (f Funder) Validate() error {
	return errors.Join(faults{"funder"}.check(append([]rule{
		{grantIDForm.MatchString(f.ID), "id: want at most 100 lower-case letters, digits and hyphens"},
		{said(f.Name, 200), "name: say who it is in one line of at most 200 letters"},
		{f.Org == "" || isOrg(f.Org), "org_id: " + wantOrg},
	}, f.Limits.rules()...)...)...)
}

// Recipient is what somebody is who is told figures.
type Recipient string

// The recipients.
const (
	Payer      Recipient = "funder" // also if empty
	Partner    Recipient = "partner"
	Researcher Recipient = "researcher" // with ethical approval, until a day
)

// Grant is what a funder pays for at one site, and what it wants to know. For
// partners and researchers it is the agreement with them.
type Grant struct {
	ID         string   `json:"id"`
	Site       string   `json:"site"`   // public key of the site
	Funder     string   `json:"funder"` // id
	Title      string   `json:"title"`
	FunderRef  string   `json:"funder_ref"`  // the funder's own reference
	CharityRef string   `json:"charity_ref"` // the charity's own reference
	Start      day.Day  `json:"start"`
	End        day.Day  `json:"end"` // last day, inclusive
	Pattern    Pattern  `json:"pattern"`
	Own        []Span   `json:"own,omitempty"`    // periods of the pattern Own
	Due        Due      `json:"due,omitzero"`     // when reports are due
	Nation     Nation   `json:"nation,omitempty"` // whose bank holidays Due minds; England's if empty
	Targets    []Target `json:"targets"`
	Slice      Slice    `json:"slice,omitzero"`
	Agreement  string   `json:"agreement"`  // reference of the data sharing agreement
	Assessment string   `json:"assessment"` // reference of the impact assessment

	Recipient    Recipient `json:"recipient,omitempty"`
	Approval     string    `json:"approval,omitempty"`      // reference of a researcher's ethical approval
	ApprovalEnds day.Day   `json:"approval_ends,omitempty"` // its last day

	Giving  string   `json:"giving_id,omitempty"`      // of the grant, as 360Giving has it: 360G-prefix-reference
	Charity string   `json:"charity_org_id,omitempty"` // of who gets the grant, as 360Giving has it
	Areas   []string `json:"areas,omitempty"`          // ONS codes of where it is for: E92000001
}

// Target is what a grant hopes to reach for one indicator, in the grant's own
// words. Zero numbers are "no target".
type Target struct {
	Indicator  Indicator `json:"indicator,omitzero"`
	Wording    string    `json:"wording"`
	Definition string    `json:"definition,omitempty"` // the grant's own, of what counts and what does not
	Period     uint64    `json:"period,omitempty"`     // for each period
	Whole      uint64    `json:"whole,omitempty"`      // for the whole grant
	OutOf      string    `json:"out_of,omitempty"`     // value of the same table that says how many were asked
	How        string    `json:"how,omitempty"`        // how it is measured, one sentence
	Exact      bool      `json:"exact,omitempty"`      // the agreement demands the total as it is: of case records alone, 10 or more
}

// Slice is the part of a site that the reports of a grant may show. The zero
// Slice is all that reports have.
type Slice struct {
	Tables []cell.Table `json:"tables,omitempty"` // none = all
	Pages  []string     `json:"pages,omitempty"`  // groups of pages, or paths with all below them; none = all
}

// Allows says whether a row of a table is in the slice; the value "" is the
// whole table.
func (s Slice) Allows(table cell.Table, value string) bool {
	switch {
	case len(s.Tables) > 0 && !slices.Contains(s.Tables, table):
		return false
	case len(s.Pages) == 0, value == "", table != cell.Page && table != cell.Entry:
		return true
	}
	return slices.ContainsFunc(s.Pages, func(group string) bool {
		return value == group || strings.HasPrefix(value, strings.TrimSuffix(group, "/")+"/")
	})
}

// What lasts longer or begins before is a slip of the pen.
const (
	maxYears  = 30
	firstYear = 2000
)

// Validate says everything that is wrong with the grant.
func (g Grant) Validate() error {
	wrong := slices.Concat(g.nameFaults(), g.dateFaults(), g.termFaults(), g.Slice.faults())
	for _, t := range g.Targets {
		if err := t.validate(); err != nil {
			wrong = append(wrong, err)
		}
		if t.Exact && g.Agreement == "" {
			wrong = append(wrong, fmt.Errorf("target %q: an exact total needs the reference of the agreement that demands it", t.Wording))
		}
	}
	return errors.Join(wrong...)
}

func (g Grant) nameFaults() []error {
	wrong := faults{"grant"}.check(
		rule{g.Site != "", "site: name the site it pays for"},
		rule{g.Funder != "", "funder: name the funder"},
		rule{said(g.Title, 200), "title: give it a title of one line and at most 200 letters"},
		rule{said(g.FunderRef, 100), "reference: give the funder's reference, one line of at most 100 letters"},
		rule{line(g.CharityRef, 100), "charity_ref: want one line of at most 100 letters"},
		rule{g.Giving == "" || givingForm.MatchString(g.Giving), "giving_id: want a 360Giving id such as 360G-prefix-reference"},
		rule{g.Charity == "" || isOrg(g.Charity), "charity_org_id: " + wantOrg},
	)
	for _, a := range g.Areas {
		if !IsArea(a) {
			wrong = append(wrong, fmt.Errorf("grant areas: %q: want an ONS code, E, W, S or N and eight digits, such as E92000001 for England", a))
		}
	}
	return wrong
}

// termFaults says what is wrong with the terms on which figures are shared. A
// grant may lack references as long as nothing is: MayShare asks for them.
func (g Grant) termFaults() []error {
	return faults{"grant"}.check(
		rule{line(g.Agreement, 100), "agreement: want one line of at most 100 letters"},
		rule{line(g.Assessment, 100), "assessment: want one line of at most 100 letters"},
		rule{line(g.Approval, 100), "approval: want one line of at most 100 letters"},
		rule{slices.Contains([]Recipient{"", Payer, Partner, Researcher}, g.Recipient), "recipient: want funder, partner or researcher"},
		rule{g.Recipient != Researcher || g.Approval != "" && g.ApprovalEnds != 0, "approval: a researcher needs the reference of an ethical approval, and its last day"},
	)
}

func (g Grant) dateFaults() []error {
	known := slices.Contains(patterns, g.Pattern)
	wrong := faults{"grant"}.check(
		rule{known, fmt.Sprintf("pattern: want one of %v", patterns)},
		rule{g.Pattern == Own || len(g.Own) == 0, "own: periods of its own need the pattern own: choose it, or leave them out"},
		rule{g.Nation == "" || slices.Contains(nations, g.Nation), fmt.Sprintf("nation: want one of %v", nations)},
	)
	switch {
	case g.Start.Year() < firstYear:
		wrong = append(wrong, fmt.Errorf("grant start: want its first day, from %d on", firstYear))
	case g.Start >= g.End:
		wrong = append(wrong, errors.New("grant end: must be after its start"))
	case g.End-g.Start > maxYears*366:
		wrong = append(wrong, fmt.Errorf("grant end: want at most %d years after its start", maxYears))
	case g.Pattern == Own:
		wrong = append(wrong, g.ownFaults()...)
	case known && len(g.Periods()) == 0:
		wrong = append(wrong, errors.New("grant dates: it covers no whole month"))
	}
	return wrong
}

// ownFaults says where periods of the grant's own leave days out, tell them
// twice or have no month.
func (g Grant) ownFaults() (wrong []error) {
	next := g.Start
	for i, s := range g.Own {
		if s.First != next {
			wrong = append(wrong, fmt.Errorf("grant own: period %d must begin on %s, so that no day is left out or told twice", i+1, next))
		}
		if nearestMonth(s.First) >= nearestMonth(s.Last+1) {
			wrong = append(wrong, fmt.Errorf("grant own: period %d (%s) has no whole month, and figures are of whole months: make it longer", i+1, Dates(s.First, s.Last)))
		}
		next = s.Last + 1
	}
	if next != g.End+1 {
		wrong = append(wrong, fmt.Errorf("grant own: the last period must end with the grant, on %s", g.End))
	}
	return wrong
}

func (s Slice) faults() (wrong []error) {
	for i, t := range s.Tables {
		if !slices.Contains(cell.Tables, t) || slices.Contains(s.Tables[:i], t) {
			wrong = append(wrong, fmt.Errorf("grant slice: table %q: want each of %v at most once", t, cell.Tables))
		}
	}
	for _, p := range s.Pages {
		if !said(p, 200) {
			wrong = append(wrong, fmt.Errorf("grant slice: pages: %q: want a path such as /help or the name of a group of pages", p))
		}
	}
	return wrong
}

func (t Target) validate() error {
	switch err := t.Indicator.fault(); {
	case err != nil:
		return fmt.Errorf("target %q: %w", t.Wording, err)
	case !said(t.Wording, 200):
		return fmt.Errorf("target %s: say it in the grant's words, in one line of at most 200 letters", t.Indicator)
	case !line(t.Definition, 500):
		return fmt.Errorf("target %q: definition: want one line of at most 500 letters", t.Wording)
	case !line(t.How, 200):
		return fmt.Errorf("target %q: how: want one line of at most 200 letters", t.Wording)
	case t.OutOf != "" && (t.Indicator.Value == "" || t.Indicator.Table == Defined):
		return fmt.Errorf("target %q: a percentage needs one value, not a whole table; a defined indicator has an out_of of its own", t.Wording)
	case t.OutOf == t.Indicator.Value && t.OutOf != "":
		return fmt.Errorf("target %q: a percentage needs two different values", t.Wording)
	}
	return nil
}

// Check says everything in the grant that does not fit its site: what was not
// declared or defined there, and targets outside of what reports may show.
func (g Grant) Check(v Vocabulary) error {
	wrong := faults{"grant"}.check(
		rule{grantIDForm.MatchString(g.ID), "id: want at most 100 lower-case letters, digits and hyphens"},
		rule{g.Site == v.Site.Key, "site: it is another's"},
	)
	seen := map[Indicator]bool{}
	for _, t := range g.Targets {
		if seen[t.Indicator] {
			wrong = append(wrong, fmt.Errorf("target %q: there are two targets for %q", t.Wording, t.Indicator))
		}
		seen[t.Indicator] = true
		d, err := v.Find(t.Indicator)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("target %q: %w", t.Wording, err))
			continue
		}
		if t.Exact && d.Source != Records {
			wrong = append(wrong, fmt.Errorf("target %q: only a total of case records can be exact, and %q is counted on the website", t.Wording, t.Indicator))
		}
		if t.OutOf != "" {
			if _, err := v.Find(Indicator{t.Indicator.Table, t.OutOf}); err != nil {
				wrong = append(wrong, fmt.Errorf("target %q: out_of: %w", t.Wording, err))
			}
		}
		for _, r := range d.Reads {
			if !g.Slice.Allows(r.Table, r.Value) {
				wrong = append(wrong, fmt.Errorf("target %q: %q is outside of what reports of this grant may show", t.Wording, r))
			}
		}
	}
	return errors.Join(wrong...)
}
