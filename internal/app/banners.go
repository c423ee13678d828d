package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// SiteChange is the arguments of `site set`: settings of the site as JSON.
type SiteChange struct {
	Key    string          `json:"key"`
	Change json.RawMessage `json:"change"`
}

// SiteChanged is what `site set` prints.
type SiteChanged struct {
	Site   SiteShown     `json:"site"`
	Banner BannerChanged `json:"banner"`
}

// Text is the change for people.
func (s SiteChanged) Text() string { return s.Site.Text() + s.Banner.effect() }

// BannerAsked is the arguments of `banner show` and `banner history`.
type BannerAsked struct {
	Key  string `json:"key"`
	Lang string `json:"lang"` // empty for all
}

// BannerShown is what commands print of a banner.
type BannerShown struct {
	Version    uint32         `json:"version"`
	Hash       string         `json:"hash"`
	Material   string         `json:"material"`
	Asks       []string       `json:"asks"` // purposes; none means that no banner is shown
	Words      map[string]int `json:"words"`
	ReadingAge float64        `json:"reading_age"` // of the English, in years
	Banner     site.Banner    `json:"banner"`
	Lang       string         `json:"lang"` // that was asked for
}

// Text is the banner for people.
func (s BannerShown) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "banner %s, version %d\n", s.Hash, s.Version)
	if len(s.Asks) == 0 {
		fmt.Fprintf(&b, "  asks      nothing: no banner is shown, only a notice and a switch\n")
	} else {
		fmt.Fprintf(&b, "  asks      %s; an answer lasts %d days\n", strings.Join(s.Asks, ", "), s.Banner.ExpiresDays)
	}
	fmt.Fprintf(&b, "  reading   age %.1f for the English (Automated Readability Index)\n", s.ReadingAge)
	for _, lang := range s.Banner.Langs() {
		t := s.Banner.Texts[lang]
		if s.Lang != "" && s.Lang != lang {
			continue
		}
		whose := "standard"
		if slices.Contains(s.Banner.Own, lang) {
			whose = "your own"
		}
		fmt.Fprintf(&b, "\n%s (%s, %d words)\n  %s\n  %s\n  [%s] [%s]  %s: %s\n", lang, whose, s.Words[lang], t.Title, t.Body, t.Yes, t.No, t.More, t.MoreURL)
	}
	return b.String()
}

// NewWording is the arguments of `banner set`.
type NewWording struct {
	Key      string          `json:"key"`
	Wording  json.RawMessage `json:"wording"`  // a site.Wording
	Standard bool            `json:"standard"` // the standard texts instead
}

// BannerChanged is what `banner set` prints.
type BannerChanged struct {
	Shown      BannerShown `json:"shown"`
	Changed    bool        `json:"changed"`
	AsksAgain  bool        `json:"asks_again"`  // those who answered before
	OwnDropped bool        `json:"own_dropped"` // the charity's own texts, since they asked for something else
}

// Text is the change for people.
func (c BannerChanged) Text() string { return c.Shown.Text() + "\n" + c.effect() }

func (c BannerChanged) effect() string {
	var b strings.Builder
	switch {
	case !c.Changed:
		b.WriteString("The banner is as it was.\n")
	case c.AsksAgain:
		b.WriteString("This is a new banner, and the change is material: visitors will be asked or told again.\n")
	default:
		b.WriteString("This is a new banner, and the change is not material: nobody is asked again.\n")
	}
	if c.OwnDropped {
		b.WriteString("Your own texts were about the other basis. The standard texts are shown; `footfall banner set` changes them.\n")
	}
	fmt.Fprintf(&b, "Its English has %d words in the first layer and a reading age of %.1f.\n", c.Shown.Words[site.Langs[0]], c.Shown.ReadingAge)
	return b.String()
}

// BannerVersions is what `banner history` prints.
type BannerVersions []BannerVersion

// BannerVersion is one version of a banner in its history.
type BannerVersion struct {
	Version   uint32   `json:"version"`
	Time      string   `json:"time"`
	Author    string   `json:"author"`
	Hash      string   `json:"hash"`
	AsksAgain bool     `json:"asks_again"` // those who answered the version before
	Asks      []string `json:"asks"`
	Own       []string `json:"own"`
}

