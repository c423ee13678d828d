package report

import (
	"strconv"
	"testing"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// figure makes a figure; 0 is hidden.
func figure(t *testing.T, n uint64) (f disclosure.Figure) {
	t.Helper()
	if n > 0 {
		if err := f.UnmarshalJSON(strconv.AppendUint(nil, n, 10)); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func TestPosition(t *testing.T) {
	tests := []struct {
		n, target      uint64
		counted, total int
		want           Position
	}{
		{100, 0, 3, 3, NoTarget}, {0, 0, 3, 3, NoTarget}, {0, 100, 3, 3, TooFew},
		{85, 100, 3, 3, Behind}, {90, 100, 3, 3, OnTrack}, {110, 100, 3, 3, OnTrack}, {115, 100, 3, 3, Ahead},
		{60, 90, 2, 3, OnTrack}, {70, 90, 2, 3, Ahead}, {50, 90, 2, 3, Behind},
	}
	for _, tt := range tests {
		if got := positionOf(figure(t, tt.n), tt.target, tt.counted, tt.total); got != tt.want {
			t.Errorf("%d of %d after %d of %d months: %s, want %s", tt.n, tt.target, tt.counted, tt.total, got, tt.want)
		}
	}
}

func TestHeadline(t *testing.T) {
	tests := []struct {
		visits []uint64
		want   string
	}{
		{[]uint64{100, 120, 150}, "Visits rose every month, from 100 to 150"},
		{[]uint64{1500, 120, 100}, "Visits fell every month, from 1,500 to 100"},
		{[]uint64{100, 150, 120}, "November was the busiest month, with 150 visits"},
		{[]uint64{150, 0, 120}, "October was the busiest month, with 150 visits"},
		{[]uint64{150, 100, 150}, "The busiest months had 150 visits each"},
		{[]uint64{0, 0, 0}, "Too few visits in each month to show"},
		{[]uint64{50}, "October was the busiest month, with 50 visits"},
		{nil, "Too few visits in each month to show"},
	}
	for _, tt := range tests {
		// A busy month before the period says nothing about it.
		r := Report{Visits: []Month{{First: day.New(2026, 9, 1), Figure: figure(t, 9000)}}}
		for i, n := range tt.visits {
			r.Visits = append(r.Visits, Month{First: day.New(2026, 10, 1) + day.Day(31*i), Figure: figure(t, n), Inside: true})
		}
		if got := r.Headline(); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.visits, got, tt.want)
		}
	}
}
