package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/notice"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// EvidenceAsked is the arguments of `evidence`.
type EvidenceAsked struct {
	Site string `json:"site"`
	From string `json:"from"` // first month, such as 2026-01
	To   string `json:"to"`   // last month
}

// evidence is everything that a pack shows of one site and period.
type evidence struct {
	Site      string
	Name      string
	From, To  string
	Banners   []packedBanner
	Decisions []monthDecisions
	History   []record.Doc // what was in force at the start, and every version since
	Notices   []datedNotice
	Keys      []signingKey
	end       time.Time // of the period
}

// packedBanner is a version of the banner and when visitors met it.
type packedBanner struct {
	Version  uint32      `json:"version"`
	Hash     string      `json:"hash"`
	Material string      `json:"material"`
	Author   string      `json:"author"`
	From     time.Time   `json:"from"`
	Until    *time.Time  `json:"until"` // null if it was still shown at the end of the period
	Banner   site.Banner `json:"banner"`
}

// monthDecisions is how a month's visitors answered, in sealed figures.
type monthDecisions struct {
	Month   string           `json:"month"`
	Basis   site.Basis       `json:"basis"` // of statistics
	Sealed  bool             `json:"sealed"`
	Gone    bool             `json:"gone,omitempty"` // the figures were deleted at the end of their time
	Answers []disclosure.Row `json:"answers"`
	Banners []disclosure.Row `json:"banners"` // by banner version, answer and language
}

// datedNotice is what visitors were told from a time on.
type datedNotice struct {
	From        time.Time
	Texts       map[string]string // by language
	Declaration notice.Declaration
}

type signingKey struct {
	Fingerprint string `json:"fingerprint"`
	Use         string `json:"use"`
	Algorithm   string `json:"algorithm"`
}

// packEvidence gathers what was so in a period and packs it into one file.
func (a *App) packEvidence(ctx context.Context, asked EvidenceAsked) (Evidence, error) {
	s, err := record.Get[site.Site](a.records, site.Kind, asked.Site)
	if err != nil {
		return Evidence{}, fmt.Errorf("no site has the key %q: `footfall site list` shows them", asked.Site)
	}
	period, err := monthsAsked(asked)
	if err != nil {
		return Evidence{}, err
	}
	start, end := period.First.Start(s.Location()), period.Last.End(s.Location())
	e := evidence{Site: s.Key, Name: s.Name, From: asked.From, To: asked.To, end: end.UTC()}
	if doc, found := record.AsOf(a.records.History(site.Kind, s.Key), end); found {
		then, err := record.As[site.Site](doc)
		if err != nil {
			return Evidence{}, err
		}
		e.Name = then.Name
	}
	e.Keys = []signingKey{{a.signer.Fingerprint(), "receipts", "HMAC-SHA-256, cut to 128 bits"}}
	for _, kind := range []record.Kind{site.Kind, site.BannerKind} {
		e.History = append(e.History, within(a.records.History(kind, s.Key), start, end)...)
	}
	if e.Banners, err = a.bannersWithin(s.Key, start, end); err != nil {
		return Evidence{}, err
	}
	if e.Decisions, err = a.decisionsWithin(ctx, e, period); err != nil {
		return Evidence{}, err
	}
	if e.Notices, err = a.noticesWithin(s.Key, start, end); err != nil {
		return Evidence{}, err
	}
	return e.pack()
}

func monthsAsked(asked EvidenceAsked) (disclosure.Period, error) {
	from, err := disclosure.ParsePeriod(asked.From, 1)
	if err == nil && from.Grain != disclosure.Month {
		err = disclosure.ErrPeriod
	}
	to, errTo := disclosure.ParsePeriod(asked.To, 1)
	if errTo == nil && to.Grain != disclosure.Month {
		errTo = disclosure.ErrPeriod
	}
	if err != nil || errTo != nil || from.First > to.First {
		return disclosure.Period{}, fmt.Errorf("period %s to %s: want a first and a last month such as 2026-01 and 2026-03", asked.From, asked.To)
	}
	return disclosure.Run(from.First, to.First), nil
}

// within is the version in force at start and every version until end.
func within(versions []record.Doc, start, end time.Time) (docs []record.Doc) {
	for _, v := range versions {
		if !v.Time.Before(end) {
			break
		}
		if !v.Time.After(start) {
			docs = nil // another came in its place before the period began
		}
		docs = append(docs, v)
	}
	return docs
}

