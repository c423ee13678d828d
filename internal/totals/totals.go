// Package totals keeps the totals of case records that a charity enters:
// encrypted until they are sealed, with every version, and never a person.
package totals

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
	"github.com/footfall-analytics/footfall/internal/tally"
)

// Kind is the record kind of what was entered of an indicator for a period; the
// record id is site-indicator:period.
const Kind record.Kind = "tally"

// Version is one version of it: who entered it and when is in the record, what
// the numbers are is in Box, which only the key of the site and year opens.
type Version struct {
	Site      string `json:"site"`
	Indicator string `json:"indicator"`
	Period    string `json:"period"`
	From      string `json:"from"`             // form, file, browser, api or undo
	Upload    string `json:"upload"`           // what came in together
	Before    uint32 `json:"before,omitempty"` // version whose numbers stood before these; 0 = none
	Final     bool   `json:"final,omitempty"`  // somebody said that the numbers are final
	Box       []byte `json:"box,omitempty"`    // nil = none: what was entered is undone
}

// numbers is what is in a Box.
type numbers struct {
	Whole uint64            `json:"whole"`
	Parts map[string]uint64 `json:"parts,omitempty"` // nil = no breakdown
	Added bool              `json:"added,omitempty"` // Whole is their sum
	File  string            `json:"file,omitempty"`  // SHA-256 of what they came in with; beside small numbers it would tell them, so it is in here
}

func (n numbers) same(o numbers) bool {
	return n.Whole == o.Whole && n.Added == o.Added && (n.Parts == nil) == (o.Parts == nil) && maps.Equal(n.Parts, o.Parts)
}

// Ledger tells what is sealed.
type Ledger interface {
	Sealed(ctx context.Context, site string, basis cell.Basis, first, last day.Day) (map[string]bool, error)
}

// Desk takes totals in and gives them to the sealer. It is safe for concurrent
// use.
type Desk struct {
	Records *record.Book
	Ledger  Ledger
	Keys    *disclosure.KeyStore
	Clock   func() time.Time
	// MayWrite says whether this process has the keys of the database's sites.
	// Nil if it is the only one.
	MayWrite func(context.Context) error

	mu     sync.Mutex // one writer at a time
	sealed sync.Map   // record id -> version: what needs no more sealing
}

// Line is what an upload would do, or did, to one indicator and period. Its
// numbers are those that were sent and those not sealed yet that they replace.
type Line struct {
	Indicator string            `json:"indicator"`
	Period    disclosure.Period `json:"-"`
	Name      string            `json:"period"`
	Whole     uint64            `json:"count"`
	Added     bool              `json:"added,omitempty"`
	Parts     map[string]uint64 `json:"values,omitempty"`
	Change    Change            `json:"change"`
	Was       *uint64           `json:"was,omitempty"`
}

// Change is what becomes of the numbers that stood before.
type Change string

// The changes.
const (
	New      Change = "new"
	Same     Change = "same" // nothing is stored
	Replaces Change = "replaces"
)

// Preview is what an upload would do, or did.
type Preview struct {
	Lines  []Line   `json:"totals"`
	Notes  []string `json:"notes,omitempty"`
	Upload string   `json:"upload,omitempty"` // its id if it was stored; empty if nothing had to be
}

// Upload is what comes in together.
type Upload struct {
	Site   string
	Author string // user id, or key:… of a program
	From   string // form, file, browser or api
	File   tally.File
	Hash   string // SHA-256 of what was sent
}

// Hash is the hash of what was sent.
func Hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// Options are what files of a site are read by.
func (d *Desk) Options(key string) (tally.Options, error) {
	s, defined, err := d.vocabulary(key)
	if err != nil {
		return tally.Options{}, err
	}
	return tally.Options{Defined: defined, QuarterStart: max(1, s.QuarterStart), Today: day.Of(d.Clock(), s.Location())}, nil
}

// vocabulary is the site and its indicators of case records, by id.
func (d *Desk) vocabulary(key string) (s site.Site, defined []funder.Definition, err error) {
	if s, err = record.Get[site.Site](d.Records, site.Kind, key); err != nil {
		return s, nil, fmt.Errorf("no site has the key %q: %w", key, err)
	}
	for _, doc := range d.Records.List(funder.DefinitionKind) {
		def, err := record.As[funder.Definition](doc)
		if err != nil {
			return s, nil, err
		}
		if def.Site == key && def.Source == funder.Records {
			defined = append(defined, def)
		}
	}
	return s, defined, nil
}

// standing is what stands of an indicator and period.
type standing struct {
	doc    record.Doc
	v      Version
	period disclosure.Period
}

// standing lists what stands at a site, also what was undone, by record id.
func (d *Desk) standing(key string) (map[string]standing, error) {
	all, err := d.everything()
	return all[key], err
}

// everything is what stands at every site, by site.
func (d *Desk) everything() (map[string]map[string]standing, error) {
	all := map[string]map[string]standing{}
	for _, doc := range d.Records.List(Kind) {
		v, err := record.As[Version](doc)
		if err != nil {
			return nil, err
		}
		p, err := ParsePeriod(v.Period)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", doc.ID, err)
		}
		if all[v.Site] == nil {
			all[v.Site] = map[string]standing{}
		}
		all[v.Site][doc.ID] = standing{doc, v, p}
	}
	return all, nil
}

// ParsePeriod reads the name of a month or a quarter of any start.
func ParsePeriod(name string) (p disclosure.Period, err error) {
	for start := 1; start <= 3; start++ {
		if p, err = disclosure.ParsePeriod(name, start); err == nil {
			return p, nil
		}
	}
	return p, err
}

func docID(key, indicator, period string) string { return key + "-" + indicator + ":" + period }

