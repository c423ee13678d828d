package outlet

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/report"
)

// The sheets before those of the tables.
const (
	coverSheet    = "Cover"
	contentsSheet = "Contents"
	notesSheet    = "Notes"
)

// headRow is the row of a table's column names: above it are its caption, its
// note with its source, and what stands for a hidden number.
const headRow = 4

// The widths of columns, in characters, and the widest that a text makes one.
const (
	leastWidth = 11
	mostWidth  = 60
	noteWidth  = 90 // of the texts of cover, contents and notes
)

// WriteXLSX writes the report as an Excel workbook: cover, contents and notes,
// then each table on a sheet of its own, its numbers as numbers. A text is
// never a formula: it is written as the text that it is.
func WriteXLSX(w io.Writer, r report.Report) error {
	b, err := newBook()
	if err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	defer func() { _ = b.Close() }() // it has no file yet
	if err := b.fill(r); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	if err := b.Write(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// book is a workbook in the making.
type book struct {
	*excelize.File
	title, head, body, number, percent, hidden int // styles
	used                                       map[string]bool
}

// newBook makes a workbook with its styles and no sheets but the cover.
func newBook() (*book, error) {
	b := &book{File: excelize.NewFile(), used: map[string]bool{}}
	thousands, percents := "#,##0", "0\u00a0%"
	top := &excelize.Alignment{Vertical: "top", WrapText: true}
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&b.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}}},
		{&b.head, excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{Vertical: "bottom", WrapText: true}, Border: []excelize.Border{{Type: "bottom", Style: 1}}}},
		{&b.body, excelize.Style{Alignment: top}},
		{&b.number, excelize.Style{CustomNumFmt: &thousands, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "right"}}},
		{&b.percent, excelize.Style{CustomNumFmt: &percents, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "right"}}},
		{&b.hidden, excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "right"}}},
	} {
		id, err := b.NewStyle(&s.style)
		if err != nil {
			return nil, err
		}
		*s.id = id
	}
	return b, b.SetSheetName("Sheet1", coverSheet)
}

func (b *book) fill(r report.Report) error {
	name := title(r)
	if err := b.SetDocProps(&excelize.DocProperties{
		Title: clean(name), Subject: clean(r.Grant.Title), Creator: clean(r.Charity.Name), Language: "en-GB", Identifier: Seal(r), Version: fmt.Sprint(r.Version),
	}); err != nil {
		return err
	}
	if err := b.lines(coverSheet, facts(r), name); err != nil {
		return err
	}
	contents, notes := [][2]string{}, notesOf(r)
	for _, sheet := range []string{contentsSheet, notesSheet} {
		if _, err := b.NewSheet(sheet); err != nil {
			return err
		}
	}
	for _, s := range Sections(r) {
		for _, t := range s.Tables {
			sheet := b.sheetName(t.Sheet)
			contents = append(contents, [2]string{sheet, t.Caption})
			if err := b.table(sheet, t, s.Source); err != nil {
				return fmt.Errorf("sheet %q: %w", sheet, err)
			}
		}
	}
	if err := b.lines(notesSheet, notes, "Notes"); err != nil {
		return err
	}
	if err := b.lines(contentsSheet, contents, "Contents"); err != nil {
		return err
	}
	return b.links(contents)
}

// links makes each line of the contents open its sheet.
func (b *book) links(contents [][2]string) error {
	for i, line := range contents {
		if err := b.SetCellHyperLink(contentsSheet, at(1, i+3), "'"+line[0]+"'!A1", "Location"); err != nil {
			return err
		}
	}
	return nil
}

// lines fills a sheet with pairs of a name and its text.
func (b *book) lines(sheet string, lines [][2]string, title string) error {
	if err := b.put(sheet, at(1, 1), title, b.title); err != nil {
		return err
	}
	for i, line := range lines {
		for col, s := range line {
			if err := b.put(sheet, at(col+1, i+3), s, b.body); err != nil {
				return err
			}
		}
		if err := b.SetRowHeight(sheet, i+3, lineHeight*float64(linesOf(line[1], noteWidth))); err != nil {
			return err
		}
	}
	if err := b.SetRowHeight(sheet, 1, 1.6*lineHeight); err != nil {
		return err
	}
	if err := b.oneWide(sheet); err != nil {
		return err
	}
	if err := b.SetColWidth(sheet, "A", "A", 28); err != nil {
		return err
	}
	return b.SetColWidth(sheet, "B", "B", noteWidth)
}

