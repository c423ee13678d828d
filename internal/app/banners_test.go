package app

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/raw"
	"github.com/footfall-analytics/footfall/internal/site"
)

const videoPurpose = `[{"id":"video","basis":"consent","label":{"en":"Videos","cy":"Fideos"},"why":{"en":"Our films.","cy":"Ein ffilmiau."},
	"services":[{"name":"Example Video","who":"Example Media","hosts":["video.example.org"],"keeps":[]}]}]`

// change is `site set`.
func (s *service) change(t *testing.T, settings string) SiteChanged {
	t.Helper()
	got, err := s.setSite(t.Context(), SiteChange{Key: s.site.Key, Change: json.RawMessage(settings)})
	if err != nil {
		t.Fatalf("%s: %v", settings, err)
	}
	return got
}

func ownWords(t *testing.T, s *service) json.RawMessage {
	t.Helper()
	shown, err := s.showBanner(t.Context(), BannerAsked{Key: s.site.Key})
	if err != nil {
		t.Fatal(err)
	}
	w := site.Wording{Texts: map[string]site.BannerText{}}
	for lang, body := range map[string]string{
		"en": "Harbour counts visits for its funders. Others, such as Example Media, show films.",
		"cy": "Mae Harbour yn cyfrif ymweliadau i’w chyllidwyr. Mae eraill, fel Example Media, yn dangos ffilmiau.",
	} {
		text := shown.Banner.Texts[lang]
		text.Body = body
		w.Texts[lang] = text
	}
	text, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestABannerFollowsItsSite(t *testing.T) {
	s := start(t)
	if got := s.change(t, `{"exit":"#leave","safeguarding":true}`); !got.Banner.Changed || got.Banner.AsksAgain || got.Banner.Shown.Banner.Exit != "#leave" || got.Site.Version != 2 {
		t.Errorf("exit: %+v", got)
	}
	if got := s.change(t, `{"exit":"#leave"}`); got.Banner.Changed || got.Banner.Shown.Version != 2 || got.Site.Version != 2 {
		t.Errorf("the same again: banner %+v, version of site %d", got.Banner, got.Site.Version)
	}
	if v := s.intake.Accept(t.Context(), s.hit()); v != intake.Counted {
		t.Errorf("a yes does not hold after a change that is not material: %v", v)
	}
	if got, err := s.setBanner(t.Context(), NewWording{Key: s.site.Key, Wording: ownWords(t, s)}); err != nil || !got.Changed || got.AsksAgain || got.Shown.Words["en"] != 18 {
		t.Errorf("own words: %+v, %v", got, err)
	}
	got := s.change(t, `{"purposes":`+videoPurpose+`}`)
	if !got.Banner.AsksAgain || !strings.HasPrefix(got.Banner.Shown.Banner.Texts["en"].Body, "Harbour counts visits for its funders. Others") {
		t.Errorf("own words with another purpose: %+v", got.Banner)
	}
	if diff := cmp.Diff([]string{"statistics", "video"}, got.Banner.Shown.Asks); diff != "" {
		t.Error(diff)
	}
	if v := s.intake.Accept(t.Context(), s.hit()); v != intake.NoConsent {
		t.Errorf("a yes holds after a material change: %v", v)
	}
	got = s.change(t, `{"basis":"statistics","purposes":[]}`)
	if !got.Banner.OwnDropped || len(got.Banner.Shown.Banner.Own) != 0 || len(got.Banner.Shown.Asks) != 0 || !strings.Contains(got.Text(), "the other basis") {
		t.Errorf("exception: %+v", got.Banner)
	}
	all, err := s.bannerHistory(t.Context(), BannerAsked{Key: s.site.Key})
	if err != nil {
		t.Fatal(err)
	}
	var material []bool
	for _, v := range all {
		material = append(material, v.AsksAgain)
	}
	if diff := cmp.Diff([]bool{false, false, false, true, true}, material); diff != "" {
		t.Errorf("history: %s\n%s", diff, all.Text())
	}
	for _, want := range []string{all[0].Hash, "asks nothing (material)", "asks statistics, video", "2026-03-02 12:00 UTC"} {
		if !strings.Contains(all.Text(), want) {
			t.Errorf("history lacks %q:\n%s", want, all.Text())
		}
	}
}

func (s *service) hit() *raw.Hit {
	return &raw.Hit{Kind: raw.View, Site: s.site.Key, Pass: s.pass, Path: "/", NewVisit: true, Origin: "https://www.harbour.example", UserAgent: agent}
}

// Whatever is refused leaves site and banner as they were, and says the rule.
func TestWhatIsUnfairIsRefused(t *testing.T) {
	s := start(t)
	before, err := s.showSite(t.Context(), s.site.Key)
	if err != nil {
		t.Fatal(err)
	}
	for settings, want := range map[string]string{
		`{"purposes":[{"id":"video"}]}`:                                  "want a basis",
		`{"purposes":[{"id":"video","basis":"consent","on":true}]}`:      "on must be false",
		`{"audience":"children","purposes":` + videoPurpose + `}`:        "children are asked about statistics alone",
		`{"button_colour":"#eee"}`:                                       "there is no setting",
		`{"key":"zzzzzz"}`:                                               "stays what it is",
		`{"pages":[{"prefix":"/help","sensitive":true}]}`:                "give it a group",
		`{"name":"` + strings.Repeat("A Very Long Name ", 5) + `Trust"}`: "words: at most 40",
	} {
		if _, err := s.setSite(t.Context(), SiteChange{Key: s.site.Key, Change: json.RawMessage(settings)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", settings, err)
		}
	}
	for wording, want := range map[string]string{
		`{"texts":{"en":{"title":"x"}}}`: "both needed",
		`{"no_size":8}`:                  "both buttons always look the same",
		`{"expires_days":30}`:            "six months",
		string(ownWords(t, s)) + `x`:     "nothing after it",
		strings.Replace(string(ownWords(t, s)), `"no":"No, don’t count"`, `"no":""`, 1): "no is empty",
	} {
		if _, err := s.setBanner(t.Context(), NewWording{Key: s.site.Key, Wording: json.RawMessage(wording)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", wording, err)
		}
	}
	if _, err := s.addSite(t.Context(), NewSite{Name: "X", Hosts: []string{"www.example.org"}, TimeZone: "Europe/London", QuarterStart: 1, Basis: "none"}); err == nil {
		t.Error("a site on no known basis was added")
	}
	for _, run := range []func() error{
		func() error { _, err := s.setSite(t.Context(), SiteChange{Key: "zzzzzz"}); return err },
		func() error { _, err := s.setBanner(t.Context(), NewWording{Key: "zzzzzz"}); return err },
		func() error { _, err := s.showBanner(t.Context(), BannerAsked{Key: "zzzzzz"}); return err },
		func() error { _, err := s.bannerHistory(t.Context(), BannerAsked{Key: "zzzzzz"}); return err },
	} {
		if err := run(); err == nil || !strings.Contains(err.Error(), "no site has the key") {
			t.Errorf("unknown site: %v", err)
		}
	}
	if _, err := s.showBanner(t.Context(), BannerAsked{Key: s.site.Key, Lang: "fr"}); err == nil || !strings.Contains(err.Error(), "it has en, cy, pl, ur, ar") {
		t.Errorf("French: %v", err)
	}
	if after, err := s.showSite(t.Context(), s.site.Key); err != nil || cmp.Diff(before, after) != "" {
		t.Errorf("%v %s", err, cmp.Diff(before, after))
	}
}

// From consent to the exception and back: what was given on one basis is not
// counted on the other, and the cells say which it was.
func TestASiteChangesItsBasis(t *testing.T) {
	s := start(t)
	yes := s.pass
	s.change(t, `{"basis":"statistics"}`)
	view, _ := s.Site(s.site.Key)
	banner, _ := view.Banners.Current()
	excepted := s.signer.ExceptionPass(s.site.Key, banner.Hash)
	count := func(pass string) intake.Verdict { s.pass = pass; return s.intake.Accept(t.Context(), s.hit()) }
	if a, b := count(yes), count(excepted); a != intake.NoConsent || b != intake.Counted {
		t.Errorf("on the exception: yes %v, exception %v", a, b)
	}
	s.change(t, `{"basis":"consent"}`)
	if a, b := count(yes), count(excepted); a != intake.Counted || b != intake.NoConsent {
		t.Errorf("back to consent: yes %v, exception %v", a, b)
	}
	s.at(s.now.Load().Add(time.Minute))
	s.count(t)
	for _, basis := range []cell.Basis{cell.BasisConsent, cell.BasisException} {
		if n := s.total(t, basis); n != 1 {
			t.Errorf("%s: %d visits, want 1", basis, n)
		}
	}
}

// total is the visits counted on a basis.
func (s *service) total(t *testing.T, basis cell.Basis) uint64 {
	t.Helper()
	cells, err := s.store.Cells(t.Context(), s.site.Key, basis, 0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return total(cells)
}
