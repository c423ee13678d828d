package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// Seal seals the periods of a Sealing together, all but those that were sealed
// before: the first wins, also among sealers that run at once.
//
// The entries are written first, under the random name of this attempt, and
// are in nobody's sight. Then the attempt is named as the seal of each of its
// periods that has none (see inTurn): that is the moment of sealing. An attempt
// that dies in between leaves rows that nobody reads.
//
// Sites that are sealed at once share an attempt: a part of the ledger costs
// ClickHouse the same, however small it is.
func (s *Store) Seal(ctx context.Context, what disclosure.Sealing) error {
	if len(what.Parts) == 0 {
		return nil
	}
	what.At = what.At.UTC().Truncate(time.Second)
	err := checkSealing(what)
	if err == nil {
		err = s.sealing.together(what, func(all []disclosure.Sealing) error { return s.attempt(ctx, all) })
	}
	if err != nil {
		return fmt.Errorf("seal %d periods from %s of site %s: %w", len(what.Parts), what.Parts[0].Period.Name, what.Site, err)
	}
	return nil
}

// attempt seals, in one year, at most one Sealing of each site and basis.
func (s *Store) attempt(ctx context.Context, all []disclosure.Sealing) error {
	name := rand.Text()
	if err := s.write(ctx, all, name); err != nil {
		return err
	}
	return s.claim(ctx, all, name)
}

// queue brings together what is sealed at once.
type queue struct {
	turn    sync.Mutex // of who attempts
	mu      sync.Mutex
	waiting []*waiter
}

type waiter struct {
	disclosure.Sealing
	taken, done bool // by somebody's attempt
}

// rowsAtOnce is how many rows an attempt has before it takes no more along:
// some 10 MB.
const rowsAtOnce = 50_000

// together calls attempt with what, and with others that wait by then. If that
// fails, each of them attempts alone.
func (q *queue) together(what disclosure.Sealing, attempt func([]disclosure.Sealing) error) error {
	own := &waiter{Sealing: what}
	q.mu.Lock()
	q.waiting = append(q.waiting, own)
	q.mu.Unlock()
	q.turn.Lock()
	defer q.turn.Unlock()
	if own.done {
		return nil
	}
	if !own.taken {
		all, company := q.take(own)
		if err := attempt(all); err == nil || len(company) == 0 {
			for _, w := range company {
				w.done = true
			}
			return err
		}
	}
	return attempt([]disclosure.Sealing{what})
}

// take takes own from the queue, and others of other sites in the same year.
func (q *queue) take(own *waiter) (all []disclosure.Sealing, company []*waiter) {
	q.mu.Lock()
	defer q.mu.Unlock()
	all = []disclosure.Sealing{own.Sealing}
	own.taken = true
	rows, scopes := own.rows(), map[cell.Scope]bool{own.scope(): true}
	var left []*waiter
	for _, w := range q.waiting {
		switch {
		case w == own:
		case rows >= rowsAtOnce, w.year() != own.year(), scopes[w.scope()]:
			left = append(left, w)
		default:
			w.taken = true
			rows += w.rows()
			scopes[w.scope()] = true
			all, company = append(all, w.Sealing), append(company, w)
		}
	}
	q.waiting = left
	return all, company
}

func (w *waiter) scope() cell.Scope { return cell.Scope{Site: w.Site, Basis: w.Basis} }
func (w *waiter) year() int         { return w.Parts[0].Period.First.Year() }

func (w *waiter) rows() (n int) {
	for _, part := range w.Parts {
		n += 1 + len(part.Entries)
	}
	return n
}

func checkSealing(what disclosure.Sealing) error {
	year := what.Parts[0].Period.First.Year()
	for _, part := range what.Parts {
		if part.Period.First.Year() != year {
			return fmt.Errorf("%s does not begin in %d as the others do", part.Period.Name, year)
		}
		for _, e := range part.Entries {
			a := e.Atom
			if a.Site != what.Site || a.Basis != what.Basis || a.Period != part.Period || a.Table == "" {
				return fmt.Errorf("entry %s=%q of %s of site %s: not of this period, or of no table", a.Table, a.Value, a.Period.Name, a.Site)
			}
			if e.Year < 0 || e.Year > 9999 {
				return errors.New("entry has no counting year")
			}
		}
	}
	return nil
}

// ledgerColumns spares clickhouse-go a DESCRIBE for every attempt.
var ledgerColumns = []clickhouse.ColumnNameAndType{
	{Name: "site", Type: "String"}, {Name: "basis", Type: "String"}, {Name: "grain", Type: "String"}, {Name: "table_name", Type: "String"},
	{Name: "first_day", Type: "Date"}, {Name: "last_day", Type: "Date"}, {Name: "period", Type: "String"}, {Name: "value", Type: "String"},
	{Name: "n", Type: "UInt64"}, {Name: "noisy", Type: "Int64"}, {Name: "shown", Type: "UInt64"}, {Name: "year", Type: "UInt16"},
	{Name: "sealed", Type: "DateTime('UTC')"}, {Name: "seal", Type: "String"},
}

// write writes the rows of an attempt in one insert for one partition.
func (s *Store) write(ctx context.Context, all []disclosure.Sealing, name string) (err error) {
	insert, err := s.db.PrepareBatch(clickhouse.Context(ctx, clickhouse.WithColumnNamesAndTypes(ledgerColumns)), query("Seal"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, insert.Close()) }()
	for _, what := range all {
		for _, part := range what.Parts {
			p := part.Period
			row := func(e disclosure.Entry) error {
				return insert.Append(what.Site, string(what.Basis), string(p.Grain), string(e.Atom.Table), p.First.Time(), p.Last.Time(), p.Name,
					e.Atom.Value, e.N, e.Noisy, e.Shown, uint16(e.Year), what.At, name)
			}
			if err := row(disclosure.Entry{}); err != nil { // stands for the period
				return err
			}
			for _, e := range part.Entries {
				if err := row(e); err != nil {
					return err
				}
			}
		}
	}
	return insert.Send()
}

// claim names an attempt as the seal of its periods. Only one runs at a time.
func (s *Store) claim(ctx context.Context, all []disclosure.Sealing, name string) error {
	first := all[0].Parts[0].Period.First
	last := first
	var sites []any
	for _, what := range all {
		sites = append(sites, what.Site)
		for _, part := range what.Parts {
			first, last = min(first, part.Period.First), max(last, part.Period.First)
		}
	}
	in := clickhouse.GroupSet{Value: sites}
	return s.inTurn(ctx, "seals", query("claim"), in, first.String(), last.String(), name, in, first.String(), last.String())
}
