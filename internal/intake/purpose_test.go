package intake_test

import (
	"net/netip"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/coarsen"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/site"
)

// more is a site of more purposes than statistics.
func more(basis site.Basis) site.Site {
	s := charity
	s.Basis = basis
	s.Purposes = []site.Purpose{
		{ID: "video", Basis: site.Consent}, {ID: "maps", Basis: site.Consent}, {ID: "text-size", Basis: site.Appearance},
	}
	return s
}

// The count of answers says all, none or some of what was asked; the pass says
// statistics and nothing of the rest.
func TestAnswersInPart(t *testing.T) {
	only := charity
	only.Basis = site.Exception
	for name, c := range map[string]struct {
		site    site.Site
		choices []string
		word    string
		pass    bool
	}{
		"all":                       {more(site.Consent), []string{"statistics", "video", "maps"}, "yes", true},
		"all and how it looks":      {more(site.Consent), []string{"statistics", "video", "maps", "text-size"}, "yes", true},
		"statistics alone":          {more(site.Consent), []string{"statistics"}, "some", true},
		"all but statistics":        {more(site.Consent), []string{"video", "maps"}, "some", false},
		"none":                      {more(site.Consent), nil, "no", false},
		"none, but how it looks":    {more(site.Consent), []string{"text-size"}, "no", false},
		"exception: all":            {more(site.Exception), []string{"statistics", "video", "maps"}, "yes", true},
		"exception: all, objection": {more(site.Exception), []string{"video", "maps"}, "yes", false},
		"exception: one":            {more(site.Exception), []string{"statistics", "maps"}, "some", true},
		"exception: none":           {more(site.Exception), []string{"statistics"}, "no", true},
		"exception: objection":      {more(site.Exception), nil, "no", false},
		"nothing asked: objection":  {only, nil, "no", false},
		"nothing asked: on again":   {only, []string{"statistics"}, "yes", true},
	} {
		t.Run(name, func(t *testing.T) {
			banner := site.NewBanner(c.site)
			r := newRoom(t, func(o *intake.Options) { o.Sites = sites{"kx4f9q": intake.NewSite(c.site, []site.Banner{banner})} })
			d := r.decision()
			d.Banner, d.Choices = banner.Hash(), c.choices
			a, v := r.Decide(ctx, d)
			if v != intake.Counted || (a.Pass != "") != c.pass || a.Days != 182 {
				t.Fatalf("%v %+v", v, a)
			}
			want := coarse.Hit{Kind: coarse.Decision, Basis: coarse.Consent, Site: "kx4f9q", Day: day.New(2026, 11, 30), Table: "banner", Value: "1 " + c.word + " cy"}
			if c.site.Basis == site.Exception {
				want.Basis = coarse.Exception
			}
			if diff := cmp.Diff([]coarse.Hit{want}, r.stored()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !c.pass {
				return
			}
			claim, err := r.signer.CheckPass("kx4f9q", a.Pass)
			if err != nil || claim.Excepted != (c.site.Basis == site.Exception) || len(claim.Choices) > 1 {
				t.Errorf("pass says %+v, %v", claim, err)
			}
			hit := r.view()
			hit.Pass = a.Pass
			if v := r.Accept(ctx, hit); v != intake.Counted {
				t.Errorf("a hit with the pass: %v", v)
			}
			if all := r.stored(); all[len(all)-1].Basis != want.Basis {
				t.Errorf("basis of the hit: %v, want %v", all[len(all)-1].Basis, want.Basis)
			}
		})
	}
}

// A site for children counts no areas and no languages, and sensitive pages go by their group or
// not at all.
func TestPresetsOfASite(t *testing.T) {
	s := charity
	s.Audience = site.Children
	s.Pages = []site.PageRule{{Prefix: "/help", Group: "Help", Sensitive: true}, {Prefix: "/leaving", Drop: true, Sensitive: true}}
	path := filepath.Join(t.TempDir(), "geo.mmdb")
	if err := coarsen.WriteGeo(path, "test", map[netip.Prefix]string{netip.MustParsePrefix("192.0.2.0/24"): coarsen.Wales}); err != nil {
		t.Fatal(err)
	}
	geo, err := coarsen.OpenGeo(path)
	if err != nil {
		t.Fatal(err)
	}
	for audience, want := range map[string]string{site.Everybody: coarsen.Wales, site.Children: ""} {
		s.Audience = audience
		r := newRoom(t, func(o *intake.Options) {
			o.Coarsen = coarsen.New(coarsen.Options{Geo: geo})
			o.Sites = sites{"kx4f9q": intake.NewSite(s, []site.Banner{site.NewBanner(charity)})}
		})
		if v := r.Accept(ctx, r.view()); v != intake.Counted {
			t.Fatal(v)
		}
		dropped := r.view()
		dropped.Path = "/leaving/safely"
		if v := r.Accept(ctx, dropped); v != intake.DroppedPage {
			t.Errorf("%s: %v", audience, v)
		}
		if got := r.stored(); len(got) != 1 || got[0].Area != want || (got[0].Language == "") != (want == "") || got[0].Page != "Help" {
			t.Errorf("%s: %+v", audience, got)
		}
	}
}
