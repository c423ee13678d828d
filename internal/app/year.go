package app

import (
	"fmt"
	"slices"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

type siteYear struct {
	site string
	year int
}

// strict is the disclosure.Strictness of every site. Readers ask for each part
// of a sum, the sealer for each table of a period.
func (a *App) strict(key string, year int, table cell.Table) bool {
	known, of := a.known.Load(), siteYear{key, year}
	tables, ok := known.Load(of)
	if !ok {
		tables = strictTables(a.records.History(site.Kind, key), year)
		known.Store(of, tables)
	}
	return slices.Contains(tables.([]cell.Table), table)
}

// strictTables tells from all versions of a site which tables are strict in a
// counting year: those that were when the first day of that year that the site
// was here for was closed. Nothing with a count in it is sealed before, and
// whatever is changed later is for the next year.
func strictTables(versions []record.Doc, year int) (tables []cell.Table) {
	var until time.Time
	for i, doc := range versions {
		if i > 0 && !doc.Time.Before(until) {
			break
		}
		s, err := record.As[site.Site](doc)
		if err != nil {
			continue // what makes plans says so
		}
		if tables = s.Strict; i == 0 {
			first := max(day.New(year, 1, 1), day.Of(doc.Time, s.Location()))
			until = disclosure.PeriodOf(disclosure.Day, first, 1).ClosesAt(s.Location())
		}
	}
	return tables
}

// mayMoveQuarters refuses a second move of a site's quarters in a counting year:
// each leaves days that are in no quarter.
func mayMoveQuarters(versions []record.Doc, next site.Site, now time.Time) error {
	year, starts := day.Of(now, next.Location()).Year(), []int{}
	for _, doc := range versions {
		s, err := record.As[site.Site](doc)
		if err != nil {
			return err
		}
		if n := len(starts); n > 0 && day.Of(doc.Time, s.Location()).Year() < year {
			starts = starts[:0] // an earlier year's
		}
		starts = append(starts, s.QuarterStart%3)
	}
	if n := len(slices.Compact(append(starts, next.QuarterStart%3))); n > 2 {
		return fmt.Errorf("site: quarter_start was moved in %d already: it can be moved once in a counting year", year)
	}
	return nil
}
