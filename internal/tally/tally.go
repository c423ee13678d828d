// Package tally reads totals of case records out of the files that charities
// have, and keeps people out: a file with a row for each person is refused, and
// no refusal ever repeats what is in a cell.
package tally

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
)

// Options are what a file is read by.
type Options struct {
	Defined      []funder.Definition // the site's indicators; those of case records alone are read
	Indicator    string              // id of the one that a file without such a column is about
	QuarterStart int                 // month 1-12 in which a quarter of the site begins
	YearStart    int                 // month in which a year such as 2026/27 begins; 0 = April
	Today        day.Day             // a period that is not over before it is refused
}

// Total is what a file says of one indicator in one month or quarter.
type Total struct {
	Period    disclosure.Period
	Indicator string            // id
	Whole     uint64            // of the indicator
	Added     bool              // Whole was not given: it is the sum of Parts
	Parts     map[string]uint64 // by value; nil = none was given
}

// File is what was read of a file.
type File struct {
	Totals []Total  // by indicator and period
	Notes  []string // in words: what was left out and why
}

// Problem is one thing to mend in a file. It never has anything of a cell in it.
type Problem struct {
	Row    int    `json:"row,omitempty"`    // as the spreadsheet shows it; 0 = the whole file
	Column string `json:"column,omitempty"` // A, B, …
	Text   string `json:"text"`
}

func (p Problem) String() string {
	switch {
	case p.Row == 0 && p.Column == "":
		return p.Text
	case p.Row == 0:
		return "column " + p.Column + ": " + p.Text
	case p.Column == "":
		return fmt.Sprintf("row %d: %s", p.Row, p.Text)
	}
	return fmt.Sprintf("row %d, column %s: %s", p.Row, p.Column, p.Text)
}

// Refusal is the error for a file that cannot be taken: all that is to mend.
type Refusal struct {
	Problems []Problem
	People   bool // it looks like a row for each person
}

// most is how many problems are told at once.
const most = 20

func (r *Refusal) Error() string {
	var lines []string
	for _, p := range r.Problems[:min(most, len(r.Problems))] {
		lines = append(lines, p.String())
	}
	if n := len(r.Problems) - most; n > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(lines, "\n")
}

// refuse makes a Refusal of one problem with the whole file.
func refuse(format string, args ...any) *Refusal {
	return &Refusal{Problems: []Problem{{Text: fmt.Sprintf(format, args...)}}}
}

// What a file may have at most. A charity's year of totals is some kilobytes.
const (
	maxBytes = 256 << 10
	maxRows  = 20_000
	maxCells = 400_000
	maxCount = 100_000_000
)

// Parse reads the totals in a file: CSV with any usual delimiter and encoding,
// or an Excel workbook. The error is a *Refusal.
func Parse(content []byte, o Options) (File, error) {
	if len(content) > maxBytes {
		return File{}, refuse("the file is larger than 256 kB: totals need far less, so it may have a row for each person; save the sheet with the totals as a file of its own")
	}
	sheets, err := sheetsOf(content)
	if err != nil {
		return File{}, err
	}
	return parse(sheets, o)
}

func parse(sheets []sheet, o Options) (File, error) {
	// Before anything is understood: nothing of a person may go further, whatever
	// sheet and column it is in.
	if problems := people(sheets); len(problems) > 0 {
		return File{}, &Refusal{Problems: problems, People: true}
	}
	s, err := theOne(sheets)
	if err != nil {
		return File{}, err
	}
	r := &reader{Options: o, sheet: s, vocabulary: vocabularyOf(o)}
	return r.read()
}

// theOne is the sheet with totals: there must be one, and one only.
func theOne(sheets []sheet) (sheet, error) {
	var with []sheet
	for _, s := range sheets {
		if !s.hidden && s.layout().found() {
			with = append(with, s)
		}
	}
	switch {
	case len(with) == 1:
		return with[0], nil
	case len(with) > 1:
		return sheet{}, refuse("the workbook has %d sheets with totals: save the one you mean as a file of its own", len(with))
	}
	if len(sheets) > 0 {
		if p := noCounts(sheets[0]); p != nil {
			return sheet{}, p
		}
	}
	return sheet{}, refuse("no row of headings was found: the file needs columns named Period, Indicator, perhaps Value, and Count; or an Indicator column and one column for each month")
}

// check compares totals with each other: a quarter is given whole or in months.
func (f File) check() (wrong []Problem) {
	for _, q := range f.Totals {
		if q.Period.Grain != disclosure.Quarter {
			continue
		}
		for _, m := range f.Totals {
			if m.Indicator == q.Indicator && m.Period.Grain == disclosure.Month && m.Period.First >= q.Period.First && m.Period.Last <= q.Period.Last {
				wrong = append(wrong, Problem{Text: fmt.Sprintf("%s: %s is there as a quarter and %s as a month of it: keep the months or the quarter", q.Indicator, q.Period.Name, m.Period.Name)})
			}
		}
	}
	return wrong
}

func (f *File) sort() {
	slices.SortFunc(f.Totals, func(a, b Total) int {
		return cmp.Or(cmp.Compare(a.Indicator, b.Indicator), cmp.Compare(a.Period.First, b.Period.First), cmp.Compare(a.Period.Name, b.Period.Name))
	})
}

// AsRefusal returns the Refusal in err, nil if there is none.
func AsRefusal(err error) *Refusal {
	var r *Refusal
	if errors.As(err, &r) {
		return r
	}
	return nil
}
