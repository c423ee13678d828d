package tally

import (
	"slices"
	"strings"
)

// role is what a column has.
type role int

const (
	unknown role = iota
	asPeriod
	asIndicator
	asValue
	asCount
	asMonth // in a wide table: the counts of the period in the heading
	asTotal // in a wide table: the sum of a row
)

// headingRows is how far down the headings may be: titles stand above them.
const headingRows = 30

// roles are the headings that are understood, in lower case.
var roles = map[role][]string{
	asPeriod: {"period", "month", "quarter", "date", "reporting period", "reporting month", "month/quarter", "month or quarter", "period (month)", "when", "month and year", "cyfnod", "mis", "chwarter", "dyddiad"},
	asIndicator: {"indicator", "indicators", "measure", "kpi", "metric", "what", "what was counted", "indicator id", "indicator name", "outcome measure", "output",
		"dangosydd", "mesur"},
	asValue: {"value", "breakdown", "category", "type", "channel", "group", "sub-category", "subcategory", "answer", "split", "detail", "gwerth", "categori", "math"},
	asCount: {"count", "total", "number", "no", "no.", "n", "figure", "cases", "contacts", "how many", "number of cases", "number of contacts", "number of families", "amount", "qty", "quantity", "actual",
		"nifer", "cyfanswm", "cyfrif"},
}

// countBeginnings are how other headings of counts begin.
var countBeginnings = []string{"number of ", "nifer y ", "nifer o ", "no. of "}

// totalWords are what a row or column of sums is called.
var totalWords = []string{"total", "totals", "grand total", "sub total", "sub-total", "subtotal", "sum", "overall", "all", "overall total", "year to date", "ytd", "cyfanswm", "cyfansymiau", "is-gyfanswm"}

func isTotal(cell string) bool {
	words := strings.ToLower(strings.Trim(cell, " :="))
	return slices.Contains(totalWords, words)
}

// roleOf says what a heading stands for.
func roleOf(heading string) role {
	h := strings.ToLower(strings.Join(strings.Fields(strings.Trim(heading, " :*")), " "))
	for _, r := range []role{asPeriod, asIndicator, asValue, asCount} {
		if slices.Contains(roles[r], h) {
			return r
		}
	}
	if slices.ContainsFunc(countBeginnings, func(b string) bool { return strings.HasPrefix(h, b) }) {
		return asCount
	}
	return unknown
}

// layout is where a sheet has what.
type layout struct {
	row   int // index of the row of headings
	roles []role
}

func (l layout) found() bool { return l.roles != nil }

// at is the first column of a role, -1 if there is none.
func (l layout) at(r role) int { return slices.Index(l.roles, r) }

// wide says that each period has a column.
func (l layout) wide() bool { return l.at(asMonth) >= 0 }

// layout finds the row of headings.
func (s sheet) layout() layout {
	for i, r := range s.rows[:min(len(s.rows), headingRows)] {
		l := layout{row: i, roles: make([]role, len(r.cells))}
		for c := range r.cells {
			l.roles[c] = s.headingRole(r.cell(c))
		}
		if slices.Contains(l.roles, asCount) && slices.Contains(l.roles, asPeriod) && !slices.Contains(l.roles, asMonth) {
			return l
		}
		if l.looksWide() && l.asWide() {
			return l
		}
	}
	return layout{}
}

func (s sheet) headingRole(cell string) role {
	if r := roleOf(cell); r != unknown {
		return r
	}
	if _, err := (periodReader{serials: s.serials, dates1904: s.dates1904}).read(cell); cell != "" && err == nil {
		return asMonth
	}
	return unknown
}

// looksWide says whether there are two periods or more in the headings, or one
// beside an indicator.
func (l layout) looksWide() bool {
	months := 0
	for _, r := range l.roles {
		if r == asMonth {
			months++
		}
	}
	return months > 1 || months == 1 && l.at(asIndicator) >= 0
}

// asWide makes the layout that of a wide table, if it can be one. In it a heading
// such as Total is of sums, and the first column has what is counted.
func (l *layout) asWide() bool {
	for i, r := range l.roles {
		if r == asCount {
			l.roles[i] = asTotal
		}
	}
	if l.at(asIndicator) < 0 && l.at(asMonth) > 0 && l.roles[0] != asValue {
		l.roles[0] = asIndicator
	}
	if p := l.at(asPeriod); p >= 0 { // the corner: "Month" above the names of rows
		if l.at(asIndicator) == 0 {
			return false
		}
		l.roles[p] = asIndicator
	}
	return true
}
