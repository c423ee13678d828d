package dashboard

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
	"github.com/footfall-analytics/footfall/internal/site"
)

// deeds are grants in memory, with the true rules of what a grant is: the
// service itself, which keeps them, imports this package.
type deeds struct {
	h     *house
	all   []funder.Sheet
	fresh string // the new funder that was named last
	giver funder.Giver
}

func newDeeds(h *house) *deeds {
	g := reporttest.Grant()
	must(h.t, g.Due.UnmarshalText([]byte("28 days after")))
	d := &deeds{h: h}
	d.all = []funder.Sheet{d.sheet(g, 1, "Amy Pritchard")}
	d.giver = funder.Giver{Funder: reporttest.Funder(), Version: 1, SavedBy: "Amy Pritchard", SavedAt: h.now, Notes: []string{"Visitors are not told."}}
	return d
}

func (d *deeds) vocabulary() funder.Vocabulary {
	both := site.Text{En: "Families in touch", Cy: "Teuluoedd"}
	return funder.Vocabulary{Site: reporttest.Site(), Defined: []funder.Definition{{ID: "families", Site: "kx4f9q", Heading: "contacts", Label: both, Unit: both, Source: funder.Records}}}
}

func (d *deeds) sheet(g funder.Grant, version uint32, by string) funder.Sheet {
	s := funder.Sheet{
		Grant: g, Version: version, SavedBy: by, SavedAt: d.h.now, Site: reporttest.Site(), Funder: reporttest.Funder(), Funders: []funder.Funder{reporttest.Funder()},
		Offers: d.vocabulary().Offers(), Notes: []string{"No link can be made: add both references."},
	}
	for _, p := range g.Periods() {
		s.Periods = append(s.Periods, funder.SheetPeriod{Period: p, Remark: p.Note()})
	}
	return s
}

func (d *deeds) List(_ context.Context, by account.User) (lines []funder.Line, err error) {
	for _, s := range d.all {
		p, _ := s.Grant.Next(d.h.now, s.Site.Location())
		lines = append(lines, funder.Line{ID: s.Grant.ID, Site: s.Grant.Site, Title: s.Grant.Title, Funder: s.Funder.Name, Start: s.Grant.Start, End: s.Grant.End, Next: p.Name(), Label: p.Label(), Due: p.Due})
	}
	return lines, nil
}

func (d *deeds) Blank(by account.User, key string) (funder.Sheet, error) {
	if key != "kx4f9q" || !by.Sees(key) {
		return funder.Sheet{}, record.ErrNotFound
	}
	return d.sheet(funder.Grant{Site: key, Pattern: funder.Quarterly}, 0, ""), nil
}

func (d *deeds) Sheet(_ context.Context, by account.User, id string) (funder.Sheet, error) {
	for _, s := range d.all {
		if s.Grant.ID == id && by.Sees(s.Grant.Site) {
			return s, nil
		}
	}
	return funder.Sheet{}, record.ErrNotFound
}

func (d *deeds) Funders(account.User) ([]funder.Funder, error) {
	return []funder.Funder{d.giver.Funder}, nil
}

func (d *deeds) Funder(ctx context.Context, by account.User, id string) (giver funder.Giver, err error) {
	if id != d.giver.Funder.ID {
		return giver, record.ErrNotFound
	}
	giver = d.giver
	giver.Grants, err = d.List(ctx, by)
	return giver, err
}

func (d *deeds) SaveFunder(_ context.Context, by account.User, version uint32, f funder.Funder) (string, error) {
	if version == 0 && f.ID == "" {
		f.ID = "made-of-the-name"
	}
	if version > 0 && d.giver.Version != version {
		return "", &report.ConflictError{By: d.giver.SavedBy, At: d.h.now}
	}
	if err := f.Validate(); err != nil || !by.Writes() {
		return "", &report.RefusedError{Why: fmt.Sprint(err)}
	}
	if version == 0 && f.ID == d.giver.Funder.ID {
		return "", &report.RefusedError{Why: fmt.Sprintf("funder id: %q is there already", f.ID)}
	}
	d.giver.Funder, d.giver.Version, d.giver.SavedBy = f, version+1, by.Name
	return f.ID, nil
}

