package consent_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/raw"
	"github.com/footfall-analytics/footfall/internal/site"
)

// excepted is the banner of the same site when it relies on the exception.
func excepted() site.Banner {
	return site.NewBanner(site.Site{Key: "kx4f9q", Name: "Harbour Young People", Basis: site.Exception})
}

func TestDecideByTheException(t *testing.T) {
	asks, tells, s := banner(nil), excepted(), signer()
	worded := excepted()
	worded.Exit = "#exit"
	yes, pass := s.Pass(claim(asks, site.Statistics)), s.ExceptionPass("kx4f9q", tells.Hash())
	asking, telling := []site.Banner{tells, asks}, []site.Banner{asks, worded, tells}

	for name, c := range map[string]struct {
		banners []site.Banner
		hit     raw.Hit
		want    consent.Ground
	}{
		"nobody objects":                  {telling, raw.Hit{Pass: pass}, consent.Excepted},
		"told the same in other words":    {telling, raw.Hit{Pass: s.ExceptionPass("kx4f9q", worded.Hash())}, consent.Excepted},
		"the browser objects":             {telling, raw.Hit{Pass: pass, GPC: true}, consent.Objected},
		"nothing overrides that":          {telling, raw.Hit{Pass: pass, GPC: true, OverrodeGPC: true}, consent.Objected},
		"no pass":                         {telling, raw.Hit{}, consent.None},
		"yes from before":                 {telling, raw.Hit{Pass: yes}, consent.None},
		"yes to a notice":                 {telling, raw.Hit{Pass: s.Pass(claim(tells, site.Statistics))}, consent.None},
		"exception from before":           {asking, raw.Hit{Pass: pass}, consent.None},
		"exception of a banner that asks": {asking, raw.Hit{Pass: s.ExceptionPass("kx4f9q", asks.Hash())}, consent.None},
		"exception of another site":       {telling, raw.Hit{Pass: s.ExceptionPass("zzzzzz", tells.Hash())}, consent.None},
		"yes that calls itself exception": {telling, raw.Hit{Pass: "e1" + s.Pass(claim(tells))[2:]}, consent.None},
		"exception that calls itself yes": {asking, raw.Hit{Pass: "p1" + strings.Replace(s.ExceptionPass("kx4f9q", asks.Hash())[2:], "-", site.Statistics, 1)}, consent.None},
		"asked again, yes":                {asking, raw.Hit{Pass: yes}, consent.Agreed},
	} {
		t.Run(name, func(t *testing.T) {
			c.hit.Site = "kx4f9q"
			for range 2 { // the second time from memory
				if got := consent.Decide(&c.hit, consent.NewBanners(c.banners), s); got != c.want {
					t.Errorf("ground %v, want %v", got, c.want)
				}
			}
		})
	}
}

// A visit that nobody agreed to never looks like one that somebody did, and the
// other way round, whatever a site was before.
func TestTheExceptionIsNeverAYes(t *testing.T) {
	s := signer()
	versions := []site.Banner{
		banner(nil), banner(func(b *site.Banner) { b.ExpiresDays = 365 }), excepted(),
		site.NewBanner(site.Site{Key: "kx4f9q", Name: "Harbour", Basis: site.Exception}),
	}
	counted := map[consent.Ground]int{}
	rapid.Check(t, func(t *rapid.T) {
		history := rapid.SliceOfN(rapid.SampledFrom(versions), 1, 5).Draw(t, "history")
		now := history[len(history)-1]
		answered := rapid.SampledFrom(append(versions, now, now, now)).Draw(t, "answered")
		choices := rapid.SampledFrom([][]string{nil, {site.Statistics}, {"video"}, {site.Statistics, "video"}}).Draw(t, "choices")
		passes := []string{s.Pass(claim(answered, choices...)), s.ExceptionPass("kx4f9q", answered.Hash())}
		hit := raw.Hit{
			Site: "kx4f9q", Pass: rapid.SampledFrom(passes).Draw(t, "pass"),
			GPC: rapid.IntRange(0, 3).Draw(t, "gpc") == 3, OverrodeGPC: rapid.Bool().Draw(t, "override"),
		}
		ground := consent.Decide(&hit, consent.NewBanners(history), s)
		counted[ground]++
		if ground == consent.Excepted && (now.Basis() != site.Exception || !strings.HasPrefix(hit.Pass, "e1.") || hit.GPC) {
			t.Fatalf("excepted: %s with pass %q, GPC %v", now.Basis(), hit.Pass, hit.GPC)
		}
		if ground == consent.Agreed && (now.Basis() != site.Consent || !strings.HasPrefix(hit.Pass, "p1.") || !slices.Contains(choices, site.Statistics)) {
			t.Fatalf("agreed: %s with pass %q", now.Basis(), hit.Pass)
		}
	})
	if counted[consent.Excepted] == 0 || counted[consent.Agreed] == 0 {
		t.Errorf("the property was not tried: %v", counted)
	}
}

func TestPassesOfTheTwoKindsCannotBeExchanged(t *testing.T) {
	s := signer()
	rapid.Check(t, func(t *rapid.T) {
		c := claims(t)
		e := c
		e.Excepted = true
		if got, err := s.CheckPass(c.Site, s.Pass(e)); err != nil || !got.Excepted || len(got.Choices) != 0 || got.Banner != c.Banner {
			t.Fatalf("pass of the exception says %+v, %v", got, err)
		}
		if got, err := s.CheckPass(c.Site, s.Pass(c)); err != nil || got.Excepted {
			t.Fatalf("pass of a yes says %+v, %v", got, err)
		}
		yes, exception := s.Pass(c), s.Pass(e)
		for _, forged := range []string{"e1" + yes[2:], "p1" + exception[2:]} {
			if _, err := s.CheckPass(c.Site, forged); !errors.Is(err, consent.ErrForged) {
				t.Fatalf("%q: %v", forged, err)
			}
		}
	})
}

// The receipt of the longest answer that a site can ask for is read again.
func TestTheLongestReceipt(t *testing.T) {
	s := signer()
	var choices []string
	for i := range 16 {
		choices = append(choices, strings.Repeat("a", 39)+string(rune('a'+i)))
	}
	got, _, err := s.ParseReceipt(s.Receipt(claim(banner(nil), choices...), on))
	if err != nil || !slices.Equal(got.Choices, choices) {
		t.Errorf("%+v, %v", got, err)
	}
}
