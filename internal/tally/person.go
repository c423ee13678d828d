package tally

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// countHere is what somebody is told whose file has people in it.
const countHere = "Nothing of it was kept. On the page Our numbers, “Count a file of people” counts it in your own browser, and only the counts leave it"

// personWords are headings, or words in them, of what is told of one person.
var (
	personWords = strings.Fields(`forename forenames firstname lastname surname fullname dob birthday postcode postcodes email e-mail mail nhs nino
		address phone telephone mobile tel cyfenw enw cyfeiriad ffôn ebost e-bost côd-post`)
	personHeadings = []string{"name", "client", "client name", "first name", "last name", "family name", "given name", "full name", "known as", "young person", "child",
		"date of birth", "birth date", "born", "post code", "ni number", "national insurance", "national insurance number", "ni no", "client id", "case id", "case number", "case no",
		"case ref", "case reference", "person id", "unique id", "service user", "service user id", "participant", "initials", "dyddiad geni", "cod post", "enw llawn"}
	// A heading with one of these is no person's: Indicator name, Number of phone calls.
	thingWords = strings.Fields("indicator measure kpi metric count total calls contacts dangosydd mesur")
)

var wordsForm = regexp.MustCompile(`[\pL\d]+(?:-[\pL]+)?`)

// personHeading says whether a heading is of what is told of one person.
func personHeading(heading string) bool {
	words := wordsForm.FindAllString(strings.ToLower(heading), -1)
	if len(words) == 0 || len(words) > 6 {
		return false
	}
	if slices.Contains(personHeadings, strings.Join(words, " ")) {
		return true
	}
	if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(thingWords, w) }) {
		return false
	}
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(personWords, w) })
}

// marks are what a cell looks like that has a person in it.
var marks = []struct {
	form  *regexp.Regexp
	check func(string) bool
	what  string
}{
	{regexp.MustCompile(`[^\s@,;]+@[^\s@,;]+\.\p{L}{2,}`), nil, "an email address"},
	{regexp.MustCompile(`(?i)\b(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d|[A-HK-Y]\d\d|\d[A-HJKPSTUW]|[A-HK-Y]\d[ABEHMNPRVWXY]) ?\d[ABD-HJLNP-UW-Z]{2})\b`), nil, "a postcode"},
	{regexp.MustCompile(`(?i)\b[A-CEGHJ-TW-Z][A-CEGHJ-NP-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]\b`), nil, "a National Insurance number"},
	{regexp.MustCompile(`(?:^|[^\d])(\d{3}[ -]?\d{3}[ -]?\d{4})(?:$|[^\d])`), nhsNumber, "an NHS number"},
	{regexp.MustCompile(`(?:^|[^\d])(?:\+44 ?(?:\(0\) ?)?|\(?0)\d(?:[ ()-]?\d){8,9}(?:$|[^\d])`), nil, "a telephone number"},
}

// nhsNumber checks the last digit, which is made of the others.
func nhsNumber(text string) bool {
	sum, n := 0, 0
	last := 0
	for _, r := range text {
		if r < '0' || r > '9' {
			continue
		}
		last = int(r - '0')
		if n < 9 {
			sum += last * (10 - n)
		}
		n++
	}
	check := 11 - sum%11
	if check == 11 {
		check = 0
	}
	return n == 10 && check == last
}

// markOf says what of a person a cell looks like, "" for nothing.
func markOf(cell string) string {
	if len(cell) < 5 || looksLikePeriod(cell) {
		return ""
	}
	for _, m := range marks {
		if at := m.form.FindString(cell); at != "" && (m.check == nil || m.check(at)) {
			return m.what
		}
	}
	return ""
}

// people lists where the sheets have people in them: headings that ask for
// them, and cells that look like them.
func people(sheets []sheet) (problems []Problem) {
	for _, s := range sheets {
		for _, r := range s.headings() {
			for i := range r.cells {
				if personHeading(r.cell(i)) {
					problems = append(problems, Problem{Row: r.n, Column: column(i), Text: "this column is about single persons, so the file seems to have a row for each of them. " + countHere})
				}
			}
		}
		for _, r := range s.rows {
			for i := range r.cells {
				if what := markOf(r.cell(i)); what != "" {
					problems = append(problems, Problem{Row: r.n, Column: column(i), Text: fmt.Sprintf("the cell looks like it has %s in it. %s", what, countHere)})
				}
			}
		}
	}
	return problems
}

// headings are the rows that may have the headings. Where a table was understood,
// the true ones may stand above: in a list with two dates in each row, the first
// person is taken for headings of months.
func (s sheet) headings() (found []row) {
	first := func(wide int) int { return slices.IndexFunc(s.rows, func(r row) bool { return r.filled() >= wide }) }
	at, last := []int{first(2), first(3)}, len(s.rows)
	if l := s.layout(); l.found() {
		at, last = []int{first(3), l.row}, l.row
	}
	for _, i := range slices.Compact(at) {
		if i >= 0 && i <= last {
			found = append(found, s.rows[i])
		}
	}
	return found
}

// noCounts is the refusal of a sheet that says when and what, but not how many.
func noCounts(s sheet) error {
	for _, r := range s.rows[:min(len(s.rows), headingRows)] {
		var when, what bool
		for i := range r.cells {
			switch roleOf(r.cell(i)) {
			case asPeriod:
				when = true
			case asIndicator, asValue:
				what = true
			}
		}
		if when && what {
			return &Refusal{People: true, Problems: []Problem{{Row: r.n, Text: "there is no column of counts, so the file seems to have a row for each person or contact. " + countHere}}}
		}
	}
	return nil
}