// Preview tells what an upload would do, and stores nothing. The error is a
// *tally.Refusal where something is to mend.
func (d *Desk) Preview(ctx context.Context, u Upload) (Preview, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, _, err := d.look(ctx, u)
	return p, err
}

// Save stores an upload: a new version of each indicator and period that has
// other numbers now. What was cut short is finished by sending it again.
func (d *Desk) Save(ctx context.Context, u Upload) (Preview, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, all, err := d.look(ctx, u)
	if err != nil {
		return p, err
	}
	id := rand.Text()[:10]
	for _, l := range p.Lines {
		if l.Change == Same {
			continue
		}
		old := all[docID(u.Site, l.Indicator, l.Name)]
		v := Version{Site: u.Site, Indicator: l.Indicator, Period: l.Name, From: u.From, Upload: id, Before: old.doc.Version}
		if err := d.put(ctx, old.doc.Version, u.Author, v, numbers{l.Whole, l.Parts, l.Added, u.Hash}); err != nil {
			return p, err
		}
		p.Upload = id
	}
	return p, nil
}

func (d *Desk) put(ctx context.Context, version uint32, author string, v Version, n numbers) error {
	id := docID(v.Site, v.Indicator, v.Period)
	p, err := ParsePeriod(v.Period)
	if err != nil {
		return err
	}
	key, err := d.key(ctx, v.Site, p.CountingYear())
	if err != nil {
		return err
	}
	if v.Box, err = closeBox(key, id, n); err != nil {
		return err
	}
	_, err = d.Records.Put(ctx, Kind, id, version, author, v)
	return err
}

// look compares an upload with what stands.
func (d *Desk) look(ctx context.Context, u Upload) (Preview, map[string]standing, error) {
	all, err := d.standing(u.Site)
	if err != nil {
		return Preview{}, nil, err
	}
	p, r := Preview{Notes: u.File.Notes}, &tally.Refusal{}
	for _, t := range u.File.Totals {
		l, err := d.line(t, all[docID(u.Site, t.Indicator, t.Period.Name)])
		if err != nil {
			return p, nil, err
		}
		p.Lines = append(p.Lines, l)
		if l.Change == Same {
			continue
		}
		why, err := d.refused(ctx, u.Site, t, all)
		if err != nil {
			return p, nil, err
		}
		if why != "" {
			r.Problems = append(r.Problems, tally.Problem{Text: why})
		}
	}
	if len(r.Problems) > 0 {
		return Preview{}, nil, r
	}
	return p, all, nil
}

// line compares a total with what stands.
func (d *Desk) line(t tally.Total, old standing) (Line, error) {
	l := Line{Indicator: t.Indicator, Period: t.Period, Name: t.Period.Name, Whole: t.Whole, Added: t.Added, Parts: t.Parts, Change: New}
	if old.v.Box == nil {
		return l, nil
	}
	n, err := d.open(old)
	switch {
	case errors.Is(err, disclosure.ErrNoKey): // of a year that is over: see refused
		return l, nil
	case err != nil:
		return l, err
	case n.same(numbers{Whole: t.Whole, Parts: t.Parts, Added: t.Added}):
		l.Change = Same
	default:
		l.Change, l.Was = Replaces, &n.Whole
	}
	return l, nil
}

// refused says in words why totals cannot be entered, "" if they can.
func (d *Desk) refused(ctx context.Context, key string, t tally.Total, all map[string]standing) (string, error) {
	if until := entryEnds(t.Period.CountingYear()); !d.Clock().Before(until) {
		return fmt.Sprintf("%s of %s: numbers of %d could be entered until %s, when their key was destroyed", t.Period.Name, t.Indicator, t.Period.CountingYear(), until.Format("2 January 2006")), nil
	}
	sealed, err := d.sealedWith(ctx, key, t.Indicator, t.Period)
	switch {
	case err != nil:
		return "", err
	case slices.Contains(sealed, t.Period.Name):
		return fmt.Sprintf("%s of %s is sealed: its figure stays as it is, and a correction is a note beside the figure", t.Period.Name, t.Indicator), nil
	case len(sealed) > 0:
		return fmt.Sprintf("%s of %s: %s is sealed, so this cannot be entered any more", t.Period.Name, t.Indicator, sealed[0]), nil
	}
	for _, s := range all {
		if s.v.Indicator == t.Indicator && s.v.Box != nil && s.period.Grain != t.Period.Grain && within(s.period, t.Period) {
			return fmt.Sprintf("%s of %s: %s is entered already, and a quarter is entered whole or in months, not both: undo that first", t.Period.Name, t.Indicator, s.v.Period), nil
		}
	}
	return "", nil
}

// within says whether one of two periods is a part of the other.
func within(a, b disclosure.Period) bool {
	return a.First >= b.First && a.Last <= b.Last || b.First >= a.First && b.Last <= a.Last
}

// sealedWith lists what is sealed of an indicator and stands in the way of a
// change to a period: that itself, and quarters it is in or that overlap it.
func (d *Desk) sealedWith(ctx context.Context, key, indicator string, p disclosure.Period) (names []string, err error) {
	sealed, err := d.Ledger.Sealed(ctx, key, cell.OfIndicator(indicator), p.First-100, p.Last+100)
	if err != nil {
		return nil, fmt.Errorf("read sealed periods: %w", err)
	}
	for name := range sealed {
		q, err := ParsePeriod(name)
		if err != nil {
			return nil, err
		}
		overlap := q.First <= p.Last && p.First <= q.Last
		if name == p.Name || overlap && (q.Grain == disclosure.Quarter || p.Grain == disclosure.Quarter) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names, nil
}
