package outlet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// part is one file of an Office file; it has to be XML from end to end.
func part(t *testing.T, file []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	must(t, err)
	body, err := fs.ReadFile(z, name)
	must(t, err)
	for d := xml.NewDecoder(bytes.NewReader(body)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return string(body)
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

func TestWorkbook(t *testing.T) {
	r := full(t)
	r.Charity.Name = `=HYPERLINK("x")`
	r.Tables[0].Rows[0].Label = "+447\x00 \x0b"
	var b bytes.Buffer
	must(t, WriteXLSX(&b, r))
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	must(t, err)
	sheets := f.GetSheetList()
	if len(sheets) < 15 || !slices.Equal(sheets[:3], []string{"Cover", "Contents", "Notes"}) {
		t.Errorf("sheets %q", sheets)
	}
	for _, sheet := range sheets {
		if visible, err := f.GetSheetVisible(sheet); err != nil || !visible {
			t.Errorf("%s is hidden (%v)", sheet, err)
		}
		rows, err := f.GetRows(sheet)
		must(t, err)
		if len(rows) == 0 {
			t.Errorf("%s is empty", sheet)
		}
		for i, row := range rows {
			for j := range row {
				if formula, err := f.GetCellFormula(sheet, at(j+1, i+1)); err != nil || formula != "" {
					t.Errorf("%s %s has the formula %q (%v)", sheet, at(j+1, i+1), formula, err)
				}
			}
		}
		if slices.Index(sheets, sheet) > 2 {
			if panes, err := f.GetPanes(sheet); err != nil || !panes.Freeze || panes.YSplit != headRow {
				t.Errorf("%s does not keep its head (%v)", sheet, err)
			}
		}
	}
	props, err := f.GetDocProps()
	must(t, err)
	if props.Language != "en-GB" || !strings.Contains(props.Title, "The Lantern Foundation") {
		t.Errorf("properties %+v", props)
	}
	if got, err := f.GetCellValue("Cover", "B3"); err != nil || got != r.Charity.Name {
		t.Errorf("the charity is %q (%v)", got, err)
	}
}

func TestSheetNames(t *testing.T) {
	b, err := newBook()
	must(t, err)
	for in, want := range map[string]string{
		"Cover": "Cover 2", "a/b:c*[d]?'": "abcd", "": "Table", strings.Repeat("é", 40): strings.Repeat("é", 31),
	} {
		if got := b.sheetName(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
	if got := b.sheetName(strings.Repeat("É", 40)); got != strings.Repeat("É", 27)+" 2" {
		t.Errorf("a second one becomes %q", got)
	}
}

func TestDocument(t *testing.T) {
	r := full(t)
	var b bytes.Buffer
	must(t, WriteDOCX(&b, r))
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "word/document.xml", "word/_rels/document.xml.rels", "word/styles.xml", "word/settings.xml", "word/footer1.xml"} {
		part(t, b.Bytes(), name)
	}
	body, styles := part(t, b.Bytes(), "word/document.xml"), part(t, b.Bytes(), "word/styles.xml")
	tables := strings.Count(body, "<w:tbl>")
	for what, n := range map[string]int{"<w:tblHeader/>": tables, "<w:tblCaption ": tables, "<w:tblDescription ": tables} {
		if got := strings.Count(body, what); tables < 10 || got != n {
			t.Errorf("%d tables, %d with %s", tables, got, what)
		}
	}
	if got, want := strings.Count(body, "<w:cantSplit/>"), strings.Count(body, "<w:tr>"); got != want {
		t.Errorf("%d of %d rows may break", want-got, want)
	}
	for _, s := range Sections(r) {
		if !strings.Contains(body, `<w:pStyle w:val="Heading1"/></w:pPr>`+run(s.Heading)) {
			t.Errorf("%q is no heading", s.Heading)
		}
	}
	for style := range strings.SplitSeq(body, `<w:pStyle w:val="`) {
		if name, _, ok := strings.Cut(style, `"/>`); ok && !strings.Contains(styles, `w:styleId="`+name+`"`) && !strings.HasPrefix(name, "<?xml") {
			t.Errorf("there is no style %q", name)
		}
	}
	if footer := part(t, b.Bytes(), "word/footer1.xml"); !strings.Contains(footer, "FR-7KQ2M9XD, version 2") || !strings.Contains(footer, " PAGE ") {
		t.Errorf("footer %s", footer)
	}
	for _, want := range []string{"More came &amp; &lt;stayed&gt;.", "fewer than 10", "Counting changed on 3 March 2026.", "no figure", Creed, "exact total", "From case records, entered on 4 January 2027"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

// TestKept writes the files where somebody can open them, if a folder is named.
func TestKept(t *testing.T) {
	dir := os.Getenv("OUTLET_KEEP")
	if dir == "" {
		dir = t.TempDir()
	}
	for name, write := range map[string]func(w io.Writer) error{
		"report.xlsx": func(w io.Writer) error { return WriteXLSX(w, frozen(t, 1, time.December)) },
		"report.docx": func(w io.Writer) error { return WriteDOCX(w, full(t)) },
	} {
		f, err := os.Create(filepath.Join(dir, name))
		must(t, err)
		must(t, write(f))
		must(t, f.Close())
	}
}
