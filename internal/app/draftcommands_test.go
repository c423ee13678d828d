package app

import (
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/report"
)

// On the command line the same steps are taken, by users who are named.
func TestReportCommands(t *testing.T) {
	s, g := sealed(t)
	s.user(t, account.Reporter)
	s.user(t, account.Approver)
	of := func(as string) DraftCommand { return DraftCommand{As: as, Grant: g.ID, Period: "Y1Q1"} }
	does := func(name string, c DraftCommand) DraftShown {
		t.Helper()
		shown, err := run[DraftShown](t, s, name, c)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return shown
	}
	step := func(as, name, why string) DraftShown {
		c := of(as)
		c.Step, c.Text = name, why
		return does("report step", c)
	}
	words := of("Reporter@example.org")
	words.Text = "# What happened\nWe opened the chat.\n\nOn more days.\n# Our volunteers\nThere are more of them.\n"
	if d := does("report words", words); len(d.Words) != 6 || d.Words[0].Text != "We opened the chat.\n\nOn more days." || d.Words[5].Heading != "Our volunteers" || !strings.Contains(d.Text(), "last saved by The reporter") {
		t.Errorf("%+v", d)
	}
	words.Text = "# our volunteers\nThey are fewer.\n"
	if d := does("report words", words); len(d.Words) != 6 || d.Words[5].Text != "They are fewer." {
		t.Errorf("%+v", d.Words)
	}
	words.Version = 1
	if _, err := run[DraftShown](t, s, "report words", words); err == nil || !strings.Contains(err.Error(), "The reporter saved this report") {
		t.Errorf("words for an old version: %v", err)
	}
	words.Text = "no heading"
	if _, err := run[DraftShown](t, s, "report words", words); err == nil || !strings.Contains(err.Error(), "begin each passage") {
		t.Error(err)
	}
	for as, says := range map[string]string{"": "--as", "nobody@example.org": "no user"} {
		if _, err := run[DraftShown](t, s, "report step", of(as)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("as %q: %v", as, err)
		}
	}
	step("u-reporter", "submit", "")
	if d := step("u-approver", "back", "Say more."); !strings.Contains(d.Text(), "sent back: Say more.") {
		t.Error(d.Text())
	}
	step("u-reporter", "submit", "")
	step("u-approver", "approve", "")
	if d := step("u-reporter", "publish", ""); d.Publish != 1 || len(d.SHA256) != 64 || !strings.Contains(d.Text(), "published as "+d.Report+", version 1") {
		t.Errorf("%+v", d)
	}
	link := of("u-reporter")
	link.Days, link.Code = 30, true
	linked, err := run[ReportLinked](t, s, "report link", link)
	if err != nil || linked.Secret == "" || !strings.Contains(linked.Text(), linked.URL) || !strings.Contains(linked.Text(), linked.Secret) {
		t.Fatalf("%+v %v", linked, err)
	}
	s.opened(linked.Hash, day.New(2026, 4, 4))
	links, err := run[LinkList](t, s, "report links", of(""))
	if err != nil || len(links) != 1 || !strings.Contains(links.Text(), "opened on: 2026-04-04") || strings.Contains(links.Text(), linked.URL) {
		t.Fatalf("%+v %v", links, err)
	}
	revoke := DraftCommand{As: "u-reporter", Link: links[0].Hash[:hashShown]}
	if _, err := run[LinkRevoked](t, s, "report revoke", revoke); err != nil {
		t.Error(err)
	}
	revoke.Link = links[0].Hash[:4]
	if _, err := run[LinkRevoked](t, s, "report revoke", revoke); err == nil {
		t.Error("four letters named a link")
	}
	if links, err = run[LinkList](t, s, "report links", of("")); err != nil || !links[0].Revoked || !strings.Contains(links.Text(), "revoked") {
		t.Errorf("%+v %v", links, err)
	}
	if d := step("u-reporter", "correct", "It was too short."); d.State != report.Writing {
		t.Errorf("%+v", d)
	}
	list, err := run[ReportList](t, s, "report list", "")
	if err != nil || len(list) != 1 || !strings.Contains(list.Text(), "version 1") {
		t.Errorf("%+v %v", list, err)
	}
}
