package page

import (
	"fmt"
	"slices"
	"strings"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/outlet"
)

// part is a section of a funder report that has tables.
type part struct {
	ID, Heading, Source string
	Map                 *nations
	Wide, Pair          []report.Table     // across the page; in two columns
	Monthly             []report.MonthRows // below them
}

// parts are the sections with tables, as every outlet orders them.
func parts(r report.Report) (all []part) {
	for _, s := range outlet.Sections(r) {
		p := part{ID: s.ID, Heading: s.Heading, Source: s.Source}
		if s.ID == string(cell.Contact) {
			p.Monthly = r.Monthly
		}
		for _, t := range s.Shown {
			if s.ID == "use" && t.ID != cell.Page {
				p.Pair = append(p.Pair, t)
			} else {
				p.Wide = append(p.Wide, t)
			}
			if t.ID == cell.Area {
				p.Map = mapOf(t, r)
			}
		}
		if len(p.Wide)+len(p.Pair) > 0 {
			all = append(all, p)
		}
	}
	return all
}

// nations is the tile map of the four nations.
type nations struct {
	Headline, Subtitle string
	Tiles              []tile
}

// tile is one nation with its figure.
type tile struct {
	Name, Said   string
	Shown        bool
	Bar          string
	X, Y, Height int
}

// nationTiles says where each nation lies, by its code.
var nationTiles = []struct {
	code, name   string
	x, y, height int
}{
	{"GB-SCT", "Scotland", 144, 0, 84}, {"GB-NIR", "Northern Ireland", 0, 48, 84},
	{"GB-ENG", "England", 144, 96, 180}, {"GB-WLS", "Wales", 0, 144, 84},
}

// mapOf draws the nations; one that the table does not name is not shown.
func mapOf(t report.Table, r report.Report) *nations {
	m := &nations{Headline: "Too few visits from any nation to show", Subtitle: "Visits by nation, estimated, " + r.Period.CountedDates() + ", rounded to 5"}
	most := peak(t.Rows)
	for _, n := range nationTiles {
		at := tile{Name: n.name, Said: "not shown", X: n.x, Y: n.y, Height: n.height}
		if i := slices.IndexFunc(t.Rows, func(r report.Row) bool { return r.Value == n.code }); i >= 0 {
			f := t.Rows[i].Figure
			at.Said, at.Shown, at.Bar = added(f, t.Strict).Text, f.IsShown(), bar(f, most)
			if i == 0 && at.Shown {
				m.Headline = fmt.Sprintf("Most visits were from %s: %s", n.name, at.Said)
			}
		}
		m.Tiles = append(m.Tiles, at)
	}
	return m
}

// Text says the whole map in words.
func (m nations) Text() string {
	var said []string
	for _, t := range m.Tiles {
		said = append(said, t.Name+": "+t.Said)
	}
	return "Map of four tiles. " + strings.Join(said, "; ") + "."
}

// oneSource is the source of all promises; empty if they have several, and then
// each says its own.
func oneSource(r report.Report) (one string) {
	for _, p := range r.Progress {
		switch said := outlet.Source(p.Source, r, p.AsOf); one {
		case "", said:
			one = said
		default:
			return ""
		}
	}
	return one
}
