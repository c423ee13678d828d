package outlet

import (
	"cmp"

	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/report"
)

// Entry is what goes into one field of a funder's own form.
type Entry struct {
	Label string
	Value string // a plain number; a sentence where no number is fit to publish
	Why   string // what the number is of, where it is not of the period
}

// tooFew stands where a form wants a number and none is fit to publish.
const tooFew = "Too few to publish without a risk that somebody could be found in the number."

// Form lists what forms ask for: each promise in the grant's own words and the
// numbers at a glance. Forms refuse ranges, so where the number of the period
// is hidden there is the next one up that is published, or a sentence.
func Form(r report.Report) (entries []Entry) {
	for _, p := range r.Progress {
		entries = append(entries, entryOf(r, p))
	}
	for _, c := range r.Cards {
		e := Entry{Label: c.Title, Value: disclosure.Data.Added(c.Figure)}
		if !c.Figure.IsShown() {
			e.Value = tooFew
		}
		entries = append(entries, e)
	}
	return entries
}

func entryOf(r report.Report, p report.Progress) Entry {
	if p.Figure.IsShown() {
		return Entry{Label: p.Wording, Value: disclosure.Data.Figure(p.Figure)}
	}
	if p.SoFar.IsShown() {
		return Entry{Label: p.Wording, Value: disclosure.Data.Figure(p.SoFar),
			Why: "Too few in this period to publish: this is the grant so far, from " + Date(cmp.Or(p.Since, r.Period.CountedSince)) + " to " + Date(cmp.Or(p.Until, r.Period.CountedTo)) + "."}
	}
	for _, c := range r.Cards {
		if c.Table == p.Indicator.Table && p.Indicator.Value != "" && c.Figure.IsShown() {
			return Entry{Label: p.Wording, Value: disclosure.Data.Added(c.Figure),
				Why: "Too few to publish by themselves: this is “" + c.Title + "” together, in this period."}
		}
	}
	return Entry{Label: p.Wording, Value: tooFew}
}
