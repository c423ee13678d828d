package dashboard

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// people are the rows of a list, with the heading of each column.
var people = [][]any{
	{"Name", "Date of birth", "First seen", "Status", "Postcode"},
	{"Test Person A", "01/01/2001", time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC), "New", "AA1 1AA"},
	{"Test Person B", "01/01/2001", time.Date(2026, 10, 6, 14, 30, 0, 0, time.UTC), "Returning", "AA1 1AB"},
	{"Test Person C", "01/01/2001", "7 October 2026", "New", ""},
	{"Test Person D", "01/01/2001", time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC), "New", "AA1 1AA"},
	{"Test Person E", "01/01/2001", nil, "New", "AA1 1AA"},
	{"Test Person F", "01/01/2001", time.Date(2026, 12, 12, 0, 0, 0, 0, time.UTC), "Returning", "AA1 1AA"},
	{"Test Person G", "01/01/2001", "2027-01-03", "Returning", "AA1 1AA"},
}

// countedOfPeople is what of them is sent, in January 2027.
const countedOfPeople = "Period,Indicator,Value,Count\n" +
	"2026-10,families,,3\n2026-10,families,new,2\n2026-10,families,returning,1\n" +
	"2026-11,families,,1\n2026-11,families,new,1\n2026-11,families,returning,0\n" +
	"2026-12,families,,1\n2026-12,families,new,0\n2026-12,families,returning,1"

// sentences are what is said of files that cannot be read.
var sentences = map[string]string{
	"binary.xlsb": "save it as .xlsx or CSV", "bomb.xlsx": "unpacks to more", "entities.xlsx": "damaged", "letter.docx": "no Excel workbook",
	"password.xlsx": "old Excel file (.xls) or one with a password", "photo.bin": "no table", "table.ods": "no Excel workbook", "torn.xlsx": "damaged",
	"no-rows.xlsx": "no rows below the headings", "no-dates.csv": "No dates were found", "open.csv": "breaks off",
}

func workbook(t *testing.T, fill func(*excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	must(t, fill(f))
	b, err := f.WriteToBuffer()
	must(t, err)
	return b.Bytes()
}

// rowsAt writes people to a sheet, below a title.
func rowsAt(f *excelize.File, sheet string) error {
	if err := f.SetCellValue(sheet, "A1", "Test list 2026"); err != nil {
		return err
	}
	for i, row := range people {
		if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+3), &row); err != nil {
			return err
		}
	}
	return nil
}

// lists are the same people in each way that spreadsheets have of writing them.
func lists(t *testing.T) map[string][]byte {
	t.Helper()
	list := workbook(t, func(f *excelize.File) error { return rowsAt(f, "Sheet1") })
	return map[string][]byte{
		"list.xlsx":        list,
		"list.csv":         listAsCSV(),
		"list-1904.xlsx":   workbook(t, since1904),
		"list-stream.xlsx": workbook(t, streamed),
		"list-merged.xlsx": workbook(t, merged),
		"list-sheets.xlsx": workbook(t, several),
		"list-hand.xlsx":   handmade(t),
		"list-64.xlsx":     widened(t, list),
	}
}

func listAsCSV() []byte {
	var b strings.Builder
	for _, row := range people {
		for i, cell := range row {
			if when, ok := cell.(time.Time); ok {
				cell = when.Format("02/01/2006 15:04")
			}
			if cell == nil {
				cell = ""
			}
			fmt.Fprintf(&b, "%s\"%v\"", strings.Repeat(";", min(i, 1)), cell)
		}
		b.WriteString("\r\n")
	}
	return []byte(b.String())
}

// serial is a day as the number that stands for it.
func serial(when time.Time, epoch time.Time) float64 { return when.Sub(epoch).Hours() / 24 }

// since1904 has days numbered from 1904, as on a Mac.
func since1904(f *excelize.File) error {
	yes := true
	if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}); err != nil {
		return err
	}
	for i, row := range people {
		row := append([]any{}, row...)
		if when, ok := row[2].(time.Time); ok {
			row[2] = serial(when, time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC))
		}
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			return err
		}
	}
	return nil
}

// streamed has its texts in the cells.
func streamed(f *excelize.File) error {
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	for i, row := range people {
		if err := w.SetRow(fmt.Sprintf("B%d", i+2), row); err != nil {
			return err
		}
	}
	return w.Flush()
}

// merged says the month once, beside all rows of it.
func merged(f *excelize.File) error {
	for i, row := range people {
		line := []any{row[0], nil, row[3]}
		if row[2] == nil {
			line[1] = "not known"
		}
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &line); err != nil {
			return err
		}
	}
	for cell, text := range map[string]string{"B1": "When", "B2": "Oct 2026", "B5": "2026-11", "B7": "December 2026", "B8": "01/2027"} {
		if err := f.SetCellValue("Sheet1", cell, text); err != nil {
			return err
		}
	}
	return f.MergeCell("Sheet1", "B2", "B4")
}

// several has the list in the third sheet, and the second is hidden.
func several(f *excelize.File) error {
	for _, name := range []string{"Old", "People 2026"} {
		if _, err := f.NewSheet(name); err != nil {
			return err
		}
		if err := rowsAt(f, name); err != nil {
			return err
		}
	}
	if err := f.SetSheetCol("Sheet1", "A1", &[]string{"Notes", "Test note", "Another"}); err != nil {
		return err
	}
	if err := f.SetSheetName("Sheet1", "Notes"); err != nil {
		return err
	}
	return f.SetSheetVisible("Old", false)
}

