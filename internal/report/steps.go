package report

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/story"
)

// The most that a draft takes.
const (
	mostWords   = 12 // passages
	mostHeading = 120
	mostText    = 40_000 // letters of a passage
	mostReason  = 500
)

// standard lists the passages that a draft begins with.
var standard = []Words{
	{Kind: Happened, Heading: "What happened"}, {Kind: Learned, Heading: "What we learned"},
	{Kind: Changed, Heading: "What was hard, or has changed"}, {Kind: Next, Heading: "What comes next"}, {Kind: Story, Heading: "A story"},
}

// NewDraft is the draft of a period that nobody has written in yet.
func NewDraft(grant, period string) Draft {
	return Draft{Grant: grant, Period: period, State: Writing, Words: slices.Clone(standard)}
}

// AboutOf finds what a heading of a passage stands for: one of the standard
// passages, by its heading or its kind, or another.
func AboutOf(heading string) Words {
	for _, w := range standard {
		if strings.EqualFold(heading, w.Heading) || strings.EqualFold(heading, string(w.Kind)) {
			return w
		}
	}
	return Words{Heading: heading}
}

// Limited is the draft with the limits that its funder sets today.
func (d Draft) Limited(l funder.Limits) Draft {
	limits := map[About]int{Happened: l.Happened, Learned: l.Learned, Changed: l.Changed, Next: l.Next, Story: l.Story}
	d.Words = slices.Clone(d.Words)
	for i, w := range d.Words {
		d.Words[i].Limit = limits[w.Kind]
	}
	return d
}

// Said is the passages that say something, as they are published.
func (d Draft) Said() (all []Words) {
	for _, w := range d.Words {
		if strings.TrimSpace(w.Text) != "" {
			all = append(all, w)
		}
	}
	return all
}

// Count is the number of words in a passage.
func (w Words) Count() int { return len(strings.Fields(w.Text)) }

// Over lists the passages that are longer than their funder takes.
func (d Draft) Over() (wrong []string) {
	for _, w := range d.Words {
		if n := w.Count(); w.Limit > 0 && n > w.Limit {
			wrong = append(wrong, fmt.Sprintf("“%s” has %d words and the funder takes %d: %d too many", w.Heading, n, w.Limit, n-w.Limit))
		}
	}
	return wrong
}

// Found is what the story checker finds in one passage.
type Found struct {
	Heading string        `json:"heading"`
	Finding story.Finding `json:"finding"`
	Reason  string        `json:"reason,omitempty"` // why it may stay, "" = it may not
}

// Findings lists what could lead to a person, passage by passage; headings are
// read, too.
func (d Draft) Findings(ctx story.Context) (all []Found) {
	for _, w := range d.Words {
		for _, text := range []string{w.Heading, w.Text} {
			for _, f := range story.Check(text, ctx) {
				all = append(all, Found{Heading: w.Heading, Finding: f, Reason: d.Kept[f.Key]})
			}
		}
	}
	return all
}

// refuse words a step that cannot be taken.
func refuse(format string, args ...any) error {
	return &RefusedError{Why: fmt.Sprintf(format, args...)}
}

// in refuses a step that needs another state.
func (d Draft) in(step string, states ...State) error {
	if slices.Contains(states, d.State) {
		return nil
	}
	next := map[State]string{
		Writing:   "it is being written: submit it first",
		Submitted: "it waits for approval: have it approved, or sent back",
		Approved:  "it is approved: publish it, or send it back to change it",
		Published: "it is published: to change it, begin a correction",
	}[d.State]
	return refuse("this report cannot be %s now: %s", step, next)
}

// Save puts in what a user wrote.
func (d Draft) Save(by string, e Edit) (Draft, error) {
	if err := d.in("changed", Writing); err != nil {
		return d, err
	}
	if err := e.check(); err != nil {
		return d, err
	}
	words := slices.Clone(e.Words)
	for i := range words {
		words[i].Limit = 0 // the funder's, which may change
	}
	if old := d.Limited(funder.Limits{}).Words; !reflect.DeepEqual(old, words) || !maps.Equal(d.Kept, e.Kept) {
		d.Authors = with(d.Authors, by)
	}
	d.Words, d.Kept = words, maps.Clone(e.Kept)
	return d, nil
}

