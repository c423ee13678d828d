package main

import (
	"fmt"
	"time"

	"github.com/footfall-analytics/footfall/internal/app"
)

type totalsCommands struct {
	Import totalsImport `cmd:"" help:"Take in a file of totals: CSV or Excel, with a period, an indicator, perhaps a value, and a count in each row."`
	Add    totalsAdd    `cmd:"" help:"Enter one total."`
	List   totalsList   `cmd:"" help:"List what is entered, and what of it is sealed."`
	Undo   totalsUndo   `cmd:"" help:"Take an upload back: what stood before it stands again."`
	Seal   totalsSeal   `cmd:"" help:"Say that totals are final, and seal those whose period is closed."`
	Key    keyCommands  `cmd:"" help:"Look after the keys of programs that send totals."`
}

type totalsImport struct {
	Site       string `arg:"" help:"Key of the site."`
	File       string `arg:"" help:"The file; - for standard input."`
	Preview    bool   `help:"Show what would change, and store nothing."`
	Indicator  string `help:"Id of the indicator, for a file without a column of indicators."`
	YearStarts string `default:"april" help:"Month in which a year such as 2026/27 begins."`
}

func (c totalsImport) Run(s *session) error {
	text, err := content(c.File)
	if err != nil {
		return err
	}
	start, err := time.Parse("January", c.YearStarts)
	if err != nil {
		return fmt.Errorf("year-starts %q: want a month such as april", c.YearStarts)
	}
	return do[app.TotalsEntered](s, "totals import", app.TotalsFile{Site: c.Site, Content: text, Indicator: c.Indicator, YearStart: int(start.Month()), Preview: c.Preview})
}

type totalsAdd struct {
	Site      string            `arg:"" help:"Key of the site."`
	Indicator string            `arg:"" help:"Id of the indicator."`
	Period    string            `arg:"" help:"Month or quarter, such as 2026-10 or 2026-Q4."`
	Count     string            `arg:"" optional:"" help:"The total; the sum of the values if not given."`
	Value     map[string]string `help:"Count of one value of the indicator, such as new=12. May be repeated."`
	Preview   bool              `help:"Show what would change, and store nothing."`
}

func (c totalsAdd) Run(s *session) error {
	return do[app.TotalsEntered](s, "totals add", app.TotalsRow{Site: c.Site, Indicator: c.Indicator, Period: c.Period, Count: c.Count, Values: c.Value, Preview: c.Preview})
}

type totalsList struct {
	Site string `arg:"" help:"Key of the site."`
}

func (c totalsList) Run(s *session) error { return do[app.TotalsList](s, "totals list", c.Site) }

type totalsUndo struct {
	Site   string `arg:"" help:"Key of the site."`
	Upload string `arg:"" optional:"" help:"Id of the upload; the latest if not given."`
}

func (c totalsUndo) Run(s *session) error {
	return do[app.TotalsUndone](s, "totals undo", app.TotalsChoice{Site: c.Site, Upload: c.Upload})
}

type totalsSeal struct {
	Site      string `arg:"" help:"Key of the site."`
	Indicator string `help:"Id of one indicator; all if not given."`
	Period    string `help:"One month or quarter; all if not given."`
}

func (c totalsSeal) Run(s *session) error {
	return do[app.Sealed](s, "totals seal", app.TotalsChoice{Site: c.Site, Indicator: c.Indicator, Period: c.Period})
}

type keyCommands struct {
	Add    keyAdd    `cmd:"" help:"Make a key for a program."`
	List   keyList   `cmd:"" help:"List the keys of a site."`
	Revoke keyRevoke `cmd:"" help:"End a key for good."`
}

type keyAdd struct {
	Site string `arg:"" help:"Key of the site."`
	Name string `arg:"" help:"Name of the program."`
}

func (c keyAdd) Run(s *session) error {
	return do[app.KeyAdded](s, "key add", app.KeyChoice{Site: c.Site, Name: c.Name})
}

type keyList struct {
	Site string `arg:"" help:"Key of the site."`
}

func (c keyList) Run(s *session) error {
	return do[app.KeyList](s, "key list", app.KeyChoice{Site: c.Site})
}

type keyRevoke struct {
	Site string `arg:"" help:"Key of the site."`
	ID   string `arg:"" help:"Id of the key, as 'totals key list' shows it."`
}

func (c keyRevoke) Run(s *session) error {
	return do[app.KeyList](s, "key revoke", app.KeyChoice{Site: c.Site, ID: c.ID})
}

type indicatorTemplate struct {
	Site     string `arg:"" help:"Key of the site."`
	Template string `arg:"" help:"Kind of service: helpline, exploitation, contact-centre, parenting-chat or family-support."`
}

func (c indicatorTemplate) Run(s *session) error {
	return do[app.IndicatorList](s, "indicator template", app.TemplateChoice(c))
}
