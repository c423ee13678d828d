package outlet

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/report"
)

//go:embed docx/types.xml
var docxTypes string

//go:embed docx/rels.xml
var docxRels string

//go:embed docx/document.rels.xml
var docxDocumentRels string

//go:embed docx/styles.xml
var docxStyles string

//go:embed docx/settings.xml
var docxSettings string

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// WriteDOCX writes the report as a Word document with the headings and tables
// of its page: styles that a screen reader finds, header rows that repeat,
// rows that do not break, and the report's id and version on each page.
func WriteDOCX(w io.Writer, r report.Report) error {
	z := zip.NewWriter(w)
	for _, part := range []struct{ name, body string }{
		{"[Content_Types].xml", docxTypes}, {"_rels/.rels", docxRels},
		{"docProps/core.xml", coreXML(r)}, {"word/document.xml", documentXML(r)}, {"word/_rels/document.xml.rels", docxDocumentRels},
		{"word/styles.xml", docxStyles}, {"word/settings.xml", docxSettings}, {"word/footer1.xml", footerXML(r)},
	} {
		f, err := z.Create(part.name)
		if err != nil {
			return fmt.Errorf("write document: %w", err)
		}
		if _, err := io.WriteString(f, part.body); err != nil {
			return fmt.Errorf("write document: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("write document: %w", err)
	}
	return nil
}

func coreXML(r report.Report) string {
	stamp := r.Published.Time().Format("2006-01-02T15:04:05Z")
	return xmlHead + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		element("dc:title", title(r)) + element("dc:subject", r.Grant.Title) + element("dc:creator", r.Charity.Name) + element("dc:identifier", Seal(r)) + element("dc:language", "en-GB") +
		`<dcterms:created xsi:type="dcterms:W3CDTF">` + stamp + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + stamp + `</dcterms:modified></cp:coreProperties>`
}

func title(r report.Report) string {
	return fmt.Sprintf("%s: report to %s, %s", r.Charity.Name, r.Funder, r.Period.Label)
}

func footerXML(r report.Report) string {
	field := func(name string) string {
		return `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> ` + name + ` </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>` + run("1") + `<w:r><w:fldChar w:fldCharType="end"/></w:r>`
	}
	return xmlHead + `<w:ftr xmlns:w="` + wordSpace + `"><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>` +
		run(r.Charity.Name+" · "+r.Grant.FunderRef+" · "+Seal(r)+" ("+string(r.Status)+") · Page ") + field("PAGE") + run(" of ") + field("NUMPAGES") + `</w:p></w:ftr>`
}

const wordSpace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

// docx is the body of a document in the making.
type docx struct{ bytes.Buffer }

func documentXML(r report.Report) string {
	var d docx
	d.WriteString(xmlHead + `<w:document xmlns:w="` + wordSpace + `" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>`)
	d.paragraph("Title", r.Charity.Name)
	d.paragraph("Subtitle", "Report to "+r.Funder+". "+r.Period.Label+", "+r.Period.Dates())
	cover := Table{Caption: "About this report", Columns: []string{"About this report", ""}}
	for _, l := range facts(r) {
		cover.Rows = append(cover.Rows, []Cell{text(l[0]), text(l[1])})
	}
	d.table(cover)
	for _, s := range Sections(r) {
		d.section(s)
	}
	d.WriteString(`<w:sectPr><w:footerReference w:type="default" r:id="rId3"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1077" w:bottom="1134" w:left="1077" w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>`)
	return d.String()
}

func (d *docx) section(s Section) {
	d.paragraph("Heading1", s.Heading)
	if s.Source != "" {
		d.paragraph("Source", s.Source)
	}
	for _, p := range s.Before {
		d.paragraph("", p)
	}
	for _, p := range s.Passages {
		d.paragraph("Heading2", p.Heading)
		for _, line := range strings.Split(strings.TrimSpace(p.Text), "\n\n") {
			d.paragraph("", line)
		}
	}
	for _, t := range s.Tables {
		if t.Data {
			continue
		}
		if t.Caption != s.Heading {
			d.paragraph("Heading2", t.Caption)
		}
		if t.Note != "" {
			d.paragraph("Source", t.Note)
		}
		d.table(t)
	}
	for _, p := range s.After {
		d.paragraph("", p)
	}
}

// paragraph writes a paragraph in a style; the style "" is that of all text.
func (d *docx) paragraph(style, s string) {
	d.WriteString(`<w:p>`)
	if style != "" {
		d.WriteString(`<w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>`)
	}
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			d.WriteString(`<w:r><w:br/></w:r>`)
		}
		d.WriteString(run(line))
	}
	d.WriteString(`</w:p>`)
}

