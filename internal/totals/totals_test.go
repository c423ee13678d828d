package totals

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/record/recordtest"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
	"github.com/footfall-analytics/footfall/internal/site"
	"github.com/footfall-analytics/footfall/internal/tally"
)

// office is a charity with two indicators of case records, and its clock.
type office struct {
	*Desk
	t      *testing.T
	now    time.Time
	log    *recordtest.Log
	ledger *reporttest.Ledger
}

const key = "kx4f9q"

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), log: &recordtest.Log{}, ledger: &reporttest.Ledger{}}
	clock := func() time.Time { return o.now }
	book, err := record.Open(t.Context(), o.log, clock)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := disclosure.OpenKeys(t.TempDir(), [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	put := func(kind record.Kind, id string, body any) {
		if _, err := book.Put(t.Context(), kind, id, 0, "test", body); err != nil {
			t.Fatal(err)
		}
	}
	put(site.Kind, key, reporttest.Site())
	choice := func(id string) site.Choice { return site.Choice{ID: id, Label: site.Text{En: id, Cy: id}} }
	put(funder.DefinitionKind, key+"-families", funder.Definition{ID: "families", Site: key, Source: funder.Records, Label: site.Text{En: "Families"}, Values: []site.Choice{choice("new"), choice("returning")}})
	put(funder.DefinitionKind, key+"-calls", funder.Definition{ID: "calls", Site: key, Source: funder.Records, Label: site.Text{En: "Calls"}})
	o.Desk = &Desk{Records: book, Ledger: o.ledger, Keys: keys, Clock: clock}
	return o
}

// upload reads rows of a CSV without its heading.
func (o *office) upload(rows ...string) Upload {
	o.t.Helper()
	options, err := o.Options(key)
	if err != nil {
		o.t.Fatal(err)
	}
	content := []byte("Period,Indicator,Value,Count\n" + strings.Join(rows, "\n"))
	f, err := tally.Parse(content, options)
	if err != nil {
		o.t.Fatal(err)
	}
	return Upload{Site: key, Author: "u1", From: "file", File: f, Hash: Hash(content)}
}

func (o *office) save(rows ...string) Preview {
	o.t.Helper()
	p, err := o.Save(o.t.Context(), o.upload(rows...))
	if err != nil {
		o.t.Fatal(err)
	}
	return p
}

func (o *office) refuses(why string, rows ...string) {
	o.t.Helper()
	before := len(o.log.Kept)
	for _, f := range []func(context.Context, Upload) (Preview, error){o.Preview, o.Save} {
		if p, err := f(o.t.Context(), o.upload(rows...)); tally.AsRefusal(err) == nil || !strings.Contains(err.Error(), why) || len(p.Lines) > 0 {
			o.t.Errorf("%v: %+v %v, want %q", rows, p, err, why)
		}
	}
	if len(o.log.Kept) != before {
		o.t.Errorf("%v: something was stored", rows)
	}
}

func (o *office) seal() {
	o.t.Helper()
	sealer := &disclosure.Sealer{Ledger: o.ledger, Keys: o.Keys}
	err := o.Seal(o.t.Context(), func(p disclosure.RecordPlan) error {
		_, err := sealer.SealRecords(o.t.Context(), p, o.now)
		return err
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

// changes writes what became of each line.
func changes(p Preview) (all []string) {
	for _, l := range p.Lines {
		text := l.Indicator + " " + l.Name + " " + string(l.Change)
		all = append(all, text)
	}
	return all
}

func (o *office) list() (all []string) {
	o.t.Helper()
	entries, err := o.List(o.t.Context(), key)
	if err != nil {
		o.t.Fatal(err)
	}
	for _, e := range entries {
		text := e.Indicator + " " + e.Period + " " + e.From
		if e.Sealed {
			text += " sealed"
		}
		all = append(all, text)
	}
	return all
}

func same(t *testing.T, what string, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s:\n%s", what, diff)
	}
}

func TestTotalsAreEnteredReplacedAndUndone(t *testing.T) {
	o := newOffice(t)
	rows := []string{"2026-09,families,new,12", "2026-09,families,returning,30", "2026-09,calls,,4711"}
	p, err := o.Preview(t.Context(), o.upload(rows...))
	if err != nil || p.Upload != "" || len(o.list()) > 0 {
		t.Fatalf("a preview stored something: %+v %v", p, err)
	}
	same(t, "preview", []string{"calls 2026-09 new", "families 2026-09 new"}, changes(p))
	first := o.save(rows...)
	if first.Upload == "" {
		t.Error("nothing was stored")
	}
	docs := len(o.log.Kept)
	if p := o.save(rows...); p.Upload != "" || len(o.log.Kept) != docs {
		t.Errorf("the same again made a version: %v", changes(p))
	}
	second := o.save("2026-09,calls,,4712", "2026-08,calls,,3")
	same(t, "second upload", []string{"calls 2026-08 new", "calls 2026-09 replaces"}, changes(second))
	if was := second.Lines[1].Was; was == nil || *was != 4711 {
		t.Errorf("what stood before: %v", was)
	}
	if _, err := o.Undo(t.Context(), key, first.Upload, "u1"); err == nil || !strings.Contains(err.Error(), "entered again since") {
		t.Errorf("what was replaced is undone: %v", err)
	}
	for _, want := range []struct{ undone, left []string }{
		{[]string{"calls 2026-08", "calls 2026-09"}, []string{"calls 2026-09 undo", "families 2026-09 file"}},
		{[]string{"calls 2026-09", "families 2026-09"}, nil},
	} {
		done, err := o.Undo(t.Context(), key, "", "u1")
		if err != nil {
			t.Fatal(err)
		}
		same(t, "undone", want.undone, done.Periods)
		same(t, "left", want.left, o.list())
	}
	if _, err := o.Undo(t.Context(), key, "", "u1"); !errors.Is(err, ErrNothing) {
		t.Errorf("nothing is left: %v", err)
	}
	for _, d := range o.log.Kept {
		if d.Kind == Kind && (bytes.Contains(d.Body, []byte("4711")) || bytes.Contains(d.Body, []byte("whole"))) {
			t.Errorf("a count is readable: %s", d.Body)
		}
	}
}

func TestSealedTotalsStay(t *testing.T) {
	o := newOffice(t)
	first := o.save("2026-10,calls,,120", "2026-09,calls,,110")
	o.seal()
	same(t, "sealed too early", []string{"calls 2026-09 file", "calls 2026-10 file"}, o.list())
	o.now = o.now.Add(disclosure.Grace)
	o.save("2026-08,calls,,100", "2026-Q2,families,,90")
	o.seal()
	sealed := []string{"calls 2026-08 file", "calls 2026-09 file sealed", "calls 2026-10 file sealed", "families 2026-Q2 file"}
	same(t, "after 48 hours", sealed, o.list())
	o.refuses("2026-10 of calls is sealed", "2026-10,calls,,121")
	o.refuses("2026-Q3 of calls: 2026-09 is sealed", "2026-Q3,calls,,121")
	o.refuses("2026-Q2 is entered already", "2026-05,families,,9")
	if p := o.save("2026-10,calls,,120"); p.Upload != "" {
		t.Error("the sealed number again made a version")
	}
	if _, err := o.Undo(t.Context(), key, first.Upload, "u1"); err == nil || !strings.Contains(err.Error(), "is sealed") {
		t.Errorf("what is sealed is undone: %v", err)
	}
	if n, err := o.Final(t.Context(), key, "calls", "", "u2"); n != 1 || err != nil {
		t.Errorf("final: %d %v", n, err)
	}
	o.seal()
	sealed[0] = "calls 2026-08 file sealed"
	same(t, "final", sealed, o.list())
	if _, err := o.Final(t.Context(), key, "calls", "", "u2"); err == nil {
		t.Error("nothing is left to seal, and nothing is said")
	}
	o.save("2026-07,calls,,90") // the last month of a quarter
	if _, err := o.Final(t.Context(), key, "calls", "2026-07", "u2"); err != nil {
		t.Fatal(err)
	}
	o.seal()
	q := disclosure.Query{Site: key, Table: cell.Indicator, Value: "calls", Period: disclosure.PeriodOf(disclosure.Quarter, o.upload("2026-07,calls,,90").File.Totals[0].Period.First, 1)}
	if f, err := disclosure.NewRecordBook(o.ledger).Figure(t.Context(), q); err != nil || !f.IsShown() {
		t.Errorf("the quarter: %v %v", f, err)
	}
}

func TestKeysOfAYearEnd(t *testing.T) {
	o := newOffice(t)
	o.save("2025-10,calls,,12")
	o.now = time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	o.seal()
	o.save("2025-11,calls,,13")
	ended := func() []string {
		t.Helper()
		due, err := o.Ended(t.Context(), o.now)
		if err != nil {
			t.Fatal(err)
		}
		return due[2025]
	}
	if sites := ended(); sites != nil {
		t.Errorf("too early: %v", sites)
	}
	o.now = o.now.Add(24 * time.Hour)
	o.refuses("could be entered until 1 February 2027", "2025-12,calls,,14")
	if sites := ended(); len(sites) > 0 {
		t.Errorf("something waits to be sealed: %v", sites)
	}
	o.now = o.now.Add(48 * time.Hour)
	o.seal()
	if sites := ended(); len(sites) != 1 {
		t.Errorf("due: %v", sites)
	}
	if err := o.Keys.Destroy(disclosure.RecordsKey(key), 2025, o.now); err != nil {
		t.Fatal(err)
	}
	o.seal() // what is gone is in nobody's way
	if sites := ended(); len(sites) != 1 {
		t.Errorf("due again, for what was cut short: %v", sites)
	}
}

// A key that cannot be read is not destroyed, for what waits to be sealed.
func TestAYearOfAnUnreadableKeyIsNotDue(t *testing.T) {
	o := newOffice(t)
	dir := t.TempDir()
	var err error
	if o.Keys, err = disclosure.OpenKeys(dir, [32]byte{1}); err != nil {
		t.Fatal(err)
	}
	o.now = time.Date(2025, 11, 22, 9, 0, 0, 0, time.UTC)
	o.save("2025-10,calls,,12", "2024-10,calls,,13")
	if err := o.Keys.Destroy(disclosure.RecordsKey(key), 2024, o.now); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, disclosure.RecordsKey(key)+".2025.key"), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if due, err := o.Ended(t.Context(), time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)); err == nil || len(due[2025]) > 0 || len(due[2024]) != 1 {
		t.Errorf("due: %v %v, want the other year alone and an error", due, err)
	}
}

func TestALostKeyIsNotMadeAgain(t *testing.T) {
	o := newOffice(t)
	o.save("2026-09,calls,,110")
	keys, err := disclosure.OpenKeys(t.TempDir(), [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	o.Keys = keys
	if _, err := o.Save(t.Context(), o.upload("2026-08,calls,,1")); !errors.Is(err, disclosure.ErrNoKey) {
		t.Errorf("a second key was made: %v", err)
	}
	o.MayWrite = func(context.Context) error { return errors.New("another has them") }
	if _, err := o.Save(t.Context(), o.upload("2026-08,calls,,1")); err == nil || !strings.Contains(err.Error(), "another has them") {
		t.Errorf("written without the keys: %v", err)
	}
}

func TestKeysOfSources(t *testing.T) {
	o := newOffice(t)
	id, secret, err := o.AddKey(t.Context(), key, "Case system", "u1")
	if err != nil {
		t.Fatal(err)
	}
	if k, err := o.FindKey(secret); err != nil || k.Site != key || k.ID != id {
		t.Errorf("%+v %v", k, err)
	}
	for _, wrong := range []string{"", "fk_", secret + "x", strings.TrimPrefix(secret, keyPrefix), id} {
		if _, err := o.FindKey(wrong); !errors.Is(err, ErrKey) {
			t.Errorf("%q opens: %v", wrong, err)
		}
	}
	for _, d := range o.log.Kept {
		if bytes.Contains(d.Body, []byte(secret)) || strings.Contains(d.ID, secret) {
			t.Error("the key is kept")
		}
	}
	if err := o.RevokeKey(t.Context(), "zzzzzz", id, "u1"); err == nil {
		t.Error("another site revokes it")
	}
	if err := o.RevokeKey(t.Context(), key, id, "u1"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.FindKey(secret); !errors.Is(err, ErrKey) {
		t.Errorf("a revoked key opens: %v", err)
	}
	if list, err := o.ListKeys(key); err != nil || len(list) != 1 || !list[0].Revoked || list[0].Name != "Case system" {
		t.Errorf("%+v %v", list, err)
	}
}

// A box and its key as they were written when there first were any.
func TestOldBoxesOpen(t *testing.T) {
	dir := t.TempDir()
	file, err := base64.StdEncoding.DecodeString("Zm9vdGZhbGwgbm9pc2Uga2V5IDEKOu4ErtzQDVKWk6avjbYZMNpo5198Z2npIRrS3ttWCVG4KcHkSXdJc7WzP48f8lvSk6gsEGebnuVX7ZGa")
	if err := errors.Join(err, os.WriteFile(filepath.Join(dir, "kx4f9q-records.2026.key"), file, 0o600)); err != nil {
		t.Fatal(err)
	}
	keys, wrong := disclosure.OpenKeys(dir, [32]byte{1})
	box, err := base64.StdEncoding.DecodeString("Qe5zDKk/20Z5bbd5ckAWlzZw3+6ud9ql5k8TekRd+U5xfJF0sfo5vPs4dgUqmFroIvQMsCyYBLzbKh4SBcs10Q==")
	period, notRead := ParsePeriod("2026-09")
	if err := errors.Join(wrong, err, notRead); err != nil {
		t.Fatal(err)
	}
	n, err := (&Desk{Keys: keys}).open(standing{record.Doc{ID: "kx4f9q-families:2026-09"}, Version{Site: key, Box: box}, period})
	if want := (numbers{Whole: 37, Parts: map[string]uint64{"new": 37}}); err != nil || !want.same(n) {
		t.Errorf("%+v %v", n, err)
	}
}
