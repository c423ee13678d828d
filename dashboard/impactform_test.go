package dashboard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/reporttest"
)

// block is the block of a site in memory, with the true rules of what may be
// chosen: the service itself, which keeps it, imports this package.
type block struct {
	h     *house
	sheet report.ImpactSheet
}

func newBlock(h *house) *block {
	return &block{h, report.ImpactSheet{Site: reporttest.Site(), Reports: []report.Report{h.report}}}
}

func (b *block) Sheet(by account.User, key string) (report.ImpactSheet, error) {
	if key != b.sheet.Site.Key || !by.Sees(key) {
		return report.ImpactSheet{}, record.ErrNotFound
	}
	return b.sheet, nil
}

func (b *block) Choose(_ context.Context, by account.User, _ string, version uint32, next report.Impact) error {
	if version != b.sheet.Version {
		return &report.ConflictError{By: b.sheet.SavedBy, At: b.sheet.SavedAt}
	}
	wrong := []error{next.Validate()}
	for _, chosen := range next.Figures {
		at := slices.IndexFunc(b.sheet.Reports, func(r report.Report) bool { return r.ID == chosen.Report })
		if at < 0 {
			wrong = append(wrong, fmt.Errorf("figure %q: no such report", chosen))
		} else if _, err := b.sheet.Reports[at].Choose(chosen.Indicator); err != nil {
			wrong = append(wrong, fmt.Errorf("figure %q: %w", chosen, err))
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return &report.RefusedError{Why: err.Error()}
	}
	b.sheet.Impact, b.sheet.Version, b.sheet.SavedBy, b.sheet.SavedAt = next, version+1, by.Name, b.h.now
	if b.sheet.Snippet = ""; len(next.Figures) > 0 {
		b.sheet.Snippet = `<iframe title="` + next.Title + `">`
	}
	return nil
}

// of is the tick of a figure.
func of(r report.Report, indicator string) string {
	var i funder.Indicator
	if err := i.UnmarshalText([]byte(indicator)); err != nil {
		panic(err) // a mistake in the test
	}
	return page.FigureTick(report.Chosen{Report: r.ID, Indicator: i})
}

const impactPath = "/sites/kx4f9q/impact"

func TestFiguresAreChosenOnAPage(t *testing.T) {
	h := build(t, public)
	amy := h.as("amy")
	amy.see("/sites/kx4f9q").has(t, `href="`+impactPath+`"`)
	first := amy.see(impactPath)
	first.has(t, "no figures have been chosen yet", `value="What we did, in numbers"`, "Young people reach somebody to talk to: 1,715", "Visits to the website: 8,000", "1 October to 31 December 2026", h.report.ID, "The Lantern Foundation", "!<script", "! checked", "!Last saved")
	form := filled(first.body)
	res := amy.fill(impactPath, form, "title", "Our “year”", of(h.report, "total"), "yes", of(h.report, "contact"), "yes")
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != impactPath+"?saved=1" {
		t.Fatalf("status %d\n%s", res.StatusCode, res.body)
	}
	want := report.Impact{Title: "Our “year”"}
	for _, o := range h.report.Offers() {
		if name := page.FigureTick(o.Chosen); name == of(h.report, "total") || name == of(h.report, "contact") {
			want.Figures = append(want.Figures, o.Chosen)
		}
	}
	same := func() bool {
		got := h.block.sheet.Impact
		return got.Title == want.Title && len(got.Figures) == 2 && slices.Equal(got.Figures, want.Figures)
	}
	if !same() {
		t.Errorf("%+v, want %+v", h.block.sheet.Impact, want)
	}
	saved := amy.see(impactPath + "?saved=1")
	saved.has(t, "Saved.", "Last saved by Amy Pritchard", `<code>&lt;iframe title=&#34;Our “year”&#34;&gt;</code>`, "frame-src https://stats.example.org", "www.harbour.example", `href="/impact/kx4f9q?version=1" target="_blank"`)
	if res := amy.fill(impactPath, filled(saved.body)); res.StatusCode != http.StatusSeeOther || !same() {
		t.Errorf("sent back unchanged: %d, %+v", res.StatusCode, h.block.sheet.Impact)
	}
	form = filled(amy.see(impactPath).body)
	form.Del(of(h.report, "total"))
	form.Del(of(h.report, "contact"))
	if res := amy.fill(impactPath, form); res.StatusCode != http.StatusSeeOther || len(h.block.sheet.Impact.Figures) > 0 {
		t.Errorf("without ticks: %d, %+v", res.StatusCode, h.block.sheet.Impact)
	}
	amy.see(impactPath).has(t, "visitors read: “No figures are shown here at present.”", "!<code>", "! checked")
	h.block.sheet.Reports = nil
	amy.see(impactPath).has(t, "No report of this website is published yet", "!<button>Save")
}

func TestAChoiceOfFiguresIsRefusedWithItsFieldsNamed(t *testing.T) {
	h := build(t, public)
	small := freeze(t, reporttest.Filled(.006, time.December), "FR-SMALL000")
	h.block.sheet.Reports = append(h.block.sheet.Reports, small)
	amy := h.as("amy")
	hidden, gone := of(small, "contact"), of(report.Report{ID: "FR-GONE"}, "total")
	first := amy.see(impactPath)
	first.has(t, `id="`+hidden+`" name="`+hidden+`" type="checkbox" value="yes" disabled`, "It cannot be chosen: its number is hidden, choose another.")
	form := filled(first.body)
	for _, o := range h.report.Offers() {
		if o.Why == nil {
			form.Set(page.FigureTick(o.Chosen), "yes")
		}
	}
	res := amy.fill(impactPath, form, "title", " ", hidden, "yes", gone, "yes")
	if res.StatusCode != http.StatusUnprocessableEntity || h.block.sheet.Version != 0 || len(form) < 9 {
		t.Fatalf("status %d of %d fields", res.StatusCode, len(form))
	}
	res.has(t, "Heading: give one of at most 200 letters", `id="title-problem"`, `<a href="#figures">Figures: want at most 6.`, ": its number is hidden, choose another", `id="`+hidden+`-problem">Its number is hidden, choose another.`,
		`name="`+of(h.report, "total")+`" type="checkbox" value="yes" checked`, `name="`+hidden+`" type="checkbox" value="yes" checked aria`, "Figure &#34;FR-GONE=total&#34;: no such report", "<title>Not saved: ")
}

// What was chosen before a correction hid it stays until somebody takes it out.
func TestAFigureThatWasHiddenLaterCanBeTakenOut(t *testing.T) {
	h := build(t, public)
	h.block.sheet.Impact, h.block.sheet.Version = report.Impact{Title: "Us", Figures: []report.Chosen{h.report.Offers()[0].Chosen}}, 1
	h.block.sheet.Reports[0] = freeze(t, reporttest.Filled(.006, time.December), h.report.ID)
	amy, name := h.as("amy"), page.FigureTick(h.report.Offers()[0].Chosen)
	form := filled(amy.see(impactPath).body)
	if res := amy.fill(impactPath, form); res.StatusCode != http.StatusUnprocessableEntity || form.Get(name) == "" {
		t.Errorf("kept: %d, %v", res.StatusCode, form)
	}
	form.Del(name)
	if res := amy.fill(impactPath, form); res.StatusCode != http.StatusSeeOther || len(h.block.sheet.Impact.Figures) > 0 {
		t.Errorf("taken out: %d", res.StatusCode)
	}
}

func TestNoChoiceOfFiguresIsLostWhenTwoChoose(t *testing.T) {
	h := build(t, public)
	amy := h.as("amy")
	mine := filled(amy.see(impactPath).body)
	amy.fill(impactPath, filled(amy.see(impactPath).body), "title", "First", of(h.report, "contact"), "yes")
	late := amy.fill(impactPath, mine, "title", "Second", of(h.report, "total"), "yes")
	if late.StatusCode != http.StatusConflict || h.block.sheet.Impact.Title != "First" {
		t.Fatalf("status %d, %+v", late.StatusCode, h.block.sheet.Impact)
	}
	late.has(t, "Amy Pritchard saved meanwhile", `value="Second"`, "Stored now: <strong>First</strong>", "Stored now: <strong>ticked</strong>", "Stored now: <strong>not ticked</strong>", `name="version" value="1"`)
	if res := amy.fill(impactPath, filled(late.body)); res.StatusCode != http.StatusSeeOther || h.block.sheet.Impact.Title != "Second" {
		t.Errorf("put together: %d, %+v", res.StatusCode, h.block.sheet.Impact)
	}
}

func TestWhoMayChooseFigures(t *testing.T) {
	h := build(t, public)
	amy, ben := h.as("amy"), h.as("ben")
	form := filled(amy.see(impactPath).body)
	ben.see("/sites/kx4f9q").has(t, "!"+impactPath)
	theirs := filled(amy.see(impactPath).body)
	theirs.Set("form", ben.form)
	for what, res := range map[string]answered{
		"an approver": ben.see(impactPath), "an approver’s form": ben.fill(impactPath, theirs), "another’s site": amy.see("/sites/zz9zz9/impact"),
		"no site": amy.see("/sites/nosite/impact"), "a form of another’s site": amy.fill("/sites/zz9zz9/impact", form),
	} {
		if res.StatusCode != http.StatusNotFound || strings.Contains(res.body, "Choose figures") {
			t.Errorf("%s: %d", what, res.StatusCode)
		}
	}
	for what, res := range map[string]answered{
		"somebody else’s token": amy.fill(impactPath, theirs),
		"another website":       h.do(http.MethodPost, impactPath, form, "Origin", "https://example.org", "Cookie", amy.cookie.Name+"="+amy.cookie.Value),
	} {
		if res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", what, res.StatusCode)
		}
	}
	if res := h.get(impactPath); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/login" || h.block.sheet.Version != 0 {
		t.Errorf("nobody: %d, version %d", res.StatusCode, h.block.sheet.Version)
	}
}
