package report

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// ImpactKind is the record kind of what a charity shows of its reports on its
// own website; the record id is the site's key.
const ImpactKind record.Kind = "impact"

// Impact is a few figures of published reports for everybody to see.
type Impact struct {
	Title   string   `json:"title"`
	Figures []Chosen `json:"figures"`
}

// Chosen is one figure that the charity chose.
type Chosen struct {
	Report    string           `json:"report"` // id
	Indicator funder.Indicator `json:"indicator"`
}

// String is the figure as commands and forms name it: FR-7KQ2M9XD=contact.
func (c Chosen) String() string { return c.Report + "=" + c.Indicator.String() }

// ParseChosen reads what String wrote.
func ParseChosen(text string) (c Chosen, err error) {
	id, indicator, ok := strings.Cut(text, "=")
	if !ok {
		return c, errors.New("want REPORT=INDICATOR, such as FR-7KQ2M9XD=contact")
	}
	c.Report = id
	return c, c.Indicator.UnmarshalText([]byte(indicator))
}

// ImpactSheet is the block of a site with what staff need who choose its figures.
type ImpactSheet struct {
	Site    site.Site
	Impact  Impact
	Version uint32 // 0 = there was none yet
	SavedBy string // name
	SavedAt time.Time
	Reports []Report // published ones of the site, the latest first
	Snippet string   // line to put into a page; "" without figures
}

// mostChosen keeps the block one that is read at a glance.
const mostChosen = 6

// Validate says everything that is wrong with the block.
func (i Impact) Validate() error {
	var wrong []error
	if i.Title == "" || utf8.RuneCountInString(i.Title) > 200 {
		wrong = append(wrong, errors.New("title: give one of at most 200 letters"))
	}
	if len(i.Figures) > mostChosen {
		wrong = append(wrong, fmt.Errorf("figures: want at most %d", mostChosen))
	}
	return errors.Join(wrong...)
}

// Public is a figure of a report as everybody may see it.
type Public struct {
	Label       string
	Figure      disclosure.Figure
	Added       bool
	First, Last day.Day
	Source      funder.Source
	Status      Status
}

// Public finds the figure of an indicator in the report: where a target is
// about it, else at a glance. An exact total is for its funder alone.
func (r Report) Public(i funder.Indicator) (p Public, ok bool) {
	p = Public{First: r.Period.First, Last: r.Period.CountedTo, Status: r.Status}
	for _, at := range r.Progress {
		if at.Indicator == i {
			p.Label, p.Figure, p.Added, p.Source, p.Last = at.Wording, at.Figure, at.Added(), at.Source, cmp.Or(at.Until, p.Last)
			return p, !p.Figure.IsExact()
		}
	}
	for _, c := range r.Cards {
		if i == (funder.Indicator{Table: c.Table}) {
			p.Label, p.Figure, p.Added, p.Source = c.Title, c.Figure, c.Added(), c.Source
			if c.Table == cell.Total {
				p.Label = "Visits to the website"
			}
			return p, true
		}
	}
	return Public{}, false
}

// Public finds the figures of the block, without what a correction took out of
// its report.
func (i Impact) Public(from shelf) (all []Public, err error) {
	for _, chosen := range i.Figures {
		r, err := Newest(from, chosen.Report)
		if err != nil {
			return nil, err
		}
		if p, ok := r.Public(chosen.Indicator); ok {
			all = append(all, p)
		}
	}
	return all, nil
}

// Choose finds a figure that may be chosen for everybody to see.
func (r Report) Choose(i funder.Indicator) (Public, error) {
	p, ok := r.Public(i)
	switch {
	case p.Figure.IsExact():
		return p, errors.New("its number is exact, for its funder alone, choose another")
	case !ok:
		return p, errors.New("the report has no target and no number at a glance about it")
	case !p.Figure.IsShown():
		return p, errors.New("its number is hidden, choose another")
	}
	return p, nil
}

// Offer is a figure of a report that may be chosen, or why it may not.
type Offer struct {
	Chosen
	Public
	Why error
}

// Offers are the figures of the report: those of its targets, and those at a
// glance that no target is about.
func (r Report) Offers() (all []Offer) {
	var indicators []funder.Indicator
	for _, p := range r.Progress {
		indicators = append(indicators, p.Indicator)
	}
	for _, c := range r.Cards {
		if i := (funder.Indicator{Table: c.Table}); !slices.Contains(indicators, i) {
			indicators = append(indicators, i)
		}
	}
	for _, i := range indicators {
		p, err := r.Choose(i)
		all = append(all, Offer{Chosen{r.ID, i}, p, err})
	}
	return all
}
