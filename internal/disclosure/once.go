package disclosure

import (
	"context"
	"slices"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

// Once returns a book that reads each thing of its ledger once and remembers it:
// for one report or page, which asks for the same rows again and again. All that
// it answers is as of its first question. It is not safe for concurrent use.
func (b *Book) Once() *Book { return &Book{b.once()} }

// Once is that of a Book.
func (b *OwnBook) Once() *OwnBook {
	once := b.once()
	return &OwnBook{&once}
}

func (b *book) once() book {
	once := *b
	once.ledger = &onceLedger{Ledger: b.ledger, shelves: b.shelves, sealed: map[shelfMark]map[string]bool{}, rows: map[shelfMark]*rows{}}
	return once
}

// onceLedger remembers what was read of a ledger.
type onceLedger struct {
	Ledger
	shelves *shelves
	sealed  map[shelfMark]map[string]bool
	rows    map[shelfMark]*rows
}

// The days of all periods that there can be.
var (
	beginning = day.New(firstYear, 1, 1)
	end       = day.New(2149, 1, 1) // a day of the database is 16 bits
)

// Sealed reads all that is sealed of a site at once, and before any entry: what
// is sealed later does not count, whose entries may have been missed. Names of
// more days than are asked for do no harm.
func (l *onceLedger) Sealed(ctx context.Context, site string, basis cell.Basis, _, _ day.Day) (map[string]bool, error) {
	mark := shelfMark{site, basis}
	if names, ok := l.sealed[mark]; ok {
		return names, nil
	}
	names, err := l.Ledger.Sealed(ctx, site, basis, beginning, end)
	if err == nil {
		l.sealed[mark] = names
	}
	return names, err
}

// together are the grains that are read with one question, of all tables: a
// question costs the database more than the rows do. Weeks are not among them:
// pages do not ask for those of tables, which are as many rows as all else.
var together = []Grain{Day, Month, Quarter}

// Entries reads the rows of all days that were asked for so far.
func (l *onceLedger) Entries(ctx context.Context, r Range) ([]Entry, error) {
	if slices.Contains(r.Grains, Week) {
		return l.Ledger.Entries(ctx, r)
	}
	mark := shelfMark{r.Site, r.Basis}
	if _, ok := l.rows[mark]; !ok {
		names, err := l.Sealed(ctx, r.Site, r.Basis, r.First, r.Last)
		if err != nil {
			return nil, err
		}
		l.rows[mark] = l.shelves.take(mark, names)
	}
	read := l.rows[mark]
	if read == nil || r.First < read.first || read.last < r.Last {
		wide := Range{Site: r.Site, Basis: r.Basis, Grains: together, First: r.First, Last: r.Last}
		if read != nil {
			wide.First, wide.Last = min(r.First, read.first), max(r.Last, read.last)
		}
		entries, err := l.Ledger.Entries(ctx, wide)
		if err != nil {
			return nil, err
		}
		read = &rows{sealed: l.sealed[mark], first: wide.First, last: wide.Last, entries: entries}
		l.rows[mark] = read
		l.shelves.put(mark, read)
	}
	return read.within(r), nil
}
