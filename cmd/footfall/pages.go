package main

import "github.com/footfall-analytics/footfall/internal/app"

type pagesCommands struct {
	Check pagesCheck `cmd:"" help:"Show what would be kept of a website's addresses, before anybody visits them."`
}

type pagesCheck struct {
	Source string `arg:"" help:"File with one address a line, sitemap file, or http address of a sitemap."`
	Site   string `help:"Key of the site whose rules for pages are used; none if not given."`
}

func (c pagesCheck) Run(s *session) error {
	result, err := app.CheckPages(s.ctx, s.options, c.Source, c.Site)
	if err != nil {
		return err
	}
	return s.print(result)
}
