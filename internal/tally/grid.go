package tally

import (
	"bytes"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// sheet is a file as rows of cells, numbered as the spreadsheet shows them.
type sheet struct {
	rows   []row
	hidden bool
	dates1904,
	serials bool // numbers may stand for dates, as in Excel
}

type row struct {
	n     int // from 1
	cells []string
}

// cell returns a cell without the space around it, "" beyond the last.
func (r row) cell(i int) string {
	if i < 0 || i >= len(r.cells) {
		return ""
	}
	return trim(r.cells[i])
}

// filled is how many cells have something in them.
func (r row) filled() (n int) {
	for i := range r.cells {
		if r.cell(i) != "" {
			n++
		}
	}
	return n
}

func (r row) empty() bool { return r.filled() == 0 }

// trim also takes the spaces that do not break, and marks of direction.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\u00a0' || r == '\u202f' || r == '\ufeff' || r == '\u200e' || r == '\u200f' || r == '\u200b'
	})
}

// column is the letter of a column: A, B, …, Z, AA.
func column(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

// sheetsOf reads a file, whatever kind it is of.
func sheetsOf(content []byte) ([]sheet, error) {
	switch {
	case bytes.HasPrefix(content, []byte("PK\x03\x04")):
		return readWorkbook(content)
	case bytes.HasPrefix(content, []byte("\xd0\xcf\x11\xe0")):
		return nil, refuse("this is an old Excel file (.xls) or one with a password: save it as .xlsx or CSV, without a password")
	case bytes.HasPrefix(content, []byte("%PDF")):
		return nil, refuse("this is a PDF: save the table as .xlsx or CSV")
	}
	text, err := decode(content)
	if err != nil {
		return nil, err
	}
	s, err := readCSV(text)
	if err != nil {
		return nil, err
	}
	return []sheet{s}, nil
}

// decode makes text of bytes: UTF-8, UTF-16 with or without a mark, or else
// what Excel writes on Windows.
func decode(b []byte) (string, error) {
	little, big := wide(b)
	switch {
	case little || big:
		units := make([]uint16, len(b)/2)
		for i := range units {
			if units[i] = binary.LittleEndian.Uint16(b[2*i:]); big {
				units[i] = binary.BigEndian.Uint16(b[2*i:])
			}
		}
		return strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff"), nil
	case bytes.IndexByte(b, 0) >= 0:
		return "", refuse("this is no table: save it as .xlsx or CSV")
	case utf8.Valid(b):
		return strings.TrimPrefix(string(b), "\ufeff"), nil
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return "", refuse("the letters of the file cannot be read: save it as CSV UTF-8 or .xlsx")
	}
	return string(text), nil
}

// wide says whether the bytes are UTF-16, and of which order.
func wide(b []byte) (little, big bool) {
	little, big = bytes.HasPrefix(b, []byte{0xff, 0xfe}), bytes.HasPrefix(b, []byte{0xfe, 0xff})
	if !little && !big && len(b) >= 4 { // without a mark: Latin letters have a zero in two
		little, big = b[1] == 0 && b[3] == 0, b[0] == 0 && b[2] == 0
	}
	return little, big
}

// readCSV reads rows with the delimiter that the file uses. Excel's line "sep=;"
// is no row of the table, but it is one that Excel leaves uncounted.
func readCSV(text string) (sheet, error) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	delimiter := rune(0)
	if first, rest, _ := strings.Cut(text, "\n"); len(first) == 5 && strings.HasPrefix(strings.ToLower(first), "sep=") {
		delimiter, text = rune(first[4]), rest
	}
	if !strings.ContainsRune(",;\t|", delimiter) {
		delimiter = delimiterOf(text)
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = delimiter, true, -1
	var s sheet
	within, cells := 0, 0 // lines that are inside of a cell
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			return s, refuse("the file breaks off or is no CSV: save it again as CSV or .xlsx")
		}
		line, _ := r.FieldPos(0)
		s.rows = append(s.rows, row{n: line - within, cells: record})
		for _, c := range record {
			within += strings.Count(c, "\n")
		}
		if cells += len(record); len(s.rows) > maxRows || cells > maxCells {
			return s, tooLong()
		}
	}
}

func tooLong() error {
	return refuse("the file has more rows than totals need: it may have a row for each person or contact. Count it in your browser on the page Our numbers, and send the counts")
}

// delimiterOf is the delimiter that most lines have, and have alike.
func delimiterOf(text string) rune {
	best, bestScore := ',', 0
	for _, d := range ",;\t|" {
		counts, lines := map[int]int{}, 0
		for line := range strings.Lines(text) {
			n, quoted := 0, false
			for _, r := range line {
				if r == '"' {
					quoted = !quoted
				} else if r == d && !quoted {
					n++
				}
			}
			counts[n]++
			if lines++; lines == 200 {
				break
			}
		}
		score := 0
		for n, lines := range counts {
			if n > 0 {
				score = max(score, lines*10+min(n, 9))
			}
		}
		if score > bestScore {
			best, bestScore = d, score
		}
	}
	return best
}
