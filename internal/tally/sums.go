package tally

import (
	"fmt"
	"slices"
)

// onePerPerson says whether rows are of persons or contacts, not totals: most of
// them have a day instead of a month, or all counts are 1 and the same things are
// counted again and again.
func (r *reader) onePerPerson() bool {
	if r.layout.wide() {
		return false
	}
	if r.days > 2 && r.days*2 > len(r.sheet.rows)-r.layout.row-1 {
		return true
	}
	seen, again := map[count]bool{}, 0
	for _, c := range r.counts {
		if c.n > 1 {
			return false
		}
		key := count{period: c.period, indicator: c.indicator, value: c.value}
		if seen[key] {
			again++
		}
		seen[key] = true
	}
	return again > 2
}

// checkTwice refuses what is counted twice.
func (r *reader) checkTwice() {
	seen := map[count]count{}
	for _, c := range r.counts {
		key := count{period: c.period, indicator: c.indicator, value: c.value}
		if old, twice := seen[key]; twice {
			r.wrong(c.row, c.column, "rows %d and %d are both of %s, %s: keep one of them", old.row, c.row, c.what(), c.period.Name)
			continue
		}
		seen[key] = c
	}
}

func (c count) what() string {
	if c.value == "" {
		return c.indicator
	}
	return c.indicator + "/" + c.value
}

// isSum says whether a row is one of sums: its period or its indicator says so,
// or, where it names neither, its value.
func (r *reader) isSum(row row) bool {
	l := r.layout
	when, what, value := row.cell(l.at(asPeriod)), row.cell(l.at(asIndicator)), row.cell(l.at(asValue))
	if isTotal(when) || isTotal(what) {
		return true
	}
	return when == "" && what == "" && (value == "" || isTotal(value)) && l.at(asPeriod) >= 0 || l.wide() && what == "" && isTotal(value)
}

// readSum takes a row of sums out of the counts and compares it with them. A sum
// may be of all rows above it, or of those since the last one; of the rows of
// wholes, of those of values, or of both.
func (r *reader) readSum(row row) {
	r.notes = append(r.notes, fmt.Sprintf("Row %d has sums and was left out.", row.n))
	for i, role := range r.layout.roles {
		if role != asCount && role != asMonth || row.cell(i) == "" {
			continue
		}
		n, err := countOf(row.cell(i))
		if err != nil || !r.addsUp(row, i, n) {
			r.wrong(row.n, i, "this sum is not what the rows above it add up to: mend the rows or delete the sum")
		}
	}
	r.sums = append(r.sums, count{row: row.n})
}

func (r *reader) addsUp(row row, col int, said uint64) bool {
	last := 0
	if n := len(r.sums); n > 0 {
		last = r.sums[n-1].row
	}
	period, err := r.period(row.cell(r.layout.at(asPeriod)))
	above := slices.DeleteFunc(slices.Clone(r.counts), func(c count) bool {
		return r.layout.wide() && c.column != col || err == nil && c.period != period
	})
	since := slices.DeleteFunc(slices.Clone(above), func(c count) bool { return c.row <= last })
	return isSumOf(said, above) || isSumOf(said, since)
}

func isSumOf(said uint64, counts []count) bool {
	var wholes, parts uint64
	for _, c := range counts {
		if c.value == "" {
			wholes += c.n
		} else {
			parts += c.n
		}
	}
	return said == wholes+parts || said == wholes || said == parts
}

// checkSums refuses a part that is larger than its whole.
func (r *reader) checkSums() {
	wholes := map[count]count{}
	for _, c := range r.counts {
		if c.value == "" {
			wholes[count{period: c.period, indicator: c.indicator}] = c
		}
	}
	for _, c := range r.counts {
		if whole, ok := wholes[count{period: c.period, indicator: c.indicator}]; ok && c.n > whole.n {
			r.wrong(c.row, c.column, "%s is more than the whole of %s in row %d", c.what(), c.indicator, whole.row)
		}
	}
}

// totals puts what was read together.
func (r *reader) totals() File {
	f := File{Notes: r.notes}
	at, whole := map[count]int{}, map[count]bool{}
	for _, c := range r.counts {
		key := count{period: c.period, indicator: c.indicator}
		i, ok := at[key]
		if !ok {
			i = len(f.Totals)
			at[key] = i
			f.Totals = append(f.Totals, Total{Period: c.period, Indicator: c.indicator})
		}
		t := &f.Totals[i]
		if c.value == "" {
			t.Whole, whole[key] = c.n, true
			continue
		}
		if t.Parts == nil {
			t.Parts = map[string]uint64{}
		}
		t.Parts[c.value] += c.n
	}
	for key, i := range at {
		if t := &f.Totals[i]; !whole[key] {
			t.Added = true
			for _, n := range t.Parts {
				t.Whole += n
			}
		}
	}
	f.sort()
	return f
}
