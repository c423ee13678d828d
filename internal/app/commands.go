package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// author is who the records name for what is done on the command line.
const author = "command"

// commands is every command that needs the data folder.
var commands = map[string]func(context.Context, *App, []byte) (any, error){
	"site add":           command((*App).addSite),
	"site list":          command((*App).listSites),
	"site show":          command((*App).showSite),
	"site set":           command((*App).setSite),
	"banner show":        command((*App).showBanner),
	"banner set":         command((*App).setBanner),
	"banner history":     command((*App).bannerHistory),
	"user add":           command((*App).addUser),
	"funder add":         command((*App).addFunder),
	"funder set":         command((*App).setFunder),
	"funder list":        command((*App).listFunders),
	"grant add":          command((*App).addGrant),
	"grant set":          command((*App).setGrant),
	"grant show":         command((*App).showGrant),
	"grant list":         command((*App).listGrants),
	"indicator add":      command((*App).addIndicator),
	"indicator set":      command((*App).setIndicator),
	"indicator list":     command((*App).listIndicators),
	"indicator template": command((*App).takeTemplate),
	"totals import":      command((*App).importTotals),
	"totals add":         command((*App).addTotals),
	"totals list":        command((*App).listTotals),
	"totals undo":        command((*App).undoTotals),
	"totals seal":        command((*App).finalTotals),
	"key add":            command((*App).addKey),
	"key list":           command((*App).listKeys),
	"key revoke":         command((*App).revokeKey),
	"report list":        command((*App).listReports),
	"report draft":       command((*App).showDraft),
	"report words":       command((*App).writeDraft),
	"report step":        command((*App).stepDraft),
	"report link":        command((*App).linkReport),
	"report send":        command((*App).sendReport),
	"impact set":         command((*App).setImpact),
	"impact show":        command((*App).showImpact),
	"report reminders":   command((*App).listReminders),
	"report links":       command((*App).listLinks),
	"report revoke":      command((*App).revokeLink),
	"evidence":           command((*App).packEvidence),
	"seal":               command((*App).sealNow),
	"retention show":     command((*App).showRetention),
	"retention set":      command((*App).setRetention),
	"geo reload":         command((*App).reloadGeo),
}

func command[A, R any](run func(*App, context.Context, A) (R, error)) func(context.Context, *App, []byte) (any, error) {
	return func(ctx context.Context, a *App, body []byte) (any, error) {
		var args A
		if err := json.Unmarshal(body, &args); err != nil {
			return nil, fmt.Errorf("decode arguments: %w", err)
		}
		return run(a, ctx, args)
	}
}

// None is the arguments of a command that takes none.
type None struct{}

// NewSite is the arguments of `site add`.
type NewSite struct {
	Name         string   `json:"name"`
	Charity      string   `json:"charity"`
	Hosts        []string `json:"hosts"`
	Funders      []string `json:"funders"`
	NoticeURL    string   `json:"notice_url"`
	TimeZone     string   `json:"time_zone"`
	QuarterStart int      `json:"quarter_start"`
	Vocabulary   string   `json:"vocabulary"` // JSON file's content: table -> choices
	Basis        string   `json:"basis"`
	Audience     string   `json:"audience"`
	Safeguarding bool     `json:"safeguarding"`
}

// SiteShown is what commands print of a site.
type SiteShown struct {
	Site    site.Site `json:"site"`
	Version uint32    `json:"version"`
	Banner  string    `json:"banner"` // hash of the version in force
	Snippet string    `json:"snippet"`
	LastHit string    `json:"last_hit"`
}

// Text is the site for people.
func (s SiteShown) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n", s.Site.Key, s.Site.Name)
	fmt.Fprintf(&b, "  hosts     %s\n", strings.Join(s.Site.Hosts, ", "))
	fmt.Fprintf(&b, "  zone      %s, quarters start in %s\n", s.Site.TimeZone, time.Month(s.Site.QuarterStart))
	fmt.Fprintf(&b, "  counts    %s, for %s\n", grounds[cmp.Or(s.Site.Basis, site.Consent)], audiences[cmp.Or(s.Site.Audience, site.Everybody)])
	if s.Site.Safeguarding {
		fmt.Fprintf(&b, "  traces    none that can be helped: a safeguarding site\n")
	}
	if len(s.Site.Strict) > 0 {
		fmt.Fprintf(&b, "  strict    %v, for whole counting years\n", s.Site.Strict)
	}
	for _, p := range s.Site.Purposes {
		fmt.Fprintf(&b, "  purpose   %s (%s)\n", p.ID, p.Basis)
	}
	fmt.Fprintf(&b, "  banner    %s\n", s.Banner)
	fmt.Fprintf(&b, "  last hit  %s\n", s.LastHit)
	for _, table := range site.Declared {
		if choices := s.Site.Vocabulary[table]; len(choices) > 0 {
			ids := make([]string, len(choices))
			for i, c := range choices {
				ids[i] = c.ID
			}
			fmt.Fprintf(&b, "  %-9s %s\n", table, strings.Join(ids, ", "))
		}
	}
	fmt.Fprintf(&b, "Paste this line into the <head> of every page:\n  %s\n", s.Snippet)
	return b.String()
}

// grounds and audiences say for people how a site counts and for whom.
var (
	grounds   = map[site.Basis]string{site.Consent: "after a yes", site.Exception: "by the statistics exception, until somebody objects"}
	audiences = map[string]string{site.Everybody: "everybody", site.Children: "children"}
)

// SiteList is what `site list` prints.
type SiteList []SiteShown

