package disclosure

import (
	"context"

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
	once.ledger = &onceLedger{Ledger: b.ledger, sealed: map[shelfMark]map[string]bool{}, entries: map[Range]Range{}, rows: map[Range][]Entry{}}
	return once
}

// shelfMark names what is sealed of a site.
type shelfMark struct {
	site  string
	basis cell.Basis
}

// onceLedger remembers what was read of a ledger.
type onceLedger struct {
	Ledger
	sealed  map[shelfMark]map[string]bool
	entries map[Range]Range // what is read together, without days -> days that were read
	rows    map[Range][]Entry
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

// Entries reads the rows of all days that were asked for so far.
func (l *onceLedger) Entries(ctx context.Context, r Range) ([]Entry, error) {
	of := together(r)
	read, ok := l.entries[of]
	if !ok || r.First < read.First || read.Last < r.Last {
		wide := of
		wide.First, wide.Last = r.First, r.Last
		if ok {
			wide.First, wide.Last = min(r.First, read.First), max(r.Last, read.Last)
		}
		rows, err := l.Ledger.Entries(ctx, wide)
		if err != nil {
			return nil, err
		}
		l.entries[of], l.rows[of] = wide, rows
	}
	var within []Entry
	for _, e := range l.rows[of] {
		if a := e.Atom; a.Period.First >= r.First && a.Period.Last <= r.Last && (r.Table == "" || a.Table == r.Table) {
			within = append(within, e)
		}
	}
	return within, nil
}

// together is what is read with one question: quarters of all tables, which few
// have, and a few months of all tables; other grains and long runs by table.
func together(r Range) (of Range) {
	of = r
	if r.Grain == Quarter || r.Grain == Month && r.Last-r.First < fewMonths {
		of.Table = ""
	}
	of.First, of.Last = 0, 0
	return of
}

const fewMonths = 100 // days
