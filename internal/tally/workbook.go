package tally

import (
	"bytes"
	"errors"
	"strings"

	"github.com/xuri/excelize/v2"
)

// readWorkbook reads every sheet of an Excel file with the numbers that are
// behind the cells, hidden sheets, too: they are looked through for people.
func readWorkbook(content []byte) (sheets []sheet, err error) {
	// What a small file unpacks to is bounded.
	f, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{UnzipSizeLimit: 32 << 20, UnzipXMLSizeLimit: 8 << 20, RawCellValue: true})
	if err != nil {
		return nil, refuse("the Excel file cannot be opened: save it again as .xlsx without a password, or as CSV")
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	props, err := f.GetWorkbookProps()
	if err != nil {
		return nil, refuse("the Excel file cannot be read: save it again as .xlsx or CSV")
	}
	cells := 0
	for _, name := range f.GetSheetList() {
		visible, err := f.GetSheetVisible(name)
		if err != nil {
			continue // a chart
		}
		s := sheet{hidden: !visible, serials: true, dates1904: props.Date1904 != nil && *props.Date1904}
		rows, err := f.GetRows(name)
		if err != nil {
			return nil, refuse("the Excel file cannot be read: save it again as .xlsx or CSV")
		}
		for i, r := range rows {
			s.rows = append(s.rows, row{n: i + 1, cells: r})
			if cells += len(r) + 1; len(s.rows) > maxRows || cells > maxCells {
				return nil, tooLong()
			}
		}
		if err := fillDown(f, name, s.rows); err != nil {
			return nil, err
		}
		sheets = append(sheets, s)
	}
	return sheets, nil
}

// fillDown writes the value of cells that were merged down a column into each
// of them: "October 2026" beside four rows.
func fillDown(f *excelize.File, name string, rows []row) error {
	merged, err := f.GetMergeCells(name)
	if err != nil {
		return refuse("the merged cells of the Excel file cannot be read: undo the merging and save it again")
	}
	for _, m := range merged {
		x, y, err := excelize.CellNameToCoordinates(m.GetStartAxis())
		if err != nil {
			continue
		}
		x2, y2, err := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err != nil || x != x2 || y2 > len(rows) {
			continue // across columns: a title
		}
		for i := y; i < y2; i++ {
			for len(rows[i].cells) < x {
				rows[i].cells = append(rows[i].cells, "")
			}
			if strings.TrimSpace(rows[i].cells[x-1]) == "" {
				rows[i].cells[x-1] = rows[y-1].cell(x - 1)
			}
		}
	}
	return nil
}
