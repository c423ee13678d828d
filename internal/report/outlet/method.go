package outlet

import (
	"fmt"

	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
)

// Creed is the sentence that every outlet has.
const Creed = "We count visits, not people."

// Method says how a report was counted, a paragraph each.
func Method(r report.Report) []string {
	w, strict := disclosure.English, ""
	for _, t := range r.Tables {
		if t.Strict && len(t.Rows) > 0 {
			strict += "; in “" + t.Title + "”, where more is hidden, the same"
		}
	}
	yes := "Only visits where the visitor said yes are counted. We have not guessed the rest."
	if !r.Answers.Outside {
		yes += " " + Answered(r.Answers)
	}
	return []string{
		yes,
		fmt.Sprintf("Every number is rounded to the nearest 5 and carries a little random change, made once, so that nobody can be found in it. "+
			"Where a number is too small to show, we write “%s” (for figures added up over several months the limit is a little higher: see the method); "+
			"where rows are added up and none of them is shown, “%s”%s; where a name would give it away, the row is left out. "+
			"That is why parts need not add up to a total, and why nothing was added to make them fit.", w.Figure(disclosure.Figure{}), w.Added(disclosure.Figure{}), strict),
	}
}

// Answered says what visitors answered when they were asked.
func Answered(a report.Answers) string {
	if a.Percent == nil {
		return "Too few answers can be shown to say what share of visitors said yes."
	}
	w, all, some := disclosure.English, "", ""
	if a.Some != nil {
		all, some = " to all that was asked", w.Figure(*a.Some)+" to some of it, "
	}
	return fmt.Sprintf("Of the visitors who answered the question, %s said yes%s (%s yes, %s%s no).", w.Percent(*a.Percent), all, w.Figure(a.Yes), some, w.Figure(a.No))
}

// Term is a word of the glossary.
type Term struct{ Word, Meaning string }

// Glossary says what the words of a report mean.
func Glossary(r report.Report) []Term {
	status := "The whole period is closed. These numbers will not change; a correction would be a new version with its reason."
	if r.Status == report.Provisional {
		status = "Part of the period is still open. A final version follows."
	}
	terms := []Term{
		{"Visit", "One sitting at the website by one browser. The same person next week is another visit."},
		{"Contact", "A visit in which somebody reached out to the charity, for example by opening the web chat."},
		{"Issue", "What help was looked for, from a list the charity declared beforehand."},
		{"Outcome", "What a visitor told the charity had changed, from a list declared beforehand."},
	}
	for _, p := range r.Progress {
		if p.Source == funder.Records {
			terms = append(terms, Term{"From case records", "Totals that the charity entered from its own records. They are never added to figures of the website."})
			break
		}
	}
	return append(terms, Term{string(r.Status), status})
}

// Seal names the report and its version.
func Seal(r report.Report) string { return fmt.Sprintf("Report %s, version %d", r.ID, r.Version) }

func counted(r report.Report) Section {
	s := Section{ID: "counted", Heading: headings["counted"], Before: append([]string{Creed}, Method(r)...)}
	words := Table{Sheet: "Glossary", Caption: "What the words mean", Columns: []string{"Word", "Meaning"}}
	for _, t := range Glossary(r) {
		words.Rows = append(words.Rows, []Cell{text(t.Word), text(t.Meaning)})
	}
	answers := Table{Sheet: "Answers", Caption: "Answers to the question whether visits may be counted", Columns: []string{"Answer", "Answers"}, Data: true}
	for _, a := range r.Answers.List() {
		answers.Rows = append(answers.Rows, []Cell{text(a.Label), figure(a.Figure, false)})
	}
	s.Tables = []Table{words}
	if !r.Answers.Outside {
		s.Tables = append(s.Tables, answers)
	}
	if len(r.Checks) > 0 {
		s.After = append(s.After, "Before it was published we checked:")
		for _, c := range r.Checks {
			s.After = append(s.After, "– "+c)
		}
	}
	if r.Approved != 0 {
		s.After = append(s.After, Approval(r))
	}
	s.After = append(s.After, Seal(r)+". Content checksum "+r.SHA256)
	return s
}

// Approval says who approved the report, and when.
func Approval(r report.Report) string {
	return "Approved on " + Date(r.Approved) + " by somebody who wrote no part of it."
}

// Then writes a number of another time.
func Then(t report.Then, added bool) Cell {
	if t.First == 0 {
		return text("no figure")
	}
	return figure(t.Figure, added)
}

// ComparedColumns are the columns of a comparison with their days, where all
// rows are of the same.
func ComparedColumns(r report.Report) [3]string {
	columns := [3]string{"This period", "The period before", "The same period a grant year ago"}
	for i := range columns {
		var one funder.Span
		same := true
		for _, c := range r.Compared {
			t := [3]report.Then{c.Now, c.Before, c.LastYear}[i]
			if t.First == 0 {
				continue
			}
			span := funder.Span{First: t.First, Last: t.Last}
			same = same && (one == funder.Span{} || one == span)
			one = span
		}
		if same && one != (funder.Span{}) {
			columns[i] += " (" + funder.Dates(one.First, one.Last) + ")"
		}
	}
	return columns
}

func compared(r report.Report) Section {
	if len(r.Compared) == 0 {
		return Section{}
	}
	columns := ComparedColumns(r)
	t := Table{Sheet: "Compared", Caption: headings["compared"], Columns: []string{"What", columns[0], columns[1], columns[2], "Can it be compared?", "From"}}
	for _, c := range r.Compared {
		note := "yes"
		if c.Break != "" {
			note = "no: " + c.Break
		}
		t.Rows = append(t.Rows, []Cell{text(c.Label), Then(c.Now, c.Added), Then(c.Before, c.Added), Then(c.LastYear, c.Added), text(note), text(Source(c.Source, r, 0))})
	}
	return fromOne(Section{ID: "compared", Heading: headings["compared"], Tables: []Table{t}})
}
