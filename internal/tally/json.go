package tally

import (
	"bytes"
	"encoding/json"
	"slices"
)

// ParseJSON reads totals that a program sends: {"totals": [{"period": "2026-10",
// "indicator": "families", "value": "new", "count": 12}]}. They go the same way
// as the rows of a file; row 1 is the first. The error is a *Refusal.
func ParseJSON(content []byte, o Options) (File, error) {
	if len(content) > maxBytes {
		return File{}, refuse("the message is larger than 256 kB: send totals, not a row for each person")
	}
	var body struct {
		Totals []map[string]any `json:"totals"`
	}
	d := json.NewDecoder(bytes.NewReader(content))
	d.UseNumber()
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil || d.More() || body.Totals == nil {
		return File{}, refuse(`want JSON such as {"totals": [{"period": "2026-10", "indicator": "families", "value": "", "count": 12}]}`)
	}
	if len(body.Totals) > maxRows {
		return File{}, tooLong()
	}
	s, err := sheetOf(body.Totals)
	if err != nil {
		return File{}, err
	}
	return parse([]sheet{s}, o)
}

// sheetOf puts objects into rows; the names of their fields are the headings.
func sheetOf(totals []map[string]any) (sheet, error) {
	fields := []string{"period", "indicator", "value", "count"}
	var others []string
	for _, t := range totals {
		for field := range t {
			if !slices.Contains(fields, field) && !slices.Contains(others, field) {
				others = append(others, field)
			}
		}
	}
	slices.Sort(others)
	fields = append(fields, others...)
	s := sheet{rows: []row{{cells: fields}}}
	for i, t := range totals {
		r := row{n: i + 1, cells: make([]string, len(fields))}
		for c, field := range fields {
			switch v := t[field].(type) {
			case nil:
			case string:
				r.cells[c] = v
			case json.Number:
				r.cells[c] = v.String()
			default:
				return s, refuse("each of totals has a period, an indicator, perhaps a value, and a count: texts and whole numbers, nothing within them")
			}
		}
		s.rows = append(s.rows, r)
	}
	return s, nil
}
