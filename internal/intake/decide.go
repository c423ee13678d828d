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
	Receipt      string // proof of the choice
	Pass         string // lets visits be counted; empty unless statistics was chosen
	Days         int    // that the choice lasts
	Safeguarding bool   // nothing may be left on the device that need not be
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
	if _, ok := version.Banner.Texts[d.Lang]; !ok || !version.Offers(d.Choices) {
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
	a.Receipt = in.o.Signer.Receipt(consent.Claim{Site: s.Key, Banner: v.Hash, Choices: choices}, day.Of(now, s.Location))
	a.Days = v.Banner.ExpiresDays
	if now, ok := s.Banners.Current(); ok { // what endangers a visitor today, not when the banner was written
		a.Safeguarding = now.Banner.Safeguarding
	}
	if slices.Contains(choices, site.Statistics) {
		// What else was chosen is not the counter's business.
		a.Pass = in.o.Signer.Pass(consent.Claim{
			Site: s.Key, Banner: v.Hash, Choices: []string{site.Statistics}, Excepted: v.Banner.Basis() == site.Exception,
		})
	}
	return a
}

// countable is what is kept of a decision: which banner, which answer, which
// language. Counting answers is part of keeping proof that asking was fair; the
// count is about the banner and not about a visit.
func countable(s *Site, v *consent.Version, d *raw.Decision, now time.Time) coarse.Hit {
	basis := coarse.Consent
	if v.Banner.Basis() == site.Exception {
		basis = coarse.Exception // no funder sees how a site is answered that counts by the exception
	}
	return coarse.Hit{
		Kind: coarse.Decision, Basis: basis, Site: s.Key, Day: day.Of(now, s.Location),
		Table: string(cell.Banner), Value: strconv.Itoa(int(v.Number)) + " " + word(v.Banner.Asks(), d.Choices) + " " + d.Lang,
	}
}

// word is yes if all that was asked for was chosen, no if nothing was, and some
// for what is between. Where nothing is asked, it is about counting by the
// exception: no is an objection.
func word(asked, choices []string) string {
	if len(asked) == 0 {
		asked = []string{site.Statistics}
	}
	chosen := 0
	for _, p := range asked {
		if slices.Contains(choices, p) {
			chosen++
		}
	}
	switch chosen {
	case 0:
		return "no"
	case len(asked):
		return "yes"
	default:
		return "some"
	}
}
