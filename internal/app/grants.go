package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/setting"
	"github.com/footfall-analytics/footfall/internal/site"
)

// DocumentChange is the arguments of the commands that add or change a funder,
// a grant or an indicator: its settings as JSON objects, of which a later one
// overrules an earlier one.
type DocumentChange struct {
	ID      string            `json:"id"`   // of what is changed
	Site    string            `json:"site"` // of what is added
	Changes []json.RawMessage `json:"changes"`
}

// changed makes the changes to a document.
func changed[D any](old D, c DocumentChange) (D, error) {
	for _, change := range c.Changes {
		next, err := setting.Change(old, change)
		if err != nil {
			return old, fmt.Errorf("settings: %w", err)
		}
		old = next
	}
	return old, nil
}

// GrantShown is what commands print of a grant.
type GrantShown struct {
	Grant   funder.Grant  `json:"grant"`
	Version uint32        `json:"version"`
	Funder  funder.Funder `json:"funder"`
	Periods []PeriodShown `json:"periods"`
	Targets []TargetShown `json:"targets"`
	Notes   []string      `json:"notes"` // what to do or to know
}

// PeriodShown is one reporting period of a grant.
type PeriodShown struct {
	Name   string      `json:"name"`
	Label  string      `json:"label"`
	Agreed funder.Span `json:"agreed"`        // days in the agreement
	First  day.Day     `json:"first"`         // of the months that stand for them
	Last   day.Day     `json:"last"`          // of the same
	Period string      `json:"period"`        // the same as figures name it: 2026-Q4, 2026-11..2027-01
	Sealed time.Time   `json:"sealed"`        // from when on all of its figures are there
	Due    day.Day     `json:"due,omitempty"` // of its report
	Note   string      `json:"note,omitempty"`
}

// TargetShown is one target and where its figures come from.
type TargetShown struct {
	funder.Target
	Source funder.Source      `json:"source"`
	Reads  []funder.Indicator `json:"reads,omitempty"`
}

// Text is the grant for people.
func (s GrantShown) Text() string {
	g, b := s.Grant, strings.Builder{}
	fmt.Fprintf(&b, "%s  %s\n", g.ID, g.Title)
	fmt.Fprintf(&b, "  from      %s (%s), reference %s\n", s.Funder.Name, cmp.Or(g.Recipient, funder.Payer), g.FunderRef)
	fmt.Fprintf(&b, "  dates     %s, %s\n", funder.Dates(g.Start, g.End), g.Pattern)
	fmt.Fprintf(&b, "  due       %s (bank holidays: %s)\n", cmp.Or(g.Due.String(), "no rule"), cmp.Or(g.Nation, funder.England))
	fmt.Fprintf(&b, "  shows     %s\n", shownSlice(g.Slice))
	fmt.Fprintf(&b, "  sharing   agreement %s, assessment %s\n", cmp.Or(g.Agreement, "missing"), cmp.Or(g.Assessment, "missing"))
	if g.Approval != "" {
		fmt.Fprintf(&b, "  approval  %s, until %s\n", g.Approval, g.ApprovalEnds)
	}
	for _, t := range s.Targets {
		fmt.Fprintf(&b, "  target    %s: %s a period, %s in all  (%s, %s)\n", t.Wording, hoped(t.Period), hoped(t.Whole), t.Indicator, t.Source)
	}
	for _, p := range s.Periods {
		fmt.Fprintf(&b, "  %-8s  %s", p.Name, funder.Dates(p.First, p.Last))
		if p.Due != 0 {
			fmt.Fprintf(&b, ", due %s", p.Due.Time().Format("Monday 2 January 2006"))
		}
		b.WriteString("\n")
		if p.Note != "" {
			fmt.Fprintf(&b, "            %s\n", p.Note)
		}
	}
	for _, n := range s.Notes {
		fmt.Fprintf(&b, "Note: %s\n", n)
	}
	return b.String()
}

func hoped(n uint64) string {
	if n == 0 {
		return "no number"
	}
	return fmt.Sprint(n)
}

func shownSlice(s funder.Slice) string {
	tables, pages := "all tables", "all pages"
	if len(s.Tables) > 0 {
		tables = strings.Trim(fmt.Sprint(s.Tables), "[]")
	}
	if len(s.Pages) > 0 {
		pages = "pages " + strings.Join(s.Pages, ", ")
	}
	return tables + "; " + pages
}

// GrantList is what `grant list` prints.
type GrantList []funder.Line

