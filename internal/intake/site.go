package intake

import (
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/coarsen"
	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/site"
)

// Sites finds a website by its public key.
type Sites interface {
	Site(key string) (*Site, bool)
}

// Site is one website as the write path needs it, made once for each version
// of its records. It is never changed, so any number of requests may share it.
type Site struct {
	Key      string
	Name     string
	Location *time.Location
	Banners  consent.Banners

	rules  *coarsen.Rules
	look   *coarsen.Rules // the same facts of a visit, whatever its page
	hosts  map[string]struct{}
	values map[string]map[string]string // declared values by table; each is its own key
}

// NewSite prepares a site with the versions of its banner, oldest first.
func NewSite(s site.Site, banners []site.Banner) *Site {
	v := &Site{
		Key:      s.Key,
		Name:     s.Name,
		Location: s.Location(),
		Banners:  consent.NewBanners(banners),
		rules:    coarsen.NewRules(settings(s)),
		look:     coarsen.NewRules(coarsen.Settings{AreaOff: s.Audience == site.Children}),
		hosts:    map[string]struct{}{},
		values:   map[string]map[string]string{},
	}
	for _, h := range s.Hosts {
		v.hosts[h] = struct{}{}
	}
	for table, choices := range s.Vocabulary {
		v.values[string(table)] = byID(choices)
	}
	return v
}

func settings(s site.Site) coarsen.Settings {
	rules := make([]coarsen.PageRule, len(s.Pages))
	for i, r := range s.Pages {
		rules[i] = coarsen.PageRule{Prefix: r.Prefix, Group: r.Group, Drop: r.Drop || r.Sensitive && r.Group == ""}
	}
	return coarsen.Settings{Hosts: s.Hosts, Sisters: s.Sisters, Campaigns: s.Campaigns, Pages: rules, AreaOff: s.Audience == site.Children}
}

func byID(choices []site.Choice) map[string]string {
	m := make(map[string]string, len(choices))
	for _, c := range choices {
		m[c.ID] = c.ID
	}
	return m
}

// owns says whether a page of this origin, such as https://www.example.org,
// belongs to the site. Browsers send it with every request of ours; what hides
// it is not counted.
func (s *Site) owns(origin string) bool {
	host, ok := cutScheme(origin)
	if !ok {
		return false
	}
	_, ok = s.hosts[host]
	return ok
}

func cutScheme(origin string) (host string, ok bool) {
	const secure, plain = "https://", "http://"
	switch {
	case len(origin) > len(secure) && origin[:len(secure)] == secure:
		return origin[len(secure):], true
	case len(origin) > len(plain) && origin[:len(plain)] == plain:
		return origin[len(plain):], true
	}
	return "", false
}

// declared returns the site's own copy of a declared value.
func (s *Site) declared(table cell.Table, value string) (string, bool) {
	v, ok := s.values[string(table)][value]
	return v, ok
}

// Page is what is kept of a path by the rules of the site; not counted are pages
// that they drop.
func (s *Site) Page(path string) (page string, counted bool) { return s.rules.Page(path) }