// Text is the history for people, oldest first.
func (all BannerVersions) Text() string {
	var b strings.Builder
	for _, v := range all {
		asks := "nothing"
		if len(v.Asks) > 0 {
			asks = strings.Join(v.Asks, ", ")
		}
		fmt.Fprintf(&b, "%4d  %s  %s  by %s, asks %s", v.Version, v.Time, v.Hash, v.Author, asks)
		if v.AsksAgain {
			b.WriteString(" (material)")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// setSite changes settings of a site, and with them its banner.
func (a *App) setSite(ctx context.Context, c SiteChange) (SiteChanged, error) {
	doc, old, err := a.siteDoc(c.Key)
	if err != nil {
		return SiteChanged{}, err
	}
	next, err := old.Changed(c.Change)
	if err != nil {
		return SiteChanged{}, err
	}
	if err := errors.Join(next.Validate(), mayMoveQuarters(a.records.History(site.Kind, c.Key), next, a.clock())); err != nil {
		return SiteChanged{}, err
	}
	_, was, err := a.bannerDoc(c.Key)
	if err != nil {
		return SiteChanged{}, err
	}
	wording := was.Wording()
	dropped := false
	if banner := a.standardBanner(next); banner.Basis() != was.Basis() {
		dropped = len(was.Own) > 0
		wording.Texts = nil
	}
	changed, err := a.putBanner(ctx, next, wording)
	if err != nil {
		return SiteChanged{}, err
	}
	changed.OwnDropped = dropped
	if !reflect.DeepEqual(next, old) {
		if _, err := a.records.Put(ctx, site.Kind, c.Key, doc.Version, author, next); err != nil {
			return SiteChanged{}, err
		}
	}
	shown, err := a.showSite(ctx, c.Key)
	return SiteChanged{shown, changed}, err
}

// setBanner changes what a banner says.
func (a *App) setBanner(ctx context.Context, n NewWording) (BannerChanged, error) {
	_, s, err := a.siteDoc(n.Key)
	if err != nil {
		return BannerChanged{}, err
	}
	_, was, err := a.bannerDoc(n.Key)
	if err != nil {
		return BannerChanged{}, err
	}
	w := site.Wording{ExpiresDays: was.ExpiresDays}
	if !n.Standard {
		if w, err = site.ParseWording(n.Wording); err != nil {
			return BannerChanged{}, err
		}
	}
	if w.ExpiresDays == 0 {
		w.ExpiresDays = was.ExpiresDays
	}
	return a.putBanner(ctx, s, w)
}

// putBanner stores the banner of a site in a wording, if it says anything new.
func (a *App) putBanner(ctx context.Context, s site.Site, w site.Wording) (BannerChanged, error) {
	doc, was, err := a.bannerDoc(s.Key)
	if err != nil {
		return BannerChanged{}, err
	}
	banner := a.standardBanner(s).Worded(w)
	if err := banner.Validate(); err != nil {
		return BannerChanged{}, err
	}
	changed := BannerChanged{Changed: banner.Hash() != was.Hash(), AsksAgain: banner.Material() != was.Material()}
	if changed.Changed {
		if doc, err = a.records.Put(ctx, site.BannerKind, s.Key, doc.Version, author, banner); err != nil {
			return BannerChanged{}, err
		}
	}
	changed.Shown = shownBanner(doc.Version, banner, "")
	return changed, nil
}

func (a *App) showBanner(_ context.Context, asked BannerAsked) (BannerShown, error) {
	doc, banner, err := a.bannerDoc(asked.Key)
	if err != nil {
		return BannerShown{}, err
	}
	if _, ok := banner.Texts[asked.Lang]; asked.Lang != "" && !ok {
		return BannerShown{}, fmt.Errorf("the banner has no text in %q: it has %s", asked.Lang, strings.Join(banner.Langs(), ", "))
	}
	return shownBanner(doc.Version, banner, asked.Lang), nil
}

func shownBanner(version uint32, b site.Banner, lang string) BannerShown {
	words := map[string]int{}
	for l, t := range b.Texts {
		words[l] = t.Words()
	}
	return BannerShown{
		Version: version, Hash: b.Hash(), Material: b.Material(), Asks: b.Asks(), Words: words,
		ReadingAge: b.ReadingAge(), Banner: b, Lang: lang,
	}
}

func (a *App) bannerHistory(_ context.Context, asked BannerAsked) (BannerVersions, error) {
	if _, _, err := a.siteDoc(asked.Key); err != nil {
		return nil, err
	}
	all := BannerVersions{}
	before := ""
	for _, doc := range a.records.History(site.BannerKind, asked.Key) {
		b, err := record.As[site.Banner](doc)
		if err != nil {
			return nil, err
		}
		all = append(all, BannerVersion{
			Version: doc.Version, Time: doc.Time.Format("2006-01-02 15:04 MST"), Author: doc.Author, Hash: b.Hash(),
			AsksAgain: before != "" && before != b.Material(), Asks: b.Asks(), Own: append([]string{}, b.Own...),
		})
		before = b.Material()
	}
	return all, nil
}

func (a *App) siteDoc(key string) (record.Doc, site.Site, error) {
	return docOf[site.Site](a, site.Kind, key)
}

func (a *App) bannerDoc(key string) (record.Doc, site.Banner, error) {
	return docOf[site.Banner](a, site.BannerKind, key)
}

// docOf finds a record of a site, and what is in it.
func docOf[T any](a *App, kind record.Kind, key string) (doc record.Doc, v T, err error) {
	if doc, err = a.records.Get(kind, key); err != nil {
		return doc, v, fmt.Errorf("no site has the key %q: `footfall site list` shows them", key)
	}
	v, err = record.As[T](doc)
	return doc, v, err
}
