package notice

import (
	"fmt"

	"github.com/footfall-analytics/footfall/internal/site"
)

// Declaration is the list of what a site's purposes keep on a visitor's device,
// and how long what is counted of a visit is kept.
type Declaration struct {
	Site     string    `json:"site"`
	Name     string    `json:"name"`
	Lang     string    `json:"lang"`
	Version  uint32    `json:"version"` // of the banner in force
	Purposes []Purpose `json:"purposes"`
	Keeps    []Item    `json:"keeps"` // by the snippet itself

	Retention site.Retention `json:"retention"`
	Keeping   []string       `json:"keeping"` // the same in words
}

// Purpose is one purpose in the words of a language, with what its services keep.
type Purpose struct {
	ID       string     `json:"id"`
	Label    string     `json:"label"`
	Basis    site.Basis `json:"basis"`
	Ground   string     `json:"ground"` // the basis in words
	Why      string     `json:"why"`
	Services []Service  `json:"services"`
	Keeps    []Item     `json:"keeps"`
}

// Service is a third party that is called for a purpose.
type Service struct {
	Name   string   `json:"name"`
	Who    string   `json:"who"`
	Hosts  []string `json:"hosts"`
	Notice string   `json:"notice"`
}

// Item is one thing kept on the device.
type Item struct {
	Kind    string `json:"kind"` // cookie, local, session or database
	Name    string `json:"name"`
	Who     string `json:"who"`
	Place   string `json:"place"`   // the kind in words
	Session bool   `json:"session"` // gone with the browser or the tab
	Days    int    `json:"days"`    // 0 with Session, and where no end is set
	Expiry  string `json:"expiry"`  // the same in words
	Holds   string `json:"holds"`
}

// own is one thing that the snippet keeps. A browser test holds this list
// against what browsers are seen to keep, both ways.
type own struct {
	kind, name string
	choice     bool // lasts as long as the choice; else until the tab is closed
	holds      string
}

// ownKept is what the snippet keeps on a device at a site.
func ownKept(s site.Site) []own {
	if s.Safeguarding {
		return []own{
			{kind: "session", name: "ff", holds: "choice"},
			{kind: "session", name: "fv", holds: "visit"},
		}
	}
	return []own{
		{kind: "local", name: "ff", choice: true, holds: "choice"},
		{kind: "session", name: "fv", holds: "visit"},
		{kind: "cookie", name: "footfall", choice: true, holds: "objection"},
	}
}

// Declare lists what is kept, in a language of Langs.
func Declare(f Facts, lang string) Declaration {
	w := texts[lang]
	d := Declaration{
		Site: f.Site.Key, Name: f.Site.Name, Lang: lang, Version: f.Version, Purposes: []Purpose{}, Keeps: []Item{},
		Retention: f.Retention, Keeping: w.keeping(f.Retention),
	}
	for _, o := range ownKept(f.Site) {
		days := 0
		if o.choice {
			days = f.Banner.ExpiresDays
		}
		d.Keeps = append(d.Keeps, w.item(site.Kept{Kind: o.kind, Name: o.name, Days: days}, f.Site.Name, w.Holds[o.holds]))
	}
	for _, p := range f.Banner.Purposes {
		d.Purposes = append(d.Purposes, w.purpose(p, lang))
	}
	return d
}

func (w *words) purpose(p site.Purpose, lang string) Purpose {
	out := Purpose{
		ID: p.ID, Label: p.Label.In(lang), Basis: p.Basis, Ground: w.Basis[p.Basis], Why: p.Why.In(lang),
		Services: []Service{}, Keeps: []Item{},
	}
	for _, s := range p.Services {
		out.Services = append(out.Services, Service{Name: s.Name, Who: s.Who, Hosts: append([]string{}, s.Hosts...), Notice: s.Notice})
		for _, k := range s.Keeps {
			out.Keeps = append(out.Keeps, w.item(k, s.Who, k.Holds.In(lang)))
		}
	}
	return out
}

func (w *words) item(k site.Kept, who, holds string) Item {
	i := Item{Kind: k.Kind, Name: k.Name, Who: who, Place: w.Places[k.Kind], Days: k.Days, Holds: holds}
	switch {
	case k.Days > 0:
		i.Expiry = fmt.Sprintf(w.Days, k.Days)
	case k.Kind == "cookie" || k.Kind == "session":
		i.Session, i.Expiry = true, w.Session
	default: // nothing takes it away by itself
		i.Expiry = w.Unset
	}
	return i
}
