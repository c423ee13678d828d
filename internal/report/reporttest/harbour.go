// Package reporttest has a believable charity with a year of sealed figures in
// memory, for tests of reports and pages.
package reporttest

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/site"
)

// Ledger keeps sealed entries in memory.
type Ledger struct {
	mu      sync.Mutex
	sealed  map[string]disclosure.Period // by site, basis and period name
	entries []disclosure.Entry
}

// Seal implements disclosure.Ledger.
func (l *Ledger) Seal(_ context.Context, s disclosure.Sealing) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sealed == nil {
		l.sealed = map[string]disclosure.Period{}
	}
	for _, part := range s.Parts {
		key := s.Site + " " + string(s.Basis) + " " + part.Period.Name
		if _, ok := l.sealed[key]; ok {
			continue
		}
		l.sealed[key] = part.Period
		l.entries = append(l.entries, part.Entries...)
	}
	return nil
}

// Sealed implements disclosure.Ledger.
func (l *Ledger) Sealed(_ context.Context, site string, basis cell.Basis, first, last day.Day) (map[string]bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	names := map[string]bool{}
	for key, p := range l.sealed {
		if key == site+" "+string(basis)+" "+p.Name && p.First >= first && p.Last <= last {
			names[p.Name] = true
		}
	}
	return names, nil
}

// Entries implements disclosure.Ledger.
func (l *Ledger) Entries(_ context.Context, r disclosure.Range) (found []disclosure.Entry, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.entries {
		a := e.Atom
		if a.Site == r.Site && a.Basis == r.Basis && (r.Table == "" || a.Table == r.Table) &&
			slices.Contains(r.Grains, a.Period.Grain) && a.Period.First >= r.First && a.Period.Last <= r.Last {
			found = append(found, e)
		}
	}
	return found, nil
}

// Site is the website of Harbour Young People.
func Site() site.Site {
	choice := func(id, en, cy string) site.Choice { return site.Choice{ID: id, Label: site.Text{En: en, Cy: cy}} }
	return site.Site{
		Key: "kx4f9q", Name: "Harbour Young People", Charity: "1199999", Hosts: []string{"www.harbour.example"},
		TimeZone: "Europe/London", QuarterStart: 1,
		Vocabulary: map[cell.Table][]site.Choice{
			cell.Contact: {choice("webchat", "Web chat", "Sgwrs ar y we"), choice("phone", "Telephone", "Ffôn"), choice("text", "Text message", "Neges destun"),
				choice("email", "E-mail", "E-bost"), choice("drop-in", "Drop-in booking", "Galw heibio"), choice("relay", "Relay UK", "Relay UK")},
			cell.Issue: {choice("online", "Safety online", "Diogelwch ar-lein"), choice("bullying", "Bullying", "Bwlio"), choice("home", "Difficulties at home", "Anawsterau gartref"),
				choice("mood", "Low mood and worry", "Hwyliau isel a phryder"), choice("exploitation", "Exploitation", "Camfanteisio"), choice("housing", "Housing", "Tai")},
			cell.Outcome: {choice("asked", "Asked at the end of a chat", "Gofynnwyd"), choice("safer", "Felt safer", "Teimlo’n fwy diogel"),
				choice("know", "Knew what to do next", "Gwybod beth i’w wneud nesaf"), choice("adult", "Told a trusted adult", "Dweud wrth oedolyn")},
		},
	}
}

// Funder gives the Grant.
func Funder() funder.Funder { return funder.Funder{ID: "lantern", Name: "The Lantern Foundation"} }

