package intake

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/raw"
	"github.com/footfall-analytics/footfall/internal/site"
)

// Answer is what a visitor's browser keeps of a decision. It is the same for
// everybody who decided the same on the same day.
type Answer struct {
	Receipt string // proof of the choice
	Pass    string // lets visits be counted; empty unless statistics was chosen
}

// Decide takes a visitor's answer to a banner from the request to the disk. The
// Answer is there if the verdict is Counted or Bot; the banner's counters
// leave machines out, but tell them no lie.
func (in *Intake) Decide(ctx context.Context, d *raw.Decision) (Answer, Verdict) {
	a, v := in.decide(ctx, d)
	in.o.ObserveDecision(v)
	return a, v
}

func (in *Intake) decide(ctx context.Context, d *raw.Decision) (Answer, Verdict) {
	now := in.o.Clock()
	if !in.decisions.allow(d.Addr, now) {
		return Answer{}, RateLimited
	}
	s, ok := in.o.Sites.Site(d.Site)
	if !ok {
		return Answer{}, UnknownSite
	}
	if !s.owns(d.Origin) {
		return Answer{}, WrongOrigin
	}
	version, ok := s.Banners.InForce(d.Banner)
	if !ok {
		return Answer{}, NoConsent
	}
	if _, ok := version.Banner.Texts[d.Lang]; !ok || !version.Asks(d.Choices) {
		return Answer{}, UnknownValue
	}
	answer := in.sign(s, version, d.Choices, now)
	if isBot(d.UserAgent, s, in.o.Coarsen) {
		return answer, Bot
	}
	if v := in.put(ctx, countable(s, version, d, now)); v != Counted {
		return Answer{}, v
	}
	return answer, Counted
}

func (in *Intake) sign(s *Site, v *consent.Version, choices []string, now time.Time) (a Answer) {
	claim := consent.Claim{Site: s.Key, Banner: v.Hash, Choices: choices}
	a.Receipt = in.o.Signer.Receipt(claim, day.Of(now, s.Location))
	if slices.Contains(choices, site.Statistics) {
		a.Pass = in.o.Signer.Pass(claim)
	}
	return a
}

// countable is what is kept of a decision: which banner, which answer, which
// language. Counting answers is part of keeping proof that asking was fair; the
// count is about the banner and not about a visit.
func countable(s *Site, v *consent.Version, d *raw.Decision, now time.Time) coarse.Hit {
	word := "no"
	if slices.Contains(d.Choices, site.Statistics) {
		word = "yes"
	}
	return coarse.Hit{
		Kind: coarse.Decision, Basis: coarse.Consent, Site: s.Key, Day: day.Of(now, s.Location),
		Table: string(cell.Banner), Value: strconv.Itoa(int(v.Number)) + " " + word + " " + d.Lang,
	}
}
