// Package coarsen turns what a browser sent into words of closed vocabularies:
// where from, with what, which page. The address and the agent end here, in
// memory, within the request.
package coarsen

import (
	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/raw"
)

// Outcome says what becomes of a hit.
type Outcome uint8

// The outcomes of a hit.
const (
	Kept    Outcome = iota + 1
	Bot             // not a person's browser: not counted
	Dropped         // a page that the site does not want counted
)

// Options is what a Coarsener needs.
type Options struct {
	Geo *Geo // nil: areas are not known
}

// Coarsener reads hits. It is safe for concurrent use.
type Coarsener struct {
	geo    *Geo
	agents *agentCache
}

// New makes a Coarsener. It holds 128 KiB of hashes of agents and no text.
func New(o Options) *Coarsener {
	return &Coarsener{geo: o.Geo, agents: newAgentCache()}
}

// Facts returns what is kept of a hit by the rules of its site. Site, day, basis,
// kind and bands are not its business. Only a hit that opens a visit says where it
// came from and with what; what is never counted is not kept. The hour is not its
// business either. The hit is empty
// unless the outcome is Kept.
func (c *Coarsener) Facts(h raw.Hit, r *Rules) (coarse.Hit, Outcome) {
	agent := c.agents.read(h.UserAgent, h.Mobile, h.Platform)
	if agent.Bot {
		return coarse.Hit{}, Bot
	}
	var out coarse.Hit
	if h.Kind == raw.View || h.Path != "" {
		page, kept := r.Page(h.Path)
		if !kept {
			return coarse.Hit{}, Dropped
		}
		if h.Kind == raw.View {
			out.Page = page
		}
	}
	if h.Kind != raw.View || !h.NewVisit {
		return out, Kept
	}
	origin := r.Source(h.Referrer, h.Campaign)
	out.Source, out.Referrer, out.Campaign = origin.Class, origin.Referrer, origin.Campaign
	if !r.areaOff {
		out.Area, out.Language = c.geo.Area(h.Addr), readLanguage(h.Lang)
	}
	out.Browser, out.Version, out.System, out.Device = agent.Browser, agent.Version, agent.System, agent.Device
	return out, Kept
}
