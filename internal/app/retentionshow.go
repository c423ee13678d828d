package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// RetentionShown is what `retention` prints.
type RetentionShown []SiteRetention

// SiteRetention is how long a site's counts are kept and what became of them.
type SiteRetention struct {
	Site    string          `json:"site"`
	Name    string          `json:"name"`
	Periods site.Retention  `json:"periods"`
	Cells   []CellsShown    `json:"cells"` // what is there, and what was deleted last
	Keys    []KeyShown      `json:"keys"`
	Figures *deletedFigures `json:"figures,omitempty"`
}

// CellsShown is the daily counts of a month.
type CellsShown struct {
	Month   string        `json:"month"`
	Basis   cell.Basis    `json:"basis"`
	Due     *day.Day      `json:"due,omitempty"`     // from this day on they may be deleted
	Waits   []string      `json:"waits,omitempty"`   // periods that are to be sealed first
	Refused string        `json:"refused,omitempty"` // why they are not
	Deleted *deletedCells `json:"deleted,omitempty"`
}

// KeyShown is the noise key of a year.
type KeyShown struct {
	Year int `json:"year"`
	deletedKey
}

// Text is the retention for people.
func (r RetentionShown) Text() string {
	var b strings.Builder
	for _, s := range r {
		fmt.Fprintf(&b, "%s  %s\n", s.Site, s.Name)
		fmt.Fprintf(&b, "  daily counts  until %d days after the last figure made of them is sealed\n", s.Periods.CellsDays)
		fmt.Fprintf(&b, "  figures       until %d years after the end of their period, at most\n", s.Periods.FiguresYears)
		for _, c := range s.Cells {
			fmt.Fprintf(&b, "  %-12s  %s: %s\n", c.Month, c.Basis, c.state())
		}
		for _, k := range s.Keys {
			fmt.Fprintf(&b, "  key of %d   destroyed on %s%s\n", k.Year, k.Destroyed.Format(time.DateOnly), verifiedOn(", true counts cut on ", k.Cut))
		}
		if s.Figures != nil {
			fmt.Fprintf(&b, "  old figures   of periods that ended before %s: deleted%s\n", s.Figures.Before, verifiedOn(", looked for and not found on ", s.Figures.Verified))
		}
	}
	if len(r) == 0 {
		return "No sites yet.\n"
	}
	return b.String()
}

func verifiedOn(words string, at time.Time) string {
	if at.IsZero() {
		return ", to be looked for again"
	}
	return words + at.Format(time.DateOnly)
}

func (c CellsShown) state() string {
	switch {
	case c.Deleted != nil:
		text := fmt.Sprintf("%d counts deleted on %s%s", c.Deleted.Cells, c.Deleted.Begun.Format(time.DateOnly), verifiedOn(", looked for and not found on ", c.Deleted.Verified))
		if n := len(c.Deleted.Unsealed); n > 0 {
			text += fmt.Sprintf("; %d periods had no noise key and were never sealed", n)
		}
		return text
	case c.Refused != "" && c.Due != nil:
		return fmt.Sprintf("kept until %s at most, since %s", c.Due, c.Refused)
	case len(c.Waits) > 0:
		more := ""
		if n := len(c.Waits) - 1; n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		return "waits for the sealing of " + c.Waits[len(c.Waits)-1] + more
	default:
		return fmt.Sprintf("due on %s", c.Due)
	}
}

// showRetention shows what is due, what was deleted last and what waits, of one
// site or of all.
func (a *App) showRetention(ctx context.Context, key string) (RetentionShown, error) {
	plans, err := a.plans()
	if err != nil {
		return nil, err
	}
	deleted, err := a.allDeletedCells()
	if err != nil {
		return nil, err
	}
	docs := a.records.List(site.Kind)
	if key != "" {
		doc, _, err := a.siteDoc(key)
		if err != nil {
			return nil, err
		}
		docs = []record.Doc{doc}
	}
	shown := RetentionShown{}
	for _, doc := range docs {
		s, err := record.As[site.Site](doc)
		if err != nil {
			return nil, err
		}
		one := SiteRetention{Site: s.Key, Name: s.Name, Cells: []CellsShown{}}
		for _, p := range plans {
			if p.Site != s.Key {
				continue
			}
			cells, err := a.showCells(ctx, p, deleted)
			if err != nil {
				return nil, err
			}
			one.Cells = append(one.Cells, cells...)
		}
		if err := a.showEnds(&one); err != nil {
			return nil, err
		}
		shown = append(shown, one)
	}
	return shown, nil
}

// showCells shows the months of which there are cells, and before them the last
// month that was deleted.
func (a *App) showCells(ctx context.Context, plan disclosure.Plan, deleted map[string]map[string]deletedCells) (shown []CellsShown, err error) {
	for _, month := range sorted(deleted) {
		if d, ok := deleted[month][scopeName(scopeOf(plan))]; ok {
			last := CellsShown{Month: month, Basis: plan.Basis, Deleted: &d}
			shown = append(slices.DeleteFunc(shown, CellsShown.done), last)
		}
	}
	now := a.clock()
	months, err := a.releases(ctx, plan, deleted, now)
	if err != nil {
		return nil, err
	}
	for _, m := range months {
		if !deleted[m.month.Name][scopeName(scopeOf(plan))].Begun.IsZero() {
			continue // begun, and shown above
		}
		c := CellsShown{Month: m.month.Name, Basis: plan.Basis}
		slices.SortStableFunc(m.waits, func(a, b disclosure.Period) int { return cmp.Compare(a.Last, b.Last) })
		for _, q := range m.waits {
			c.Waits = append(c.Waits, q.Name)
			if text, refused := a.refused.Load(scopeOf(plan)); refused && q.Closed(plan.Location, now) {
				c.Refused = fmt.Sprintf("%s is not sealed: %s", q.Name, text)
			}
		}
		if len(m.waits) == 0 || m.keyless {
			due := day.Of(m.at, time.UTC)
			c.Due = &due
		}
		shown = append(shown, c)
	}
	return shown, nil
}

// done tells whether cells are deleted and were looked for.
func (c CellsShown) done() bool { return c.Deleted != nil && !c.Deleted.Verified.IsZero() }

// showEnds adds the periods in force, the keys that were destroyed and the
// figures that were deleted.
func (a *App) showEnds(s *SiteRetention) (err error) {
	if s.Periods, _, err = a.retention(s.Site, a.clock()); err != nil {
		return err
	}
	s.Keys = []KeyShown{}
	for _, doc := range a.records.List(keysKind) {
		all, err := record.As[map[string]deletedKey](doc)
		if err != nil {
			return err
		}
		year, err := strconv.Atoi(doc.ID)
		if err != nil {
			return fmt.Errorf("read years of keys: %w", err)
		}
		if k, ok := all[s.Site]; ok {
			s.Keys = append(s.Keys, KeyShown{year, k})
		}
	}
	if f, ok := (*a.kept.Load())[s.Site]; ok {
		s.Figures = &f
	}
	return nil
}
