package main

import (
	"errors"

	"github.com/footfall-analytics/footfall/internal/app"
)

type retentionCommands struct {
	Show retentionShow `cmd:"" default:"withargs" help:"Show how long counts are kept, what was deleted last, what is due and what waits."`
	Set  retentionSet  `cmd:"" help:"Change for how long counts are kept, of one website or of all."`
}

type retentionShow struct {
	Key string `arg:"" optional:"" help:"Key of the site; all if it is not given."`
}

func (c retentionShow) Run(s *session) error {
	return do[app.RetentionShown](s, "retention show", c.Key)
}

type retentionSet struct {
	Key          string `arg:"" optional:"" help:"Key of the site; without it, of all that have no period of their own."`
	CellsDays    int    `help:"Days (5-35) for which daily counts are kept after the last figure made of them is sealed."`
	FiguresYears int    `help:"Years (1-6) for which figures are kept after the end of their period."`
}

func (c retentionSet) Run(s *session) error {
	if c.CellsDays == 0 && c.FiguresYears == 0 {
		return errors.New("nothing to set: give --cells-days or --figures-years")
	}
	return do[app.RetentionShown](s, "retention set", app.NewRetention{Site: c.Key, CellsDays: c.CellsDays, FiguresYears: c.FiguresYears})
}
