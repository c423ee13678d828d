package app

import (
	"context"
	"errors"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/demo"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/site"
)

// demoReport publishes the latest complete report of the demo's grant, once,
// and makes a link to it.
func (p *past) demoReport(ctx context.Context) (string, error) {
	s, err := record.Get[site.Site](p.records, site.Kind, demo.Key)
	if err != nil {
		return "", err
	}
	g := demoGrant(s, day.Of(p.records.History(site.Kind, demo.Key)[0].Time, s.Location()))
	period, err := p.latest(g, s)
	if err != nil {
		return "", err
	}
	f := funder.Funder{ID: g.Funder, Name: "Tide Trust", Limits: funder.Limits{Happened: 150, Learned: 100, Next: 100, Story: 120}}
	for _, d := range []struct {
		kind record.Kind
		id   string
		body any
	}{{funder.Kind, f.ID, f}, {funder.GrantKind, g.ID, g}} {
		if len(p.records.History(d.kind, d.id)) > 0 {
			continue
		}
		if err := p.replace(ctx, d.kind, d.id, d.body); err != nil {
			return "", err
		}
	}
	id := report.DraftID(g.ID, period.Name())
	by, err := p.published(ctx, id)
	if err != nil {
		return "", err
	}
	l, err := reports{p.App}.NewLink(ctx, by, id, report.Terms{Days: 30})
	return l.URL, err
}

// published takes the demo's report the whole way, as two people do, and says
// who wrote it.
func (p *past) published(ctx context.Context, id string) (by account.User, err error) {
	r := reports{p.App}
	if by, err = p.acting(demoEmail); err != nil {
		return by, err
	}
	second, err := p.second(ctx)
	if err != nil {
		return by, err
	}
	f, err := r.open(by, id)
	if err != nil || f.draft.Report != "" {
		return by, err
	}
	for d := f.draft; err == nil && d.State != report.Published; {
		switch {
		case d.Version == 0:
			d, err = r.Save(ctx, by, id, d.Version, report.Edit{Words: demoWords})
		case d.State == report.Writing:
			d, err = r.Submit(ctx, by, id, d.Version)
		case d.State == report.Submitted:
			d, err = r.Approve(ctx, second, id, d.Version)
		default:
			d, err = r.Publish(ctx, by, id, d.Version)
		}
	}
	return by, err
}

// demoSecond approves what the demo's director writes.
const demoSecond = "trustee@harbour.example"

func (p *past) second(ctx context.Context) (account.User, error) {
	if u, err := p.acting(demoSecond); err == nil {
		return u, nil
	}
	_, err := p.addUser(ctx, NewUser{Email: demoSecond, Name: "Demo Trustee", Password: demoPassword, Role: string(account.Approver), Sites: []string{demo.Key}})
	if err != nil {
		return account.User{}, err
	}
	return p.acting(demoSecond)
}

// latest is the newest period of the grant that is closed.
func (p *past) latest(g funder.Grant, s site.Site) (funder.Period, error) {
	periods := g.Periods()
	for i := len(periods) - 1; i >= 0; i-- {
		if p.clock().After((periods[i].Last + 3).Start(s.Location())) {
			return periods[i], nil
		}
	}
	return funder.Period{}, errors.New("no period of the grant is over yet")
}

func demoGrant(s site.Site, start day.Day) funder.Grant {
	target := func(table cell.Table, value, wording string, period uint64) funder.Target {
		return funder.Target{Indicator: funder.Indicator{Table: table, Value: value}, Wording: wording, Period: period, Whole: 8 * period}
	}
	return funder.Grant{
		ID: "tide-2025", Site: s.Key, Funder: "tide-trust", Title: "A safe harbour online", FunderRef: "TT/2025/0417", CharityRef: "HYP-12",
		Start: start, End: day.New(start.Year()+2, start.Month(), 1) - 1, Pattern: funder.Quarterly,
		Targets: []funder.Target{
			target(cell.Contact, "", "Young people’s contacts with our workers", 900),
			target(cell.Total, "", "Visits to our help pages", 5400),
			target(cell.Issue, "", "Issues raised with us", 1150),
			target(cell.Outcome, "", "Answers about what changed", 600),
			target(cell.Outcome, "found-help", "Found what they needed", 300),
			target(cell.Contact, "webchat", "Web chats started", 300),
		},
		Agreement: "DSA-2025-03", Assessment: "DPIA-2025-07",
	}
}

var demoWords = []report.Words{
	{Kind: report.Happened, Heading: "What happened", Text: "We opened the web chat on Saturdays and wrote new pages about pressure online, with our young advisers. Two schools put the drop-in into their newsletters."},
	{Kind: report.Learned, Heading: "What we learned", Text: "Most young people read two pages before they get in touch. Pages that say what happens after you press the button are used more."},
	{Kind: report.Next, Heading: "What comes next", Text: "A Welsh version of the help pages, and a shorter way from each page to the chat."},
}