func (a *App) bannersWithin(key string, start, end time.Time) (shown []packedBanner, err error) {
	all, _, err := a.bannersAt(key, end)
	if err != nil {
		return nil, err
	}
	known := consent.NewBanners(all)
	for _, doc := range within(a.records.History(site.BannerKind, key), start, end) {
		b, err := record.As[site.Banner](doc)
		if err != nil {
			return nil, err
		}
		if n := len(shown); n > 0 {
			shown[n-1].Until = &doc.Time
		}
		v := packedBanner{Version: doc.Version, Hash: b.Hash(), Material: b.Material(), Author: doc.Author, From: doc.Time, Banner: b}
		if first, ok := known.Find(v.Hash); ok {
			v.Version = first.Number // as receipts name it
		}
		shown = append(shown, v)
	}
	return shown, nil
}

// answers reads sealed figures; both books do.
type answers interface {
	Table(ctx context.Context, q disclosure.Query) ([]disclosure.Row, error)
	TableOf(ctx context.Context, q disclosure.Query, domain []string) ([]disclosure.Row, error)
}

// decisionsWithin reads the sealed answers of each month, under each basis that
// a banner of the period had.
func (a *App) decisionsWithin(ctx context.Context, e evidence, period disclosure.Period) (all []monthDecisions, err error) {
	had := func(b site.Basis) bool {
		return slices.ContainsFunc(e.Banners, func(p packedBanner) bool { return (p.Banner.Basis() == site.Exception) == (b == site.Exception) })
	}
	for _, month := range disclosure.Months(period.First, period.Last) {
		for _, of := range []struct {
			basis site.Basis
			book  answers
		}{{site.Consent, a.book}, {site.Exception, a.own}} {
			if !had(of.basis) {
				continue
			}
			m, err := readDecisions(ctx, of.book, disclosure.Query{Site: e.Site, Period: month})
			if err != nil {
				return nil, fmt.Errorf("read answers: %w", err)
			}
			m.Month, m.Basis = month.Name, of.basis
			all = append(all, m)
		}
	}
	return all, nil
}

func readDecisions(ctx context.Context, book answers, q disclosure.Query) (m monthDecisions, err error) {
	q.Table = cell.Decision
	if m.Answers, err = book.TableOf(ctx, q, knownDomains()[cell.Decision]); err == nil {
		q.Table = cell.Banner
		m.Banners, err = book.Table(ctx, q)
	}
	if errors.Is(err, disclosure.ErrOpen) || errors.Is(err, disclosure.ErrGone) {
		return monthDecisions{Answers: []disclosure.Row{}, Banners: []disclosure.Row{}, Gone: errors.Is(err, disclosure.ErrGone)}, nil
	}
	m.Sealed = true
	return m, err
}

// noticesWithin writes the notice again as it was at the start and after every
// change within the period.
func (a *App) noticesWithin(key string, start, end time.Time) (all []datedNotice, err error) {
	for _, at := range a.changes(key, start, end) {
		f, ok, err := a.factsAt(key, at)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue // the site was added later
		}
		n := datedNotice{From: at.UTC(), Texts: map[string]string{}, Declaration: notice.Declare(f, notice.Langs[0])}
		for _, lang := range notice.Langs {
			text, err := notice.Write(f, lang)
			if err != nil {
				return nil, err
			}
			n.Texts[lang] = text.Text()
		}
		if last := len(all) - 1; last < 0 || all[last].Texts["en"] != n.Texts["en"] {
			all = append(all, n)
		}
	}
	return all, nil
}

// changes lists the start of a period and every moment in it at which what
// visitors are told can have changed.
func (a *App) changes(key string, start, end time.Time) []time.Time {
	at := []time.Time{start}
	note := func(t time.Time) {
		if t.After(start) && t.Before(end) {
			at = append(at, t)
		}
	}
	docs := slices.Concat(a.records.History(site.Kind, key), a.records.History(site.BannerKind, key),
		a.records.History(site.RetentionKind, key), a.records.History(site.RetentionKind, site.EverySite))
	for _, kind := range []record.Kind{funder.Kind, funder.GrantKind, funder.LinkKind} {
		for _, d := range a.records.List(kind) {
			docs = append(docs, a.records.History(kind, d.ID)...)
		}
	}
	for _, d := range docs {
		note(d.Time)
		if link, err := record.As[funder.Link](d); err == nil && d.Kind == funder.LinkKind {
			note(link.Expires)
		}
	}
	slices.SortFunc(at, time.Time.Compare)
	return slices.Compact(at)
}