func (e Edit) check() error {
	if len(e.Words) > mostWords {
		return refuse("a report takes at most %d passages, and these are %d: put some together", mostWords, len(e.Words))
	}
	seen := map[About]bool{}
	for _, w := range e.Words {
		known := w.Kind == "" || slices.ContainsFunc(standard, func(s Words) bool { return s.Kind == w.Kind })
		switch {
		case !known:
			return refuse("there is no kind of passage %q: want happened, learned, changed, next or story, or none", w.Kind)
		case w.Kind != "" && seen[w.Kind]:
			return refuse("there are two passages of the kind %q: put them together", w.Kind)
		case strings.TrimSpace(w.Heading) == "" || !readable(w.Heading, mostHeading, false):
			return refuse("every passage needs a heading: one line of at most %d letters", mostHeading)
		case !readable(w.Text, mostText, true):
			return refuse("“%s” is too long or has letters that cannot be shown: want plain text of at most %d letters", w.Heading, mostText)
		}
		seen[w.Kind] = true
	}
	return e.checkReasons()
}

func (e Edit) checkReasons() error {
	for key, why := range e.Kept {
		if strings.TrimSpace(why) == "" || !readable(why, mostReason, false) {
			return refuse("say in one line why “%s” may stay, or take it out of the text", key)
		}
	}
	return nil
}

// readable says whether a text is plain and not too long; lines and tabs are
// plain where there may be paragraphs.
func readable(s string, most int, lines bool) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= most && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && (!lines || !strings.ContainsRune("\n\r\t", r))
	})
}

// Submit hands the draft to a second person.
func (d Draft) Submit(by string, found []Found) (Draft, error) {
	if err := d.in("submitted", Writing); err != nil {
		return d, err
	}
	wrong := d.Over()
	for _, f := range found {
		if f.Reason == "" {
			wrong = append(wrong, fmt.Sprintf("“%s” says “%s” (%s): %s Or give a reason why it may stay", f.Heading, f.Finding.Words, f.Finding.Key, f.Finding.Why))
		}
	}
	if len(wrong) > 0 {
		return d, refuse("this report cannot be submitted yet:\n- %s", strings.Join(wrong, "\n- "))
	}
	d.Kept = d.settled(found)
	d.State, d.SubmittedBy, d.ApprovedBy, d.ApprovedOn, d.Seen, d.Back = Submitted, by, "", 0, "", ""
	return d, nil
}

// settled is the reasons for what is still in the text.
func (d Draft) settled(found []Found) map[string]string {
	kept := map[string]string{}
	for _, f := range found {
		kept[f.Finding.Key] = f.Reason
	}
	if len(kept) == 0 {
		return nil
	}
	return kept
}

// Approve lets the report be published as the user has seen it; seen is the
// hash of that. Nobody approves what they wrote or submitted.
func (d Draft) Approve(by, seen string, on day.Day) (Draft, error) {
	if err := d.in("approved", Submitted, Approved); err != nil {
		return d, err
	}
	if by == d.SubmittedBy || slices.Contains(d.Authors, by) {
		return d, refuse("a second person approves a report: you wrote or submitted this one, so ask a colleague")
	}
	d.State, d.ApprovedBy, d.ApprovedOn, d.Seen = Approved, by, on, seen
	return d, nil
}

// SendBack gives the draft back to who writes it, with the reason.
func (d Draft) SendBack(why string) (Draft, error) {
	if err := d.in("sent back", Submitted, Approved); err != nil {
		return d, err
	}
	if strings.TrimSpace(why) == "" || !readable(why, mostReason, true) {
		return d, refuse("say what has to change, in at most %d letters", mostReason)
	}
	d.State, d.Back, d.ApprovedBy, d.ApprovedOn, d.Seen = Writing, why, "", 0, ""
	return d, nil
}

// Publish says that the report was published under an id.
func (d Draft) Publish(id, seen string) (Draft, error) {
	if err := d.in("published", Approved); err != nil {
		return d, err
	}
	if seen != d.Seen {
		return d, refuse("the report is not what was approved on %s: a month was sealed, or the grant or an indicator has changed. Look at it again, and have it approved again", d.ApprovedOn)
	}
	d.State, d.Report = Published, id
	return d, nil
}

// Correct opens a published report again, for a later version. Who wrote the
// versions before may approve it, as long as they write nothing of it.
func (d Draft) Correct(by, why string) (Draft, error) {
	if err := d.in("corrected", Published); err != nil {
		return d, err
	}
	if strings.TrimSpace(why) == "" || !readable(why, mostReason, false) {
		return d, refuse("say in one line what was wrong: every reader of the new version sees it")
	}
	d.State, d.Correction, d.Authors = Writing, why, []string{by}
	d.SubmittedBy, d.ApprovedBy, d.ApprovedOn, d.Seen, d.Back = "", "", 0, "", ""
	return d, nil
}

// with is a list with one more entry, unless it has it.
func with(list []string, entry string) []string {
	if slices.Contains(list, entry) {
		return list
	}
	return append(slices.Clone(list), entry)
}
