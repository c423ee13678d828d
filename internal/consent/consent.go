// Package consent decides what a hit may be used for, and signs what visitors
// chose: receipts that prove a choice and passes that let a visit be counted.
package consent

import (
	"slices"

	"github.com/footfall-analytics/footfall/internal/raw"
	"github.com/footfall-analytics/footfall/internal/site"
)

// Ground is what consent makes of a hit. The zero value refuses.
type Ground uint8

// The grounds.
const (
	None     Ground = iota // no valid yes to a banner in force
	Objected               // the browser sends Global Privacy Control or Do Not Track
	Agreed                 // the visitor said yes to statistics
	Excepted               // nobody was asked: the site relies on the statistics exception
)

// Decide says on what ground a hit may be counted, if on any. An objection that
// the browser sends outweighs a pass, unless the visitor has said yes on this
// site in spite of it. The pass of the exception is no yes: it is the same for
// those who never chose, so nothing overrides an objection with it.
func Decide(hit *raw.Hit, banners Banners, signer *Signer) Ground {
	if hit.GPC && !hit.OverrodeGPC {
		return Objected
	}
	claim, err := signer.CheckPass(hit.Site, hit.Pass)
	if err != nil {
		return None
	}
	version, ok := banners.InForce(claim.Banner)
	if !ok {
		return None
	}
	if claim.Excepted != (version.basis == site.Exception) {
		return None
	}
	switch {
	case claim.Excepted && hit.GPC:
		return Objected
	case claim.Excepted:
		return Excepted
	case version.Offers(claim.Choices) && slices.Contains(claim.Choices, site.Statistics):
		return Agreed
	default:
		return None
	}
}
