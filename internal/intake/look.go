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
	Language string // family
}

// Look says what a request would be counted as at a site, for the visitor who
// sent it. Nothing is counted or kept. The verdict is Counted, Bot, Objected
// (for a signal of the browser), UnknownSite or RateLimited.
func (in *Intake) Look(hit *raw.Hit) (Seen, Verdict) {
	if !in.hits.allow(hit.Addr, in.o.Clock()) {
		return Seen{}, RateLimited
	}
	site, ok := in.o.Sites.Site(hit.Site)
	if !ok {
		return Seen{}, UnknownSite
	}
	hit.Kind, hit.Path, hit.NewVisit = raw.View, "/", true
	facts, outcome := in.o.Coarsen.Facts(*hit, site.look)
	if outcome == coarsen.Bot {
		return Seen{}, Bot
	}
	seen := Seen{facts.Area, coarsen.AreaName(facts.Area), facts.Browser, facts.Version, facts.System, facts.Device, facts.Language}
	if hit.GPC {
		return seen, Objected
	}
	return seen, Counted
}
