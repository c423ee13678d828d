package dashboard

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
)

// spanWord stands between the first and the last day of a period that is typed.
const spanWord = " to "

// reading reads the fields of a form and notes what is wrong with them.
type reading struct {
	by       account.User
	typed    map[string]string
	sheet    funder.Sheet
	rows     []int // of the form, in which the targets of the grant that was read are
	problems []page.Problem
}

func (r *reading) wrong(field, label, want string) {
	r.problems = append(r.problems, page.Problem{Field: field, Text: label + ": " + want})
}

func (r *reading) day(field, label string) day.Day {
	d, err := day.Parse(r.typed[field])
	if err != nil {
		r.wrong(field, label, "want a day that there is, such as 2026-09-17")
	}
	return d
}

// numberForm is a whole number, whose thousands may be parted.
var numberForm = regexp.MustCompile(`^(?:\d+|\d{1,3}(?:[, \x{a0}]\d{3})+)$`)

func (r *reading) number(field, label string) uint64 {
	text := r.typed[field]
	if text == "" {
		return 0
	}
	if !numberForm.MatchString(text) {
		r.wrong(field, label, "want a whole number such as 1,500, or nothing")
		return 0
	}
	n, err := strconv.ParseUint(strings.NewReplacer(",", "", " ", "", "\u00a0", "").Replace(text), 10, 32)
	if err != nil {
		r.wrong(field, label, fmt.Sprintf("want at most %d", uint32(math.MaxUint32)))
	}
	return n
}

// lines are what is in the lines of a field.
func (r *reading) lines(field string) (all []string) {
	for line := range strings.Lines(r.typed[field]) {
		if line = strings.TrimSpace(line); line != "" {
			all = append(all, line)
		}
	}
	return all
}

// grant puts what was typed in the place of what was stored; what the form does
// not have stays.
func (r *reading) grant() funder.Grant {
	old, in := r.sheet.Grant, r.typed
	g := old
	g.Funder = cmp.Or(in["funder"], in["new_funder"])
	if in["new_funder"] != "" && in["funder"] != "" {
		r.wrong("new_funder", "New funder", "choose a funder from the list or name a new one, not both: empty this, or take the choice back")
	}
	g.Title, g.FunderRef, g.CharityRef = in["title"], in["funder_ref"], in["charity_ref"]
	g.Agreement, g.Assessment, g.Approval = in["agreement"], in["assessment"], in["approval"]
	g.Giving, g.Charity = in["giving_id"], in["charity_org_id"]
	g.Start, g.End = r.day("start", "First day"), r.day("end", "Last day")
	g.Pattern, g.Own = funder.Pattern(in["pattern"]), r.own()
	if n := funder.Nation(in["nation"]); n != cmp.Or(old.Nation, funder.England) {
		g.Nation = n
	}
	if to := funder.Recipient(in["recipient"]); to != cmp.Or(old.Recipient, funder.Payer) {
		g.Recipient = to
	}
	if g.ApprovalEnds = 0; in["approval_ends"] != "" {
		g.ApprovalEnds = r.day("approval_ends", "Last day of the approval")
	}
	g.Due = funder.Due{}
	if n := r.number("due_count", "A report is due"); n > 0 {
		if err := g.Due.UnmarshalText([]byte(fmt.Sprint(n, " ", in["due_rule"]))); err != nil {
			_, want, _ := strings.Cut(err.Error(), `": `)
			r.wrong("due_count", "A report is due", want)
		}
	}
	g.Slice, g.Areas = funder.Slice{Tables: r.tables(), Pages: r.pages()}, r.areas()
	g.Targets = r.targets()
	return g
}

