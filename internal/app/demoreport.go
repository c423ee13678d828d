package app

import (
	"context"
	"errors"

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
	f := funder.Funder{ID: g.Funder, Name: "Tide Trust"}
	draft, err := report.Build(ctx, p.book, report.Settings{Site: s, Funder: f, Grant: g, Period: period, Names: names, Words: demoWords})
	if err != nil {
		return "", err
	}
	if err := errors.Join(p.replace(ctx, funder.Kind, f.ID, f), p.replace(ctx, funder.GrantKind, g.ID, g)); err != nil {
		return "", err
	}
	linked, err := p.publish(ctx, g, draft, p.clock().AddDate(0, 0, 30))
	return linked.Link, err
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
	{Heading: "What happened", Text: "We opened the web chat on Saturdays and wrote new pages about pressure online, with our young advisers. Two schools put the drop-in into their newsletters."},
	{Heading: "What we learned", Text: "Most young people read two pages before they get in touch. Pages that say what happens after you press the button are used more."},
	{Heading: "What comes next", Text: "A Welsh version of the help pages, and a shorter way from each page to the chat."},
}
