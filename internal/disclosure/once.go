package disclosure

import (
	"context"
	"fmt"
	"slices"

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
	once.page = &page{ledger: b.ledger, shelves: b.shelves, sealed: map[shelfMark]map[string]bool{}, rows: map[shelfMark]*rows{}}
	return once
}

// page remembers what was read of a ledger for one page.
type page struct {
	ledger  Ledger
	shelves *shelves
	sealed  map[shelfMark]map[string]bool
	rows    map[shelfMark]*rows
}

// The days of all periods that there can be.
var (
	beginning = day.New(firstYear, 1, 1)
	end       = day.New(2149, 1, 1) // a day of the database is 16 bits
)

// together are the grains that are read with one question, of all tables: a
// question costs the database more than the rows do. Weeks are not among them:
// pages do not ask for those of tables, which are as many rows as all else.
var together = []Grain{Day, Month, Quarter}

// shelf reads all that is sealed of a site at once, and before any entry: what
// is sealed later does not count, whose entries may have been missed. Periods of
// more days than are asked for do no harm.
func (p *page) shelf(ctx context.Context, r Range) (s shelf, err error) {
	mark := shelfMark{r.Site, r.Basis}
	sealed, known := p.sealed[mark]
	if !known {
		if sealed, err = p.ledger.Sealed(ctx, r.Site, r.Basis, beginning, end); err != nil {
			return s, fmt.Errorf("read sealed periods: %w", err)
		}
		p.sealed[mark], p.rows[mark] = sealed, p.shelves.take(mark, sealed)
	}
	s.sealed = sealed
	if slices.Contains(r.Grains, Week) {
		s.entries, err = entriesOf(ctx, p.ledger, r)
		return s, err
	}
	read := p.rows[mark]
	if read == nil || r.First < read.first || read.last < r.Last {
		if read, err = p.read(ctx, r, read); err != nil {
			return s, err
		}
		read.sealed = sealed
		p.rows[mark] = read
		p.shelves.put(mark, read)
	}
	s.entries = read.entries[r.Table]
	return s, nil
}

// read reads the rows of all days that were asked for so far.
func (p *page) read(ctx context.Context, r Range, before *rows) (*rows, error) {
	if before != nil {
		r.First, r.Last = min(r.First, before.first), max(r.Last, before.last)
	}
	r.Table, r.Grains = "", together
	entries, err := p.ledger.Entries(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	read := &rows{first: r.First, last: r.Last}
	read.sort(entries)
	return read, nil
}