// Grant is in its second year, third quarter, at the end of 2026.
func Grant() funder.Grant {
	return funder.Grant{
		ID: "lantern-2025", Site: "kx4f9q", Funder: "lantern", Title: "Someone to talk to: helpline and drop-in",
		FunderRef: "LF-2025-0417", CharityRef: "HYP/G/12", Start: day.New(2025, 4, 1), End: day.New(2028, 3, 31),
		Pattern: funder.Quarterly, Agreement: "DSA-2025-03", Assessment: "DPIA-2025-02",
		Targets: []funder.Target{
			{Indicator: funder.Indicator{Table: cell.Contact}, Wording: "Young people reach somebody to talk to", Period: 1500, Whole: 16000},
			{Indicator: funder.Indicator{Table: cell.Total}, Wording: "Visits to the website", Period: 7500},
			{Indicator: funder.Indicator{Table: cell.Outcome, Value: "safer"}, Wording: "Young people feel safer after a chat", Period: 350, OutOf: "asked",
				How: "Asked at the end of each web chat."},
			{Indicator: funder.Indicator{Table: cell.Issue, Value: "exploitation"}, Wording: "Young people find help with exploitation", Whole: 400},
			{Indicator: funder.Indicator{Table: cell.Contact, Value: "relay"}, Wording: "Deaf young people reach us by Relay UK", Period: 20},
		},
	}
}

// Names are the words for coarse facts.
func Names() report.Names {
	areas := map[string]string{"GB-ENG": "England", "GB-SCT": "Scotland", "GB-WLS": "Wales", "GB-NIR": "Northern Ireland", "GB": "UK, nation not known", "IE": "Ireland"}
	return report.Names{
		Area: func(code string) string {
			if n, ok := areas[code]; ok {
				return n
			}
			return code
		},
		Devices: []string{"Phone", "Tablet", "Computer", "Other"},
	}
}

// Share is how many of a hundred visits a value has; they need not add up.
type share struct {
	table   cell.Table
	value   string
	percent float64
}

var shares = []share{
	{cell.Contact, "webchat", 9.1}, {cell.Contact, "phone", 6.2}, {cell.Contact, "text", 3.4}, {cell.Contact, "email", 1.9}, {cell.Contact, "drop-in", .9}, {cell.Contact, "relay", .02},
	{cell.ContactHour, "night", 1.3}, {cell.ContactHour, "morning", 3.7}, {cell.ContactHour, "afternoon", 9.6}, {cell.ContactHour, "evening", 6.92},
	{cell.Issue, "online", 5.2}, {cell.Issue, "bullying", 4.6}, {cell.Issue, "home", 3.3}, {cell.Issue, "mood", 6.1}, {cell.Issue, "exploitation", .55}, {cell.Issue, "housing", .03},
	{cell.Outcome, "asked", 6.6}, {cell.Outcome, "safer", 4.9}, {cell.Outcome, "know", 4.1}, {cell.Outcome, "adult", 1.8},
	{cell.Page, "/", 41}, {cell.Page, "/help/bullying", 22}, {cell.Page, "/help/staying-safe-online", 19}, {cell.Page, "/chat", 14}, {cell.Page, "/help/worried-about-a-friend-or-someone-in-your-family", 9},
	{cell.Page, "/drop-in", 7}, {cell.Page, "/about", 5}, {cell.Page, "/help/housing", 2.1}, {cell.Page, "/parents", 4}, {cell.Page, "/donate", 1.2}, {cell.Page, "/news", .9}, {cell.Page, "/secret-rare-page", .04},
	{cell.Entry, "/", 33}, {cell.Entry, "/help/bullying", 14}, {cell.Entry, "/chat", 6},
	{cell.Source, "Search", 52}, {cell.Source, "Direct", 21}, {cell.Source, "Social", 13}, {cell.Source, "Charity sector", 5}, {cell.Source, "Other site", 4}, {cell.Source, "AI assistant", 3}, {cell.Source, "Email", .05},
	{cell.Referrer, "google.com", 46}, {cell.Referrer, "instagram.com", 8},
	{cell.Device, "Phone", 71}, {cell.Device, "Computer", 22}, {cell.Device, "Tablet", 6.4},
	{cell.Browser, "Safari", 42}, {cell.Browser, "Chrome", 39}, {cell.Browser, "Samsung Internet", 9}, {cell.Browser, "Edge", 6}, {cell.Browser, "Firefox", 2},
	{cell.System, "iOS/iPadOS", 45}, {cell.System, "Android", 32}, {cell.System, "Windows", 16}, {cell.System, "macOS", 5},
	{cell.Area, "GB-ENG", 78}, {cell.Area, "GB-WLS", 7}, {cell.Area, "GB-SCT", 8}, {cell.Area, "GB-NIR", 2.3}, {cell.Area, "IE", 1}, {cell.Area, "FR", .05},
	{cell.Hour, "night", 5}, {cell.Hour, "morning", 22}, {cell.Hour, "afternoon", 41}, {cell.Hour, "evening", 32},
	{cell.Length, "10s", 74}, {cell.Length, "1m", 46}, {cell.Length, "3m", 21}, {cell.Length, "10m", 4},
	{cell.Decision, "yes", 55}, {cell.Decision, "no", 34},
}

