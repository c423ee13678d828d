package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/site"
)

// countBy changes the basis of the site, and takes the pass of its visitors.
func (s *service) countBy(t *testing.T, basis site.Basis) {
	t.Helper()
	changed, err := s.setSite(t.Context(), SiteChange{Key: s.site.Key, Change: json.RawMessage(fmt.Sprintf(`{"basis":%q}`, basis))})
	if err != nil {
		t.Fatal(err)
	}
	s.site = changed.Site.Site
	if basis == site.Exception {
		s.pass = s.signer.ExceptionPass(s.site.Key, changed.Site.Banner) // in the banner, for everybody
		return
	}
	s.decide(t, changed.Site.Banner)
}

func TestTheExceptionIsCountedSealedAndShownApart(t *testing.T) {
	s := start(t)
	s.visit(t, "/agreed", 60)
	s.at(time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC))
	s.countBy(t, site.Exception)
	s.visit(t, "/told", 80)
	s.count(t)
	for basis, want := range map[cell.Basis]uint64{cell.BasisConsent: 60, cell.BasisException: 80} {
		if cells, err := s.store.Cells(t.Context(), s.site.Key, basis, 0, 1<<20); err != nil || total(cells) != want {
			t.Errorf("%s: %d visits, %v, want %d", basis, total(cells), err, want)
		}
	}
	s.at(time.Date(2026, 4, 4, 0, 0, 0, 0, time.UTC))
	if r := s.seal(t); r.Sites != 1 {
		t.Errorf("sealed %+v", r)
	}
	checkBooks(t, s)
	if again := s.seal(t); again.Periods != 0 {
		t.Errorf("sealed again: %+v", again)
	}

	// The other way round: what was told stays sealed, what is agreed goes on.
	s.countBy(t, site.Consent)
	s.visit(t, "/agreed", 60)
	s.count(t)
	s.at(time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC))
	s.seal(t)
	checkBooks(t, s)
	april := query(t, s, "2026-04")
	if rows, err := s.own.Table(t.Context(), april); err != nil || len(rows) > 0 {
		t.Errorf("April by the exception: %v %v, want nothing in a sealed month", rows, err)
	}
	if rows, err := s.book.Table(t.Context(), april); err != nil || len(rows) != 1 {
		t.Errorf("April with consent: %v %v", rows, err)
	}
}

// checkBooks: March has one page on each basis, and noise of its own.
func checkBooks(t *testing.T, s *service) {
	t.Helper()
	for want, read := range map[string]func(context.Context, disclosure.Query) ([]disclosure.Row, error){"/agreed": s.book.Table, "/told": s.own.Table} {
		rows, err := read(t.Context(), query(t, s, "2026-03"))
		if err != nil || len(rows) != 1 || rows[0].Value != want {
			t.Errorf("pages of March: %+v %v, want %s alone", rows, err, want)
		}
	}
}

func query(t *testing.T, s *service, month string) disclosure.Query {
	t.Helper()
	p, err := disclosure.ParsePeriod(month, 1)
	if err != nil {
		t.Fatal(err)
	}
	return disclosure.Query{Site: s.site.Key, Table: cell.Page, Period: p}
}

// A funder's report of a site that changed its basis has what was agreed to; one
// of a site that always counted by the exception does not come to be.
func TestNoReportHasTheException(t *testing.T) {
	s := start(t)
	s.visit(t, "/agreed", 60)
	s.countBy(t, site.Exception)
	s.visit(t, "/told", 900)
	both := s.site.Key
	shown, err := s.addSite(t.Context(), NewSite{Name: "Lantern", Hosts: []string{"www.harbour.example"}, TimeZone: "Europe/London", QuarterStart: 1, Basis: string(site.Exception)})
	if err != nil {
		t.Fatal(err)
	}
	s.site, s.pass = shown.Site, s.signer.ExceptionPass(shown.Site.Key, shown.Banner)
	s.visit(t, "/told", 900)
	s.count(t)
	s.at(time.Date(2026, 4, 4, 0, 0, 0, 0, time.UTC))
	if r := s.seal(t); r.Sites != 2 {
		t.Errorf("sealed %+v", r)
	}

	_, frozen, err := s.publish(t, s.online(t, both, visits), "Y1Q1")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := s.records.Get(report.Kind, frozen.ID)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(doc.Body); strings.Contains(text, "/told") || !strings.Contains(text, "/agreed") {
		t.Errorf("the report: %s", text)
	}
	for _, m := range frozen.Visits {
		if n, _ := m.Figure.Shown(); n > 200 {
			t.Errorf("60 visits were agreed to, and %d are reported", n)
		}
	}
	if _, _, err := s.publish(t, s.online(t, shown.Site.Key, visits), "Y1Q1"); err == nil || !strings.Contains(err.Error(), "exception") {
		t.Errorf("a report of the exception alone: %v", err)
	}
	rows, err := s.own.Table(t.Context(), query(t, s, "2026-03"))
	if err != nil || len(rows) != 1 || rows[0].Value != "/told" {
		t.Errorf("the charity itself: %+v %v", rows, err)
	}
}