// own reads the periods of the grant's own.
func (r *reading) own() (all []funder.Span) {
	for _, line := range r.lines("own") {
		first, last, _ := strings.Cut(line, spanWord)
		from, err := day.Parse(strings.TrimSpace(first))
		until, err2 := day.Parse(strings.TrimSpace(last))
		if err != nil || err2 != nil {
			r.wrong("own", "Periods of its own", fmt.Sprintf("“%s”: want the first and the last day, such as 2026-09-17 to 2027-03-31", line))
			return r.sheet.Grant.Own
		}
		all = append(all, funder.Span{First: from, Last: until})
	}
	return all
}

// tables reads which parts reports show. All of them is no slice; one that the
// form does not have stays in it.
func (r *reading) tables() (all []cell.Table) {
	old, missing := r.sheet.Grant.Slice, false
	parts := report.Parts()
	for _, p := range parts {
		if r.typed[page.TableTick+string(p.Table)] != "" {
			all = append(all, p.Table)
		} else {
			missing = true
		}
	}
	switch {
	case slices.Equal(all, shownTables(old)):
		return old.Tables
	case len(all) == 0:
		r.wrong(page.TableTick+string(parts[0].Table), "What its reports show", "tick at least one part")
		return old.Tables
	case !missing:
		return nil
	}
	for _, t := range old.Tables {
		if !slices.ContainsFunc(parts, func(p report.Part) bool { return p.Table == t }) {
			all = append(all, t)
		}
	}
	return all
}

// pages reads which pages reports show.
func (r *reading) pages() []string {
	all, groups := r.lines("pages"), pageGroups(r.sheet)
	for _, p := range all {
		if !strings.HasPrefix(p, "/") && !slices.Contains(groups, p) && !slices.Contains(r.sheet.Grant.Slice.Pages, p) {
			r.wrong("pages", "Only these pages", fmt.Sprintf("“%s”: want a path that begins with /, or the name of a group of pages as it is written in the list", p))
		}
	}
	return all
}

