package dashboard

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// grid is a table as a reader of a file finds it.
type grid struct {
	caption string
	rows    [][]string // with that of the column names, the first
}

// at is the cell of a row and a column by their names; ok is false if there is
// none, or more than one.
func (g grid) at(row, column string) (said string, ok bool) {
	if len(g.rows) == 0 {
		return "", false
	}
	found := 0
	for i, name := range g.rows[0] {
		if name != column {
			continue
		}
		for _, r := range g.rows[1:] {
			if r[0] == row && i < len(r) {
				said, found = r[i], found+1
			}
		}
	}
	return said, found == 1
}

// grids are the tables of a file.
type grids []grid

func (all grids) at(caption, row, column string) (string, error) {
	for _, g := range all {
		if g.caption == caption {
			if said, ok := g.at(row, column); ok {
				return said, nil
			}
			return "", fmt.Errorf("table %q has not one cell %q, %q", caption, row, column)
		}
	}
	return "", fmt.Errorf("there is no table %q", caption)
}

func unzip(t testing.TB, file []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	must(t, err)
	parts := map[string][]byte{}
	for _, f := range z.File {
		parts[f.Name], err = fs.ReadFile(z, f.Name)
		must(t, err)
	}
	return parts
}

// readXLSX reads the tables of a workbook by the letter of its standard, and
// the kind of each cell: a number begins with #.
func readXLSX(t testing.TB, file []byte) (all grids) {
	t.Helper()
	parts := unzip(t, file)
	var shared struct {
		SI []struct {
			T string `xml:"t"`
			R []struct {
				T string `xml:"t"`
			} `xml:"r"`
		} `xml:"si"`
	}
	must(t, xml.Unmarshal(parts["xl/sharedStrings.xml"], &shared))
	for name, body := range parts {
		if ok, _ := path.Match("xl/worksheets/sheet*.xml", name); !ok {
			continue
		}
		var sheet struct {
			Rows []struct {
				Cells []struct {
					Ref  string `xml:"r,attr"`
					Type string `xml:"t,attr"`
					F    string `xml:"f"`
					V    string `xml:"v"`
				} `xml:"c"`
			} `xml:"sheetData>row"`
		}
		must(t, xml.Unmarshal(body, &sheet))
		var g grid
		for i, row := range sheet.Rows {
			var cells []string
			for _, c := range row.Cells {
				said := "#" + c.V
				if c.Type == "s" {
					var at int
					_, err := fmt.Sscan(c.V, &at)
					must(t, err)
					said = shared.SI[at].T
				}
				if c.F != "" {
					t.Errorf("%s %s has a formula", name, c.Ref)
				}
				cells = append(cells, said)
			}
			switch {
			case i == 0 && len(cells) > 0:
				g.caption = cells[0]
			case i >= 3:
				g.rows = append(g.rows, cells)
			}
		}
		all = append(all, g)
	}
	return all
}

// readDOCX reads the tables of a Word document.
func readDOCX(t testing.TB, file []byte) (all grids) {
	t.Helper()
	var doc struct {
		Tables []struct {
			Caption struct {
				Val string `xml:"val,attr"`
			} `xml:"tblPr>tblCaption"`
			Rows []struct {
				Cells []struct {
					Texts []string `xml:"p>r>t"`
				} `xml:"tc"`
			} `xml:"tr"`
		} `xml:"body>tbl"`
	}
	must(t, xml.Unmarshal(unzip(t, file)["word/document.xml"], &doc))
	for _, table := range doc.Tables {
		g := grid{caption: table.Caption.Val}
		for _, row := range table.Rows {
			var cells []string
			for _, c := range row.Cells {
				cells = append(cells, strings.Join(c.Texts, "\n"))
			}
			g.rows = append(g.rows, cells)
		}
		all = append(all, g)
	}
	return all
}

// readHTML reads the tables of a page; small print beside a label, of classes
// that only remark, is left out.
func readHTML(t testing.TB, page string) (all grids) {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	must(t, err)
	for n := range doc.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "table":
			all = append(all, grid{})
		case n.Data == "caption":
			all[len(all)-1].caption = textOf(n)
		case n.Data == "tr":
			all[len(all)-1].rows = append(all[len(all)-1].rows, nil)
		case n.Data == "th" || n.Data == "td":
			rows := all[len(all)-1].rows
			rows[len(rows)-1] = append(rows[len(rows)-1], textOf(n))
		}
	}
	return all
}

var remarks = regexp.MustCompile(`\b(note|share|remark)\b`)

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	for _, a := range n.Attr {
		if a.Key == "class" && remarks.MatchString(a.Val) {
			return ""
		}
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		b.WriteString(textOf(c))
	}
	return strings.TrimSpace(b.String())
}

// readPDF reads the tables of a tagged PDF as pdfinfo -struct-text tells them,
// without spaces; what is in a caption comes before the first row.
func readPDF(structure string) (all grids) {
	inside := -1 // how far the table that is read is indented
	for line := range strings.Lines(structure) {
		text := strings.TrimSpace(line)
		if deep := len(line) - len(strings.TrimLeft(line, " ")); strings.HasPrefix(text, "Table ") {
			all, inside = append(all, grid{}), deep
			continue
		} else if deep <= inside {
			inside = -1
		}
		if inside < 0 {
			continue
		}
		said, quoted := strings.CutPrefix(text, `"`)
		name, _, _ := strings.Cut(strings.TrimRight(text, ":"), " ")
		switch last := len(all) - 1; {
		case name == "TR":
			all[last].rows = append(all[last].rows, nil)
		case (name == "TH" || name == "TD") && len(all[last].rows) > 0:
			row := &all[last].rows[len(all[last].rows)-1]
			*row = append(*row, "")
		case quoted && len(all[last].rows) == 0:
			all[last].caption += squeezed(strings.TrimSuffix(said, `"`))
		case quoted:
			if row := all[last].rows[len(all[last].rows)-1]; len(row) > 0 {
				row[len(row)-1] += squeezed(strings.TrimSuffix(said, `"`))
			}
		}
	}
	return all
}
