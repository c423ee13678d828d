package totals

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// Final says that numbers are final: what is entered and closed is sealed in the
// next round, and does not wait until it has stood for 48 hours. Without an
// indicator or a period all are meant. It returns how many there are.
func (d *Desk) Final(ctx context.Context, key, indicator, period, author string) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, _, err := d.vocabulary(key)
	if err != nil {
		return 0, err
	}
	all, err := d.standing(key)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, st := range all {
		other := indicator != "" && st.v.Indicator != indicator || period != "" && st.v.Period != period
		if other || !st.unfinished() || !st.period.Closed(s.Location(), d.Clock()) {
			continue
		}
		more, err := d.finish(ctx, st, author)
		if err != nil {
			return n, err
		}
		n += more
	}
	if n == 0 {
		return 0, fmt.Errorf("%w: nothing can be sealed now, as a month or quarter closes two days after its end", ErrNothing)
	}
	return n, nil
}

// finish marks numbers as final, unless they are sealed.
func (d *Desk) finish(ctx context.Context, st standing, author string) (int, error) {
	sealed, err := d.sealedWith(ctx, st.v.Site, st.v.Indicator, st.period)
	if err != nil || slices.Contains(sealed, st.v.Period) {
		return 0, err
	}
	final := st.v
	final.Final = true
	_, err = d.Records.Put(ctx, Kind, st.doc.ID, st.doc.Version, author, final)
	return 1, err
}

// unfinished says that there are numbers, which nobody called final yet.
func (s standing) unfinished() bool { return s.v.Box != nil && !s.v.Final }

// Seal hands the sealer every indicator that has something ripe. Nothing is
// entered meanwhile. What was sealed by an earlier round is not looked at again.
func (d *Desk) Seal(ctx context.Context, seal func(disclosure.RecordPlan) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	plans, err := d.plans(d.Clock())
	for _, plan := range plans {
		if wrong := seal(plan); wrong != nil {
			err = errors.Join(err, wrong)
			continue
		}
		err = errors.Join(err, d.done(ctx, plan))
	}
	return err
}

func (d *Desk) plans(now time.Time) (plans []disclosure.RecordPlan, err error) {
	everything, err := d.everything()
	if err != nil {
		return nil, err
	}
	for key, all := range everything {
		waits := false
		for _, st := range all {
			waits = waits || st.v.Box != nil && !d.isDone(st.doc)
		}
		if waits {
			of, wrong := d.plansOf(key, all, now)
			plans, err = append(plans, of...), errors.Join(err, wrong)
		}
	}
	return plans, err
}

func (d *Desk) isDone(doc record.Doc) bool {
	version, ok := d.sealed.Load(doc.ID)
	return ok && version == doc.Version
}

func (d *Desk) plansOf(key string, all map[string]standing, now time.Time) (plans []disclosure.RecordPlan, err error) {
	s, defined, err := d.vocabulary(key)
	if err != nil {
		return nil, err
	}
	exact, err := d.exact(key)
	if err != nil {
		return nil, err
	}
	for _, def := range defined {
		plan, ripe, wrong := d.plan(s, def, all, now)
		plan.Exact = exact[def.ID]
		if err = errors.Join(err, wrong); ripe {
			plans = append(plans, plan)
		}
	}
	return plans, err
}

// plan gathers what stands of an indicator; ripe says that some of it may be
// sealed and is not known to be. What cannot be read any more, because the key of
// its year is destroyed, is left out.
func (d *Desk) plan(s site.Site, def funder.Definition, all map[string]standing, now time.Time) (plan disclosure.RecordPlan, ripe bool, err error) {
	plan = disclosure.RecordPlan{Site: s.Key, Indicator: def.ID, Location: s.Location(), QuarterStart: s.QuarterStart}
	for _, v := range def.Values {
		plan.Values = append(plan.Values, v.ID)
	}
	for _, st := range all {
		if st.v.Indicator != def.ID || st.v.Box == nil {
			continue
		}
		n, wrong := d.open(st)
		if errors.Is(wrong, disclosure.ErrNoKey) && !now.Before(entryEnds(st.period.CountingYear())) {
			continue
		}
		if wrong != nil {
			err = errors.Join(err, wrong)
			continue
		}
		e := disclosure.Entered{Period: st.period, Since: st.doc.Time, Final: st.v.Final, Whole: n.Whole, Parts: n.Parts}
		plan.Entered = append(plan.Entered, e)
		ripe = ripe || e.Ripe(s.Location(), now) && !d.isDone(st.doc)
	}
	return plan, ripe, err
}

// exact lists the indicators of a site of which a grant's agreement demands the
// total as it is.
func (d *Desk) exact(key string) (map[string]bool, error) {
	ids := map[string]bool{}
	for _, doc := range d.Records.List(funder.GrantKind) {
		g, err := record.As[funder.Grant](doc)
		if err != nil {
			return nil, err
		}
		for _, t := range g.Targets {
			if g.Site == key && t.Exact && g.Agreement != "" && t.Indicator.Table == funder.Defined {
				ids[t.Indicator.Value] = true
			}
		}
	}
	return ids, nil
}

// done remembers what of a plan is sealed, so that the next round need not ask.
func (d *Desk) done(ctx context.Context, plan disclosure.RecordPlan) error {
	for _, e := range plan.Entered {
		names, err := d.sealedWith(ctx, plan.Site, plan.Indicator, e.Period)
		if err != nil {
			return err
		}
		id := docID(plan.Site, plan.Indicator, e.Period.Name)
		doc, err := d.Records.Get(Kind, id)
		if err == nil && slices.Contains(names, e.Period.Name) {
			d.sealed.Store(id, doc.Version)
		}
	}
	return nil
}

// Ended lists the sites that have totals of a counting year whose key is due to
// be destroyed at now, by year. A year of which something waits to be sealed is
// not due, nor one that could not be looked at; the error tells of that.
func (d *Desk) Ended(ctx context.Context, now time.Time) (map[int][]string, error) {
	everything, err := d.everything()
	if err != nil {
		return nil, err
	}
	due := map[int][]string{}
	for key, all := range everything {
		waits := map[int]bool{} // by year that is over
		for _, st := range all {
			year := st.period.CountingYear()
			if waits[year] || now.Before(entryEnds(year)) {
				continue
			}
			still, wrong := d.waits(ctx, st)
			waits[year], err = still || wrong != nil, errors.Join(err, wrong)
		}
		for year, still := range waits {
			if !still {
				due[year] = append(due[year], key)
			}
		}
	}
	return due, err
}

// waits says whether there are numbers that are not sealed and whose key is not
// destroyed. A key that cannot be read is no destroyed one.
func (d *Desk) waits(ctx context.Context, st standing) (bool, error) {
	_, err := d.Keys.Key(disclosure.RecordsKey(st.v.Site), st.period.CountingYear())
	if errors.Is(err, disclosure.ErrNoKey) || st.v.Box == nil {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look whether totals of %s wait to be sealed: %w", st.doc.ID, err)
	}
	sealed, err := d.sealedWith(ctx, st.v.Site, st.v.Indicator, st.period)
	return !slices.Contains(sealed, st.v.Period), err
}