// table fills a sheet of its own.
func (b *book) table(sheet string, t Table, source string) error {
	if _, err := b.NewSheet(sheet); err != nil {
		return err
	}
	for i, s := range []string{t.Caption, sentences(source, t.Note), disclosure.Sheet.Figure(disclosure.Figure{}) + " stands for a number that is hidden so that nobody can be found in it."} {
		style := 0 // one line, over the columns beside
		if i == 0 {
			style = b.title
		}
		if err := b.put(sheet, at(1, i+1), s, style); err != nil {
			return err
		}
	}
	for col := range t.Columns {
		if err := b.column(sheet, col, t); err != nil {
			return err
		}
	}
	if err := b.onPaper(sheet, t); err != nil {
		return err
	}
	top := at(1, headRow+1)
	if err := b.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: headRow, TopLeftCell: top, ActivePane: "bottomLeft",
		Selection: []excelize.Selection{{SQRef: top, ActiveCell: top, Pane: "bottomLeft"}}}); err != nil {
		return err
	}
	return b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", Scope: sheet, RefersTo: fmt.Sprintf("'%s'!$%d:$%d", sheet, headRow, headRow)})
}

// onPaper makes a sheet one page wide, and each row as high as its texts.
func (b *book) onPaper(sheet string, t Table) error {
	if err := b.oneWide(sheet); err != nil {
		return err
	}
	for i := -1; i < len(t.Rows); i++ {
		lines := 1
		for col, name := range t.Columns {
			said := name
			if i >= 0 {
				said = t.Rows[i][col].Say(disclosure.Sheet)
			}
			lines = max(lines, linesOf(said, t.width(col)))
		}
		if err := b.SetRowHeight(sheet, headRow+1+i, lineHeight*float64(lines)); err != nil {
			return err
		}
	}
	return b.SetRowHeight(sheet, 1, 1.6*lineHeight)
}

// oneWide makes a sheet one A4 page wide.
func (b *book) oneWide(sheet string) error {
	yes, size, landscape, wide, tall := true, 9, "landscape", 1, 0
	if err := b.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &yes}); err != nil {
		return err
	}
	return b.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &size, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &tall})
}

// lineHeight is the height of a line, in points.
const lineHeight = 15

// linesOf is how many lines a text takes in a column of some width.
func linesOf(s string, width int) (n int) {
	for line := range strings.SplitSeq(s, "\n") {
		n += 1 + utf8.RuneCountInString(line)/(width-1)
	}
	return n
}

// width is how wide a column of a workbook is, in characters.
func (t Table) width(col int) int {
	width := min(utf8.RuneCountInString(t.Columns[col])+2, 24)
	for _, row := range t.Rows {
		width = max(width, min(utf8.RuneCountInString(row[col].Say(disclosure.Sheet))+2, mostWidth))
	}
	return max(width, leastWidth)
}

// column fills one column under its name.
func (b *book) column(sheet string, col int, t Table) error {
	if err := b.put(sheet, at(col+1, headRow), t.Columns[col], b.head); err != nil {
		return err
	}
	for i, row := range t.Rows {
		if err := b.cell(sheet, at(col+1, headRow+1+i), row[col]); err != nil {
			return err
		}
	}
	letter, err := excelize.ColumnNumberToName(col + 1)
	if err != nil {
		return err
	}
	return b.SetColWidth(sheet, letter, letter, float64(t.width(col)))
}

func (b *book) cell(sheet, place string, c Cell) error {
	n, ok := c.Number()
	switch {
	case !ok && c.kind == isText:
		return b.put(sheet, place, c.Say(disclosure.Sheet), b.body)
	case !ok:
		return b.put(sheet, place, c.Say(disclosure.Sheet), b.hidden)
	}
	style := b.number
	if c.kind == isPercent {
		style = b.percent
	}
	if err := b.SetCellFloat(sheet, place, n, -1, 64); err != nil {
		return err
	}
	return b.SetCellStyle(sheet, place, place, style)
}

// put writes a text as a text.
func (b *book) put(sheet, place, s string, style int) error {
	if err := b.SetCellStr(sheet, place, clean(s)); err != nil {
		return err
	}
	return b.SetCellStyle(sheet, place, place, style)
}

// at is the name of a cell: A1.
func at(col, row int) string {
	name, err := excelize.CoordinatesToCellName(col, row)
	if err != nil {
		panic(err) // a table of ours has few columns and rows
	}
	return name
}

// mostSheetName is how long the name of a sheet may be, in letters.
const mostSheetName = 31

// sheetName makes a name for a sheet that Excel takes and no other has.
func (b *book) sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return -1
		}
		return r
	}, clean(s))
	if s = cut(strings.TrimSpace(s), mostSheetName); s == "" {
		s = "Table"
	}
	name := s
	for i := 2; b.used[strings.ToLower(name)] || name == coverSheet || name == contentsSheet || name == notesSheet; i++ {
		name = fmt.Sprintf("%s %d", cut(s, mostSheetName-4), i)
	}
	b.used[strings.ToLower(name)] = true
	return name
}

// cut shortens a text to some letters.
func cut(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return strings.TrimSpace(string([]rune(s)[:most]))
}

// clean leaves out what XML cannot hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == utf8.RuneError || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, s)
}