// Text is the list for people.
func (l GrantList) Text() string {
	if len(l) == 0 {
		return "No grants yet. Add one with: footfall grant add SITE --funder ID --title TITLE\n"
	}
	var b strings.Builder
	for _, g := range l {
		fmt.Fprintf(&b, "%s  %s  (%s, %s)", g.ID, g.Title, g.Funder, funder.Dates(g.Start, g.End))
		if g.Due != 0 {
			fmt.Fprintf(&b, "  %s is due %s", g.Next, g.Due.Time().Format("Monday 2 January 2006"))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (a *App) addGrant(ctx context.Context, c DocumentChange) (GrantShown, error) {
	_, s, err := a.siteDoc(c.Site)
	if err != nil {
		return GrantShown{}, err
	}
	g, err := changed(funder.Grant{Site: c.Site}, c)
	if err != nil {
		return GrantShown{}, err
	}
	if g, err = a.newGrant(g, s, funder.Funder{}); err != nil {
		return GrantShown{}, err
	}
	if _, err := a.records.Put(ctx, funder.GrantKind, g.ID, 0, author, g); err != nil {
		return GrantShown{}, err
	}
	return a.showGrant(ctx, g.ID)
}

func (a *App) setGrant(ctx context.Context, c DocumentChange) (GrantShown, error) {
	doc, old, err := a.grantDoc(c.ID)
	if err != nil {
		return GrantShown{}, err
	}
	_, s, err := a.siteDoc(old.Site)
	if err != nil {
		return GrantShown{}, err
	}
	next, err := changed(old, c)
	if err != nil {
		return GrantShown{}, err
	}
	if next, err = a.nextGrant(old, next, s, funder.Funder{}); err != nil {
		return GrantShown{}, err
	}
	if !reflect.DeepEqual(next, old) {
		if _, err := a.records.Put(ctx, funder.GrantKind, c.ID, doc.Version, author, next); err != nil {
			return GrantShown{}, err
		}
	}
	return a.showGrant(ctx, c.ID)
}

// newGrant is a grant as it may be added to a site, perhaps with a funder that
// is added with it.
func (a *App) newGrant(g funder.Grant, s site.Site, fresh funder.Funder) (funder.Grant, error) {
	if g.ID == "" {
		g.ID = idOf(g.Site + "-" + g.Title)
	}
	g, err := a.checkedGrant(g, s, fresh)
	if err == nil && len(a.records.History(funder.GrantKind, g.ID)) > 0 {
		err = fmt.Errorf("a grant with the id %q is there already: change that one, or give this one another title or id", g.ID)
	}
	return g, err
}

// longestID is how long the id of a grant or a funder may be.
const longestID = 100

// idOf makes an id of a name.
func idOf(name string) string {
	id := slug(name)
	return strings.Trim(id[:min(len(id), longestID)], "-")
}

// nextGrant is the next version of a grant as it may be stored, perhaps with a
// funder that is added with it.
func (a *App) nextGrant(old, next funder.Grant, s site.Site, fresh funder.Funder) (funder.Grant, error) {
	if next.ID != old.ID || next.Site != old.Site {
		return next, fmt.Errorf("grant: its id %q and its site %q stay what they are: add another grant", old.ID, old.Site)
	}
	next, err := a.checkedGrant(next, s, fresh)
	if err != nil {
		return next, err
	}
	return next, a.stillShared(old, next)
}

// checkedGrant completes a grant from what is known of its indicators, and says
// everything that is wrong with it.
func (a *App) checkedGrant(g funder.Grant, s site.Site, fresh funder.Funder) (funder.Grant, error) {
	v, err := a.vocabulary(s)
	if err != nil {
		return g, err
	}
	g.Targets = slices.Clone(g.Targets)
	for i := range g.Targets {
		t := &g.Targets[i]
		if d, err := v.Find(t.Indicator); err == nil {
			t.Wording = cmp.Or(t.Wording, d.Label.En)
			t.Definition, t.How = cmp.Or(t.Definition, d.Meaning.En), cmp.Or(t.How, d.How.En)
		}
		t.Wording = cmp.Or(t.Wording, t.Indicator.String())
	}
	wrong := []error{g.Validate(), g.Check(v)}
	if _, err := a.records.Get(funder.Kind, g.Funder); err != nil && g.Funder != "" && g.Funder != fresh.ID {
		wrong = append(wrong, fmt.Errorf("no funder has the id %q: `footfall funder list` shows them, `footfall funder add` adds one", g.Funder))
	}
	return g, errors.Join(wrong...)
}

// stillShared refuses a change that would take from under an open link what
// sharing needs.
func (a *App) stillShared(old, next funder.Grant) error {
	for _, doc := range a.records.List(funder.LinkKind) {
		link, err := record.As[funder.Link](doc)
		if err != nil {
			return err
		}
		if link.Grant != next.ID || !link.Open(a.clock()) {
			continue
		}
		if err := next.MayShare(link.Expires); err != nil {
			return fmt.Errorf("a link to a report of this grant opens until %s, and with this change it could not be made: %w", link.Expires.Format("2 January 2006"), err)
		}
		if next.Funder != old.Funder {
			return fmt.Errorf("a link to a report of this grant opens until %s and was made for %q: another funder needs another grant", link.Expires.Format("2 January 2006"), old.Funder)
		}
	}
	return nil
}

func (a *App) grantDoc(id string) (record.Doc, funder.Grant, error) {
	doc, err := a.records.Get(funder.GrantKind, id)
	if err != nil {
		return doc, funder.Grant{}, fmt.Errorf("no grant has the id %q: `footfall grant list` shows them", id)
	}
	g, err := record.As[funder.Grant](doc)
	return doc, g, err
}

func (a *App) showGrant(_ context.Context, id string) (GrantShown, error) {
	doc, g, err := a.grantDoc(id)
	if err != nil {
		return GrantShown{}, err
	}
	_, s, err := a.siteDoc(g.Site)
	if err != nil {
		return GrantShown{}, err
	}
	f, err := record.Get[funder.Funder](a.records, funder.Kind, g.Funder)
	if err != nil {
		return GrantShown{}, err
	}
	v, err := a.vocabulary(s)
	if err != nil {
		return GrantShown{}, err
	}
	shown := GrantShown{Grant: g, Version: doc.Version, Funder: f, Periods: shownPeriods(g, s), Targets: []TargetShown{}, Notes: a.grantNotes(g, f, s)}
	for _, t := range g.Targets {
		d, err := v.Find(t.Indicator)
		if err != nil {
			shown.Notes = append(shown.Notes, fmt.Sprintf("target “%s”: %v", t.Wording, err))
		}
		shown.Targets = append(shown.Targets, TargetShown{Target: t, Source: d.Source, Reads: d.Reads})
	}
	return shown, nil
}

// shownPeriods lists the periods of a grant with their months as figures name
// them, at a site whose quarters begin in a month.
func shownPeriods(g funder.Grant, s site.Site) []PeriodShown {
	all := []PeriodShown{}
	for _, p := range g.Periods() {
		figures := disclosure.Run(p.First, p.Last)
		if q := disclosure.PeriodOf(disclosure.Quarter, p.First, s.QuarterStart); q.First == p.First && q.Last == p.Last {
			figures = q
		}
		shown := PeriodShown{
			Name: p.Name(), Label: p.Label(), Agreed: p.Agreed, First: p.First, Last: p.Last,
			Period: figures.Name, Sealed: figures.ClosesAt(s.Location()), Due: p.Due, Note: p.Note(),
		}
		if p.Due != 0 && !shown.Sealed.Before(p.Due.End(s.Location())) {
			shown.Note = strings.TrimSpace(shown.Note + fmt.Sprintf(" It is due before its last month is sealed on %s: the report will be provisional.", shown.Sealed.In(s.Location()).Format("2 January 2006")))
		}
		all = append(all, shown)
	}
	return all
}

// grantNotes says what stands in the way of a report of the grant, and what to
// expect of it.
func (a *App) grantNotes(g funder.Grant, f funder.Funder, s site.Site) []string {
	notes := []string{}
	for _, err := range []error{g.MayShare(a.clock()), a.mayReport(s)} {
		if err != nil {
			notes = append(notes, "No link can be made: "+strings.ReplaceAll(err.Error(), "\n", "; ")+".")
		}
	}
	if note := untold(f, s); note != "" {
		notes = append(notes, note)
	}
	if ps := g.Periods(); len(ps) > 0 && g.Pattern == funder.Quarterly && disclosure.PeriodOf(disclosure.Quarter, ps[0].First, s.QuarterStart).First != ps[0].First {
		notes = append(notes, fmt.Sprintf("The quarters of this grant begin in %s and those of the site do not: contacts, issues and outcomes of a quarter are sums of three months, shown from 17 on and not from 10 (strict tables: 34 and 20).", ps[0].First.Month()))
	}
	return notes
}

// untold says what to do if visitors to a site are not told of a funder.
func untold(f funder.Funder, s site.Site) string {
	if slices.Contains(s.Funders, f.Name) {
		return ""
	}
	return fmt.Sprintf("Visitors to %s are not told of %s. Whoever runs Footfall adds the name to the setting funders: `footfall site set %s --file`. Visitors are then asked again.", s.Name, f.Name, s.Key)
}

// listGrants lists the grants of a site, or of all.
func (a *App) listGrants(_ context.Context, key string) (GrantList, error) {
	return a.grantsOf(func(site string) bool { return key == "" || site == key })
}

// grantsOf lists the grants of the sites that are wanted.
func (a *App) grantsOf(want func(site string) bool) (GrantList, error) {
	list := GrantList{}
	for _, doc := range a.records.List(funder.GrantKind) {
		w, err := record.As[whose](doc)
		if err != nil {
			return nil, err
		}
		if !want(w.Site) {
			continue
		}
		g, err := record.As[funder.Grant](doc)
		if err != nil {
			return nil, err
		}
		_, s, err := a.siteDoc(g.Site)
		if err != nil {
			return nil, err
		}
		f, err := record.Get[funder.Funder](a.records, funder.Kind, g.Funder)
		if err != nil {
			return nil, err
		}
		line := funder.Line{ID: g.ID, Site: g.Site, Title: g.Title, Funder: f.Name, Start: g.Start, End: g.End}
		if p, ok := g.Next(a.clock(), s.Location()); ok {
			line.Next, line.Label, line.Due = p.Name(), p.Label(), p.Due
		}
		list = append(list, line)
	}
	return list, nil
}
