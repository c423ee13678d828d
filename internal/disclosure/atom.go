package disclosure

import (
	"context"
	"errors"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
)

// Grain is the length of a period.
type Grain string

// The grains of the calendar.
const (
	Day     Grain = "day"
	Week    Grain = "week" // ISO week
	Month   Grain = "month"
	Quarter Grain = "quarter" // three whole months from the site's quarter start
	Year    Grain = "year"

	// MonthRun is any run of whole months: it has figures, as sums of atoms, but
	// no atoms of its own. No run of days or weeks has: see docs/decisions/0014.
	MonthRun Grain = "months"
)

// Period is a named run of whole days: 2025-03-03, 2025-W10, 2025-03, 2025-Q1,
// 2025, 2025-02..2025-07. A quarter that does not begin
// in January, April, July or October has the month of its first day in its
// name, 2025-Q1-02, so that one name never stands for two runs of days.
type Period struct {
	Grain Grain
	Name  string
	First day.Day
	Last  day.Day // inclusive
}

// Atom is what is sealed once and never again.
type Atom struct {
	Site   string
	Basis  cell.Basis
	Table  cell.Table
	Period Period
	Value  string // "" for a total
}

// Entry is a row of the ledger: a sealed atom with the numbers that only the
// sealer and sums of atoms may use. It never reaches a reader.
type Entry struct {
	Atom  Atom
	N     uint64 // true count when sealed
	Noisy int64  // N plus noise
	Shown uint64 // 0 = none
	Year  int    // counting year whose key made the noise
}

// Counts is where the sealer reads the cells of a run of days.
type Counts interface {
	// Cells returns the site's daily cells of basis from first to last, inclusive.
	Cells(ctx context.Context, site string, basis cell.Basis, first, last day.Day) ([]cell.Cell, error)
}

// Range selects rows of the ledger: all periods of the grains that lie within
// First..Last.
type Range struct {
	Site        string
	Basis       cell.Basis
	Table       cell.Table // "" = every table
	Grains      []Grain
	First, Last day.Day
}

// Sealing is what is sealed of one site and basis at once.
type Sealing struct {
	Site  string
	Basis cell.Basis
	At    time.Time
	Parts []Sealed // periods that begin in one year
}

// Sealed is one period and its entries.
type Sealed struct {
	Period  Period
	Entries []Entry
}

// Ledger is where sealed atoms are kept for good.
type Ledger interface {
	// Seal seals the periods of s together, without those that were sealed
	// before: the first wins.
	Seal(ctx context.Context, s Sealing) error
	// Sealed returns the names of the periods that are sealed within
	// first..last, of every grain.
	Sealed(ctx context.Context, site string, basis cell.Basis, first, last day.Day) (map[string]bool, error)
	// Entries returns the rows of r.
	Entries(ctx context.Context, r Range) ([]Entry, error)
}

// ErrOpen is returned for a period that is not closed and sealed yet.
var ErrOpen = errors.New("period is not sealed yet")

// ErrNoKey is returned when the noise key of a site and year is gone.
var ErrNoKey = errors.New("noise key is gone")
