package page

import (
	"encoding/json"
	"io"

	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// NumbersView is the page of a site's totals of case records.
type NumbersView struct {
	Staff
	Site       SiteLine
	Indicators []NumbersIndicator
	Templates  []Choice // sets of indicators to begin with, if there are none
	MayEnter   bool
	CanUndo    bool
	CanSeal    bool
	Enter      *NumbersIndicator // whose numbers are entered by hand; nil = none chosen
	Typed      map[string]string // what was typed, after a refusal
	Preview    *NumbersPreview
	Problems   []string // why a file or a form was not taken
	Done       string   // what was just done, in words
	Month      string   // 2026-11: this month, which is not over
}

// TakesFiles says whether there is a form for files: the page then has a script,
// which looks at them before they are sent.
func (v NumbersView) TakesFiles() bool {
	return v.MayEnter && len(v.Indicators) > 0 && v.Preview == nil
}

// Empty are the indicators of which nothing is entered, in words.
func (v NumbersView) Empty() (labels []string) {
	for _, i := range v.Indicators {
		if len(i.Lines) == 0 {
			labels = append(labels, i.Label)
		}
	}
	return labels
}

// Choice is an option of a list.
type Choice struct{ ID, Label string }

// NumbersIndicator is one indicator and what is entered of it, the latest first.
type NumbersIndicator struct {
	ID, Label, Unit, How string
	Values               []Choice
	Lines                []NumbersLine
	More                 int // older lines that are left out
}

// NumbersLine is one month or quarter. A number that is not sealed is shown to
// nobody: the preview alone showed it to who entered it.
type NumbersLine struct {
	Name    string // 2026-11
	Period  string // November 2026
	Sealed  bool
	Gone    bool
	Final   bool
	Figure  disclosure.Figure
	Entered string // day
	From    string // in words
}

// NumbersPreview is what somebody has sent and not stored yet.
type NumbersPreview struct {
	Lines  []PreviewLine
	Notes  []string
	Body   string // the totals, to be sent back when they are to be stored
	From   string
	Same   bool // nothing would change
	Source string
}

// PreviewLine is one total of a preview. Its number is the sender's own.
type PreviewLine struct {
	Period, Indicator string
	Count             uint64
	Added             bool
	Values            []PreviewValue
	Change            string
}

// PreviewValue is one row of a breakdown.
type PreviewValue struct {
	Label string
	Count uint64
}

// Numbers draws the page.
func Numbers(w io.Writer, v NumbersView) error { return draw(w, "numbers", v) }

// Count draws the page that counts a file of people in the browser.
func Count(w io.Writer, v NumbersView) error { return draw(w, "count", v) }

// inJSON writes choices for the script of that page.
func inJSON(choices []Choice) (string, error) {
	text, err := json.Marshal(choices)
	if choices == nil {
		text = []byte("[]")
	}
	return string(text), err
}
