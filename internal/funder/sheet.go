package funder

import (
	"time"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/site"
)

// Line is one grant in a list.
type Line struct {
	ID     string  `json:"id"`
	Site   string  `json:"site"`
	Title  string  `json:"title"`
	Funder string  `json:"funder"` // name
	Start  day.Day `json:"start"`
	End    day.Day `json:"end"`
	Next   string  `json:"next,omitempty"`  // period whose report is due next
	Label  string  `json:"label,omitempty"` // of that period
	Due    day.Day `json:"due,omitempty"`
}

// Sheet is a grant with all that people need who write it down.
type Sheet struct {
	Grant   Grant
	Version uint32 // newest that is stored; 0 = the grant is not there yet
	SavedBy string // name of who stored it
	SavedAt time.Time
	Site    site.Site
	Funder  Funder
	Funders []Funder // to choose from
	Offers  []Offer  // what a target may be about
	Periods []SheetPeriod
	Notes   []string // what to do or to know
}

// Giver is a funder with all that people need who write it down.
type Giver struct {
	Funder  Funder
	Version uint32 // newest that is stored
	SavedBy string // name of who stored it
	SavedAt time.Time
	Grants  []Line // that the reader sees
	Notes   []string
}

// SheetPeriod is one reporting period, and what to know of it.
type SheetPeriod struct {
	Period
	Remark string
}

// Offer is an indicator that a target may be about.
type Offer struct {
	Indicator string
	Label     string
	Wording   string // of a target that has no words of its own
	Source    Source
}

// Offers lists what targets may be about: what the charity defined, and what
// needs no definition.
func (v Vocabulary) Offers() (all []Offer) {
	for _, d := range v.Defined {
		all = append(all, Offer{Indicator: Indicator{Table: Defined, Value: d.ID}.String(), Label: d.Label.En + " (" + d.Unit.En + ")", Wording: d.Label.En, Source: d.Source})
	}
	for _, d := range v.Standing() {
		label, read := d.Label.En, d.Reads[0]
		if read.Value != "" {
			label = tableLabels[read.Table].En + ": " + label
		}
		all = append(all, Offer{Indicator: d.ID, Label: label, Wording: d.Label.En, Source: d.Source})
	}
	return all
}
