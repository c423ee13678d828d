package app

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/site"
)

// user is a member of staff with a role, who sees every site.
func (s *service) user(t *testing.T, role account.Role) account.User {
	t.Helper()
	email := string(role) + "@example.org"
	if u, err := s.acting(email); err == nil {
		return u
	}
	u := account.User{ID: "u-" + string(role), Email: email, Name: "The " + string(role), Password: "$argon2id$v=19$m=19456,t=2,p=1$x$x", Role: role, Sites: []string{account.AllSites}}
	if err := s.replace(t.Context(), account.Kind, u.ID, u); err != nil {
		t.Fatal(err)
	}
	return u
}

// online is a grant for help online, of two quarters and more.
func (s *service) online(t *testing.T, key string, targets ...funder.Target) funder.Grant {
	t.Helper()
	g := funder.Grant{
		ID: key + "-help-online", Site: key, Funder: "tide-trust", Title: "Help online", FunderRef: "T1", Start: day.New(2026, 3, 1), End: day.New(2027, 2, 28),
		Pattern: funder.Quarterly, Targets: targets, Agreement: "A1", Assessment: "B1",
	}
	s.keep(t, g, funder.Limits{})
	return g
}

func (s *service) keep(t *testing.T, g funder.Grant, l funder.Limits) {
	t.Helper()
	if err := errors.Join(s.replace(t.Context(), funder.GrantKind, g.ID, g), s.replace(t.Context(), funder.Kind, g.Funder, funder.Funder{ID: g.Funder, Name: "Tide Trust", Limits: l})); err != nil {
		t.Fatal(err)
	}
}

// publish takes the report of a period the whole way to a link.
func (s *service) publish(t *testing.T, g funder.Grant, period string) (report.NewLink, report.Report, error) {
	t.Helper()
	r, ctx, id := reports{s.App}, t.Context(), report.DraftID(g.ID, period)
	writer, second := s.user(t, account.Reporter), s.user(t, account.Approver)
	d, err := r.Save(ctx, writer, id, 0, report.Edit{Words: []report.Words{{Kind: report.Happened, Heading: "What happened", Text: "We opened the chat on more days."}}})
	if err == nil {
		d, err = r.Submit(ctx, writer, id, d.Version)
	}
	if err == nil {
		d, err = r.Approve(ctx, second, id, d.Version)
	}
	if err == nil {
		d, err = r.Publish(ctx, writer, id, d.Version)
	}
	if err != nil {
		return report.NewLink{}, report.Report{}, err
	}
	l, err := r.NewLink(ctx, writer, id, report.Terms{Days: 300})
	if err != nil {
		return l, report.Report{}, err
	}
	w, err := r.Draft(ctx, writer, id)
	return l, w.Versions[len(w.Versions)-1], err
}

var visits = funder.Target{Indicator: funder.Indicator{Table: cell.Total}, Wording: "Visits", Period: 100}

// sealed is a service with a sealed month, 60 visits in it, and a grant.
func sealed(t *testing.T) (*service, funder.Grant) {
	t.Helper()
	s := start(t)
	s.visit(t, "/help", 60)
	s.count(t)
	s.at(time.Date(2026, 4, 4, 0, 0, 0, 0, time.UTC))
	s.seal(t)
	return s, s.online(t, s.site.Key, visits)
}

func refused(t *testing.T, what string, err error, says string) {
	t.Helper()
	var r *report.RefusedError
	if !errors.As(err, &r) || !strings.Contains(err.Error(), says) {
		t.Errorf("%s: %v; want a refusal that says %q", what, err, says)
	}
}