// daily is the visits of a day: weekdays, term time and growth.
func daily(d day.Day) float64 {
	n := 62 + 26*math.Sin(float64(d)*2*math.Pi/7) + 14*math.Sin(float64(d)*1.7)
	switch d.Month() {
	case 8:
		n *= .55
	case 10, 11, 12:
		n *= 1.25
	case 2:
		n *= 1.1
	}
	if d.Month() == 12 && d.Time().Day() > 22 {
		n *= .1
	}
	return n * (1 + float64(d-day.New(2026, 1, 1))/1400)
}

// Filled is a ledger with sealed figures of the site for whole months of 2026,
// from January to the last one given. scale makes the charity larger or smaller:
// at 1 it has about 70 visits a day.
func Filled(scale float64, to time.Month) *Ledger {
	l := &Ledger{}
	first, last := day.New(2026, 1, 1), day.New(2026, to+1, 1)-1
	visits := map[string]float64{} // by month and quarter name
	for _, p := range disclosure.Days(first, last) {
		n := scale * daily(p.First)
		l.put(p, []share{{cell.Total, "", 100}}, n)
		for _, g := range []disclosure.Grain{disclosure.Month, disclosure.Quarter, disclosure.Week} {
			visits[disclosure.PeriodOf(g, p.First, 1).Name] += n
		}
	}
	for _, p := range disclosure.Weeks(first, last) {
		l.put(p, nil, 0)
	}
	for _, p := range disclosure.Quarters(first, last-70, 1) {
		l.put(p, sensitive(), visits[p.Name])
	}
	for _, p := range disclosure.Months(first, last) {
		l.put(p, shares, visits[p.Name])
	}
	return l
}

func sensitive() (some []share) {
	for _, s := range shares {
		if s.table == cell.Contact || s.table == cell.ContactHour || s.table == cell.Issue || s.table == cell.Outcome {
			some = append(some, s)
		}
	}
	return some
}

// put seals one period with the share of its visits that each value has, by
// rule sdc1 without its noise.
func (l *Ledger) put(p disclosure.Period, of []share, visits float64) {
	var entries []disclosure.Entry
	for _, s := range of {
		n := uint64(math.Round(visits * s.percent / 100))
		e := disclosure.Entry{Atom: disclosure.Atom{Site: "kx4f9q", Basis: cell.BasisConsent, Table: s.table, Period: p, Value: s.value}, N: n, Noisy: int64(n)}
		if n >= 10 && !disclosure.AlwaysStrict(s.table) || n >= 20 {
			e.Shown = (n + 2) / 5 * 5
		}
		entries = append(entries, e)
	}
	_ = l.Seal(context.Background(), disclosure.Sealing{Site: "kx4f9q", Basis: cell.BasisConsent, Parts: []disclosure.Sealed{{Period: p, Entries: entries}}}) // memory cannot fail
}
