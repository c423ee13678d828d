package dashboard

import (
	"context"
	"time"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
	"github.com/footfall-analytics/footfall/internal/story"
)

const draftOf = "lantern-2025:Y2Q3"

// drafts is one draft in memory, with the true rules of its steps: the service
// itself, which keeps it, imports this package.
type drafts struct {
	h     *house
	draft report.Draft
	by    string // who saved it last
	links []report.LinkLine
	to    string // where the last link was sent
}

func newDrafts(h *house) *drafts {
	d := &drafts{h: h, draft: report.NewDraft("lantern-2025", "Y2Q3")}
	d.draft.Version, d.by = 1, "Amy Pritchard"
	return d
}

func (d *drafts) Due(account.User) ([]report.Line, error) {
	g := reporttest.Grant()
	var lines []report.Line
	for i, name := range []string{"Y2Q3", "Y2Q4", "Y2Q2"} {
		p, _ := g.Period(name)
		l := report.Line{Draft: report.DraftID(g.ID, name), Grant: g.ID, Title: g.Title, Funder: "The Lantern Foundation", Site: g.Site, Period: p, Due: day.New(2027, 1, 6+11*i)}
		if name == "Y2Q3" {
			l.State, l.Late = d.draft.State, true
		}
		if name == "Y2Q2" {
			l.State, l.Report, l.Versions = report.Published, "FR-7KQ2M9XD", 2
		}
		lines = append(lines, l)
	}
	return lines, nil
}

func (d *drafts) work() report.Work {
	draft := d.draft.Limited(funder.Limits{Story: 40})
	return report.Work{
		Draft: draft, SavedBy: d.by, SavedAt: d.h.now.Add(-time.Hour), People: map[string]string{"amy": "Amy Pritchard", "ben": "Ben Okafor"},
		Grant: reporttest.Grant(), Funder: reporttest.Funder(), Findings: draft.Findings(story.Context{Own: []string{"Harbour Young People"}}),
		Report: d.h.report, Filled: true,
	}
}

func (d *drafts) Draft(_ context.Context, by account.User, id string) (report.Work, error) {
	if id != draftOf || !by.Sees("kx4f9q") {
		return report.Work{}, record.ErrNotFound
	}
	return d.work(), nil
}

// take puts in what a step made, unless somebody was faster.
func (d *drafts) take(by account.User, version uint32, step func(report.Draft) (report.Draft, error)) (report.Draft, error) {
	if version != d.draft.Version {
		return d.draft, &report.ConflictError{By: d.by, At: d.h.now}
	}
	next, err := step(d.draft)
	if err != nil {
		return d.draft, err
	}
	next.Version++
	d.draft, d.by = next, by.Name
	return next, nil
}

func (d *drafts) Save(_ context.Context, by account.User, _ string, version uint32, edit report.Edit) (report.Draft, error) {
	return d.take(by, version, func(old report.Draft) (report.Draft, error) { return old.Save(by.ID, edit) })
}

func (d *drafts) Submit(_ context.Context, by account.User, _ string, version uint32) (report.Draft, error) {
	return d.take(by, version, func(report.Draft) (report.Draft, error) {
		w := d.work()
		return w.Draft.Submit(by.ID, w.Findings)
	})
}

func (d *drafts) SendBack(_ context.Context, by account.User, _ string, version uint32, why string) (report.Draft, error) {
	return d.take(by, version, func(old report.Draft) (report.Draft, error) { return old.SendBack(why) })
}

func (d *drafts) Approve(_ context.Context, by account.User, _ string, version uint32) (report.Draft, error) {
	return d.take(by, version, func(old report.Draft) (report.Draft, error) {
		return old.Approve(by.ID, "seen", day.New(2027, 1, 8))
	})
}

func (d *drafts) Publish(_ context.Context, by account.User, _ string, version uint32) (report.Draft, error) {
	return d.take(by, version, func(old report.Draft) (report.Draft, error) { return old.Publish("FR-7KQ2M9XD", "seen") })
}

func (d *drafts) Correct(_ context.Context, by account.User, _ string, version uint32, why string) (report.Draft, error) {
	return d.take(by, version, func(old report.Draft) (report.Draft, error) { return old.Correct(by.ID, why) })
}

func (d *drafts) Links(account.User, string) ([]report.LinkLine, error) { return d.links, nil }

func (d *drafts) NewLink(_ context.Context, by account.User, _ string, terms report.Terms) (report.NewLink, error) {
	if terms.Days < 1 {
		return report.NewLink{}, &report.RefusedError{Why: "say for how many days the link opens, from 1 to 1000"}
	}
	line := report.LinkLine{Hash: "ab12", Report: "FR-7KQ2M9XD", Version: 1, By: by.Name, Made: d.h.now, Expires: d.h.now.AddDate(0, 0, terms.Days), Code: terms.Code}
	d.links = append(d.links, line)
	if d.to = terms.To; d.to != "" {
		return report.NewLink{LinkLine: line}, nil
	}
	return report.NewLink{LinkLine: line, URL: public + "/r/token-that-is-shown-once", Secret: "amber-canal-seven"}, nil
}

func (d *drafts) Revoke(_ context.Context, _ account.User, hash string) error {
	for i := range d.links {
		if d.links[i].Hash == hash {
			d.links[i].Revoked = true
			return nil
		}
	}
	return record.ErrNotFound
}
