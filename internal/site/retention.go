package site

import (
	"cmp"
	"errors"
)

// RetentionKind is the record kind of retention periods. The record id is the
// key of a site, or EverySite for what holds where a site has none of its own.
const (
	RetentionKind = "retention"
	EverySite     = "*"
)

// Retention says how long what is counted is kept; 0 leaves a period to what
// holds for every site. Answers to banners are counts and figures as others are.
type Retention struct {
	CellsDays    int `json:"cells_days"`    // daily counts: after the last figure made of them is sealed
	FiguresYears int `json:"figures_years"` // sealed figures: after the end of their period, at most
}

// StandardRetention holds for an installation that has not set its own.
var StandardRetention = Retention{CellsDays: 35, FiguresYears: 6}

// Or returns the periods, those that are left open taken from rest.
func (r Retention) Or(rest Retention) Retention {
	return Retention{CellsDays: cmp.Or(r.CellsDays, rest.CellsDays), FiguresYears: cmp.Or(r.FiguresYears, rest.FiguresYears)}
}

// Validate says what to mend.
func (r Retention) Validate() error {
	var errs []error
	if r.CellsDays != 0 && (r.CellsDays < 5 || r.CellsDays > 35) {
		errs = append(errs, errors.New("retention: cells_days must be from 5 to 35"))
	}
	if r.FiguresYears < 0 || r.FiguresYears > 6 {
		errs = append(errs, errors.New("retention: figures_years must be from 1 to 6"))
	}
	return errors.Join(errs...)
}
