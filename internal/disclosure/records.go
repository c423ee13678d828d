package disclosure

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

// exactTable has the totals that an agreement demands exactly, beside the
// rounded ones of cell.Indicator. Whether a total is exact is settled when it is
// sealed, like all else of it.
const exactTable cell.Table = "exact"

// leastExact is the smallest total that is ever shown as it is.
const leastExact = 10

// RecordBook has the figures of case records: totals that the charity enters or
// imports, of its indicators. It is no Book, so a figure of the website never
// mixes with one of case records. Its queries are of the table cell.Indicator;
// Value is the id of an indicator, or id/value for a row of its breakdown.
//
// A period that nobody has entered totals for is open (ErrOpen), never zero.
type RecordBook struct {
	Strict Strictness
	Kept   func(site string) day.Day // as of a Book

	ledger Ledger
}

// NewRecordBook returns the reader of l.
func NewRecordBook(l Ledger) *RecordBook { return &RecordBook{ledger: l} }

// of is the book of one indicator: each is sealed apart.
func (b *RecordBook) of(q Query) (*book, error) {
	id, _, _ := strings.Cut(q.Value, "/")
	if q.Table != cell.Indicator || id == "" {
		return nil, fmt.Errorf("case records, %s %q: %w", q.Table, q.Value, ErrNoFigure)
	}
	return &book{Strict: b.Strict, Kept: b.Kept, ledger: b.ledger, basis: cell.OfIndicator(id)}, nil
}

// Figure returns the rounded figure of q. Errors are those of a Book; a row of a
// breakdown that was not entered, or must not stand beside an exact total, has
// ErrNoFigure.
func (b *RecordBook) Figure(ctx context.Context, q Query) (Figure, error) {
	of, err := b.of(q)
	if err != nil {
		return Figure{}, err
	}
	f, err := of.Figure(ctx, q)
	if err != nil || !strings.Contains(q.Value, "/") {
		return f, err
	}
	there, err := values(ctx, of, q)
	if err == nil && !there[q.Value] {
		err = fmt.Errorf("figure of %s in %s: %w", q.Value, q.Period.Name, ErrNoFigure)
	}
	if err != nil {
		return Figure{}, err
	}
	return f, nil
}

// values lists what has an entry in every part of q's period.
func values(ctx context.Context, of *book, q Query) (map[string]bool, error) {
	r := newReading(of, q, q.Period)
	parts, err := r.parts(ctx, q.Period)
	if err != nil {
		return nil, err
	}
	s, err := r.shelf(ctx, parts[0].Grain)
	if err != nil {
		return nil, err
	}
	seen, all := map[string]int{}, map[string]bool{}
	for _, part := range parts {
		for _, e := range s.entries[part.Name] {
			seen[e.Atom.Value]++
			all[e.Atom.Value] = seen[e.Atom.Value] == len(parts)
		}
	}
	return all, nil
}

// Series returns the rounded figure of q in each of the periods, with Sealed
// false where there is none.
func (b *RecordBook) Series(ctx context.Context, q Query, periods []Period) ([]Point, error) {
	if !strings.Contains(q.Value, "/") { // every period that is sealed has the whole
		of, err := b.of(q)
		if err != nil {
			return nil, err
		}
		return of.Series(ctx, q, periods)
	}
	points := make([]Point, 0, len(periods))
	for _, p := range periods {
		q.Period = p
		f, err := b.Figure(ctx, q)
		if err != nil && !errors.Is(err, ErrOpen) && !errors.Is(err, ErrGone) && !errors.Is(err, ErrNoFigure) {
			return nil, err
		}
		points = append(points, Point{Period: p, Figure: f, Sealed: err == nil})
	}
	return points, nil
}

// TableOf returns the breakdown of the indicator q.Value: a row for each value
// of domain that was entered, by value alone, those that show a number first.
// There are no rows if there was no breakdown.
func (b *RecordBook) TableOf(ctx context.Context, q Query, domain []string) ([]Row, error) {
	of, err := b.of(q)
	if err != nil {
		return nil, err
	}
	if strings.Contains(q.Value, "/") {
		return nil, fmt.Errorf("breakdown of %q: %w", q.Value, ErrNoFigure)
	}
	var known []string
	for _, value := range domain {
		known = append(known, q.Value+"/"+value)
	}
	all, err := of.TableOf(ctx, q, known)
	if err != nil {
		return nil, err
	}
	there, err := values(ctx, of, q)
	if err != nil {
		return nil, err
	}
	rows := []Row{}
	for _, r := range all {
		if value, ok := strings.CutPrefix(r.Value, q.Value+"/"); ok && there[r.Value] {
			rows = append(rows, Row{Value: value, Figure: r.Figure})
		}
	}
	return rows, nil
}

// Exact returns the whole of an indicator as it is, where it was sealed under an
// agreement that demands it exactly and is 10 or more; otherwise what Figure
// returns. A run of periods is exact if every part of it is.
func (b *RecordBook) Exact(ctx context.Context, q Query) (Figure, error) {
	rounded, err := b.Figure(ctx, q)
	if err != nil || strings.Contains(q.Value, "/") {
		return rounded, err
	}
	of, err := b.of(q)
	if err != nil {
		return Figure{}, err
	}
	r := newReading(of, q, q.Period)
	parts, err := r.parts(ctx, q.Period)
	if err != nil {
		return Figure{}, err
	}
	r.query.Table, r.shelves = exactTable, map[Grain]shelf{}
	s, err := r.shelf(ctx, parts[0].Grain)
	if err != nil {
		return Figure{}, fmt.Errorf("exact total of %s: %w", q.Period.Name, err)
	}
	sum := Figure{exact: true}
	for _, part := range parts {
		entries := s.entries[part.Name]
		if len(entries) != 1 || entries[0].Shown < leastExact {
			return rounded, nil
		}
		sum.shown += entries[0].Shown
	}
	return sum, nil
}

// RecordsKey names the keys of a site's case records in a KeyStore: the totals
// of a counting year are kept under its key, and their noise is made with it.
func RecordsKey(site string) string { return site + "-records" }
