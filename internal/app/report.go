package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/dashboard"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/coarsen"
	"github.com/footfall-analytics/footfall/internal/day"
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
		LastHit: a.lastHit, Opened: a.opened, Reports: reports{a}, Grants: grants{a}, Impacts: impacts{a}, Mail: a.cfg.SMTPURL != "", ClientAddr: a.proxies.ClientAddr,
		Totals: a.totals, Cases: a.cases, SealTotals: func(ctx context.Context) error { _, err := a.sealTotalsNow(ctx); return err },
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

// openings are the days on which links were opened, by the hash of their token.
func (a *App) openings() (map[string][]day.Day, error) {
	days := map[string][]day.Day{}
	for _, doc := range a.records.List(openingKind) {
		o, err := record.As[opening](doc)
		if err != nil {
			return nil, err
		}
		days[o.Link] = append(days[o.Link], o.Day)
	}
	return days, nil
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

// replace writes a document whatever its version.
func (a *App) replace(ctx context.Context, kind record.Kind, id string, body any) error {
	_, err := a.records.Put(ctx, kind, id, uint32(len(a.records.History(kind, id))), author, body)
	return err
}

// slug is a name as an id: lower-case letters and digits with hyphens between.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	return strings.Join(words, "-")
}
