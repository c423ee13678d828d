package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/tally"
	"github.com/footfall-analytics/footfall/internal/totals"
)

// recordKeysKind is the record kind of the keys of case records that were
// destroyed; the record id is the counting year; by site.
const recordKeysKind record.Kind = "deleted-record-keys"

// sealTotals seals the totals of case records that are ripe.
func (a *App) sealTotals(ctx context.Context, total *Sealed) error {
	return a.totals.Seal(ctx, func(plan disclosure.RecordPlan) error {
		if err := a.maySeal(ctx); err != nil {
			return err
		}
		plan.Strict = a.strict
		r, err := a.sealer.SealRecords(ctx, plan, a.clock())
		total.Periods += r.Periods
		total.Atoms += r.Atoms
		a.metrics.sealed.Add(float64(r.Atoms))
		return err
	})
}

// endRecordYears destroys the keys of case records of years that are over: what
// was entered cannot be read any more, nor more be entered.
func (a *App) endRecordYears(ctx context.Context) error {
	due, wrong := a.totals.Ended(ctx, a.clock())
	for _, year := range sorted(due) {
		d, err := readDeletions[deletedKey](a.records, recordKeysKind, strconv.Itoa(year))
		if err != nil {
			return err
		}
		before := len(d.all)
		for _, key := range due[year] {
			if _, done := d.all[key]; done {
				continue
			}
			if err := a.maySeal(ctx); err != nil {
				return err
			}
			now := a.clock().UTC()
			if err := a.sealer.Keys.Destroy(disclosure.RecordsKey(key), year, now); err != nil {
				return err
			}
			d.all[key] = deletedKey{Destroyed: now}
		}
		if len(d.all) > before {
			if err := d.put(ctx, a); err != nil {
				return fmt.Errorf("end year %d of case records: %w", year, err)
			}
		}
	}
	return wrong
}

// TotalsFile is the arguments of `totals import`.
type TotalsFile struct {
	Site      string `json:"site"`
	Content   []byte `json:"content"`
	Indicator string `json:"indicator"`   // for files without such a column
	YearStart int    `json:"year_starts"` // month in which a year such as 2026/27 begins
	Preview   bool   `json:"preview"`
}

// TotalsRow is the arguments of `totals add`.
type TotalsRow struct {
	Site      string            `json:"site"`
	Indicator string            `json:"indicator"`
	Period    string            `json:"period"`
	Count     string            `json:"count"`
	Values    map[string]string `json:"values"`
	Preview   bool              `json:"preview"`
}

// TotalsEntered is what `totals import` and `totals add` print.
type TotalsEntered struct {
	totals.Preview
	Stored bool `json:"stored"`
}

// Text is the result for people.
func (t TotalsEntered) Text() string {
	var b strings.Builder
	for _, l := range t.Lines {
		fmt.Fprintf(&b, "%-9s %s  %s  %d", l.Change, l.Name, l.Indicator, l.Whole)
		if l.Added {
			b.WriteString(" (added up from its values)")
		}
		if l.Was != nil {
			fmt.Fprintf(&b, " (was %d)", *l.Was)
		}
		for _, value := range slices.Sorted(maps.Keys(l.Parts)) {
			fmt.Fprintf(&b, "  %s %d", value, l.Parts[value])
		}
		b.WriteString("\n")
	}
	for _, note := range t.Notes {
		b.WriteString(note + "\n")
	}
	switch {
	case !t.Stored:
		b.WriteString("This is a preview: nothing is stored.\n")
	case t.Upload == "":
		b.WriteString("All of it is there already: nothing had to be stored.\n")
	default:
		fmt.Fprintf(&b, "Stored as upload %s. It can be replaced and undone until it is sealed, 48 hours from now or 48 hours after its period, whichever is later.\n", t.Upload)
	}
	return b.String()
}

func (a *App) importTotals(ctx context.Context, f TotalsFile) (TotalsEntered, error) {
	o, err := a.totals.Options(f.Site)
	if err != nil {
		return TotalsEntered{}, err
	}
	o.Indicator, o.YearStart = f.Indicator, f.YearStart
	file, err := tally.Parse(f.Content, o)
	if err != nil {
		return TotalsEntered{}, err
	}
	return a.enterTotals(ctx, totals.Upload{Site: f.Site, Author: author, From: "file", File: file, Hash: totals.Hash(f.Content)}, f.Preview)
}

func (a *App) addTotals(ctx context.Context, r TotalsRow) (TotalsEntered, error) {
	o, err := a.totals.Options(r.Site)
	if err != nil {
		return TotalsEntered{}, err
	}
	var rows []map[string]string
	if r.Count != "" {
		rows = append(rows, map[string]string{"period": r.Period, "indicator": r.Indicator, "count": r.Count})
	}
	for _, value := range sorted(r.Values) {
		rows = append(rows, map[string]string{"period": r.Period, "indicator": r.Indicator, "value": value, "count": r.Values[value]})
	}
	body, err := json.Marshal(map[string]any{"totals": rows})
	if err != nil {
		return TotalsEntered{}, fmt.Errorf("encode totals: %w", err)
	}
	file, err := tally.ParseJSON(body, o)
	if err != nil {
		return TotalsEntered{}, err
	}
	return a.enterTotals(ctx, totals.Upload{Site: r.Site, Author: author, From: "form", File: file, Hash: totals.Hash(body)}, r.Preview)
}

