package coarsen

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// Limits of what a site may name, in bytes.
const (
	maxCampaign = 64
	maxGroup    = 80
)

// Settings is what a site says of its own addresses.
type Settings struct {
	Hosts     []string // its own, "www.example.org", with a port if it has one
	Sisters   []string // the charity's other hosts
	Campaigns []string // the names that are counted
	Pages     []PageRule
	AreaOff   bool // where visitors are is not told, and not their language
}

// PageRule puts the pages under a prefix into one group, or drops them. The
// longest prefix wins; one with neither keeps its pages as they are.
type PageRule struct {
	Prefix string // of whole segments: "/help" has "/help/bullying" in it, "/helpers" not
	Group  string // shown name
	Drop   bool   // never counted under any name
}

// Rules is the settings of a site made ready. It is safe for concurrent use.
type Rules struct {
	hosts     map[string]bool
	domains   map[string]bool   // registrable domains of hosts
	sisters   map[string]string // by host, with and without www.
	campaigns map[string]string // by lower-case name
	pages     []PageRule        // longest prefix first, prefixes clean
	areaOff   bool
}

// NewRules makes settings ready. What cannot be used (an empty name or prefix, a
// group that is too long) is left out or cut.
func NewRules(s Settings) *Rules {
	r := &Rules{
		hosts: map[string]bool{}, domains: map[string]bool{},
		sisters: map[string]string{}, campaigns: map[string]string{}, areaOff: s.AreaOff,
	}
	for _, h := range s.Hosts {
		r.addHost(strings.ToLower(strings.TrimSpace(h)))
	}
	for _, h := range s.Sisters {
		r.addSister(strings.ToLower(strings.TrimSpace(h)))
	}
	for _, c := range s.Campaigns {
		if c = strings.TrimSpace(c); c != "" && len(c) <= maxCampaign {
			r.campaigns[strings.ToLower(c)] = c
		}
	}
	for _, p := range s.Pages {
		r.addPage(p)
	}
	slices.SortStableFunc(r.pages, func(a, b PageRule) int { return cmp.Compare(len(b.Prefix), len(a.Prefix)) })
	return r
}

func (r *Rules) addHost(h string) {
	if h == "" {
		return
	}
	r.hosts[h] = true
	bare, _, port := strings.Cut(h, ":")
	if domain, err := publicsuffix.EffectiveTLDPlusOne(bare); err == nil && !port && !isNumeric(bare) {
		r.domains[domain] = true
	}
}

func (r *Rules) addSister(h string) {
	if h == "" || r.hosts[h] {
		return
	}
	bare := strings.TrimPrefix(h, "www.")
	r.sisters[h], r.sisters[bare], r.sisters["www."+bare] = h, h, h
}

func (r *Rules) addPage(p PageRule) {
	if p.Prefix == "" {
		return
	}
	_, p.Prefix = cleanPath(p.Prefix)
	group := strings.ToValidUTF8(strings.TrimSpace(p.Group), "")
	p.Group = strings.ToValidUTF8(group[:min(len(group), maxGroup)], "")
	r.pages = append(r.pages, p)
}

func isNumeric(host string) bool { return strings.Trim(host, "0123456789.") == "" }

// pageRule is the rule for a clean path; false if there is none.
func (r *Rules) pageRule(path string) (PageRule, bool) {
	for _, p := range r.pages {
		if p.Prefix == "/" || strings.HasPrefix(path, p.Prefix) && (len(path) == len(p.Prefix) || path[len(p.Prefix)] == '/') {
			return p, true
		}
	}
	return PageRule{}, false
}
