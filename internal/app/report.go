package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/dashboard"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/coarsen"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/site"
)

// names are the words for coarse facts.
var names = report.Names{Area: coarsen.AreaName, Devices: coarsen.Devices}

func (a *App) dashboard() *dashboard.Dashboard {
	return dashboard.New(dashboard.Options{
		Records: a.records, Figures: a.book, Own: a.own, Names: names, PublicURL: a.cfg.PublicURL, Clock: a.clock,
		LastHit: a.lastHit, Opened: a.opened, ClientAddr: a.proxies.ClientAddr,
	})
}

// lastHit says in words when a site was last heard of.
func (a *App) lastHit(key string) string {
	switch a.intake.LastHit(key) {
	case intake.WithinMinute:
		return "within the last minute"
	case intake.WithinHour:
		return "within the last hour"
	case intake.WithinDay:
		return "within the last day"
	default:
		return "not since the service was started, or longer than a day ago"
	}
}

// openingKind is the record kind of days on which a report was opened; the
// record id is the hash of the link's token and the day.
const openingKind record.Kind = "opening"

// opening says that a link was opened on a day, and no more.
type opening struct {
	Link string  `json:"link"`
	Day  day.Day `json:"day"`
}

// opened remembers the day on which a link was opened, once.
func (a *App) opened(link string, d day.Day) {
	id := link + " " + d.String()
	if len(a.records.History(openingKind, id)) > 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var late *record.ConflictError
	if _, err := a.records.Put(ctx, openingKind, id, 0, "link", opening{link, d}); err != nil && !errors.As(err, &late) {
		a.log.Error("opening of a report was not recorded", "error", err)
	}
}

// NewReport is the arguments of `report link`.
type NewReport struct {
	Site       string
	Funder     string // name
	Grant      string // name
	FunderRef  string
	CharityRef string
	Start, End string // days
	Pattern    string
	Period     string   // of the grant: Y1Q3
	Target     []string // table=number or table/value=number
	Agreement  string
	Assessment string
	Days       int // until the link expires
}

// ReportLinked is what `report link` prints. The link is told once.
type ReportLinked struct {
	Report  string    `json:"report"`
	Version int       `json:"version"`
	Status  string    `json:"status"`
	Link    string    `json:"link"`
	Expires time.Time `json:"expires"`
}

// Text is the link for people.
func (r ReportLinked) Text() string {
	return fmt.Sprintf("Report %s, version %d (%s). Its link opens until %s and is not shown again:\n  %s\n",
		r.Report, r.Version, r.Status, r.Expires.Format("2 January 2006"), r.Link)
}

func (a *App) linkReport(ctx context.Context, n NewReport) (ReportLinked, error) {
	s, err := record.Get[site.Site](a.records, site.Kind, n.Site)
	if err != nil {
		return ReportLinked{}, fmt.Errorf("no site has the key %q: `footfall site list` shows them", n.Site)
	}
	if err := a.mayReport(s); err != nil {
		return ReportLinked{}, err
	}
	g, err := n.grant(s)
	if err != nil {
		return ReportLinked{}, err
	}
	if g, err = a.withTerms(g); err != nil {
		return ReportLinked{}, err
	}
	period, err := g.Period(n.Period)
	if err != nil {
		return ReportLinked{}, err
	}
	f, err := record.Get[funder.Funder](a.records, funder.Kind, g.Funder)
	if err != nil && !errors.Is(err, record.ErrNotFound) {
		return ReportLinked{}, err
	}
	f.ID, f.Name = g.Funder, n.Funder
	draft, err := report.Build(ctx, a.book, report.Settings{Site: s, Funder: f, Grant: g, Period: period, Names: names})
	if errors.Is(err, disclosure.ErrOpen) {
		return ReportLinked{}, fmt.Errorf("%s has no sealed month yet: months are sealed 48 hours after they end", period)
	}
	if err != nil {
		return ReportLinked{}, err
	}
	if err := a.replace(ctx, funder.Kind, f.ID, f); err != nil {
		return ReportLinked{}, err
	}
	if err := a.replace(ctx, funder.GrantKind, g.ID, g); err != nil {
		return ReportLinked{}, err
	}
	return a.publish(ctx, g, draft, a.clock().AddDate(0, 0, n.Days))
}

