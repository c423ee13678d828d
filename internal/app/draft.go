package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/site"
	"github.com/footfall-analytics/footfall/internal/story"
)

// reports is the way of a report from draft to link, for pages and commands
// alike; it is a dashboard.Reports.
type reports struct{ *App }

// file is a draft with the documents that it is about.
type file struct {
	draft  report.Draft
	saved  record.Doc // newest version of the draft, zero if there is none
	site   site.Site
	grant  funder.Grant
	funder funder.Funder
	period funder.Period
}

// open finds a draft of a site that the user sees. One that nobody has saved is
// an empty one.
func (a reports) open(by account.User, id string) (file, error) {
	grant, period, _ := strings.Cut(id, ":")
	f, err := a.openGrant(by, grant)
	if err != nil {
		return f, err
	}
	if f.period, err = f.grant.Period(period); err != nil {
		return f, fmt.Errorf("%w: `footfall grant show %s` shows its periods: %w", err, grant, record.ErrNotFound)
	}
	return a.openPeriod(f)
}

// openGrant is a file without its draft.
func (a reports) openGrant(by account.User, grant string) (f file, err error) {
	_, f.grant, err = a.grantDoc(grant)
	if err != nil || !by.Sees(f.grant.Site) {
		return f, fmt.Errorf("no grant has the id %q: `footfall grant list` shows them: %w", grant, record.ErrNotFound)
	}
	if _, f.site, err = a.siteDoc(f.grant.Site); err != nil {
		return f, err
	}
	f.funder, err = record.Get[funder.Funder](a.records, funder.Kind, f.grant.Funder)
	return f, err
}

// openPeriod puts the draft of its period into a file.
func (a reports) openPeriod(f file) (file, error) {
	f.draft = report.NewDraft(f.grant.ID, f.period.Name())
	doc, err := a.records.Get(report.DraftKind, f.draft.ID())
	if err == nil {
		f.saved = doc
		f.draft, err = record.As[report.Draft](doc)
	} else if errors.Is(err, record.ErrNotFound) {
		err = nil
	}
	f.draft = f.shown()
	return f, err
}

// shown is the draft as it is saved, with its version and the limits of its
// funder.
func (f file) shown() report.Draft {
	d := f.draft.Limited(f.funder.Limits)
	d.Version = f.saved.Version
	return d
}

// context is what the words of a draft may name.
func (f file) context() story.Context {
	return story.Context{Own: []string{f.site.Name, f.funder.Name, f.grant.Title}}
}

// settings says what a report is made of, with the words of its draft.
func (a reports) settings(ctx context.Context, f file) (report.Settings, error) {
	if err := a.mayReport(f.site); err != nil {
		return report.Settings{}, &report.RefusedError{Why: err.Error()}
	}
	v, err := a.vocabulary(f.site)
	if err != nil {
		return report.Settings{}, err
	}
	breaks, err := a.breaks(f.site)
	if err != nil {
		return report.Settings{}, err
	}
	entered, err := a.entered(ctx, f)
	return report.Settings{
		Site: f.site, Funder: f.funder, Grant: f.grant, Period: f.period, Names: names, Defined: v.Defined, Breaks: breaks,
		Words: f.draft.Said(), Correction: f.draft.Correction, Records: a.cases, Entered: entered,
	}, err
}

// entered are the days on which the case records of a period were entered last,
// by indicator.
func (a reports) entered(ctx context.Context, f file) (map[string]day.Day, error) {
	all, err := a.totals.List(ctx, f.site.Key)
	if err != nil {
		return nil, err
	}
	days := map[string]day.Day{}
	for _, e := range all {
		p, err := disclosure.ParsePeriod(e.Period, f.site.QuarterStart)
		if err == nil && e.Sealed && p.First >= f.period.First && p.Last <= f.period.Last {
			days[e.Indicator] = max(days[e.Indicator], day.Of(e.Time, f.site.Location()))
		}
	}
	return days, nil
}

// fill reads the figures of a draft as they are now.
func (a reports) fill(ctx context.Context, f file) (report.Report, error) {
	s, err := a.settings(ctx, f)
	if err != nil {
		return report.Report{}, err
	}
	r, err := report.Build(ctx, a.book, s)
	if errors.Is(err, disclosure.ErrOpen) {
		return r, &unsealedError{report.RefusedError{Why: fmt.Sprintf("%s has no sealed month yet: months are sealed 48 hours after they end", f.period)}}
	}
	return r, err
}