// areas reads where the grant is for; areas that stay keep their order.
func (r *reading) areas() (all []string) {
	old := r.sheet.Grant.Areas
	nations, others := partAreas(old)
	var named []string
	for _, n := range page.Nations {
		if r.typed[page.AreaTick+n.ID] != "" {
			named = append(named, n.ID)
		}
	}
	slices.Sort(nations)
	if slices.Equal(slices.Sorted(slices.Values(named)), nations) && slices.Equal(r.lines("areas"), others) {
		return old
	}
	for _, a := range append(named, r.lines("areas")...) {
		if code := strings.ToUpper(a); funder.IsArea(code) {
			a = code
		}
		if !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	return all
}

// base reads which value of the same table says how many were asked.
func (r *reading) base(field, label string, of funder.Indicator) string {
	table, value, _ := strings.Cut(r.typed[field], "/")
	if value != "" && table != string(of.Table) {
		r.wrong(field, label, "a percentage is of an answer from the same list as what is counted")
	}
	return value
}

// exact reads whether the total of an indicator is exact, which stays as it was
// if the user may not change it.
func (r *reading) exact(in string, is funder.Indicator) bool {
	if r.by.Excepts() {
		return in != ""
	}
	return wasExact(r.sheet.Grant, is.String())
}

// wasExact says whether a grant has the exact total of an indicator.
func wasExact(g funder.Grant, indicator string) bool {
	return slices.ContainsFunc(g.Targets, func(t funder.Target) bool { return t.Exact && t.Indicator.String() == indicator })
}

// targets reads the rows of targets.
func (r *reading) targets() (all []funder.Target) {
	for i := range rowsOf(r.typed) {
		label := fmt.Sprintf("Target %d", i+1)
		field := func(name string) string { return targetField(i, name) }
		in := func(name string) string { return r.typed[field(name)] }
		if in("indicator") == "" {
			if in("wording")+in("period")+in("whole")+in("definition")+in("how")+in("out_of")+in("exact") != "" {
				r.wrong(field("indicator"), label, "choose what is counted, or empty the row")
			}
			continue
		}
		var is funder.Indicator
		if err := is.UnmarshalText([]byte(in("indicator"))); err != nil {
			r.wrong(field("indicator"), label, err.Error())
			continue
		}
		all, r.rows = append(all, funder.Target{
			Indicator: is, Wording: in("wording"), Definition: in("definition"), How: in("how"), OutOf: r.base(field("out_of"), label, is),
			Period: r.number(field("period"), label+", each period"), Whole: r.number(field("whole"), label+", whole grant"),
			Exact: r.exact(in("exact"), is),
		}), append(r.rows, i)
	}
	return all
}

// alsoWrong adds what else is wrong with a grant of which some fields cannot be
// read, so that all is said at once.
func (r *reading) alsoWrong(g funder.Grant) {
	unread := slices.Clone(r.problems)
	g.Targets = slices.Clone(g.Targets)
	for i, t := range g.Targets { // those of the list are put in when it is stored
		g.Targets[i].Wording = cmp.Or(t.Wording, t.Indicator.String())
	}
	err := g.Validate()
	if err == nil {
		return
	}
	for _, p := range r.grantProblems(g, err.Error()) {
		about := func(q page.Problem) bool {
			return q.Field == p.Field || p.Field == "end" && q.Field == "start" || p.Field == ""
		}
		if !slices.ContainsFunc(unread, about) {
			r.problems = append(r.problems, p)
		}
	}
}

// grantNames are the fields of the form by the names that grants have for them.
var grantNames = map[string]string{"reference": "funder_ref", "dates": "end", "id": "title", "slice": "pages"}

// grantProblems words for the page what is wrong with a grant: a line each,
// which begins with what it is of.
func (r *reading) grantProblems(g funder.Grant, why string) (all []page.Problem) {
	for line := range strings.Lines(why) {
		line = strings.TrimSpace(line)
		rest, _ := strings.CutPrefix(line, "grant ")
		if of, want, ok := strings.Cut(line, "funder "); ok && of == "" {
			if strings.HasPrefix(want, "id: ") {
				want = "no short name can be made of it: add the funder first, under Grants, with one of its own"
			}
			all = append(all, page.Problem{Field: "new_funder", Text: "New funder: " + want})
			continue
		}
		name, want, _ := strings.Cut(rest, ": ")
		name = cmp.Or(grantNames[name], name)
		p := page.Problem{Text: sentence(line)}
		for _, f := range page.GrantFields() {
			if f.Name == name {
				p = page.Problem{Field: name, Text: f.Label + ": " + want}
			}
		}
		if of, ok := r.ofTarget(g, line); ok {
			p = of
		}
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}

// targetWords say which field of a target a line is of, by what is in it; the
// indicator if none is.
var targetWords = []struct{ in, field string }{{"exact", "exact"}, {"percentage", "out_of"}, {"out_of", "out_of"}, {"say it in", "wording"}, {"definition: want", "definition"}, {"how: want", "how"}}

// ofTarget finds the row of the target that a line is of.
func (r *reading) ofTarget(g funder.Grant, line string) (page.Problem, bool) {
	for n, t := range g.Targets {
		names := []string{fmt.Sprintf("target %s: ", t.Indicator), fmt.Sprintf("target %q: ", t.Wording), fmt.Sprintf("target %q: ", t.Indicator)}
		for _, o := range r.sheet.Offers {
			if o.Indicator == t.Indicator.String() {
				names = append(names, fmt.Sprintf("target %q: ", o.Wording))
			}
		}
		for _, name := range names {
			want, ok := strings.CutPrefix(line, name)
			if !ok {
				continue
			}
			field := "indicator"
			for _, w := range targetWords {
				if strings.Contains(want, w.in) {
					field = w.field
				}
			}
			row := r.rows[n]
			return page.Problem{Field: targetField(row, field), Text: fmt.Sprintf("Target %d: %s", row+1, want)}, true
		}
	}
	return page.Problem{}, false
}