// mayReport says why there cannot be a report of a site.
func (a *App) mayReport(s site.Site) error {
	counted, err := site.CountedOn(a.records.History(site.Kind, s.Key), a.records.History(site.BannerKind, s.Key))
	if err != nil {
		return err
	}
	if len(counted) == 1 && counted[0].Basis == cell.BasisException {
		return fmt.Errorf("%s counts under the statistics exception: for the charity's own improvement only, never for a funder; a report needs visitors who are asked, from `footfall site set %s --basis consent` on", s.Name, s.Key)
	}
	return nil
}

// publish freezes a draft, stores it and makes its link.
func (a *App) publish(ctx context.Context, g funder.Grant, draft report.Report, expires time.Time) (ReportLinked, error) {
	id := report.NewID()
	frozen, err := report.Freeze(draft, id, 1, day.Of(a.clock(), time.UTC))
	if err != nil {
		return ReportLinked{}, err
	}
	link, token, err := g.NewLink(id, expires)
	if err != nil {
		return ReportLinked{}, err
	}
	if _, err := a.records.Put(ctx, report.Kind, id, 0, author, frozen); err != nil {
		return ReportLinked{}, err
	}
	if _, err := a.records.Put(ctx, funder.LinkKind, link.Hash, 0, author, link); err != nil {
		return ReportLinked{}, err
	}
	return ReportLinked{
		Report: id, Version: frozen.Version, Status: string(frozen.Status),
		Link: a.cfg.PublicURL + "/r/" + token, Expires: expires,
	}, nil
}

// replace writes a document whatever its version.
func (a *App) replace(ctx context.Context, kind record.Kind, id string, body any) error {
	_, err := a.records.Put(ctx, kind, id, uint32(len(a.records.History(kind, id))), author, body)
	return err
}

func (n NewReport) grant(s site.Site) (funder.Grant, error) {
	start, err := day.Parse(n.Start)
	if err != nil {
		return funder.Grant{}, fmt.Errorf("start: %w", err)
	}
	end, err := day.Parse(n.End)
	if err != nil {
		return funder.Grant{}, fmt.Errorf("end: %w", err)
	}
	targets, err := targets(n.Target, s)
	if err != nil {
		return funder.Grant{}, err
	}
	return funder.Grant{
		ID: n.Site + "-" + slug(n.Grant), Site: n.Site, Funder: slug(n.Funder), Title: n.Grant,
		FunderRef: n.FunderRef, CharityRef: n.CharityRef, Start: start, End: end, Pattern: funder.Pattern(n.Pattern),
		Targets: targets, Agreement: n.Agreement, Assessment: n.Assessment,
	}, nil
}

func targets(texts []string, s site.Site) (out []funder.Target, err error) {
	for _, text := range texts {
		name, number, ok := strings.Cut(text, "=")
		n, err := strconv.ParseUint(number, 10, 64)
		if !ok || err != nil {
			return nil, fmt.Errorf("target %q: want table=number or table/value=number, such as contact=500", text)
		}
		t := funder.Target{Period: n}
		if err := t.Indicator.UnmarshalText([]byte(name)); err != nil {
			return nil, fmt.Errorf("target %q: %w", text, err)
		}
		t.Wording = wording(t.Indicator, s)
		out = append(out, t)
	}
	return out, nil
}

// wording is what an indicator is called where the grant has no words of its own.
func wording(i funder.Indicator, s site.Site) string {
	for _, c := range s.Vocabulary[i.Table] {
		if c.ID == i.Value {
			return c.Label.En
		}
	}
	if i.Table == cell.Total {
		return "Visits"
	}
	text := string(i.Table)
	return strings.ToUpper(text[:1]) + text[1:] + "s"
}

// slug is a name as an id: lower-case letters and digits with hyphens between.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return strings.Join(words, "-")
}
