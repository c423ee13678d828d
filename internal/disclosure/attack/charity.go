package attack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// Tables that the product does not have yet: issues by area, and its margin.
const (
	issueByArea cell.Table = "issue by area"
	issueAreas  cell.Table = "issue areas"
)

// bands are the tables of nested values: who is in one is in those before it.
var bands = map[cell.Table][]string{
	cell.Length: {"10s", "1m", "3m", "10m"},
	cell.Depth:  {"2", "4", "8"},
}

// column is a value of a table.
type column struct {
	table cell.Table
	value string
}

// charity is a simulated website: what truly happened on each day, and what an
// attacker who knows it well expects.
type charity struct {
	site   string
	basis  cell.Basis
	strict map[cell.Table]bool // tables with the strict profile
	visits float64             // a day, on average
	from   day.Day
	to     day.Day // last simulated day
	names  []column
	index  map[column]int
	counts [][]uint16 // by column and day
	weight []float64  // of a day: weekday and season, which everybody knows
	random *rand.Rand
	clock  *rand.Rand // says when contacts come

	quarterStart int
}

// choices are the values of a table that a visit has one of, with their weights.
// Values of weight 0 are declared and never happen.
type choices struct {
	table  cell.Table
	values []string
	upTo   []float64 // running sums of the weights, up to 1
}

func choose(t cell.Table, weights []float64, name string) choices {
	c := choices{table: t}
	sum := 0.0
	for i, w := range weights {
		sum += w
		c.values = append(c.values, fmt.Sprintf(name, i))
		c.upTo = append(c.upTo, sum)
	}
	for i := range c.upTo {
		c.upTo[i] /= sum
	}
	return c
}

func (c choices) pick(r *rand.Rand) int {
	i, _ := slices.BinarySearch(c.upTo, r.Float64())
	for c.upTo[min(i, len(c.upTo)-1)] == c.upTo[max(i-1, 0)] && i > 0 { // a weight of 0
		i--
	}
	return min(i, len(c.values)-1)
}

// zipf are the weights of n pages by Zipf's law.
func zipf(n int) (w []float64) {
	for i := range n {
		w = append(w, math.Pow(float64(i+1), -1.1))
	}
	return w
}

var (
	pages    = choose(cell.Page, zipf(60), "/page/%02d")
	entries  = choose(cell.Entry, zipf(25), "/page/%02d")
	issues   = choose(cell.Issue, []float64{30, 22, 14, 9, 6, 3, 1, 0}, "issue-%d")
	areas    = choose(cell.Area, []float64{78, 8, 7, 3, 2, 1, .4, 0}, "area-%d")
	contacts = choose(cell.Contact, []float64{40, 27, 15, 9, 3, .5}, "contact-%d")
	called   = choose(cell.ContactHour, []float64{40, 35, 22, 3}, "called-%d") // contacts once more, by part of the day
	outcomes = choose(cell.Outcome, []float64{40, 30, 20, 6}, "outcome-%d")
	nations  = areas.values[:4] // the first stands for the rest as well
	// others are facts of every visit.
	others = []choices{
		choose(cell.Source, []float64{52, 21, 13, 5, 4, 3, 1, .2, 0}, "source-%d"),
		choose(cell.Device, []float64{70, 22, 6, .7}, "device-%d"),
		choose(cell.Browser, []float64{42, 39, 9, 6, 2, .5}, "browser-%d"),
		choose(cell.System, []float64{45, 32, 16, 5, 1, .2}, "system-%d"),
		choose(cell.Hour, []float64{24, 41, 30, 5}, "hour-%d"),
		choose(cell.Language, []float64{88, 4, 3, 1.5, 1, .5, .5, .2, .1, 0}, "language-%d"),
	}
	// answers are given in the banner, by fewer than half of the visits: version,
	// answer and language, of which the answer is a table as well.
	answers = choose(cell.Banner, []float64{46, 33, 8, 2.5, 1.5, .4, 5, 3, .7, .2, .1, 0}, "answer-%02d")
	// events happen on single days.
	events = []string{"/event/0", "/event/1", "/event/2"}
	// partitions are the tables in which every visit has one value.
	partitions = []cell.Table{cell.Source, cell.Device, cell.Browser, cell.System, cell.Hour, cell.Language, cell.Area, cell.Entry}
)

// decisions are the answers of which those in the banner are kinds.
var decisions = []string{"yes", "no", "some"}

var weekday = [7]float64{.55, 1.25, 1.2, 1.15, 1.15, 1.05, .65} // from Sunday

// seasonOf is how busy a day is: known to everybody.
func seasonOf(d day.Day) float64 {
	w := weekday[d.Weekday()]
	switch d.Month() {
	case time.August:
		w *= .7
	case time.December:
		if d.Time().Day() > 22 {
			w *= .3
		}
	}
	return w
}

// simulate makes a charity with so many visits a day from 1 January 2025 on.
func simulate(seed uint64, visits float64, to day.Day) *charity {
	c := &charity{
		site: fmt.Sprintf("sim%04d", seed), basis: cell.BasisConsent, quarterStart: 1, visits: visits,
		strict: map[cell.Table]bool{cell.Issue: true}, // as the margin of a two-way table
		from:   day.New(2025, 1, 1), to: to,
		index: map[column]int{}, random: rand.New(rand.NewPCG(seed, uint64(visits))), clock: rand.New(rand.NewPCG(^seed, uint64(visits))),
	}
	c.declare()
	for d := c.from; d <= c.to; d++ {
		w := seasonOf(d)
		c.weight = append(c.weight, w)
		for range c.poisson(visits * w) {
			c.visit(d)
		}
	}
	for _, e := range events { // one to forty visits on each of four days a year
		for range 4 {
			d := c.from + day.Day(c.random.IntN(int(c.to-c.from)))
			c.count(d, cell.Page, e, 1+c.random.IntN(40))
		}
	}
	return c
}

