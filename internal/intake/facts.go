package intake

import (
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/coarsen"
	"github.com/footfall-analytics/footfall/internal/raw"
)

// findFacts turns a hit into what may be kept of it. Day and basis are not its
// business.
func findFacts(hit *raw.Hit, s *Site, c *coarsen.Coarsener) (coarse.Hit, Verdict) {
	value, ok := s.declared(cell.Table(hit.Table), hit.Value)
	if hit.Kind == raw.Event && !ok {
		return coarse.Hit{}, UnknownValue
	}
	facts, outcome := c.Facts(*hit, s.rules)
	switch outcome {
	case coarsen.Bot:
		return coarse.Hit{}, Bot
	case coarsen.Dropped:
		return coarse.Hit{}, DroppedPage
	}
	facts.Site = s.Key
	facts.Kind = kinds[hit.Kind]
	facts.NewVisit, facts.NewPage = hit.NewVisit, hit.NewPage
	facts.Length, facts.Depth = hit.Length, hit.Depth
	if hit.Kind == raw.Event {
		facts.Table, facts.Value = hit.Table, value
	}
	return facts, Counted
}

var kinds = [...]coarse.Kind{raw.View: coarse.View, raw.Leave: coarse.Leave, raw.Event: coarse.Event}

// isBot says whether a decision was sent by a machine, by its own word.
func isBot(agent string, s *Site, c *coarsen.Coarsener) bool {
	_, outcome := c.Facts(raw.Hit{Kind: raw.Event, UserAgent: agent}, s.rules)
	return outcome == coarsen.Bot
}
