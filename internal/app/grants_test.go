package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/site"
)

// run does a command as it comes over the control socket.
func run[R any](t *testing.T, s *service, name string, args any) (R, error) {
	t.Helper()
	var result R
	body, err := json.Marshal(args)
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.do(t.Context(), name, body)
	if err != nil {
		return result, err
	}
	return result, json.Unmarshal(text, &result)
}

func document(id, site string, changes ...string) DocumentChange {
	c := DocumentChange{ID: id, Site: site}
	for _, text := range changes {
		c.Changes = append(c.Changes, json.RawMessage(text))
	}
	return c
}

func TestGrantCommands(t *testing.T) {
	s := start(t) // on 2 March 2026
	choice := func(id string) site.Choice {
		return site.Choice{ID: id, Label: site.Text{En: "The " + id, Cy: "Y " + id}}
	}
	s.rewrite(t, func(c *site.Site) {
		c.Vocabulary = map[cell.Table][]site.Choice{cell.Contact: {choice("webchat"), choice("phone")}}
		c.QuarterStart, c.Funders = 2, []string{"The Lantern Foundation"}
	})
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(run[FunderShown](t, s, "funder add", document("", "", `{"name":"The Lantern Foundation","org_id":"GB-CHC-123456"}`)))
	must(run[IndicatorShown](t, s, "indicator add", document("", s.site.Key,
		`{"id":"talked","heading":"contacts","source":"website","reads":["contact/webchat","contact/phone"],"label":{"en":"Talked","cy":"Siarad"},"unit":{"en":"contacts","cy":"cysylltiadau"},"definition":{"en":"By chat or telephone.","cy":"Trwy sgwrs neu ffôn."}}`)))
	added, err := run[GrantShown](t, s, "grant add", document("", s.site.Key,
		`{"title":"Ignored","funder_ref":"LF-1","start":"2026-02-01","end":"2026-12-15","due":"28 days after"}`,
		`{"title":"Someone to talk to","funder":"the-lantern-foundation","pattern":"quarterly","targets":[{"indicator":"indicator/talked","period":500},{"indicator":"contact/phone","wording":"Calls","whole":90}]}`))
	if err != nil {
		t.Fatal(err)
	}
	id := s.site.Key + "-someone-to-talk-to"
	if added.Grant.ID != id || added.Version != 1 || added.Funder.Org != "GB-CHC-123456" {
		t.Errorf("%+v", added)
	}
	var told []string
	for _, p := range added.Periods {
		told = append(told, fmt.Sprint(p.Name, " ", p.Period, " ", p.Due, " ", p.Sealed.UTC().Format(time.DateTime)))
	}
	// The site's quarters begin in February, and so do the grant's: its quarters are atoms. The last period ends on
	// the 15th, so its half of December is told as the whole; the first two are sealed at midnight of summer time.
	want := []string{"Y1Q1 2026-Q1-02 2026-05-28 2026-05-02 23:00:00", "Y1Q2 2026-Q2-05 2026-08-28 2026-08-02 23:00:00",
		"Y1Q3 2026-Q3-08 2026-11-30 2026-11-03 00:00:00", "Y1Q4 2026-11..2026-12 2027-01-12 2027-01-03 00:00:00"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Error(diff)
	}
	if got := added.Targets[0]; got.Wording != "Talked" || got.Definition != "By chat or telephone." || got.Source != funder.Website || len(got.Reads) != 2 || added.Targets[1].Wording != "Calls" {
		t.Errorf("%+v", added.Targets)
	}
	text := added.Text()
	for _, want := range []string{"due Monday 30 November 2026", "agreement missing", "Talked: 500 a period, no number in all", "Note: No link can be made", "In the agreement this period is 1 November to 15 December 2026"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in:\n%s", want, text)
		}
	}
	if strings.Contains(text, "Visitors to ") || strings.Contains(text, "sums of three months") {
		t.Errorf("a note that is not due:\n%s", text)
	}

	changed, err := run[GrantShown](t, s, "grant set", document(id, "", `{"nation":"scotland","due":"10 days after","start":"2026-01-01","pattern":"quarterly","agreement":"DSA-1","assessment":"DPIA-1","slice":{"tables":["contact"]}}`))
	if err != nil || changed.Version != 2 || changed.Grant.Targets[1].Whole != 90 {
		t.Fatalf("%+v, %v", changed, err)
	}
	if got := changed.Periods[0]; got.Period != "2026-01..2026-03" || got.Note != "" || !strings.Contains(strings.Join(changed.Notes, " "), "begin in January and those of the site do not") {
		t.Errorf("a quarter that is no atom: %+v, %q", got, changed.Notes)
	}
	must(run[GrantShown](t, s, "grant set", document(id, "", `{"due":"2 days after"}`)))
	shown, err := run[GrantShown](t, s, "grant show", id)
	if err != nil || !strings.Contains(shown.Periods[1].Note, "before its last month is sealed on 3 July 2026") {
		t.Errorf("%+v, %v", shown.Periods, err)
	}
	must(run[GrantShown](t, s, "grant set", document(id, "", `{"due":"2 days after"}`)))
	if got := len(s.records.History(funder.GrantKind, id)); got != 3 {
		t.Errorf("%d versions: a change of nothing was stored", got)
	}
	list, err := run[GrantList](t, s, "grant list", "")
	if err != nil || len(list) != 1 || list[0].Next != "Y1Q1" || list[0].Due != day.New(2026, 4, 2) || list[0].Funder != "The Lantern Foundation" {
		t.Errorf("%+v, %v", list, err)
	}
	if other, err := run[GrantList](t, s, "grant list", "other1"); err != nil || len(other) != 0 || !strings.Contains(other.Text(), "No grants yet") {
		t.Errorf("%+v, %v", other, err)
	}
	if funders, err := run[FunderList](t, s, "funder list", None{}); err != nil || len(funders) != 1 || !cmp.Equal(funders[0].Grants, []string{id}) {
		t.Errorf("%+v, %v", funders, err)
	}
}