func (a *App) enterTotals(ctx context.Context, u totals.Upload, preview bool) (TotalsEntered, error) {
	if preview {
		p, err := a.totals.Preview(ctx, u)
		return TotalsEntered{Preview: p}, err
	}
	p, err := a.totals.Save(ctx, u)
	return TotalsEntered{Preview: p, Stored: true}, err
}

// TotalsList is what `totals list` prints: what is entered, never how many.
type TotalsList []totals.Entry

// Text is the list for people.
func (l TotalsList) Text() string {
	if len(l) == 0 {
		return "No totals are entered. Take them in with: footfall totals import SITE FILE\n"
	}
	var b strings.Builder
	for _, e := range l {
		state := "not sealed, upload " + e.Upload
		if e.Final {
			state = "final, sealed in the next round"
		}
		if e.Sealed {
			state = "sealed"
		}
		fmt.Fprintf(&b, "%s  %s  by %s on %s  (%s)\n", e.Period, e.Indicator, e.Author, e.Time.Format("2 January 2006"), state)
	}
	return b.String()
}

func (a *App) listTotals(ctx context.Context, key string) (TotalsList, error) {
	if _, _, err := a.siteDoc(key); err != nil {
		return nil, err
	}
	return a.totals.List(ctx, key)
}

// TotalsChoice is the arguments of `totals undo` and `totals seal`.
type TotalsChoice struct {
	Site      string `json:"site"`
	Upload    string `json:"upload"`
	Indicator string `json:"indicator"`
	Period    string `json:"period"`
}

// TotalsUndone is what `totals undo` prints.
type TotalsUndone totals.Undone

// Text is the result for people.
func (u TotalsUndone) Text() string {
	return fmt.Sprintf("Undone: %s. What stood before stands again.\n", strings.Join(u.Periods, ", "))
}

func (a *App) undoTotals(ctx context.Context, c TotalsChoice) (TotalsUndone, error) {
	if _, _, err := a.siteDoc(c.Site); err != nil {
		return TotalsUndone{}, err
	}
	u, err := a.totals.Undo(ctx, c.Site, c.Upload, author)
	return TotalsUndone(u), err
}

func (a *App) finalTotals(ctx context.Context, c TotalsChoice) (Sealed, error) {
	if _, err := a.totals.Final(ctx, c.Site, c.Indicator, c.Period, author); err != nil {
		return Sealed{}, err
	}
	return a.sealTotalsNow(ctx)
}

// sealTotalsNow seals what is ripe of case records alone. Where another process
// seals, it does so in its next round.
func (a *App) sealTotalsNow(ctx context.Context) (s Sealed, err error) {
	if a.steady != nil {
		if err := a.steady.check(); err != nil {
			return s, err
		}
	}
	a.closing.Lock()
	defer a.closing.Unlock()
	if err = a.sealTotals(ctx, &s); errors.Is(err, errSealedElsewhere) {
		err = nil
	}
	return s, err
}

// KeyChoice is the arguments of `totals key`.
type KeyChoice struct {
	Site string `json:"site"`
	Name string `json:"name"`
	ID   string `json:"id"`
}

// KeyAdded is what `totals key add` prints. The key is told once.
type KeyAdded struct {
	ID  string `json:"id"`
	Key string `json:"key"`
	URL string `json:"url"`
}

// Text is the new key for people.
func (k KeyAdded) Text() string {
	return fmt.Sprintf("Key %s, which is not shown again:\n  %s\nSend totals to %s with the header Authorization: Bearer KEY\n", k.ID, k.Key, k.URL)
}

func (a *App) addKey(ctx context.Context, c KeyChoice) (KeyAdded, error) {
	id, key, err := a.totals.AddKey(ctx, c.Site, c.Name, author)
	return KeyAdded{ID: id, Key: key, URL: a.cfg.PublicURL + "/v1/totals"}, err
}

// KeyList is what `totals key list` and `revoke` print.
type KeyList []totals.SourceShown

// Text is the list for people.
func (l KeyList) Text() string {
	if len(l) == 0 {
		return "No keys. Make one with: footfall totals key add SITE NAME\n"
	}
	var b strings.Builder
	for _, k := range l {
		state := "opens"
		if k.Revoked {
			state = "revoked"
		}
		fmt.Fprintf(&b, "%s  %s  since %s  (%s)\n", k.ID, k.Name, k.Since.Format("2 January 2006"), state)
	}
	return b.String()
}

func (a *App) listKeys(_ context.Context, c KeyChoice) (KeyList, error) {
	if _, _, err := a.siteDoc(c.Site); err != nil {
		return nil, err
	}
	return a.totals.ListKeys(c.Site)
}

func (a *App) revokeKey(ctx context.Context, c KeyChoice) (KeyList, error) {
	if err := a.totals.RevokeKey(ctx, c.Site, c.ID, author); err != nil {
		return nil, err
	}
	return a.listKeys(ctx, c)
}

// TemplateChoice is the arguments of `indicator template`.
type TemplateChoice struct {
	Site     string `json:"site"`
	Template string `json:"template"`
}

func (a *App) takeTemplate(ctx context.Context, c TemplateChoice) (IndicatorList, error) {
	if _, err := a.totals.TakeTemplate(ctx, c.Site, c.Template, author); err != nil {
		return IndicatorList{}, err
	}
	return a.listIndicators(ctx, c.Site)
}
