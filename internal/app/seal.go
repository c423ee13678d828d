package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/coarsen"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// sink is where the counter hands its batches: the store, but never while days
// are sealed.
type sink struct{ a *App }

func (s sink) Add(ctx context.Context, b cell.Batch) error {
	s.a.closing.Lock()
	defer s.a.closing.Unlock()
	return s.a.store.Add(ctx, b)
}

func (s sink) Closed(ctx context.Context, from day.Day) (map[cell.Scope]day.Day, error) {
	return s.a.store.Closed(ctx, from)
}

// Sealed is what `seal` prints.
type Sealed struct {
	Sites   int      `json:"sites"`
	Periods int      `json:"periods"`
	Atoms   int      `json:"atoms"`
	Refused []string `json:"refused,omitempty"` // what has no noise key, in words
}

// Text is the result for people.
func (s Sealed) Text() string {
	text := fmt.Sprintf("Sealed %d periods (%d figures) of %d sites.\n", s.Periods, s.Atoms, s.Sites)
	if s.Periods == 0 {
		text = "Nothing to seal: every period that has been closed for 48 hours is sealed.\n"
	}
	if len(s.Refused) > 0 {
		text += "Not sealed: " + strings.Join(s.Refused, "; ") + ".\n"
	}
	return text
}

// sealNow seals every closed period of every site. What waits in the spool and
// may be counted is counted first, so that nothing is too late for its day.
func (a *App) sealNow(ctx context.Context, _ None) (Sealed, error) {
	if a.steady != nil {
		if err := a.steady.check(); err != nil {
			return Sealed{}, err
		}
	}
	if err := a.counter.Flush(ctx); err != nil {
		return Sealed{}, fmt.Errorf("count before sealing: %w", err)
	}
	a.closing.Lock()
	defer a.closing.Unlock()
	var total Sealed
	var errs []error
	plans, wrong := a.plans()
	if wrong != nil {
		errs = append(errs, wrong)
	}
	sites := map[string]bool{}
	var mu sync.Mutex
	stopped := disclosure.Each(plans, func(plan disclosure.Plan) error {
		if err := a.maySeal(ctx); err != nil {
			return err
		}
		r, err := a.sealSite(ctx, plan)
		a.metrics.sealed.Add(float64(r.Atoms))
		mu.Lock()
		defer mu.Unlock()
		switch {
		case errors.Is(err, disclosure.ErrNoKey):
			total.Refused = append(total.Refused, a.refusal(plan, err))
		case err != nil:
			errs = append(errs, fmt.Errorf("seal site %s, basis %s: %w", plan.Site, plan.Basis, err))
		default:
			a.refused.Delete(scopeOf(plan)) // the key was put back
		}
		if r.Periods > 0 {
			sites[plan.Site] = true
		}
		total.Periods += r.Periods
		total.Atoms += r.Atoms
		return nil
	})
	total.Sites = len(sites)
	slices.Sort(total.Refused)
	if stopped != nil {
		return total, errors.Join(append(errs, stopped)...)
	}
	errs = append(errs, a.sealTotals(ctx, &total), a.retain(ctx, plans, wrong == nil))
	return total, errors.Join(errs...)
}

// refusal words that periods have no noise key, and tells the log once: it is
// no failure that another try could mend.
func (a *App) refusal(plan disclosure.Plan, err error) string {
	text := fmt.Sprintf("basis %s: %v", plan.Basis, err)
	if old, _ := a.refused.Swap(scopeOf(plan), text); old != text {
		a.log.Warn("periods are not sealed: their noise key is gone", "site", plan.Site, "basis", plan.Basis, "error", err)
	}
	return text
}

// plans has one plan for each site and basis on which it has ever counted. A
// basis that it has no more stays planned: its periods close as all do, with
// nothing in them. What can be read is planned whatever the error.
func (a *App) plans() (plans []disclosure.Plan, err error) {
	deleted, err := a.allDeletedCells()
	if err != nil {
		return nil, err // without it a period could be sealed too low
	}
	for _, doc := range a.records.List(site.Kind) {
		s, wrong := record.As[site.Site](doc)
		if wrong != nil {
			err = errors.Join(err, wrong)
			continue
		}
		versions := a.records.History(site.Kind, s.Key)
		counted, wrong := site.CountedOn(versions, a.records.History(site.BannerKind, s.Key))
		if wrong != nil {
			err = errors.Join(err, wrong)
			continue
		}
		for _, c := range counted {
			plans = append(plans, disclosure.Plan{
				Site: s.Key, Basis: c.Basis, Location: s.Location(), QuarterStart: s.QuarterStart,
				First: day.Of(c.Since, s.Location()), Domains: domains(s), Strict: a.strict,
				Deleted: deletedMonths(deleted, cell.Scope{Site: s.Key, Basis: c.Basis}),
			})
		}
	}
	return plans, err
}

// knownDomains are the values that everybody knows without looking at a site.
func knownDomains() map[cell.Table][]string {
	return map[cell.Table][]string{
		cell.Source: coarsen.Sources, cell.Browser: coarsen.Browsers, cell.System: coarsen.Systems, cell.Device: coarsen.Devices,
		cell.Area:     {"GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR", "GB"},
		cell.Length:   {"10s", "1m", "3m", "10m"},
		cell.Depth:    {"2", "4", "8"},
		cell.Version:  coarsen.Versions,
		cell.Hour:     coarsen.Hours,
		cell.Language: coarsen.Languages,
		cell.Decision: {"yes", "no", "some"},

		cell.ContactHour: coarsen.Hours,
	}
}
