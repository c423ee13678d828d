package intake

import (
	"github.com/footfall-analytics/footfall/internal/coarsen"
	"github.com/footfall-analytics/footfall/internal/raw"
)

// Seen is what a browser looks like once it is reduced to words of the closed
// vocabularies.
type Seen struct {
	Area     string // code
	AreaName string // in English
	Browser  string
	Version  string
	System   string
	Device   string
}

// Look says what a request would be counted as, for the visitor who sent it.
// Nothing is counted or kept. The verdict is Counted, Bot, Objected (for a
// signal of the browser) or RateLimited.
func (in *Intake) Look(hit *raw.Hit) (Seen, Verdict) {
	if !in.hits.allow(hit.Addr, in.o.Clock()) {
		return Seen{}, RateLimited
	}
	hit.Kind, hit.Path, hit.NewVisit = raw.View, "/", true
	facts, outcome := in.o.Coarsen.Facts(*hit, anyPage)
	if outcome == coarsen.Bot {
		return Seen{}, Bot
	}
	seen := Seen{facts.Area, coarsen.AreaName(facts.Area), facts.Browser, facts.Version, facts.System, facts.Device}
	if hit.GPC {
		return seen, Objected
	}
	return seen, Counted
}

// anyPage are the rules of a site that has none.
var anyPage = coarsen.NewRules(coarsen.Settings{})
