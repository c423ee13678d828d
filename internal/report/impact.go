package report

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
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

// mostChosen keeps the block one that is read at a glance.
const mostChosen = 6

// Validate says what is wrong with the block.
func (i Impact) Validate() error {
	switch {
	case i.Title == "" || len(i.Title) > 200:
		return errors.New("title: give one of at most 200 letters")
	case len(i.Figures) > mostChosen:
		return fmt.Errorf("figures: want at most %d", mostChosen)
	default:
		return nil
	}
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
// about it, else at a glance.
func (r Report) Public(i funder.Indicator) (p Public, ok bool) {
	p = Public{First: r.Period.First, Last: r.Period.CountedTo, Status: r.Status}
	for _, at := range r.Progress {
		if at.Indicator == i {
			p.Label, p.Figure, p.Added, p.Source, p.Last = at.Wording, at.Figure, at.Added(), at.Source, cmp.Or(at.Until, p.Last)
			return p, true
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
