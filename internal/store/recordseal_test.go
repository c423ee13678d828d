package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/store/storetest"
)

// Each indicator of case records is sealed by itself: the first wins, whatever
// comes later, and neither another indicator nor the website is in its way.
func testRecordSeals(t *testing.T, fresh rig) {
	s := storetest.OpenWith(t, fresh(t))
	keys, err := disclosure.OpenKeys(t.TempDir(), [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Create(disclosure.RecordsKey(site), 2026); err != nil {
		t.Fatal(err)
	}
	if err := seal(s, t, monthPeriod(day.New(2026, 4, 1)), 7); err != nil {
		t.Fatal(err)
	}
	put := func(indicator string, whole uint64) {
		t.Helper()
		plan := disclosure.RecordPlan{Site: site, Indicator: indicator, Location: time.UTC, QuarterStart: 1, Exact: true}
		for m := time.April; m <= time.June; m++ {
			plan.Entered = append(plan.Entered, disclosure.Entered{Period: monthPeriod(day.New(2026, m, 1)), Whole: whole})
		}
		if _, err := (&disclosure.Sealer{Ledger: s, Keys: keys}).SealRecords(t.Context(), plan, time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
	}
	put("families", 41)
	put("families", 999)
	put("calls", 12)
	b := disclosure.NewRecordBook(s)
	for _, c := range []struct {
		indicator string
		grain     disclosure.Grain
		want      string
	}{
		{"families", disclosure.Month, "41"}, {"families", disclosure.Quarter, "123"}, {"calls", disclosure.Quarter, "36"},
	} {
		q := disclosure.Query{Site: site, Table: cell.Indicator, Value: c.indicator, Period: disclosure.PeriodOf(c.grain, day.New(2026, 4, 1), 1)}
		if f, err := b.Exact(t.Context(), q); err != nil || f.String() != c.want || !f.IsExact() {
			t.Errorf("%s: %v %v, want %s", c.indicator, f, err, c.want)
		}
		q.Value = "chats"
		if f, err := b.Figure(t.Context(), q); !errors.Is(err, disclosure.ErrOpen) {
			t.Errorf("an indicator that nobody entered: %v %v", f, err)
		}
	}
	if n := numbers(t, s, disclosure.Range{Site: site, Basis: cell.BasisConsent, Grains: []disclosure.Grain{disclosure.Month}, First: day.New(2026, 4, 1), Last: day.New(2026, 6, 30)}); len(n) != 6 {
		t.Errorf("the website's ledger has %v", n)
	}
}

func monthPeriod(d day.Day) disclosure.Period { return disclosure.PeriodOf(disclosure.Month, d, 1) }
