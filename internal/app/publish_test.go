package app

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/record/recordtest"
	"github.com/footfall-analytics/footfall/internal/report"
)

// faulty is a log in which one append fails, before or after it has stored.
type faulty struct {
	recordtest.Log
	at     int  // which append fails, counted down; 0 = none any more
	stored bool // it stores first: its answer is what is lost
}

var errLost = errors.New("the database is away")

func (l *faulty) Append(ctx context.Context, d record.Doc) error {
	if l.at--; l.at != 0 {
		return l.Log.Append(ctx, d)
	}
	if l.stored {
		if err := l.Log.Append(ctx, d); err != nil {
			return err
		}
	}
	return errLost
}

// shelve puts the records of a service into a log.
func (s *service) shelve(t *testing.T, l record.Log) {
	t.Helper()
	book, err := record.Open(t.Context(), l, s.clock)
	if err != nil {
		t.Fatal(err)
	}
	book.OnChange(s.App.change)
	s.records = book
}

// However far a publication came when the database or the process went away:
// tried again, there is one version of what was approved, the draft is
// published, and links open that version.
func TestPublishingIsTriedAgain(t *testing.T) {
	s, g := sealed(t)
	l := &faulty{}
	var err error
	if l.Kept, err = s.store.Docs(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.shelve(t, l)
	n := 0
	for _, as := range []trial{{restarted: true}, {stored: true}, {stored: true, restarted: true}} {
		for corrected, appends := range []int{2, 4} { // the report, two links of the version before, the draft
			for at := range appends {
				n++
				g.ID, g.FunderRef = fmt.Sprintf("grant-%d", n), fmt.Sprint("ref-", n)
				as.corrected, as.at = corrected, at+1
				t.Run(fmt.Sprintf("%+v", as), func(t *testing.T) { s.publishTwice(t, l, g, as) })
			}
		}
	}
}

// trial is one way in which a publication fails.
type trial struct {
	corrected         int // versions before
	at                int
	stored, restarted bool // the append stores before it fails; the process starts anew
}

func (s *service) publishTwice(t *testing.T, l *faulty, g funder.Grant, as trial) {
	r, ctx, id := reports{s.App}, t.Context(), report.DraftID(g.ID, "Y1Q1")
	writer, second := s.user(t, account.Reporter), s.user(t, account.Approver)
	s.keep(t, g, funder.Limits{})
	d := report.Draft{}
	var err error
	if as.corrected > 0 {
		if _, _, err = s.publish(t, g, "Y1Q1"); err == nil {
			_, err = r.NewLink(ctx, writer, id, report.Terms{Days: 30})
		}
		if err == nil {
			d, err = r.Correct(ctx, writer, id, uint32(len(s.records.History(report.DraftKind, id))), "A word was wrong.")
		}
	} else {
		d, err = r.Save(ctx, writer, id, 0, report.Edit{Words: report.NewDraft(g.ID, "Y1Q1").Words})
	}
	if err == nil {
		d, err = r.Submit(ctx, writer, id, d.Version)
	}
	if err == nil {
		d, err = r.Approve(ctx, second, id, d.Version)
	}
	if err != nil {
		t.Fatal(err)
	}

	l.at, l.stored = as.at, as.stored
	if _, err := r.Publish(ctx, writer, id, d.Version); !errors.Is(err, errLost) {
		t.Fatalf("the first try: %v", err)
	}
	if as.restarted {
		s.shelve(t, l)
	}
	d, err = r.Publish(ctx, writer, id, d.Version)
	if err != nil || d.State != report.Published {
		t.Fatalf("the second try: %s, %v", d.State, err)
	}

	s.shelve(t, l)
	frozen := 0
	for _, doc := range s.records.List(report.Kind) {
		version, err := report.Parse(doc.Body)
		if err != nil {
			t.Fatal(err)
		}
		if version.Grant.FunderRef != g.FunderRef {
			continue
		}
		frozen += len(s.records.History(report.Kind, doc.ID))
		if version.ID != d.Report || version.Version != as.corrected+1 {
			t.Errorf("%s version %d is frozen; the draft names %s", version.ID, version.Version, d.Report)
		}
	}
	w, err := r.Draft(ctx, writer, id)
	if err != nil || w.Draft.State != report.Published || frozen != as.corrected+1 || len(w.Versions) != frozen {
		t.Errorf("%s, %d versions frozen, %d shown, %v", w.Draft.State, frozen, len(w.Versions), err)
	}
	links, err := r.Links(writer, id)
	if err != nil || len(links) != 2*as.corrected {
		t.Fatalf("%d links, %v", len(links), err)
	}
	for _, link := range links {
		if link.Version != as.corrected+1 || link.Revoked {
			t.Errorf("a link opens version %d, revoked: %v", link.Version, link.Revoked)
		}
	}
}