// pageWidth is the width of a page's text in twentieths of a point.
const pageWidth = 11906 - 2*1077

// table writes a table and the empty paragraph that Word wants after it.
func (d *docx) table(t Table) {
	widths := columnWidths(t)
	d.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="Figures"/><w:tblW w:w="` + fmt.Sprint(pageWidth) + `" w:type="dxa"/><w:tblLayout w:type="fixed"/>` +
		`<w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/>` +
		`<w:tblCaption w:val="` + escape(t.Caption) + `"/><w:tblDescription w:val="` + escape(describe(t)) + `"/></w:tblPr><w:tblGrid>`)
	for _, w := range widths {
		fmt.Fprintf(d, `<w:gridCol w:w="%d"/>`, w)
	}
	d.WriteString(`</w:tblGrid>`)
	head := make([]Cell, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = text(c)
	}
	d.row(head, numeric(t), widths, `<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	for _, row := range t.Rows {
		d.row(row, numeric(t), widths, `<w:trPr><w:cantSplit/></w:trPr>`)
	}
	d.WriteString(`</w:tbl><w:p><w:pPr><w:pStyle w:val="After"/></w:pPr></w:p>`)
}

// describe says what a table has, for those who do not see it.
func describe(t Table) string {
	return fmt.Sprintf("Table with %d rows. Columns: %s.", len(t.Rows), strings.Join(t.Columns, ", "))
}

func (d *docx) row(cells []Cell, numbers []bool, widths []int, props string) {
	d.WriteString(`<w:tr>` + props)
	for i, c := range cells {
		fmt.Fprintf(d, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, widths[i])
		style := "Cell"
		if numbers[i] {
			style = "Number"
		}
		d.paragraph(style, c.Say(disclosure.English))
		d.WriteString(`</w:tc>`)
	}
	d.WriteString(`</w:tr>`)
}

// numeric says which columns of a table hold numbers.
func numeric(t Table) []bool {
	is := make([]bool, len(t.Columns))
	for _, row := range t.Rows {
		for i, c := range row {
			is[i] = is[i] || c.kind != isText
		}
	}
	return is
}

// columnWidths shares a page's width: what is longer to read gets more of it,
// and no word is broken.
func columnWidths(t Table) []int {
	widths, weights, least, sum := make([]int, len(t.Columns)), make([]int, len(t.Columns)), 0, 0
	for i, name := range t.Columns {
		said := []string{name}
		for _, row := range t.Rows {
			said = append(said, row[i].Say(disclosure.English))
		}
		word := 4
		for _, s := range said {
			weights[i] = max(weights[i], min(len(s), 60))
			for w := range strings.FieldsSeq(s) {
				word = max(word, min(len(w), 16))
			}
		}
		widths[i] = letterWidth*word + cellMargins
		least += widths[i]
		sum += weights[i]
	}
	for i := range widths {
		widths[i] += max(0, pageWidth-least) * weights[i] / sum
	}
	return widths
}

// The width of a letter in a table and the margins of a cell, in twentieths of
// a point.
const (
	letterWidth = 115
	cellMargins = 190
)

// run is a text as a piece of a paragraph.
func run(s string) string { return `<w:r><w:t xml:space="preserve">` + escape(s) + `</w:t></w:r>` }

func element(name, s string) string { return "<" + name + ">" + escape(s) + "</" + name + ">" }

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(clean(s))) // a builder takes whatever is written
	return b.String()
}
