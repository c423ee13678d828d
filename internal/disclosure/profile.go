package disclosure

import (
	"slices"

	"github.com/footfall-analytics/footfall/internal/cell"
)

// Parameters of rule sdc1. A change to any of them is a decision of its own
// and never touches what is sealed already.
const (
	floor           = 5  // least true count
	plainThreshold  = 10 // least noisy count, eps 1
	strictThreshold = 20 // least noisy count, eps 1/2
	// peakGate is the least count of an atom's largest day. 1 lets every atom
	// with a visit pass: a higher gate would be a test without noise.
	peakGate = 1
)

// profile is what a table is protected by: which of its periods are atoms.
type profile uint8

const (
	// twoWay tables count by more than one thing. Their margins tell more of a
	// cell than its own figure does, so they are always strict. Every table that
	// this package has not heard of is taken for one.
	twoWay profile = iota
	// margin tables count the events of a sensitive table a second time, by
	// something else: each tells the sum of the other, so they are always strict.
	margin
	// sensitive tables say what somebody needed.
	sensitive
	traffic
	total
)

// profiles has every table on purpose; a test sees to it.
var profiles = map[cell.Table]profile{
	cell.Total: total,
	cell.Page:  traffic, cell.Entry: traffic, cell.Source: traffic, cell.Referrer: traffic, cell.Campaign: traffic,
	cell.Area: traffic, cell.Browser: traffic, cell.Version: traffic, cell.System: traffic, cell.Device: traffic,
	cell.Hour: traffic, cell.Length: traffic, cell.Depth: traffic,
	cell.Search: traffic, cell.Signpost: traffic, cell.Download: traffic, cell.Decision: traffic,
	cell.Language: sensitive, // next to a nation it says where somebody comes from
	cell.Banner:   twoWay,    // version by answer by language
	cell.Contact:  sensitive, cell.Issue: sensitive, cell.Outcome: sensitive,
	cell.ContactHour: margin,    // of contacts, by channel and part of the day
	cell.Indicator:   sensitive, // of case records
}

func profileOf(t cell.Table) profile { return profiles[t] } // twoWay if it is not there

// atoms lists the grains whose periods are sealed: at most two, so that a
// visit meets at most two atoms of a table.
func (p profile) atoms() []Grain {
	switch p {
	case total:
		return []Grain{Day}
	case traffic:
		return []Grain{Week, Month}
	default:
		return []Grain{Quarter, Month}
	}
}

// Strictness tells whether a site's table is sealed in a counting year with eps
// 1/2 and twice the thresholds. Its answer for a year must not change once the
// year's first day is closed: sums of what is sealed depend on it. Nil means
// that no table is strict but those that always are.
type Strictness func(site string, year int, table cell.Table) bool

func (s Strictness) of(site string, year int, table cell.Table) bool {
	return AlwaysStrict(table) || s != nil && s(site, year, table)
}

// AlwaysStrict tells the tables that are strict at every site. Their rows are
// hidden below 20, so "fewer than 10" must not be said of one.
func AlwaysStrict(table cell.Table) bool {
	p := profileOf(table)
	return p == twoWay || p == margin
}

func (p profile) has(g Grain) bool { return slices.Contains(p.atoms(), g) }

// ruleOf is the rule for the atoms of a table.
func ruleOf(strict bool) rule {
	r := rule{law: plainLaw(), floor: floor, threshold: plainThreshold, peakGate: peakGate}
	if strict {
		r.law, r.threshold = strictLaw(), strictThreshold
	}
	return r
}

// ruleOfSum is the rule for a sum of m atoms of p: the noise adds up, so the
// threshold rises. A strict sum's is twice as high, as an atom's is.
func ruleOfSum(p profile, strict bool, m int) rule {
	r := ruleOf(strict)
	r.threshold = p.sumThreshold(m) * r.threshold / plainThreshold
	return r
}

// sumThreshold is the least noisy sum of m atoms that is shown. The design
// fixes traffic at 3 atoms (15) and 12 atoms (25), sensitive at 4 atoms (20)
// and total at 25; between lies a line rounded up, starting at 1 atom (10).
// Traffic goes on along its line beyond 12 atoms; sensitive stays at 20 until
// traffic's line is above it.
func (p profile) sumThreshold(m int) int64 {
	line := func(from, to, m0, m1 int) int64 { // rounded up, at m
		return int64(from + ((to-from)*(m-m0)+m1-m0-1)/(m1-m0))
	}
	switch {
	case m <= 1:
		return plainThreshold
	case p == total:
		return 25
	case p != traffic && m <= 4:
		return line(plainThreshold, 20, 1, 4)
	case p != traffic:
		return max(20, line(15, 25, 3, 12))
	case m <= 3:
		return line(plainThreshold, 15, 1, 3)
	default:
		return line(15, 25, 3, 12)
	}
}
