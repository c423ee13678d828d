package main

import "github.com/footfall-analytics/footfall/internal/app"

type impactCommands struct {
	Set  impactSet  `cmd:"" help:"Choose the figures of published reports that the charity shows on its own website; none takes the block away."`
	Show impactShow `cmd:"" help:"Show them, and the line to put into a page."`
}

type impactSet struct {
	Site   string   `arg:"" help:"Key of the site."`
	Figure []string `arg:"" optional:"" help:"Report and indicator, such as FR-7KQ2M9XD=contact or FR-7KQ2M9XD=outcome/safer."`
	Title  string   `default:"What we did, in numbers" help:"Heading of the block."`
	acting
}

func (c impactSet) Run(s *session) error {
	return do[app.ImpactShown](s, "impact set", app.ImpactCommand{As: c.As, Site: c.Site, Title: c.Title, Figures: c.Figure})
}

type impactShow struct {
	Site string `arg:"" help:"Key of the site."`
}

func (c impactShow) Run(s *session) error {
	return do[app.ImpactShown](s, "impact show", app.ImpactCommand{Site: c.Site})
}