// lantern adds a funder and a grant that can be shared.
func (s *service) lantern(t *testing.T, more string) string {
	t.Helper()
	if _, err := run[FunderShown](t, s, "funder add", document("", "", `{"name":"Lantern"}`)); err != nil {
		t.Fatal(err)
	}
	g, err := run[GrantShown](t, s, "grant add", document("", s.site.Key,
		`{"title":"Talk","funder":"lantern","funder_ref":"LF-1","start":"2026-01-01","end":"2026-12-31","pattern":"yearly","agreement":"DSA-1","assessment":"DPIA-1"}`, more))
	if err != nil {
		t.Fatal(err)
	}
	return g.Grant.ID
}

// What sharing needs cannot be taken away from under an open link.
func TestAnOpenLinkHoldsItsGrant(t *testing.T) {
	s := start(t)
	id := s.lantern(t, `{"recipient":"researcher","approval":"REC-7","approval_ends":"2026-06-30"}`)
	g, err := run[GrantShown](t, s, "grant show", id)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := g.Grant.NewLink("r1", at(7, 2)); !errors.Is(err, funder.ErrNoApproval) {
		t.Fatalf("a link outlives the approval: %v", err)
	}
	link, _, err := g.Grant.NewLink("r1", at(6, 30))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.replace(t.Context(), funder.LinkKind, link.Hash, link); err != nil {
		t.Fatal(err)
	}
	for change, want := range map[string]string{
		`{"agreement":""}`: "a link to a report of this grant opens until 30 June 2026", `{"assessment":null}`: "add both references",
		`{"approval_ends":"2026-06-01"}`: "REC-7 ends on 1 June 2026", `{"funder":"other"}`: "no funder has the id",
	} {
		if _, err := run[GrantShown](t, s, "grant set", document(id, "", change)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", change, err)
		}
	}
	if _, err := run[FunderShown](t, s, "funder add", document("", "", `{"name":"Other"}`)); err != nil {
		t.Fatal(err)
	}
	if _, err := run[GrantShown](t, s, "grant set", document(id, "", `{"funder":"other"}`)); err == nil || !strings.Contains(err.Error(), "another funder needs another grant") {
		t.Error(err)
	}
	if _, err := run[GrantShown](t, s, "grant set", document(id, "", `{"title":"Study"}`)); err != nil {
		t.Error(err)
	}
	link.Revoked = true
	if err := s.replace(t.Context(), funder.LinkKind, link.Hash, link); err != nil {
		t.Fatal(err)
	}
	if _, err := run[GrantShown](t, s, "grant set", document(id, "", `{"agreement":""}`)); err != nil {
		t.Error(err)
	}
}