// The whole life of a report, with everything on its way that must not be.
func TestTheLifeOfAReport(t *testing.T) {
	s, g := sealed(t)
	s.keep(t, g, funder.Limits{Story: 20})
	r, ctx, id := reports{s.App}, t.Context(), report.DraftID(g.ID, "Y1Q1")
	writer, owner, approver, reader := s.user(t, account.Reporter), s.user(t, account.Owner), s.user(t, account.Approver), s.user(t, account.ReadOnly)

	w, err := r.Draft(ctx, writer, id)
	if err != nil || w.Draft.Version != 0 || !w.Filled || w.Report.Status != report.Provisional || w.Draft.Words[4].Limit != 20 {
		t.Fatalf("an empty draft: %+v %v", w.Draft, err)
	}
	edit := report.Edit{Words: w.Draft.Words}
	edit.Words[4].Text = "A girl, aged 14, " + strings.Repeat("and so on ", 10)
	_, err = r.Save(ctx, reader, id, 0, edit)
	refused(t, "a reader writes", err, "owners, editors and reporters")
	d, err := r.Save(ctx, writer, id, 0, edit)
	if err != nil {
		t.Fatal(err)
	}

	// Somebody else saves meanwhile: who, and nothing is lost.
	late := d.Version
	if d, err = r.Save(ctx, owner, id, late, report.Edit{Words: d.Words}); err != nil {
		t.Fatal(err)
	}
	var conflict *report.ConflictError
	if _, err := r.Save(ctx, writer, id, late, edit); !errors.As(err, &conflict) || conflict.By != "The owner" {
		t.Errorf("a save that came too late: %v", err)
	}
	if n := len(s.records.History(report.DraftKind, id)); n != 2 {
		t.Errorf("%d versions of the draft", n)
	}
	version := d.Version

	_, err = r.Submit(ctx, writer, id, version)
	refused(t, "too long", err, "has 34 words and the funder takes 20: 14 too many")
	refused(t, "an age", err, "aged 14")
	_, err = r.Approve(ctx, approver, id, version)
	refused(t, "approval before submission", err, "submit it first")
	_, err = r.Publish(ctx, owner, id, version)
	refused(t, "publication before approval", err, "submit it first")
	_, err = r.NewLink(ctx, writer, id, report.Terms{Days: 30})
	refused(t, "a link to a draft", err, "not published")

	look := func() report.Work {
		t.Helper()
		w, err := r.Draft(ctx, reader, id)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	edit = report.Edit{Words: d.Words, Kept: map[string]string{look().Findings[0].Finding.Key: "She is a character in our play."}}
	edit.Words[4].Text = "A girl, aged 14, "
	d, err = r.Save(ctx, writer, id, version, edit)
	if err == nil {
		edit.Kept = map[string]string{look().Findings[0].Finding.Key: "She is a character in our play."}
		d, err = r.Save(ctx, writer, id, d.Version, edit)
	}
	if err == nil {
		d, err = r.Submit(ctx, writer, id, d.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Save(ctx, writer, id, d.Version, edit)
	refused(t, "a change after submission", err, "waits for approval")
	_, err = r.Approve(ctx, writer, id, d.Version)
	refused(t, "a reporter approves", err, "owners and approvers")
	if d, err = r.SendBack(ctx, approver, id, d.Version, "Say what she learned."); err != nil || d.State != report.Writing || d.Back == "" {
		t.Fatalf("sent back: %+v %v", d, err)
	}
	if d, err = r.Submit(ctx, owner, id, d.Version); err != nil {
		t.Fatal(err)
	}
	_, err = r.Approve(ctx, owner, id, d.Version)
	refused(t, "who submitted approves", err, "second person")
	if d, err = r.Approve(ctx, approver, id, d.Version); err != nil {
		t.Fatal(err)
	}

	// What was approved is what is published, or nothing.
	approved := d.Version
	g.Targets[0].Wording = "Visits to our pages"
	s.keep(t, g, funder.Limits{Story: 20})
	_, err = r.Publish(ctx, writer, id, approved)
	refused(t, "publication of what nobody approved", err, "approved again")
	if d, err = r.Approve(ctx, approver, id, approved); err == nil {
		d, err = r.Publish(ctx, writer, id, d.Version)
	}
	if w = look(); err != nil || d.State != report.Published || len(w.Versions) != 1 {
		t.Fatalf("published: %+v %v", d, err)
	}
	first := w.Versions[0]
	if first.Version != 1 || first.Approved != day.New(2026, 4, 4) || first.Progress[0].Wording != "Visits to our pages" || !strings.Contains(strings.Join(first.Checks, " "), "one was left") {
		t.Errorf("%+v", first)
	}

	link, err := r.NewLink(ctx, writer, id, report.Terms{Days: 30, Code: true})
	if err != nil || link.Version != 1 || link.Secret == "" {
		t.Fatalf("%+v %v", link, err)
	}

	// A correction is a version of its own, with its reason and its approval.
	_, err = r.Correct(ctx, writer, id, d.Version, " ")
	refused(t, "a correction without a reason", err, "what was wrong")
	if d, err = r.Correct(ctx, owner, id, d.Version, "The story said too much."); err != nil {
		t.Fatal(err)
	}
	edit = report.Edit{Words: d.Words}
	edit.Words[4].Text = ""
	if d, err = r.Save(ctx, owner, id, d.Version, edit); err == nil {
		d, err = r.Submit(ctx, owner, id, d.Version)
	}
	if err == nil {
		d, err = r.Approve(ctx, approver, id, d.Version)
	}
	if err == nil {
		d, err = r.Publish(ctx, owner, id, d.Version)
	}
	if w = look(); err != nil || len(w.Versions) != 2 {
		t.Fatalf("corrected: %+v %v", d, err)
	}
	if two := w.Versions[1]; two.ID != first.ID || two.Version != 2 || two.Correction != "The story said too much." || w.Versions[0].SHA256 != first.SHA256 || !strings.Contains(w.Versions[0].Words[0].Text, "aged 14") {
		t.Errorf("%+v", two)
	}
	links, err := r.Links(writer, id)
	if err != nil || len(links) != 1 || links[0].Version != 2 || links[0].By != "The reporter" {
		t.Errorf("the link must follow to the correction: %+v %v", links, err)
	}
	if err := r.Revoke(ctx, reader, links[0].Hash); err == nil {
		t.Error("a reader took a link back")
	}
	if err := r.Revoke(ctx, owner, links[0].Hash); err != nil {
		t.Error(err)
	}

	// The record says who did what.
	var trail []string
	for _, doc := range s.records.History(report.DraftKind, id) {
		d, err := record.As[report.Draft](doc)
		if err != nil {
			t.Fatal(err)
		}
		trail = append(trail, strings.TrimPrefix(doc.Author, "u-")+" "+string(d.State))
	}
	want := "reporter draft, owner draft, reporter draft, reporter draft, reporter submitted, approver draft, owner submitted, approver approved, approver approved, reporter published, owner draft, owner draft, owner submitted, approver approved, owner published"
	if got := strings.Join(trail, ", "); got != want {
		t.Errorf("the record:\n%s\nwant\n%s", got, want)
	}
}

// Whoever does not see a site has no word of its reports.
func TestReportsOfAnotherSite(t *testing.T) {
	s, g := sealed(t)
	if _, _, err := s.publish(t, g, "Y1Q1"); err != nil {
		t.Fatal(err)
	}
	other := s.user(t, account.Owner)
	other.Sites = []string{"zzzzzz"}
	r, id := reports{s.App}, report.DraftID(g.ID, "Y1Q1")
	links, err := r.Links(s.user(t, account.Reporter), id)
	if err != nil || len(links) != 1 {
		t.Fatal(links, err)
	}
	for name, f := range map[string]func() error{
		"draft":  func() error { _, err := r.Draft(t.Context(), other, id); return err },
		"save":   func() error { _, err := r.Save(t.Context(), other, id, 4, report.Edit{}); return err },
		"links":  func() error { _, err := r.Links(other, id); return err },
		"link":   func() error { _, err := r.NewLink(t.Context(), other, id, report.Terms{Days: 3}); return err },
		"revoke": func() error { return r.Revoke(t.Context(), other, links[0].Hash) },
	} {
		if err := f(); !errors.Is(err, record.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if lines, err := r.Due(other); err != nil || len(lines) > 0 {
		t.Errorf("due: %+v %v", lines, err)
	}
}

func TestTheListBeginsWithWhatIsDue(t *testing.T) {
	s, g := sealed(t)
	early := g
	early.ID, early.Title = "early", "Due first"
	if err := errors.Join(g.Due.UnmarshalText([]byte("2 months after")), early.Due.UnmarshalText([]byte("10 days after"))); err != nil {
		t.Fatal(err)
	}
	s.keep(t, g, funder.Limits{})
	s.keep(t, early, funder.Limits{})
	s.at(time.Date(2026, 6, 20, 0, 0, 0, 0, time.UTC))
	list, err := s.listReports(t.Context(), "")
	if err != nil || len(list) != 4 || list[0].Grant != "early" || !list[0].Late || list[1].Late || list[0].State != "" {
		t.Fatalf("%+v %v", list, err)
	}
	if _, _, err := s.publish(t, early, "Y1Q1"); err != nil {
		t.Fatal(err)
	}
	if list, err = s.listReports(t.Context(), s.site.Key); err != nil || list[3].Grant != "early" || list[3].State != report.Published || list[3].Late || list[3].Versions != 1 {
		t.Errorf("%+v %v", list, err)
	}
}

// Days on which counting changed come from the records.
func TestBreaksInCounting(t *testing.T) {
	s := start(t)
	next := func(d int) { s.at(time.Date(2026, 4, d, 12, 0, 0, 0, time.UTC)) }
	next(2)
	s.rewrite(t, func(s *site.Site) { s.Name += "!" }) // who asks
	next(3)
	s.rewrite(t, func(s *site.Site) { s.QuarterStart = 2 })
	next(4)
	s.rewrite(t, func(s *site.Site) { s.Basis = site.Exception })
	next(5)
	s.rewrite(t, func(s *site.Site) { s.Charity = "1199998" }) // nothing of counting
	next(6)
	s.rewrite(t, func(s *site.Site) {
		s.Vocabulary = map[cell.Table][]site.Choice{cell.Contact: {{ID: "fax", Label: site.Text{En: "Fax", Cy: "Ffacs"}}}}
	})
	found, err := s.breaks(s.site)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range found {
		got = append(got, b.Day.Time().Format("2 ")+b.Why)
	}
	want := "2 visitors are asked something else|3 quarters of the website begin in another month|4 visits are counted on another ground in law|6 other things of this kind are counted"
	if strings.Join(got, "|") != want || len(found[3].Tables) != 1 {
		t.Errorf("%v", got)
	}
}

// Case records stand in a report with the day on which they were entered; exact
// only for the funder whose agreement demands it.
func TestCaseRecordsInAReport(t *testing.T) {
	s := start(t)
	s.visit(t, "/help", 60)
	s.count(t)
	definition := `{"id":"families","heading":"contacts","source":"records","label":{"en":"Families","cy":"Teuluoedd"},"unit":{"en":"families","cy":"teuluoedd"}}`
	if _, err := run[IndicatorShown](t, s, "indicator add", document("", s.site.Key, definition)); err != nil {
		t.Fatal(err)
	}
	families := funder.Target{Indicator: funder.Indicator{Table: funder.Defined, Value: "families"}, Wording: "Families", Period: 30, Exact: true}
	exact := s.online(t, s.site.Key, visits, families)
	families.Exact = false
	rounded := exact
	rounded.ID, rounded.Targets = "rounded", []funder.Target{families}
	exact.Pattern, exact.Own = funder.Own, []funder.Span{{First: exact.Start, Last: day.New(2026, 3, 31)}, {First: day.New(2026, 4, 1), Last: exact.End}}
	rounded.Pattern, rounded.Own = exact.Pattern, exact.Own
	s.keep(t, exact, funder.Limits{})
	s.keep(t, rounded, funder.Limits{})
	s.at(time.Date(2026, 4, 2, 12, 0, 0, 0, time.UTC))
	if got, err := s.addTotals(t.Context(), TotalsRow{Site: s.site.Key, Indicator: "families", Period: "2026-03", Count: "37"}); err != nil || !got.Stored {
		t.Fatalf("%+v %v", got, err)
	}
	s.at(time.Date(2026, 4, 8, 0, 0, 0, 0, time.UTC))
	s.seal(t)
	r, who := reports{s.App}, s.user(t, account.Owner)
	for _, c := range []struct {
		grant funder.Grant
		at    int
		exact bool
	}{{exact, 1, true}, {rounded, 0, false}} {
		w, err := r.Draft(t.Context(), who, report.DraftID(c.grant.ID, "P1"))
		if err != nil || !w.Filled {
			t.Fatal(w.Filled, err)
		}
		p := w.Report.Progress[c.at]
		n, ok := p.Figure.Shown()
		if !ok || p.Exact != c.exact || (n == 37) != c.exact || p.AsOf != day.New(2026, 4, 2) || p.Source != funder.Records || w.Report.Status != report.Final {
			t.Errorf("%s: %+v, %s", c.grant.ID, p, w.Report.Status)
		}
	}
}