// Text is the list for people.
func (l SiteList) Text() string {
	if len(l) == 0 {
		return "No sites yet. Add one with: footfall site add NAME --host www.example.org\n"
	}
	var b strings.Builder
	for _, s := range l {
		fmt.Fprintf(&b, "%s  %s  (%s)\n", s.Site.Key, s.Site.Name, strings.Join(s.Site.Hosts, ", "))
	}
	return b.String()
}

func (a *App) addSite(ctx context.Context, n NewSite) (SiteShown, error) {
	s := site.Site{
		Key: site.NewKey(), Name: n.Name, Charity: n.Charity, Funders: n.Funders,
		TimeZone: n.TimeZone, QuarterStart: n.QuarterStart, NoticeURL: n.NoticeURL,
		Basis: cmp.Or(site.Basis(n.Basis), site.Consent), Audience: cmp.Or(n.Audience, site.Everybody), Safeguarding: n.Safeguarding,
	}
	for _, text := range n.Hosts {
		h, err := site.ParseHost(text)
		if err != nil {
			return SiteShown{}, err
		}
		s.Hosts = append(s.Hosts, h)
	}
	if n.Vocabulary != "" {
		if err := json.Unmarshal([]byte(n.Vocabulary), &s.Vocabulary); err != nil {
			return SiteShown{}, fmt.Errorf(`vocabulary: want {"contact": [{"id": "webchat", "label": {"en": "…", "cy": "…"}}]}: %w`, err)
		}
	}
	if err := a.putSite(ctx, s); err != nil {
		return SiteShown{}, err
	}
	return a.showSite(ctx, s.Key)
}

// putSite stores a new site and its standard banner. The banner goes first: a
// site is never without one.
func (a *App) putSite(ctx context.Context, s site.Site) error {
	banner := a.standardBanner(s)
	if err := errors.Join(s.Validate(), banner.Validate()); err != nil {
		return err
	}
	if _, err := a.records.Put(ctx, site.BannerKind, s.Key, 0, author, banner); err != nil {
		return err
	}
	_, err := a.records.Put(ctx, site.Kind, s.Key, 0, author, s)
	return err
}

func (a *App) showSite(_ context.Context, key string) (SiteShown, error) {
	doc, s, err := a.siteDoc(key)
	if err != nil {
		return SiteShown{}, err
	}
	shown := SiteShown{
		Site: s, Version: doc.Version, LastHit: a.lastHit(key),
		Snippet: fmt.Sprintf(`<script async src="%s/footfall.js" data-site="%s"></script>`, a.cfg.PublicURL, key),
	}
	if s.Safeguarding { // told by the tag too, for when there is no banner
		shown.Snippet = strings.Replace(shown.Snippet, "></script>", " data-safeguarding></script>", 1)
	}
	if view, ok := a.Site(key); ok {
		if v, ok := view.Banners.Current(); ok {
			shown.Banner = v.Hash
		}
	}
	return shown, nil
}

func (a *App) listSites(ctx context.Context, _ None) (SiteList, error) {
	list := SiteList{}
	for _, doc := range a.records.List(site.Kind) {
		s, err := a.showSite(ctx, doc.ID)
		if err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, nil
}

// NewUser is the arguments of `user add`.
type NewUser struct {
	Email    string   `json:"email"`
	Name     string   `json:"name"`
	Password string   `json:"password"`
	Role     string   `json:"role"`
	Sites    []string `json:"sites"`
}

// UserAdded is what `user add` prints; never the password.
type UserAdded struct {
	ID    string       `json:"id"`
	Role  account.Role `json:"role"`
	Sites []string     `json:"sites"`
	Login string       `json:"login"` // address
}

// Text is the new user for people.
func (u UserAdded) Text() string {
	return fmt.Sprintf("Added user %s (%s, sites: %s). Log in at %s\n", u.ID, u.Role, strings.Join(u.Sites, ", "), u.Login)
}

func (a *App) addUser(ctx context.Context, n NewUser) (UserAdded, error) {
	if err := account.CheckPassword(n.Password); err != nil {
		return UserAdded{}, err
	}
	email := strings.ToLower(strings.TrimSpace(n.Email))
	for _, doc := range a.records.List(account.Kind) {
		if u, err := record.As[account.User](doc); err == nil && u.Email == email {
			return UserAdded{}, errors.New("a user with this email is there already")
		}
	}
	for _, key := range n.Sites {
		if _, ok := a.Site(key); key != account.AllSites && !ok {
			return UserAdded{}, fmt.Errorf("no site has the key %q: `footfall site list` shows them", key)
		}
	}
	u := account.User{ID: "u" + site.NewKey(), Email: email, Name: n.Name, Password: account.Hash(n.Password), Role: account.Role(n.Role), Sites: n.Sites}
	if err := u.Validate(); err != nil {
		return UserAdded{}, err
	}
	if _, err := a.records.Put(ctx, account.Kind, u.ID, 0, author, u); err != nil {
		return UserAdded{}, err
	}
	return UserAdded{ID: u.ID, Role: u.Role, Sites: u.Sites, Login: a.cfg.PublicURL + "/login"}, nil
}

// domains are the values of a site's tables that everybody knows, so that a
// figure for each is sealed even if nobody came.
func domains(s site.Site) map[cell.Table][]string {
	d := knownDomains()
	if s.Audience == site.Children {
		delete(d, cell.Area) // it is not counted, nor are languages
		delete(d, cell.Language)
	}
	for table, choices := range s.Vocabulary {
		for _, c := range choices {
			d[table] = append(d[table], c.ID)
		}
		slices.Sort(d[table])
	}
	return d
}
