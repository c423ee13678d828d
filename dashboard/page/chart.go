package page

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/outlet"
)

// Column is one column of a chart.
type Column struct {
	Name   string // in words, for the text alternative: "October 2026"
	Tick   string // under the column: "Oct"
	Under  string // a second line under it: "2026"
	Figure disclosure.Figure
	Strong bool // filled; the others are outlined
	Strict bool // hidden, it may be 10 and more
}

// Chart is a column chart with its words. Across, it is laid out in percent of
// the width, so that its text keeps its size on a phone and on paper.
type Chart struct {
	ID       string // unique in the page
	Headline string // what it says
	Subtitle string // what it shows: what, when, unit
	Strong   string // what the filled columns are; empty if all are filled
	Columns  []Column
}

// The height of the chart's plot, in pixels.
const plotHeight = 260

// maxLabelled is how many columns still have room for words of their own.
const maxLabelled = 14

// Letter is the tick's first letter, all that a narrow chart has room for.
func (c Column) Letter() string {
	letter, _ := utf8.DecodeRuneInString(c.Tick)
	if !unicode.IsLetter(letter) {
		return c.Tick
	}
	return string(letter)
}

// Rest is what follows the Letter.
func (c Column) Rest() string { return c.Tick[len(c.Letter()):] }

// Plotted is a column with its place; lengths are SVG attribute values.
type Plotted struct {
	Column
	X, Middle, Width string
	Top, Height      float64
	Shown, Labelled  bool
}

// Gridline is a line across the plot.
type Gridline struct {
	Label string
	Y     float64
}

// Height is the height of the plot, in pixels.
func (c Chart) Height() int { return plotHeight }

// Plot gives the columns their places.
func (c Chart) Plot() []Plotted {
	_, top := c.scale()
	slot := 100 / float64(max(len(c.Columns), 1))
	plotted := make([]Plotted, 0, len(c.Columns))
	for i, col := range c.Columns {
		n, ok := col.Figure.Shown()
		h := math.Round(float64(n)/top*plotHeight*10) / 10
		plotted = append(plotted, Plotted{
			Column: col, X: width((float64(i) + 0.14) * slot), Width: width(0.72 * slot),
			Middle: width((float64(i) + 0.5) * slot), Top: plotHeight - h, Height: h,
			Shown: ok, Labelled: len(c.Columns) <= maxLabelled,
		})
	}
	return plotted
}

// Grid gives the lines across, zero left out.
func (c Chart) Grid() (lines []Gridline) {
	step, top := c.scale()
	for v := step; v <= top; v += step {
		lines = append(lines, Gridline{Label: words.Number(uint64(v)), Y: plotHeight - v/top*plotHeight})
	}
	return lines
}

// Hides says whether a column shows nothing.
func (c Chart) Hides() bool {
	return slices.ContainsFunc(c.Columns, func(col Column) bool { return !col.Figure.IsShown() })
}

// Mixed says whether some columns are filled and some are not.
func (c Chart) Mixed() bool {
	filled := 0
	for _, col := range c.Columns {
		if col.Strong {
			filled++
		}
	}
	return filled > 0 && filled < len(c.Columns)
}

// Empty says whether no column shows anything.
func (c Chart) Empty() bool {
	return !slices.ContainsFunc(c.Columns, func(col Column) bool { return col.Figure.IsShown() })
}

// Bracket is the run of filled columns, if only some are filled.
func (c Chart) Bracket() (b struct {
	From, To, Middle string
	OK               bool
}) {
	first, last := -1, -1
	for i, col := range c.Columns {
		if col.Strong {
			last = i
			if first < 0 {
				first = i
			}
		}
	}
	if !c.Mixed() {
		return b
	}
	slot := 100 / float64(len(c.Columns))
	b.From, b.To = width((float64(first)+0.08)*slot), width((float64(last)+0.92)*slot)
	b.Middle, b.OK = width((float64(first+last)/2+0.5)*slot), true
	return b
}

// Text says the whole chart in words.
func (c Chart) Text() string {
	var b strings.Builder
	b.WriteString("Column chart. ")
	for i, col := range c.Columns {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s: %s", col.Name, added(col.Figure, col.Strict).Text)
	}
	b.WriteString(".")
	return b.String()
}

// scale is the distance of the gridlines and the top of the plot: a round
// number of at most five steps that holds the largest figure.
func (c Chart) scale() (step, top float64) {
	var most float64 = 10
	for _, col := range c.Columns {
		n, _ := col.Figure.Shown()
		most = max(most, float64(n))
	}
	unit := math.Pow(10, math.Floor(math.Log10(most/4)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		step = m * unit
		if step >= 5 && step*5 >= most {
			break
		}
	}
	return step, math.Ceil(most/step) * step
}

// MonthColumn is the column of a month in the place i.
func MonthColumn(i int, first day.Day) Column {
	col := Column{Name: outlet.Month(first), Tick: first.Time().Format("Jan")}
	if i == 0 || first.Month() == 1 {
		col.Under = first.Time().Format("2006")
	}
	return col
}

// visitChart is the chart of a report's visits.
func visitChart(r report.Report) Chart {
	c := Chart{ID: "visits-chart", Headline: r.Headline(), Strong: "This report"}
	for i, m := range r.Visits {
		col := MonthColumn(i, m.First)
		col.Figure, col.Strong, col.Strict = m.Figure, m.Inside, m.Strict
		c.Columns = append(c.Columns, col)
	}
	if len(r.Visits) > 0 {
		c.Subtitle = outlet.VisitsSubtitle(r)
	}
	return c
}
