package disclosure

import "strconv"

// Words are how an outlet writes figures. Every page, chart, file and pack gets
// the words of a figure here, so that all of them say the same.
type Words struct {
	few       string // for a figure that shows nothing
	hidden    string // for a number made of shown figures, if none is shown
	thousands string // between groups of three digits
}

// The words of people, of CSV, and of the cells of a spreadsheet.
var (
	English = Words{few: "fewer than 10", hidden: "hidden to protect others", thousands: ","}
	Welsh   = Words{few: "llai na 10", hidden: "wedi’i guddio i ddiogelu eraill", thousands: ","}
	Data    = Words{few: English.few, hidden: English.hidden}
	Sheet   = Words{few: "[c]", hidden: "[c]"}
)

// Figure writes a figure of a book: "1,250", "fewer than 10".
func (w Words) Figure(f Figure) string {
	if !f.IsShown() {
		return w.few
	}
	return w.Number(f.shown)
}

// Added writes a sum that Add made. If nothing was shown, its parts may well be
// 10 or more together, so the words for one figure would be wrong.
func (w Words) Added(sum Figure) string {
	if !sum.IsShown() {
		return w.hidden
	}
	return w.Number(sum.shown)
}

// Number writes a number that is no figure, such as a target.
func (w Words) Number(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + w.thousands + s[i:]
	}
	return s
}

// Percent writes what the function Percent made: "62 %", with a space that does
// not break.
func (w Words) Percent(percent int) string { return strconv.Itoa(percent) + "\u00a0%" }
