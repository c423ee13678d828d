package counter

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/day"
)

// Cells returns the cells that a hit counts in, each with N 1.
func Cells(h coarse.Hit) []cell.Cell {
	var cells []cell.Cell
	eachCell(&h, func(t cell.Table, value string) {
		cells = append(cells, cell.Cell{Site: h.Site, Basis: basisOf(h.Basis), Day: h.Day, Table: t, Value: value, N: 1})
	})
	return cells
}

func basisOf(b coarse.Basis) cell.Basis {
	if b == coarse.Consent {
		return cell.BasisConsent
	}
	return cell.BasisException
}

// eachCell calls count for every table and value that the hit counts in. Only
// the total has an empty value.
func eachCell(h *coarse.Hit, count func(cell.Table, string)) {
	told := func(t cell.Table, value string) {
		if t != "" && value != "" {
			count(t, value)
		}
	}
	switch h.Kind {
	case coarse.View:
		if h.NewVisit {
			count(cell.Total, "")
			told(cell.Entry, h.Page)
			told(cell.Source, h.Source)
			told(cell.Referrer, h.Referrer)
			told(cell.Campaign, h.Campaign)
			told(cell.Area, h.Area)
			told(cell.Browser, h.Browser)
			told(cell.Version, h.Version)
			told(cell.System, h.System)
			told(cell.Device, h.Device)
			told(cell.Hour, h.Hour)
			told(cell.Language, h.Language)
		}
		if h.NewPage {
			told(cell.Page, h.Page)
		}
	case coarse.Leave:
		for _, band := range h.Length {
			told(cell.Length, band)
		}
		for _, band := range h.Depth {
			told(cell.Depth, band)
		}
	case coarse.Event:
		told(cell.Table(h.Table), h.Value)
		told(hoursOf(h), h.Hour)
	case coarse.Decision:
		told(cell.Banner, h.Value)
		told(cell.Decision, answer(h.Value))
	}
}

// hoursOf is the table of an event's part of the day: contacts have one. Those of
// segments of before tell none and are counted by channel alone.
func hoursOf(h *coarse.Hit) cell.Table {
	if h.Table == string(cell.Contact) && h.Value != "" {
		return cell.ContactHour
	}
	return ""
}

// answer is the yes or no of "<banner version> <yes|no> <language>".
func answer(decision string) string {
	_, rest, _ := strings.Cut(decision, " ")
	a, _, _ := strings.Cut(rest, " ")
	return a
}

// sums has the counts of one segment.
type sums map[group]*counts

// group is what most hits of a segment share.
type group struct {
	site  string
	basis coarse.Basis
	day   day.Day
}

type column struct {
	table cell.Table
	value string
}

// counts has pointers so that counting a known cell does not store its key
// again: the key's text would keep the whole record alive that it came with.
type counts struct {
	hits  int
	cells map[column]*uint64
}

func (s sums) add(h coarse.Hit) {
	g := group{h.Site, h.Basis, h.Day}
	c := s[g]
	if c == nil {
		c = &counts{cells: map[column]*uint64{}}
		g.site = strings.Clone(g.site)
		s[g] = c
	}
	c.hits++
	eachCell(&h, func(t cell.Table, value string) {
		k := column{t, value}
		if n := c.cells[k]; n != nil {
			*n++
			return
		}
		one := uint64(1)
		c.cells[column{cell.Table(strings.Clone(string(t))), strings.Clone(value)}] = &one
	})
}

// batches returns the sums as one batch a month, as the database adds a month
// in one piece. The same sums give the same batches to the last byte. Tables
// come in random order, values within a table in theirs: nothing is left of the
// order of the hits.
func (s sums) batches(segment string) []cell.Batch {
	months := map[int][]cell.Cell{}
	for g, counts := range s {
		month := g.day.Year()*100 + int(g.day.Month())
		cells := months[month]
		for k, n := range counts.cells {
			cells = append(cells, cell.Cell{Site: g.site, Basis: basisOf(g.basis), Day: g.day, Table: k.table, Value: k.value, N: *n})
		}
		months[month] = cells
	}
	var batches []cell.Batch
	for _, month := range slices.Sorted(maps.Keys(months)) {
		if len(months[month]) == 0 {
			continue
		}
		b := cell.Batch{ID: fmt.Sprintf("%s-%06d", segment, month), Cells: months[month]}
		shuffle(b)
		batches = append(batches, b)
	}
	return batches
}

// shuffle puts the cells of a batch in an order that its id alone decides.
func shuffle(b cell.Batch) {
	names := map[cell.Table]int{}
	for _, c := range b.Cells {
		names[c.Table] = 0
	}
	tables := slices.Sorted(maps.Keys(names))
	random := rand.New(rand.NewChaCha8(sha256.Sum256([]byte(b.ID))))
	for i, j := range random.Perm(len(tables)) {
		names[tables[i]] = j
	}
	slices.SortFunc(b.Cells, func(x, y cell.Cell) int {
		return cmp.Or(
			cmp.Compare(names[x.Table], names[y.Table]), cmp.Compare(x.Site, y.Site), cmp.Compare(x.Basis, y.Basis),
			cmp.Compare(x.Day, y.Day), cmp.Compare(x.Value, y.Value),
		)
	})
}
