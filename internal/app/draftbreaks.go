package app

import (
	"reflect"
	"slices"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/site"
)

// siteBreaks are the days on which a site began to count something else, or cut
// its quarters in another way.
func siteBreaks(versions []record.Doc, on func(time.Time) day.Day) (all []report.Break, err error) {
	var old site.Site
	for i, doc := range versions {
		next, err := record.As[site.Site](doc)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			all = append(all, siteBreak(old, next, on(doc.Time))...)
		}
		old = next
	}
	return all, nil
}

func siteBreak(old, next site.Site, on day.Day) (all []report.Break) {
	if old.QuarterStart != next.QuarterStart {
		all = append(all, report.Break{Day: on, Why: "quarters of the website begin in another month"})
	}
	if old.TimeZone != next.TimeZone {
		all = append(all, report.Break{Day: on, Why: "days are those of another time zone"})
	}
	if !slices.Equal(old.Hosts, next.Hosts) {
		all = append(all, report.Break{Day: on, Why: "visits are counted on another set of addresses"})
	}
	var tables []cell.Table
	for _, t := range site.Declared {
		if !reflect.DeepEqual(ids(old, t), ids(next, t)) {
			tables = append(tables, t)
		}
	}
	if tables != nil {
		all = append(all, report.Break{Day: on, Why: "other things of this kind are counted", Tables: tables})
	}
	return all
}

// ids are the values of a table that a site has declared, in any order.
func ids(s site.Site, t cell.Table) (all []string) {
	for _, c := range s.Vocabulary[t] {
		all = append(all, c.ID)
	}
	slices.Sort(all)
	return all
}

// bannerBreaks are the days on which visitors were asked something else, or
// nothing any more.
func bannerBreaks(versions []record.Doc, on func(time.Time) day.Day) (all []report.Break, err error) {
	var old site.Banner
	for i, doc := range versions {
		next, err := record.As[site.Banner](doc)
		if err != nil {
			return nil, err
		}
		switch {
		case i == 0:
		case old.Basis() != next.Basis():
			all = append(all, report.Break{Day: on(doc.Time), Why: "visits are counted on another ground in law"})
		case old.Material() != next.Material():
			all = append(all, report.Break{Day: on(doc.Time), Why: "visitors are asked something else"})
		}
		old = next
	}
	return all, nil
}