// zipped makes a file of parts: the names and contents follow each other.
func zipped(t *testing.T, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		must(t, err)
		_, err = io.WriteString(w, parts[i+1])
		must(t, err)
	}
	must(t, z.Close())
	return b.Bytes()
}

const (
	relationsTo = `<?xml version="1.0"?><Relationships><Relationship Target="%s" Id="r1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/%s"/></Relationships>`
	bookOf      = `<x:workbook xmlns:x="x" xmlns:r="r"><x:sheets><x:sheet name='A &amp; B' sheetId="7" r:id="r1"/></x:sheets></x:workbook>`
)

// handmade is what other programs than Excel write: prefixes, paths from the
// root, no addresses of cells, texts in pieces, formulas, days as text.
func handmade(t *testing.T) []byte {
	t.Helper()
	sheet := `<?xml version="1.0"?><!-- <row> --><x:worksheet xmlns:x="x"><x:sheetData>
<x:row><x:c t="inlineStr"><x:is><x:r><x:t>Na</x:t></x:r><x:r><x:t>me</x:t></x:r></x:is></x:c><x:c t="str"><x:f>"First "&amp;"seen"</x:f><x:v>First seen</x:v></x:c><x:c t="inlineStr"><x:is><x:t><![CDATA[Status]]></x:t><x:rPh><x:t>x</x:t></x:rPh></x:is></x:c></x:row>`
	for i, row := range people[1:] {
		cell := `<x:c s="1"/>`
		switch when := row[2].(type) {
		case time.Time:
			cell = fmt.Sprintf(`<x:c t="d"><x:v>%s</x:v></x:c>`, when.Format("2006-01-02T15:04:05"))
		case string:
			cell = fmt.Sprintf(`<x:c t="str"><x:v>%s</x:v></x:c>`, when)
		}
		sheet += fmt.Sprintf(`<x:row><x:c t="inlineStr"><x:is><x:t xml:space="preserve">Test Person &#65; &lt;%d&gt;</x:t></x:is></x:c>%s<x:c t="inlineStr"><x:is><x:t>%v_x000D_</x:t></x:is></x:c></x:row>`, i, cell, row[3])
	}
	return zipped(t, "_rels/.rels", fmt.Sprintf(relationsTo, "/XL/book.xml", "officeDocument"), "xl/book.xml", bookOf,
		"xl/_rels/book.xml.rels", fmt.Sprintf(relationsTo, "../xl/./sheet.xml", "worksheet"), "xl/sheet.xml", sheet+`</x:sheetData></x:worksheet>`)
}

// widened is a ZIP file whose sizes are written with 64 bits, as programs in Java
// do that stream.
func widened(t *testing.T, file []byte) []byte {
	t.Helper()
	end := bytes.LastIndex(file, []byte("PK\x05\x06"))
	at, le := int(binary.LittleEndian.Uint32(file[end+16:])), binary.LittleEndian
	out := bytes.Clone(file[:at])
	for file[at+2] == 1 {
		name, extra, comment := int(le.Uint16(file[at+28:])), int(le.Uint16(file[at+30:])), int(le.Uint16(file[at+32:]))
		head := bytes.Clone(file[at : at+46+name])
		wide := []byte{1, 0, 24, 0}
		for _, i := range []int{24, 20, 42} {
			wide = le.AppendUint64(wide, uint64(le.Uint32(head[i:])))
			le.PutUint32(head[i:], 1<<32-1)
		}
		le.PutUint16(head[30:], uint16(extra+len(wide)))
		out = append(append(append(out, head...), file[at+46+name:at+46+name+extra]...), wide...)
		at += 46 + name + extra + comment
	}
	return append(out, file[end:]...)
}

// oddFiles are those that are refused with a sentence.
func oddFiles(t *testing.T) map[string][]byte {
	t.Helper()
	list := workbook(t, func(f *excelize.File) error { return rowsAt(f, "Sheet1") })
	sheet := func(content string) []byte {
		return zipped(t, "_rels/.rels", fmt.Sprintf(relationsTo, "book.xml", "officeDocument"), "book.xml", bookOf,
			"_rels/book.xml.rels", fmt.Sprintf(relationsTo, "sheet.xml", "worksheet"), "sheet.xml", content)
	}
	locked := excelize.NewFile()
	must(t, rowsAt(locked, "Sheet1"))
	var password bytes.Buffer
	must(t, locked.Write(&password, excelize.Options{Password: "test"}))
	return map[string][]byte{
		"binary.xlsb":   zipped(t, "_rels/.rels", fmt.Sprintf(relationsTo, "xl/workbook.bin", "officeDocument"), "xl/workbook.bin", "\x00"),
		"bomb.xlsx":     sheet("<worksheet>" + strings.Repeat(" ", 130<<20)),
		"entities.xlsx": sheet(`<!DOCTYPE w [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>`),
		"letter.docx":   zipped(t, "_rels/.rels", fmt.Sprintf(relationsTo, "word/document.xml", "officeDocument"), "word/document.xml", "<document/>"),
		"password.xlsx": password.Bytes(),
		"photo.bin":     append([]byte("\x89PNG"), make([]byte, 64)...),
		"table.ods":     zipped(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet", "content.xml", "<x/>"),
		"torn.xlsx":     list[:len(list)/2],
		"no-rows.xlsx":  sheet(`<worksheet><sheetData><row><c t="str"><v>First seen</v></c><c t="str"><v>Status</v></c></row></sheetData></worksheet>`),
		"no-dates.csv":  []byte("First seen,Status\nsome day,New\n"),
		"open.csv":      []byte("First seen,Note\n2026-10,\"" + strings.Repeat("a note\n", 200_000)),
	}
}