// unsealedError says that there are no figures yet, which is no fault of a draft.
type unsealedError struct{ report.RefusedError }

// Unwrap makes it a refusal like others.
func (e *unsealedError) Unwrap() error { return &e.RefusedError }

// work is all that is to be seen of a draft.
func (a reports) work(ctx context.Context, f file) (report.Work, error) {
	w := report.Work{Draft: f.draft, Grant: f.grant, Funder: f.funder, Findings: f.draft.Findings(f.context()), People: map[string]string{}}
	if f.saved.Version > 0 {
		w.SavedBy, w.SavedAt = a.person(f.saved.Author), f.saved.Time
	}
	for _, id := range append([]string{f.draft.SubmittedBy, f.draft.ApprovedBy}, f.draft.Authors...) {
		if id != "" {
			w.People[id] = a.person(id)
		}
	}
	var err error
	var open *unsealedError
	switch w.Report, err = a.fill(ctx, f); {
	case err == nil:
		w.Filled = true
	case !errors.As(err, &open):
		return w, err
	}
	for _, doc := range a.records.History(report.Kind, f.draft.Report) {
		r, err := report.Parse(doc.Body)
		if err != nil {
			return w, err
		}
		w.Versions = append(w.Versions, r)
	}
	return w, nil
}

// person is the name of a user, or of who else wrote a record.
func (a *App) person(id string) string {
	if u, err := record.Get[account.User](a.records, account.Kind, id); err == nil {
		return u.Name
	}
	if id == author {
		return "The command line"
	}
	return "Somebody who has left"
}

// Draft implements dashboard.Reports.
func (a reports) Draft(ctx context.Context, by account.User, id string) (report.Work, error) {
	f, err := a.open(by, id)
	if err != nil {
		return report.Work{}, err
	}
	return a.work(ctx, f)
}

// step takes a draft one step on from the version that a user saw.
func (a reports) step(ctx context.Context, by account.User, id string, version uint32, take func(file) (report.Draft, error)) (report.Draft, error) {
	f, err := a.open(by, id)
	if err != nil {
		return f.draft, err
	}
	if f.saved.Version != version {
		return f.draft, a.conflict(f)
	}
	if f.draft, err = take(f); err != nil {
		return f.draft, err
	}
	f.saved, err = a.records.Put(ctx, report.DraftKind, id, version, by.ID, f.draft)
	var late *record.ConflictError
	if errors.As(err, &late) {
		if f, err = a.open(by, id); err == nil {
			err = a.conflict(f)
		}
	}
	if err != nil {
		return f.draft, err
	}
	return f.shown(), nil
}

func (a reports) conflict(f file) error {
	return &report.ConflictError{By: a.person(f.saved.Author), At: f.saved.Time.In(f.site.Location())}
}

// Save implements dashboard.Reports.
func (a reports) Save(ctx context.Context, by account.User, id string, version uint32, edit report.Edit) (report.Draft, error) {
	return a.step(ctx, by, id, version, func(f file) (report.Draft, error) {
		if err := mayWrite(by); err != nil {
			return f.draft, err
		}
		return f.draft.Save(by.ID, edit)
	})
}

// Submit implements dashboard.Reports.
func (a reports) Submit(ctx context.Context, by account.User, id string, version uint32) (report.Draft, error) {
	return a.step(ctx, by, id, version, func(f file) (report.Draft, error) {
		if err := mayWrite(by); err != nil {
			return f.draft, err
		}
		if _, err := a.fill(ctx, f); err != nil {
			return f.draft, err
		}
		return f.draft.Submit(by.ID, f.draft.Findings(f.context()))
	})
}

// SendBack implements dashboard.Reports. Who writes reports may take one back.
func (a reports) SendBack(ctx context.Context, by account.User, id string, version uint32, why string) (report.Draft, error) {
	return a.step(ctx, by, id, version, func(f file) (report.Draft, error) {
		if !by.Approves() && !by.Writes() {
			return f.draft, mayWrite(by)
		}
		return f.draft.SendBack(why)
	})
}