// declare gives every column its place; values that never happen have one too.
func (c *charity) declare() {
	add := func(t cell.Table, values ...string) {
		for _, v := range values {
			c.index[column{t, v}] = len(c.names)
			c.names = append(c.names, column{t, v})
			c.counts = append(c.counts, make([]uint16, c.to-c.from+1))
		}
	}
	add(cell.Total, "")
	add(cell.Page, append(slices.Clone(pages.values), events...)...)
	for _, t := range append([]choices{entries, issues, areas, contacts, called, outcomes}, others...) {
		add(t.table, t.values...)
	}
	for t, values := range bands {
		add(t, values...)
	}
	add(issueAreas, nations...)
	add(cell.Banner, answers.values...)
	add(cell.Decision, decisions...)
	for _, i := range issues.values {
		for _, a := range nations {
			add(issueByArea, i+" "+a)
		}
	}
}

func (c *charity) count(d day.Day, t cell.Table, value string, n int) {
	c.counts[c.index[column{t, value}]][d-c.from] += uint16(n)
}

// visit counts one visit.
func (c *charity) visit(d day.Day) {
	r := c.random
	one := func(t cell.Table, v string) { c.count(d, t, v, 1) }
	one(cell.Total, "")
	seen := map[int]bool{entries.pick(r): true}
	for e := range seen {
		one(cell.Entry, entries.values[e])
	}
	for r.Float64() < .55 && len(seen) < 12 {
		seen[pages.pick(r)] = true
	}
	for p := range seen {
		one(cell.Page, pages.values[p])
	}
	for _, facts := range others {
		one(facts.table, facts.values[facts.pick(r)])
	}
	from := areas.pick(r)
	one(cell.Area, areas.values[from])
	long := r.Float64() // neighbouring bands differ by few visits
	for i, limit := range []float64{.96, .92, .21, .04} {
		if long < limit {
			one(cell.Length, bands[cell.Length][i])
		}
	}
	for i, limit := range []int{2, 4, 8} {
		if len(seen) >= limit {
			one(cell.Depth, bands[cell.Depth][i])
		}
	}
	c.reach(d, from)
}

// reach counts what the visit was for, if it says.
func (c *charity) reach(d day.Day, from int) {
	r := c.random
	one := func(t cell.Table, v string) { c.count(d, t, v, 1) }
	nation := nations[0]
	if from < len(nations) {
		nation = nations[from]
	}
	if r.Float64() < .4 {
		a := answers.pick(r)
		one(cell.Banner, answers.values[a])
		one(cell.Decision, decisions[a%len(decisions)])
	}
	if r.Float64() < .09 {
		one(cell.Contact, contacts.values[contacts.pick(r)])
		one(cell.ContactHour, called.values[called.pick(c.clock)])
	}
	if r.Float64() < .11 {
		issue := issues.values[issues.pick(r)]
		one(cell.Issue, issue)
		one(issueAreas, nation)
		one(issueByArea, issue+" "+nation)
	}
	if r.Float64() < .05 {
		one(cell.Outcome, outcomes.values[outcomes.pick(r)])
	}
}

func (c *charity) poisson(mean float64) int {
	if mean > 50 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*c.random.NormFloat64())))
	}
	n, limit := 0, math.Exp(-mean)
	for p := c.random.Float64(); p > limit; p *= c.random.Float64() {
		n++
	}
	return n
}

// truth is the true count of a column over days.
func (c *charity) truth(col int, first, last day.Day) (n int) {
	for d := max(first, c.from); d <= min(last, c.to); d++ {
		n += int(c.counts[col][d-c.from])
	}
	return n
}

// busy is the share of a typical day's visits that the days have together.
func (c *charity) busy(first, last day.Day) (w float64) {
	for d := max(first, c.from); d <= min(last, c.to); d++ {
		w += c.weight[d-c.from]
	}
	return w
}

// rates are the true means of all columns on a typical day, from the whole time:
// the attacker is somebody who knows them. Nothing is known to be impossible.
func (c *charity) rates() []float64 {
	all := c.busy(c.from, c.to)
	rates := make([]float64, len(c.names))
	for i := range c.names {
		rates[i] = (float64(c.truth(i, c.from, c.to)) + .5) / all
	}
	return rates
}

// isStrict is the disclosure.Strictness of the charity.
func (c *charity) isStrict(_ string, _ int, t cell.Table) bool { return c.strict[t] }

// cells are the charity's days as the counter would have written them.
func (c *charity) cells() (all []cell.Cell) {
	for i, name := range c.names {
		for d, n := range c.counts[i] {
			if n > 0 {
				all = append(all, cell.Cell{Site: c.site, Basis: c.basis, Day: c.from + day.Day(d), Table: name.table, Value: name.value, N: uint64(n)})
			}
		}
	}
	return all
}

// plan is what the sealer is told. Names of pages are not known beforehand.
func (c *charity) plan() disclosure.Plan {
	p := disclosure.Plan{
		Site: c.site, Basis: c.basis, Location: time.UTC, QuarterStart: c.quarterStart, First: c.from, Strict: c.isStrict, Domains: map[cell.Table][]string{},
	}
	for _, name := range c.names {
		switch name.table {
		case cell.Total, cell.Page, cell.Entry, cell.Banner, issueByArea:
		default:
			p.Domains[name.table] = append(p.Domains[name.table], name.value)
		}
	}
	return p
}
