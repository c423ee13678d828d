package coarsen

import (
	_ "embed" // hosts.txt
	"strings"

	"golang.org/x/net/publicsuffix"
)

// maxHost is the longest host name there is, in bytes. Longer ones are not read.
const maxHost = 253

//go:embed hosts.txt
var hostsText string

// Origin is where a visit came from.
type Origin struct {
	Class    string // of Sources
	Referrer string // name of the site in our table or the site's own; else empty
	Campaign string // of the site's list; else empty
}

// hostTable finds hosts by their end, longest first.
type hostTable struct {
	exact map[string]Origin // by host
	star  map[string]Origin // by host without public suffix, where any suffix will do
}

var hosts = readHosts(hostsText)

var classOf = map[string]string{"search": Search, "social": Social, "ai": AIAssistant, "email": Email, "sector": Sector, "other": OtherSite}

// readHosts reads hosts.txt; its test says what is wrong with a line.
func readHosts(text string) hostTable {
	t := hostTable{exact: map[string]Origin{}, star: map[string]Origin{}}
	for _, line := range strings.Split(text, "\n") {
		class, rest, ok := strings.Cut(line, " ")
		if !ok || class == "#" {
			continue
		}
		host, name, _ := strings.Cut(rest, " ")
		o := Origin{Class: classOf[class], Referrer: name}
		if stem, ok := strings.CutSuffix(host, ".*"); ok {
			t.star[stem] = o
		} else {
			t.exact[host] = o
		}
	}
	return t
}

// Referrers lists the names of sites in our table.
func Referrers() []string {
	seen := map[string]bool{}
	var names []string
	for _, line := range strings.Split(hostsText, "\n") {
		if parts := strings.SplitN(line, " ", 3); len(parts) == 3 && parts[0] != "#" && !seen[parts[2]] {
			seen[parts[2]] = true
			names = append(names, parts[2])
		}
	}
	return names
}

func (t hostTable) find(host string) (Origin, bool) {
	suffix, registered := publicsuffix.PublicSuffix(host)
	stem := ""
	if registered { // google.* is Google's, google.github.io anybody's
		stem = strings.TrimSuffix(strings.TrimSuffix(host, suffix), ".")
	}
	for host != "" {
		if o, ok := t.exact[host]; ok {
			return o, true
		}
		if o, ok := t.star[stem]; ok && stem != "" {
			return o, true
		}
		_, host, _ = strings.Cut(host, ".")
		_, stem, _ = strings.Cut(stem, ".")
	}
	return Origin{}, false
}

// Source tells where a visit came from, by the referring host (or
// android-app://package) and the campaign that the browser sent.
func (r *Rules) Source(referrer, campaign string) Origin {
	o := r.site(referrer)
	if c := r.campaign(campaign); c != "" {
		o.Class, o.Campaign = Campaign, c
	}
	return o
}

func (r *Rules) campaign(sent string) string {
	if len(sent) > maxCampaign || sent == "" {
		return ""
	}
	return r.campaigns[strings.ToLower(strings.TrimSpace(sent))]
}

func (r *Rules) site(referrer string) Origin {
	if referrer == "" {
		return Origin{Class: Direct}
	}
	host, ok := parseReferrer(referrer)
	if !ok {
		return Origin{Class: OtherSite}
	}
	bare, _, _ := strings.Cut(host, ":")
	if o, ok := r.ownSite(host, bare); ok {
		return o
	}
	if o, ok := hosts.find(bare); ok {
		return o
	}
	return guess(bare)
}

// ownSite knows the charity's own hosts, from which a visit only goes on, and
// its sister sites, which have the names that the charity gave.
func (r *Rules) ownSite(host, bare string) (Origin, bool) {
	for _, h := range [2]string{host, bare} {
		if name, ok := r.sisters[h]; ok {
			return Origin{Class: OtherSite, Referrer: name}, true
		}
		if r.hosts[h] {
			return Origin{Class: Direct}, true
		}
	}
	for rest := bare; rest != ""; _, rest, _ = strings.Cut(rest, ".") {
		if r.domains[rest] {
			return Origin{Class: Direct}, true
		}
	}
	return Origin{}, false
}

// guess classes hosts outside the table by what hosts of their kind are called.
// It names none of them.
func guess(host string) Origin {
	first, rest, _ := strings.Cut(host, ".")
	if strings.Contains(rest, ".") {
		switch strings.TrimRight(first, "0123456789") {
		case "mail", "webmail", "email", "mailbox", "owa", "outlook", "roundcube", "newsletter":
			return Origin{Class: Email}
		case "search", "searx", "searxng":
			return Origin{Class: Search}
		case "mastodon":
			return Origin{Class: Social}
		}
	}
	switch host[strings.LastIndexByte(host, '.')+1:] {
	case "charity", "ngo", "ong":
		return Origin{Class: Sector}
	}
	return Origin{Class: OtherSite}
}

const appScheme = "android-app://"

// parseReferrer returns the lower-case host, with a port if there is one. It
// takes whole URLs too. An Android app is the host that its package spells
// backwards.
func parseReferrer(s string) (host string, ok bool) {
	s = s[:min(len(s), len(appScheme)+maxHost+1)]
	s, app := strings.CutPrefix(s, appScheme)
	if _, after, ok := strings.Cut(s, "://"); ok {
		s = after
	}
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		s = s[:i]
	}
	s = strings.ToLower(strings.TrimSuffix(s, "."))
	if len(s) > maxHost || !isHost(s) {
		return "", false
	}
	if app {
		return backwards(s), true
	}
	return s, true
}

func isHost(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !isLetter(c) && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' && c != ':' {
			return false
		}
	}
	return s != "" && s[0] != '.' && !strings.Contains(s, "..")
}

// backwards turns com.example.app into app.example.com.
func backwards(s string) string {
	out := make([]byte, 0, maxHost)
	for s != "" {
		i := strings.LastIndexByte(s, '.')
		if len(out) > 0 {
			out = append(out, '.')
		}
		out = append(out, s[i+1:]...)
		s = s[:max(i, 0)]
	}
	return string(out)
}