func (d *deeds) Save(_ context.Context, by account.User, version uint32, g funder.Grant, newFunder string) (string, error) {
	var wrong error
	if d.fresh = newFunder; newFunder != "" {
		g.Funder = "new-funder"
		if !strings.ContainsAny(newFunder, "aeiou") { // a name of which no id can be made
			g.Funder = ""
		}
		wrong = funder.Funder{ID: g.Funder, Name: newFunder}.Validate()
		g.Funder = "new-funder"
	}
	at := len(d.all)
	for i, s := range d.all {
		if s.Grant.ID == g.ID {
			at = i
		}
	}
	if !by.Writes() {
		return "", &report.RefusedError{Why: "only who writes reports writes grants"}
	}
	if version > 0 && d.all[at].Version != version {
		return "", &report.ConflictError{By: d.all[at].SavedBy, At: d.h.now}
	}
	if version == 0 {
		g.ID = "new"
		d.all = append(d.all, funder.Sheet{})
	}
	g.Targets = slices.Clone(g.Targets)
	for i := range g.Targets {
		if g.Targets[i].Wording != "" {
			continue
		}
		g.Targets[i].Wording = g.Targets[i].Indicator.String()
		if def, err := d.vocabulary().Find(g.Targets[i].Indicator); err == nil {
			g.Targets[i].Wording = def.Label.En
		}
	}
	if err := errors.Join(wrong, g.Validate(), g.Check(d.vocabulary())); err != nil {
		d.all = d.all[:max(1, at)]
		return "", &report.RefusedError{Why: err.Error()}
	}
	d.all[at] = d.sheet(g, version+1, by.Name)
	return g.ID, nil
}

const (
	grantPath = "/grants/lantern-2025"
	newGrant  = "/sites/kx4f9q/grants/new"
)

var (
	fieldForm = regexp.MustCompile(`(?s)<input type="hidden" name="([^"]+)"[^>]*>|<input id="([^"]+)"[^>]*>|<select id="([^"]+)".*?</select>|<textarea id="([^"]+)"[^>]*>\n(.*?)</textarea>`)
	valueForm = regexp.MustCompile(` value="([^"]*)"`)
)

// filled is what a browser would send of a page's form, were nothing changed.
func filled(page string) url.Values {
	form := url.Values{}
	for _, m := range fieldForm.FindAllStringSubmatch(page, -1) {
		value := valueForm.FindStringSubmatch(m[0])
		switch {
		case m[4] != "":
			form.Set(m[4], html.UnescapeString(m[5]))
		case m[3] != "":
			form.Set(m[3], "")
			if chosen := regexp.MustCompile(`<option value="([^"]*)" selected`).FindStringSubmatch(m[0]); chosen != nil {
				form.Set(m[3], chosen[1])
			}
		case strings.Contains(m[0], `type="checkbox"`) && (!strings.Contains(m[0], " checked") || strings.Contains(m[0], " disabled")):
		case value != nil:
			form.Set(m[1]+m[2], html.UnescapeString(value[1]))
		}
	}
	return form
}

// fill sends the form of a page with some fields changed.
func (p *person) fill(target string, form url.Values, fields ...string) answered {
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return p.h.do(http.MethodPost, target, form, "Origin", public, "Cookie", p.cookie.Name+"="+p.cookie.Value)
}

func TestAGrantIsWrittenOnAPage(t *testing.T) {
	h := build(t, public)
	amy := h.as("amy")
	amy.see("/grants").has(t, "The Lantern Foundation", "Due in 20 days", "Grant year 2, quarter 3, on 28 January 2027", `href="`+newGrant+`"`, `aria-current="page"`, "!<script")
	form := filled(amy.see(newGrant).body)
	res := amy.fill(newGrant, form, "new_funder", "Tide Trust", "title", "Somebody to talk to", "funder_ref", "T-1", "start", "2026-10-01", "end", "2027-09-30",
		"due_count", "28", "target0-indicator", "indicator/families", "target0-period", "1,500", "target1-indicator", "total", "target1-wording", "Visits to us", "target1-whole", "9000")
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/grants/new?saved=1" {
		t.Fatalf("status %d, %s\n%s", res.StatusCode, res.Header.Get("Location"), res.body)
	}
	g := h.deeds.all[1].Grant
	if g.Due.String() != "28 days after, next working day" || len(g.Targets) != 2 || g.Targets[0].Period != 1500 || g.Targets[1].Whole != 9000 || h.deeds.fresh != "Tide Trust" {
		t.Errorf("%+v, funder %q", g, h.deeds.fresh)
	}
	amy.see("/grants/new?saved=1").has(t, "Saved.", "October to December 2026", "28 January 2027", "not yet", "add both references")
}

// What the form does not have is left as it is, and a form that is sent back
// unchanged changes nothing.
func TestAGrantKeepsWhatTheFormHasNot(t *testing.T) {
	h := build(t, public)
	s := &h.deeds.all[0]
	s.Grant.Targets = append(s.Grant.Targets, funder.Target{Indicator: funder.Indicator{Table: funder.Defined, Value: "families"}, Wording: "Families", Definition: "Once a year each.", Period: 3, Exact: true})
	s.Grant.Targets = append(s.Grant.Targets, funder.Target{Indicator: funder.Indicator{Table: cell.Page, Value: "/help"}, Wording: "Saw help"})
	s.Grant.Agreement, s.Grant.Areas, s.Grant.Slice = "DSA-1", []string{"W92000004"}, funder.Slice{Pages: []string{"/help"}}
	want := s.Grant
	amy := h.as("amy")
	amy.see(grantPath).has(t, "Being written", "!Begin the report")
	h.drafts.draft.State = ""
	page := amy.see(grantPath)
	page.has(t, "Begin the report", `href="/reports/`+draftOf+`"`, "October to December 2026", "Last saved by Amy Pritchard")
	if res := amy.fill(grantPath, filled(page.body)); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", res.StatusCode, res.body)
	}
	if diff := cmp.Diff(want, h.deeds.all[0].Grant, cmp.AllowUnexported(funder.Due{})); diff != "" {
		t.Error(diff)
	}
}

