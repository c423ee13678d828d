package site

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
)

// BannerKind is the record kind of banners; the record id is the site's key.
const BannerKind = "banner"

// Statistics is the purpose that Footfall itself serves.
const Statistics = "statistics"

// halfYear is the least number of days that a choice lasts.
const halfYear = 182

// Banner is one version of what a site's visitors are asked or told, with the
// facts of that time. It is kept for good: a receipt shows the exact banner
// that was answered.
type Banner struct {
	Site         string                `json:"site"`
	Who          string                `json:"who"`          // the organisation named
	Funders      []string              `json:"funders"`      // recipients named; none where visits are counted by the exception
	ExpiresDays  int                   `json:"expires_days"` // days until the choice is asked for again
	Audience     string                `json:"audience"`     // Everybody or Children
	Safeguarding bool                  `json:"safeguarding"`
	Exit         string                `json:"exit"`     // CSS selector of a quick-exit button, may be empty
	Purposes     []Purpose             `json:"purposes"` // statistics first
	Own          []string              `json:"own"`      // languages that the charity worded itself
	Texts        map[string]BannerText `json:"texts"`    // by language
}

// BannerText is the wording in one language. Where nothing is asked, its body
// is the notice of counting, and yes and no are the switch.
type BannerText struct {
	Title     string `json:"title"`
	Body      string `json:"body"`
	Yes       string `json:"yes"`
	No        string `json:"no"`
	More      string `json:"more"`
	MoreURL   string `json:"more_url"`
	Withdraw  string `json:"withdraw"`
	ThanksYes string `json:"thanks_yes"`
	ThanksNo  string `json:"thanks_no"`
}

// NewBanner writes the standard banner of a site in every language of Langs.
// {lang} in the address of its notice stands for the language.
func NewBanner(s Site) Banner {
	basis := cmp.Or(s.Basis, Consent)
	b := Banner{
		Site: s.Key, Who: s.Name, ExpiresDays: halfYear, Audience: cmp.Or(s.Audience, Everybody), Safeguarding: s.Safeguarding, Exit: s.Exit,
		Purposes: append([]Purpose{statistics(basis)}, s.Purposes...),
	}
	if basis == Consent {
		b.Funders = s.Funders
	}
	b.Texts = standardTexts(&b, s.NoticeURL)
	return b
}

// Basis is the ground on which visits are counted.
func (b Banner) Basis() Basis {
	if len(b.Purposes) == 0 {
		return ""
	}
	return b.Purposes[0].Basis
}

// Asks lists the purposes that a yes says yes to. If there are none, nothing is
// asked and no banner is shown.
func (b Banner) Asks() []string {
	return b.ids(func(p Purpose) bool { return p.Basis == Consent })
}

// Offers lists the purposes that a visitor can switch on and off.
func (b Banner) Offers() []string {
	return b.ids(func(p Purpose) bool { return p.Basis != Necessary })
}

func (b Banner) ids(which func(Purpose) bool) []string {
	ids := []string{}
	for _, p := range b.Purposes {
		if which(p) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// askedOf returns the labels of what is asked beside statistics, and which third
// parties serve it.
func (b Banner) askedOf(lang string) (labels, parties []string) {
	for _, p := range b.Purposes {
		if p.Basis != Consent || p.ID == Statistics {
			continue
		}
		labels = append(labels, p.Label.In(lang))
		for _, s := range p.Services {
			if s.Who != b.Who && !slices.Contains(parties, s.Who) {
				parties = append(parties, s.Who)
			}
		}
	}
	return labels, parties
}

// Langs lists the languages of a banner: those of Langs first.
func (b Banner) Langs() []string {
	langs := slices.DeleteFunc(slices.Clone(Langs), func(l string) bool { _, ok := b.Texts[l]; return !ok })
	for _, l := range slices.Sorted(maps.Keys(b.Texts)) {
		if !slices.Contains(langs, l) {
			langs = append(langs, l)
		}
	}
	return langs
}

// Hash names this exact version: 16 hex digits of the SHA-256 of its content.
func (b Banner) Hash() string { return hash(b) }

// Material names what was agreed to: versions that differ in wording alone
// share it, and a visitor is asked again only when it changes.
func (b Banner) Material() string {
	type service struct {
		Who   string
		Hosts []string
		Keeps []string
	}
	type purpose struct {
		ID       string
		Basis    Basis
		Services []service
	}
	m := struct {
		Site, Who   string
		Funders     []string
		ExpiresDays int
		Purposes    []purpose
	}{b.Site, b.Who, sorted(b.Funders), b.ExpiresDays, nil}
	for _, p := range b.Purposes {
		if p.Basis == Necessary {
			continue // nobody is asked for it
		}
		mp := purpose{ID: p.ID, Basis: p.Basis}
		for _, s := range p.Services {
			ms := service{Who: s.Who, Hosts: sorted(s.Hosts)}
			for _, k := range s.Keeps {
				ms.Keeps = append(ms.Keeps, k.Kind+" "+k.Name)
			}
			slices.Sort(ms.Keeps)
			mp.Services = append(mp.Services, ms)
		}
		slices.SortFunc(mp.Services, func(x, y service) int { return cmp.Or(cmp.Compare(x.Who, y.Who), slices.Compare(x.Hosts, y.Hosts)) })
		m.Purposes = append(m.Purposes, mp)
	}
	slices.SortFunc(m.Purposes, func(x, y purpose) int { return cmp.Compare(x.ID, y.ID) })
	return hash(m)
}

// sorted is a copy that does not tell an empty list from none.
func sorted(s []string) []string { return append([]string{}, slices.Sorted(slices.Values(s))...) }

func hash(v any) string {
	sum := sha256.Sum256(encode(v)) // map keys are sorted: the same bytes each time
	return hex.EncodeToString(sum[:8])
}