// Approve implements dashboard.Reports.
func (a reports) Approve(ctx context.Context, by account.User, id string, version uint32) (report.Draft, error) {
	return a.step(ctx, by, id, version, func(f file) (report.Draft, error) {
		if !by.Approves() {
			return f.draft, &report.RefusedError{Why: fmt.Sprintf("%s has the role %s: owners and approvers approve reports", by.Name, by.Role)}
		}
		seen, err := a.content(ctx, f)
		if err != nil {
			return f.draft, err
		}
		return f.draft.Approve(by.ID, seen, a.today(f))
	})
}

func (a reports) content(ctx context.Context, f file) (string, error) {
	r, err := a.fill(ctx, f)
	if err != nil {
		return "", err
	}
	return r.Content()
}

func (a reports) today(f file) day.Day { return day.Of(a.clock(), f.site.Location()) }

// Correct implements dashboard.Reports.
func (a reports) Correct(ctx context.Context, by account.User, id string, version uint32, why string) (report.Draft, error) {
	return a.step(ctx, by, id, version, func(f file) (report.Draft, error) {
		if err := mayWrite(by); err != nil {
			return f.draft, err
		}
		return f.draft.Correct(by.ID, why)
	})
}

func mayWrite(by account.User) error {
	if by.Writes() {
		return nil
	}
	return &report.RefusedError{Why: fmt.Sprintf("%s has the role %s: owners, editors and reporters write reports, publish them and make links", by.Name, by.Role)}
}

// Due implements dashboard.Reports: what is to be done, the first due first, and
// then what is done, the latest first.
func (a reports) Due(by account.User) (all []report.Line, err error) {
	for _, doc := range a.records.List(funder.GrantKind) {
		w, err := record.As[whose](doc)
		if err != nil {
			return nil, err
		}
		if !by.Sees(w.Site) {
			continue
		}
		lines, err := a.lines(by, doc.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, lines...)
	}
	slices.SortStableFunc(all, func(x, y report.Line) int {
		if done := x.State == report.Published; done != (y.State == report.Published) {
			return map[bool]int{true: 1, false: -1}[done]
		} else if done {
			return cmp.Compare(y.Period.Last, x.Period.Last)
		}
		return cmp.Or(cmp.Compare(cmp.Or(x.Due, x.Period.Last+366), cmp.Or(y.Due, y.Period.Last+366)), cmp.Compare(x.Draft, y.Draft))
	})
	return all, nil
}

// lines are the periods of a grant that have begun and have figures.
func (a reports) lines(by account.User, grant string) (all []report.Line, err error) {
	f, err := a.openGrant(by, grant)
	if err != nil {
		return nil, err
	}
	g, loc, today := f.grant, f.site.Location(), a.today(f)
	began := day.Of(a.records.History(site.Kind, g.Site)[0].Time, loc)
	for _, p := range g.Periods() {
		f.saved, f.period = record.Doc{}, p
		if f, err = a.openPeriod(f); err != nil {
			return nil, err
		}
		if p.First > today || p.Last < began && f.saved.Version == 0 {
			continue
		}
		l := report.Line{
			Draft: f.draft.ID(), Grant: g.ID, Title: g.Title, Funder: f.funder.Name, Site: g.Site, Period: p, State: f.draft.State,
			Due: p.Due, Sealed: disclosure.Run(p.First, p.Last).ClosesAt(loc), Report: f.draft.Report,
			Versions: len(a.records.History(report.Kind, f.draft.Report)),
		}
		if f.saved.Version == 0 {
			l.State = ""
		}
		l.Late = p.Due != 0 && p.Due < today && l.State != report.Published
		all = append(all, l)
	}
	return all, nil
}

// breaks lists the days on which counting changed at a site, from the versions
// of its settings and of its banner.
func (a *App) breaks(s site.Site) (all []report.Break, err error) {
	on := func(t time.Time) day.Day { return day.Of(t, s.Location()) }
	if all, err = siteBreaks(a.records.History(site.Kind, s.Key), on); err != nil {
		return nil, err
	}
	more, err := bannerBreaks(a.records.History(site.BannerKind, s.Key), on)
	all = append(all, more...)
	slices.SortStableFunc(all, func(x, y report.Break) int { return cmp.Compare(x.Day, y.Day) })
	return all, err
}