func TestAGrantIsRefusedWithItsFieldsNamed(t *testing.T) {
	h := build(t, public)
	amy := h.as("amy")
	typed := []string{"title", "Kept “as typed”", "start", "last week", "end", "2027-09-30", "target3-wording", "Nothing is counted", "target4-indicator", "total", "target4-whole", "many"}
	res := amy.fill(newGrant, filled(amy.see(newGrant).body), typed...)
	if res.StatusCode != http.StatusUnprocessableEntity || len(h.deeds.all) != 1 {
		t.Fatalf("status %d", res.StatusCode)
	}
	res.has(t, "First day: want a day", `href="#start"`, `value="Kept “as typed”"`, `value="last week"`, "Target 4: choose what is counted", "Target 5, whole grant: want a whole number", `value="many"`,
		"Funder’s reference: give", `id="funder_ref-problem"`, "!must be after its start", `value="0"`)
	again := amy.fill(newGrant, filled(res.body), "start", "2027-10-01", "funder", "lantern", "funder_ref", "T", "due_count", "soon", "target3-wording", "", "target4-whole", "")
	again.has(t, "A report is due: want a whole number", "Last day: must be after its start", "!First day: want")
	last := amy.fill(newGrant, filled(again.body), "due_count", "400", "start", "2026-10-01", "target5-indicator", "contact/telepathy", "target6-indicator", "total")
	late := amy.fill(newGrant, filled(last.body), "due_count", "3", "due_rule", "days after, previous working day")
	late.has(t, "A report is due: want at least 7 days")
	last = amy.fill(newGrant, filled(late.body), "due_count", "")
	last.has(t, "the site has declared no such contact", "there are two targets for &#34;total&#34;")
}

func TestNoGrantIsLostWhenTwoWrite(t *testing.T) {
	h := build(t, public)
	amy := h.as("amy")
	mine := filled(amy.see(grantPath).body)
	if res := amy.fill(grantPath, filled(amy.see(grantPath).body), "title", "Stored first", "nation", "wales"); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", res.StatusCode, res.body)
	}
	late := amy.fill(grantPath, mine, "title", "Typed meanwhile", "target7-indicator", "total", "target7-whole", "7")
	if late.StatusCode != http.StatusConflict || h.deeds.all[0].Grant.Title != "Stored first" {
		t.Fatalf("status %d, %q", late.StatusCode, h.deeds.all[0].Grant.Title)
	}
	late.has(t, "Amy Pritchard saved meanwhile", `value="Typed meanwhile"`, "Stored now: <strong>Stored first</strong>", "Stored now: <strong>Wales</strong>", `name="version" value="2"`)
	amy.fill(grantPath, filled(late.body), "target7-indicator", "", "target7-whole", "")
	if g := h.deeds.all[0].Grant; g.Title != "Typed meanwhile" || g.Nation != "" && g.Nation != funder.England {
		t.Errorf("%q %q", g.Title, g.Nation)
	}
	stale := amy.fill(grantPath, filled(late.body), "start", "never", "version", "1")
	stale.has(t, `name="version" value="1"`)
}

func TestWhoMayWriteGrants(t *testing.T) {
	h := build(t, public)
	amy, ben := h.as("amy"), h.as("ben")
	ben.see(grantPath).has(t, "Being written", "Each period", "!<form method=\"post\" action=\"/grants", "Owners, editors and reporters can change it")
	ben.see("/grants").has(t, "!/grants/new")
	if res := ben.see(newGrant); res.StatusCode != http.StatusNotFound {
		t.Errorf("the form of a new grant: %d", res.StatusCode)
	}
	form := filled(amy.see(grantPath).body)
	form.Set("form", ben.form)
	ben.fill(grantPath, form, "title", "Taken over").has(t, "Only who writes reports writes grants")
	for what, res := range map[string]answered{
		"somebody else’s token": amy.fill(grantPath, form),
		"another website":       h.do(http.MethodPost, grantPath, filled(amy.see(grantPath).body), "Origin", "https://example.org", "Cookie", amy.cookie.Name+"="+amy.cookie.Value),
	} {
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", what, res.StatusCode)
		}
	}
	for _, target := range []string{"/grants/other", "/sites/zz9zz9/grants/new", "/sites/nosite/grants/new"} {
		if res := amy.see(target); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", target, res.StatusCode)
		}
	}
	if res := h.get(grantPath); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/login" {
		t.Errorf("nobody: %d", res.StatusCode)
	}
	if h.deeds.all[0].Version != 1 {
		t.Error("the grant was changed")
	}
}
