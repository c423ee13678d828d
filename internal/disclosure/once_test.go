package disclosure_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
)

// tired counts what is read of a ledger.
type tired struct {
	disclosure.Ledger
	read int
}

func (l *tired) Sealed(ctx context.Context, site string, basis cell.Basis, first, last day.Day) (map[string]bool, error) {
	l.read++
	return l.Ledger.Sealed(ctx, site, basis, first, last)
}

func (l *tired) Entries(ctx context.Context, r disclosure.Range) ([]disclosure.Entry, error) {
	l.read++
	return l.Ledger.Entries(ctx, r)
}

// A book that reads once says what the book says, with less reading.
func TestABookThatReadsOnceSaysTheSame(t *testing.T) {
	ledger := &tired{Ledger: reporttest.Filled(1, time.November)}
	book := disclosure.NewBook(ledger)
	once := book.Once()
	random := rand.New(rand.NewPCG(1, 2))
	tables := []cell.Table{cell.Total, cell.Contact, cell.Page, cell.Device, cell.Decision}
	first, of, reads := day.New(2025, 12, 1), day.Day(420), [3]int{}
	for range 400 {
		from := first + day.Day(random.IntN(int(of)))
		p := []disclosure.Period{
			disclosure.Run(from, from+day.Day(random.IntN(200))), disclosure.PeriodOf(disclosure.Quarter, from, 1), disclosure.PeriodOf(disclosure.Month, from, 1),
			disclosure.PeriodOf(disclosure.Day, from, 1), disclosure.PeriodOf(disclosure.Week, from, 1), disclosure.PeriodOf(disclosure.Year, from, 1),
		}[random.IntN(6)]
		q := disclosure.Query{Site: "kx4f9q", Table: tables[random.IntN(len(tables))], Period: p}
		var said [3]string
		for i, b := range []*disclosure.Book{book, once, book.Once()} { // the last of a page of its own
			before := ledger.read
			rows, err := b.Table(t.Context(), q)
			points, lost := b.Series(t.Context(), q, disclosure.Months(p.First, p.Last))
			said[i] = fmt.Sprint(rows, err, points, lost)
			reads[i] += ledger.read - before
		}
		for _, other := range said[1:] {
			if diff := cmp.Diff(said[0], other); diff != "" {
				t.Fatalf("%s in %s: %s", q.Table, p.Name, diff)
			}
		}
	}
	if reads[1]*5 > reads[0] || reads[2]*2 > reads[0] {
		t.Errorf("it read %d times, of a page each %d times, the book %d times", reads[1], reads[2], reads[0])
	}
}

// What is sealed after the first question does not count, or a figure could be
// there whose rows were read too early.
func TestABookThatReadsOnceIsOfOneMoment(t *testing.T) {
	ledger := reporttest.Filled(1, time.October)
	once := disclosure.NewBook(ledger).Once()
	q := disclosure.Query{Site: "kx4f9q", Table: cell.Device, Value: "Phone", Period: disclosure.PeriodOf(disclosure.Month, day.New(2026, 10, 1), 1)}
	if f, err := once.Figure(t.Context(), q); err != nil || !f.IsShown() {
		t.Fatal(f, err)
	}
	q.Period = disclosure.PeriodOf(disclosure.Month, day.New(2026, 11, 1), 1)
	if err := ledger.Seal(t.Context(), disclosure.Sealing{Site: "kx4f9q", Basis: cell.BasisConsent, Parts: []disclosure.Sealed{{Period: q.Period}}}); err != nil {
		t.Fatal(err)
	}
	if f, err := once.Figure(t.Context(), q); err == nil {
		t.Errorf("%s of a month that was sealed meanwhile", f)
	}
}

// A page finds the rows that the one before it has read, until more is sealed.
func TestPagesShareRows(t *testing.T) {
	ledger := &tired{Ledger: reporttest.Filled(1, time.October)}
	book := disclosure.NewBook(ledger)
	october, november := disclosure.PeriodOf(disclosure.Month, day.New(2026, 10, 1), 1), disclosure.PeriodOf(disclosure.Month, day.New(2026, 11, 1), 1)
	points := func(reads int) (points []disclosure.Point) {
		t.Helper()
		before := ledger.read
		points, err := book.Once().Series(t.Context(), disclosure.Query{Site: "kx4f9q", Table: cell.Device, Value: "Phone"}, []disclosure.Period{october, november})
		if err != nil || ledger.read-before != reads {
			t.Errorf("read %d times, want %d, %v", ledger.read-before, reads, err)
		}
		return points
	}
	first := points(2)
	if again := points(1); !cmp.Equal(first, again, cmp.AllowUnexported(disclosure.Figure{})) {
		t.Errorf("%v, then %v", first, again)
	}
	atom := disclosure.Atom{Site: "kx4f9q", Basis: cell.BasisConsent, Table: cell.Device, Period: november, Value: "Phone"}
	sealing := disclosure.Sealing{Site: "kx4f9q", Basis: cell.BasisConsent, Parts: []disclosure.Sealed{{Period: november, Entries: []disclosure.Entry{{Atom: atom, N: 90, Noisy: 91, Shown: 90, Year: 2026}}}}}
	if err := ledger.Seal(t.Context(), sealing); err != nil {
		t.Fatal(err)
	}
	later := points(2)
	if n, _ := later[1].Figure.Shown(); first[1].Sealed || !later[1].Sealed || n != 90 || later[0] != first[0] {
		t.Errorf("%v, and after November was sealed %v", first, later)
	}
}