// A link needs what the grant says that sharing needs.
func TestAResearchersLinkEndsWithTheApproval(t *testing.T) {
	s, g := sealed(t)
	g.Recipient, g.Approval, g.ApprovalEnds = funder.Researcher, "REC-7", day.New(2026, 6, 30)
	s.keep(t, g, funder.Limits{})
	_, _, err := s.publish(t, g, "Y1Q1")
	refused(t, "a link that outlives the approval", err, funder.ErrNoApproval.Error())
	if _, err := (reports{s.App}).NewLink(t.Context(), s.user(t, account.Owner), report.DraftID(g.ID, "Y1Q1"), report.Terms{Days: 30}); err != nil {
		t.Error(err)
	}
}

func TestGrantCommandsRefuse(t *testing.T) {
	s := start(t)
	id := s.lantern(t, `{}`)
	definition := `{"id":"families","heading":"contacts","source":"records","label":{"en":"Families","cy":"Teuluoedd"},"unit":{"en":"families","cy":"teuluoedd"}}`
	if _, err := run[IndicatorShown](t, s, "indicator add", document("", s.site.Key, definition)); err != nil {
		t.Fatal(err)
	}
	reworded, err := run[IndicatorShown](t, s, "indicator set", document("families", s.site.Key, `{"label":{"en":"Families reached","cy":"Teuluoedd"}}`))
	if err != nil || reworded.Version != 2 || reworded.Indicator != "indicator/families" {
		t.Errorf("%+v, %v", reworded, err)
	}
	list, err := run[IndicatorList](t, s, "indicator list", s.site.Key)
	if err != nil || len(list.Defined) != 1 || list.Defined[0].Version != 2 || !strings.Contains(list.Text(), "Families reached, in families  (entered from case records)") || !strings.Contains(list.Text(), "total  Visits") {
		t.Errorf("%+v, %v", list, err)
	}
	for _, c := range []struct {
		name string
		args any
		want []string
	}{
		{"funder add", document("", "", `{"name":"Lantern"}`), []string{"is there already"}},
		{"funder add", document("", "", `{"name":" ","org_id":"123456"}`), []string{"funder id:", "funder name:", "funder org_id:"}},
		{"funder add", document("", "", `{"nam":"x"}`), []string{`no setting "nam"`}},
		{"funder set", document("nobody", "", `{"name":"x"}`), []string{"no funder has the id"}},
		{"funder set", document("lantern", "", `{"id":"torch"}`), []string{"its id stays"}},
		{"funder set", document("lantern", "", `{"name":""}`), []string{"funder name:"}},
		{"grant add", document("", "nosite", `{}`), []string{"no site has the key"}},
		{"grant add", document("", s.site.Key, `{"site":"other1","funder":"nobody","targets":[{"indicator":"contact/fax"}]}`), []string{"grant title:", "grant reference:", "pattern:", "site: it is another's", "no such contact", "no funder has the id"}},
		{"grant add", document("", s.site.Key, `{"title":"Talk","funder":"lantern","funder_ref":"LF-1","start":"2026-01-01","end":"2026-12-31","pattern":"yearly"}`), []string{"is there already"}},
		{"grant set", document("nobody", "", `{}`), []string{"no grant has the id"}},
		{"grant set", document(id, "", `{"id":"other"}`), []string{"stay what they are"}},
		{"grant set", document(id, "", `{"title":"a","title":"b"}`), []string{`"title" is there twice`}},
		{"grant show", "nobody", []string{"no grant has the id"}},
		{"indicator add", document("", "nosite", `{}`), []string{"no site has the key"}},
		{"indicator add", document("", s.site.Key, definition), []string{"is there already"}},
		{"indicator add", document("", s.site.Key, `{"site":"other1"}`), []string{`its site is "other1"`}},
		{"indicator add", document("", s.site.Key, `{"id":"x","source":"website","reads":["contact/fax"]}`), []string{"indicator label:", "indicator unit:", "no such contact"}},
		{"indicator set", document("unheard", s.site.Key, `{}`), []string{"no indicator of the site"}},
		{"indicator set", document("families", s.site.Key, `{"source":"website","reads":["total"]}`), []string{"stay what they are"}},
		{"indicator set", document("families", s.site.Key, `{"label":{"en":"x"}}`), []string{"indicator label:"}},
		{"indicator list", "nosite", []string{"no site has the key"}},
	} {
		_, err := run[json.RawMessage](t, s, c.name, c.args)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s %+v: %v, want %q", c.name, c.args, err, want)
			}
		}
	}
}
