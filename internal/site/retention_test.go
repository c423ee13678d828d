package site_test

import (
	"testing"

	"github.com/footfall-analytics/footfall/internal/site"
)

func TestRetentionHasBounds(t *testing.T) {
	for r, ok := range map[site.Retention]bool{
		site.StandardRetention: true, {}: true,
		{CellsDays: 5}: true, {CellsDays: 4}: false, {CellsDays: 36}: false, {CellsDays: -1}: false,
		{FiguresYears: 1}: true, {FiguresYears: 7}: false, {FiguresYears: -1}: false,
	} {
		if err := r.Validate(); (err == nil) != ok {
			t.Errorf("%+v: %v", r, err)
		}
	}
	own := site.Retention{FiguresYears: 3}.Or(site.Retention{CellsDays: 20}).Or(site.StandardRetention)
	if own != (site.Retention{CellsDays: 20, FiguresYears: 3}) {
		t.Errorf("%+v", own)
	}
}
