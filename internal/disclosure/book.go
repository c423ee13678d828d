package disclosure

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

// ErrNoFigure is returned for a period that the table has no figures of, such
// as a day of a table other than total, or for a sum of anything but whole
// months. It says nothing about the counts.
var ErrNoFigure = errors.New("no figures of such a period for this table")

// Query names one figure, or all figures of a table. The basis is that of the
// book that is asked.
type Query struct {
	Site   string
	Table  cell.Table
	Value  string // "" for total, and where a whole table is asked for
	Period Period // as PeriodOf, Run or ParsePeriod gave it
}

// Row is one line of a table.
type Row struct {
	Value  string `json:"value"`
	Figure Figure `json:"figure"`
}

// Point is one step of a series.
type Point struct {
	Period Period
	Figure Figure
	Sealed bool // false: the period is not sealed yet or its figures are no longer kept, the figure is nothing
}

// Book has the figures of visits that agreed to be counted. They alone can reach
// a funder.
type Book struct{ book }

// OwnBook has the figures of visits that were counted under the statistics
// exception: for the charity's own improvement, so for its staff alone. It is no
// Book and cannot be converted into one, so nothing that takes a Book (a funder's
// report does) can be given it.
type OwnBook struct{ *book }

// NewBook returns the reader of l.
func NewBook(l Ledger) *Book {
	return &Book{book{ledger: l, basis: cell.BasisConsent, shelves: newShelves()}}
}

// NewOwnBook returns the staff's reader of l.
func NewOwnBook(l Ledger) *OwnBook {
	return &OwnBook{&book{ledger: l, basis: cell.BasisException, shelves: newShelves()}}
}

// book answers readers from the ledger alone. The same question has the same
// answer for ever, whoever asks; a question whose periods are not all sealed
// has none (ErrOpen). A book is safe for concurrent use.
//
// A period that is an atom of the table is answered with the atom. Any other is
// the sum of the atoms that it consists of, with the higher threshold of sums:
// days for totals, months for all else, but whole quarters where a sensitive
// table has them. Weeks are never added up.
type book struct {
	// Strict is what the sites are sealed with: a sum has twice the threshold if
	// one of its parts is of a year in which the table is strict.
	Strict Strictness
	// Kept is the day before which periods of a site ended whose figures are
	// deleted. Nil means that all are kept.
	Kept func(site string) day.Day

	ledger  Ledger
	basis   cell.Basis
	shelves *shelves
	page    *page // nil: each question reads the ledger
}

// Figure returns the figure of q; nothing if the value was never counted. The
// error is ErrOpen, ErrGone, ErrNoFigure, ErrPeriod or the ledger's own.
func (b *book) Figure(ctx context.Context, q Query) (Figure, error) {
	r := newReading(b, q, q.Period)
	figures, err := r.figures(ctx, q.Period)
	if err != nil {
		return Figure{}, fmt.Errorf("figure of %s in %s: %w", q.Table, q.Period.Name, err)
	}
	return figures[q.Value], nil
}

// Table returns the rows of q's table that show a number, largest first. Names
// that show none are left out, and so is how many they are. Errors are those
// of Figure.
func (b *book) Table(ctx context.Context, q Query) ([]Row, error) {
	return b.TableOf(ctx, q, nil)
}

// TableOf is Table for a table whose values everybody knows: those of domain
// that show no number follow, in their order. It is for declared vocabularies
// and fixed lists only.
func (b *book) TableOf(ctx context.Context, q Query, domain []string) ([]Row, error) {
	r := newReading(b, q, q.Period)
	figures, err := r.figures(ctx, q.Period)
	if err != nil {
		return nil, fmt.Errorf("table %s in %s: %w", q.Table, q.Period.Name, err)
	}
	rows := []Row{}
	for value, f := range figures {
		if f.shown > 0 {
			rows = append(rows, Row{Value: value, Figure: f})
		}
	}
	// Equal figures go by name, never by the count behind them.
	slices.SortFunc(rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(b.Figure.shown, a.Figure.shown), cmp.Compare(a.Value, b.Value))
	})
	for _, value := range domain {
		if figures[value].shown == 0 {
			rows = append(rows, Row{Value: value})
		}
	}
	return rows, nil
}

// Series returns the figure of q in each of the periods (q's own is not used),
// with Sealed false where there is none yet, or none any more. Errors are those
// of Figure but ErrOpen and ErrGone.
func (b *book) Series(ctx context.Context, q Query, periods []Period) ([]Point, error) {
	r := newReading(b, q, periods...)
	points := make([]Point, 0, len(periods))
	for _, p := range periods {
		figures, err := r.figures(ctx, p)
		if err != nil && !errors.Is(err, ErrOpen) && !errors.Is(err, ErrGone) {
			return nil, fmt.Errorf("series of %s in %s: %w", q.Table, p.Name, err)
		}
		points = append(points, Point{Period: p, Figure: figures[q.Value], Sealed: err == nil})
	}
	return points, nil
}

// IsStrict tells whether q's table is strict in a year of its period: a figure
// that is hidden may then be 10 and more.
func (b *book) IsStrict(q Query) bool {
	for year := q.Period.First.Year(); year <= q.Period.Last.Year(); year++ {
		if b.Strict.of(q.Site, year, q.Table) {
			return true
		}
	}
	return false
}

// genuine refuses a Period that was put together by hand: its name must stand
// for its days.
func genuine(p Period) error {
	q, err := parsePeriod(p.Name)
	if err != nil {
		return err
	}
	if p != q {
		return fmt.Errorf("period %s of other days than its name says: %w", p.Name, ErrPeriod)
	}
	return nil
}
