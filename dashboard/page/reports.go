package page

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/story"
)

// ReportsView lists the reports of the sites that a user sees.
type ReportsView struct {
	Staff
	ToDo, Done []ReportLine
}

// ReportLine is one report of the list.
type ReportLine struct {
	report.Line
	When string // it is due, in words
}

// Stands says in words how far the report has come.
func (l ReportLine) Stands() string { return stands(l.State) }

// Dates are the days of the report's period, in words.
func (l ReportLine) Dates() string { return funder.Dates(l.Period.First, l.Period.Last) }

func stands(s report.State) string {
	switch s {
	case report.Writing:
		return "Being written"
	case report.Submitted:
		return "Waiting for a second person"
	case report.Approved:
		return "Approved, not published"
	case report.Published:
		return "Published"
	default:
		return "Not begun"
	}
}

// Offers are the steps that a user may take with a report as it is.
type Offers struct{ Write, Approve, SendBack, Publish, Correct, Share bool }

// DraftView is one report while people work on it.
type DraftView struct {
	Staff
	report.Work
	Offers   Offers
	Passages []PassageView
	Problem  string // why the last step was not taken
	Saved    bool   // it was
	// Conflict says that somebody saved meanwhile: the passages have what was
	// written here, and beside it what is stored.
	Conflict *report.ConflictError
	Writers  []string // names
	Second   string   // name of who submitted it
}

// ID is the id of the draft.
func (v DraftView) ID() string { return v.Draft.ID() }

// When is the period of the report, in words; there need be no figures yet.
func (v DraftView) When() string { return when(v.Work) }

// When is the period of the report, in words.
func (v LinksView) When() string { return when(v.Work) }

func when(w report.Work) string {
	p, err := w.Grant.Period(w.Draft.Period)
	if err != nil {
		return w.Draft.Period // its grant has other periods by now
	}
	return p.String()
}

// Page is what a funder would see of it, without its files.
func (v DraftView) Page() ReportView { return ReportView{Report: v.Report} }

// Stands says in words how far the report has come.
func (v DraftView) Stands() string { return stands(v.Draft.State) }

// Problems are the lines of Problem.
func (v DraftView) Problems() []string { return strings.Split(v.Problem, "\n") }

// ToMend are the passages that cannot be submitted as they are: they are too
// long, or something was found in them that has no reason yet.
func (v DraftView) ToMend() (some []PassageView) {
	for _, p := range v.Passages {
		if p.Over() > 0 || slices.ContainsFunc(p.Found, func(f report.Found) bool { return f.Reason == "" }) {
			some = append(some, p)
		}
	}
	return some
}

// PassageView is one passage, and what the story checker says of it.
type PassageView struct {
	report.Words
	N      int            // its place, from 0
	Found  []report.Found // each key once
	Stored string         // what somebody else saved meanwhile, if it is another text
}

// Over is how many words the passage is too long.
func (p PassageView) Over() int {
	if p.Limit == 0 {
		return 0
	}
	return max(0, p.Count()-p.Limit)
}

// piece is a part of a text; what was found in it is marked.
type piece struct {
	Text   string
	Marked bool
}

// sorts say in words what kind of thing was found.
var sorts = map[story.Kind]string{
	story.Name: "name", story.Age: "age", story.Place: "place", story.Date: "day or time", story.Contact: "way to reach somebody", story.Rare: "rare detail",
}

// Pieces cuts the text where something was found.
func (p PassageView) Pieces() (all []piece) {
	from := 0
	found := slices.Clone(p.Found)
	slices.SortFunc(found, func(a, b report.Found) int { return a.Finding.Start - b.Finding.Start })
	for _, f := range found {
		start, end := f.Finding.Start, f.Finding.End
		if start < from || end > len(p.Text) || p.Text[start:end] != f.Finding.Words {
			continue // it is of the heading
		}
		all = append(all, piece{p.Text[from:start], false}, piece{p.Text[start:end], true})
		from = end
	}
	return append(all, piece{p.Text[from:], false})
}

// LinksView lists the links of a published report.
type LinksView struct {
	Staff
	report.Work
	Links   []LinkLine
	Problem string
	New     *report.NewLink // shown once
	Days    int             // for which a link is made, unless somebody says otherwise
	May     bool            // make and revoke links
	Mail    bool            // links can be sent by e-mail
}

// ID is the id of the draft.
func (v LinksView) ID() string { return v.Draft.ID() }

// LinkLine is one link of the list.
type LinkLine struct {
	report.LinkLine
	Ended bool // its time is over
}

// on is a moment as a day, in words.
func on(t time.Time) string { return t.Format("2 January 2006") }

// Reports draws the list of reports.
func Reports(w io.Writer, v ReportsView) error { return draw(w, "reports", v) }

// Draft draws one report while people work on it.
func Draft(w io.Writer, v DraftView) error { return draw(w, "draft", v) }

// Links draws the links of a report.
func Links(w io.Writer, v LinksView) error { return draw(w, "links", v) }
