package dashboard

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/funder"
)

// Rows of targets in the form: at least so many, some of them empty, and never
// more than anybody types.
const (
	leastRows = 8
	emptyRows = 3
	mostRows  = 100
)

// targetField names a field of the target in a row, from 0.
func targetField(row int, name string) string { return "target" + strconv.Itoa(row) + "-" + name }

// grantValues are the fields of the form for a grant as it is stored.
func grantValues(sheet funder.Sheet) map[string]string {
	g := sheet.Grant
	v := map[string]string{
		"funder": g.Funder, "new_funder": "", "title": g.Title, "funder_ref": g.FunderRef, "charity_ref": g.CharityRef,
		"start": "", "end": "", "pattern": string(g.Pattern), "nation": string(cmp.Or(g.Nation, funder.England)),
		"agreement": g.Agreement, "assessment": g.Assessment,
	}
	if g.Start < g.End {
		v["start"], v["end"] = g.Start.String(), g.End.String()
	}
	count, rule, _ := strings.Cut(g.Due.String(), " ")
	for _, unit := range []string{"day", "month"} { // 1 day after, 28 days after
		rule = strings.Replace(rule, unit+" after", unit+"s after", 1)
	}
	v["due_count"], v["due_rule"] = count, cmp.Or(rule, "days after, next working day")
	for i, t := range g.Targets {
		v[targetField(i, "indicator")], v[targetField(i, "wording")] = t.Indicator.String(), t.Wording
		v[targetField(i, "period")], v[targetField(i, "whole")] = hoped(t.Period), hoped(t.Whole)
	}
	return v
}

func hoped(n uint64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatUint(n, 10)
}

// rowsOf is how many rows of targets a form has.
func rowsOf(values map[string]string) (n int) {
	for n < mostRows {
		if _, ok := values[targetField(n, "indicator")]; !ok {
			break
		}
		n++
	}
	return n
}

// grantFields are the fields of the form with what is in them.
func grantFields(sheet funder.Sheet, values map[string]string) (fields []page.GrantField, rows [][]page.GrantField) {
	fields = page.GrantFields()
	for i := range fields {
		f := &fields[i]
		f.Value = values[f.Name]
		switch {
		case f.Name == "funder":
			f.Groups = []page.ChoiceGroup{{Choices: []page.Choice{{Label: "Choose one"}}}}
			for _, one := range sheet.Funders {
				f.Groups[0].Choices = append(f.Groups[0].Choices, page.Choice{ID: one.ID, Label: one.Name})
			}
		case f.Name == "pattern" && sheet.Grant.Pattern == funder.Own:
			f.Groups[0].Choices = append(f.Groups[0].Choices, page.Choice{ID: string(funder.Own), Label: "In periods of its own"})
		}
	}
	n := max(leastRows, len(sheet.Grant.Targets)+emptyRows, rowsOf(values))
	for i := range n {
		rows = append(rows, targetFields(i, indicatorChoices(sheet, values[targetField(i, "indicator")]), values))
	}
	return fields, rows
}

func targetFields(row int, offered []page.ChoiceGroup, values map[string]string) []page.GrantField {
	fields := []page.GrantField{
		{Name: "indicator", Label: "What is counted", Groups: offered},
		{Name: "wording", Label: "In the grant’s words", Type: "text"},
		{Name: "period", Label: "Each period", Type: "number"},
		{Name: "whole", Label: "Whole grant", Type: "number"},
	}
	for i := range fields {
		fields[i].Name = targetField(row, fields[i].Name)
		fields[i].Value = values[fields[i].Name]
	}
	return fields
}

// indicatorChoices are the indicators to choose from, with one that is chosen already.
func indicatorChoices(sheet funder.Sheet, chosen string) []page.ChoiceGroup {
	groups := []page.ChoiceGroup{{Choices: []page.Choice{{Label: "No target"}}}, {Name: "From our case records"}, {Name: "Counted on the website"}}
	known := chosen == ""
	for _, o := range sheet.Offers {
		group := &groups[2]
		if o.Source == funder.Records {
			group = &groups[1]
		}
		group.Choices = append(group.Choices, page.Choice{ID: o.Indicator, Label: o.Label})
		known = known || o.Indicator == chosen
	}
	if !known { // such as a group of pages
		groups[0].Choices = append(groups[0].Choices, page.Choice{ID: chosen, Label: chosen})
	}
	return slices.DeleteFunc(groups, func(g page.ChoiceGroup) bool { return len(g.Choices) == 0 })
}

// typedGrant is what was typed into the form.
func typedGrant(c *fiber.Ctx) map[string]string {
	typed, args := map[string]string{}, c.Request().PostArgs()
	take := func(name string) { typed[name] = strings.TrimSpace(posted(c, name)) }
	for _, f := range page.GrantFields() {
		take(f.Name)
	}
	for i := 0; i < mostRows && args.Has(targetField(i, "indicator")); i++ {
		for _, f := range targetFields(i, nil, nil) {
			take(f.Name)
		}
	}
	return typed
}

// reading reads the fields of a form and notes what is wrong with them.
type reading struct {
	typed    map[string]string
	problems []page.GrantProblem
}

func (r *reading) wrong(field, label, want string) {
	r.problems = append(r.problems, page.GrantProblem{Field: field, Text: label + ": " + want})
}

func (r *reading) day(field, label string) day.Day {
	d, err := day.Parse(r.typed[field])
	if err != nil {
		r.wrong(field, label, "want a day such as 2026-09-17")
	}
	return d
}

func (r *reading) number(field, label string) uint64 {
	text := strings.NewReplacer(",", "", " ", "").Replace(r.typed[field])
	if text == "" {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		r.wrong(field, label, "want a whole number such as 1,500, or nothing")
	}
	return n
}

// readGrant puts what was typed in the place of what was stored; what the form
// does not have stays.
func readGrant(typed map[string]string, old funder.Grant) (funder.Grant, []page.GrantProblem) {
	r := &reading{typed: typed}
	g := old
	g.Funder = cmp.Or(typed["funder"], typed["new_funder"])
	g.Title, g.FunderRef, g.CharityRef = typed["title"], typed["funder_ref"], typed["charity_ref"]
	g.Agreement, g.Assessment = typed["agreement"], typed["assessment"]
	g.Start, g.End = r.day("start", "First day"), r.day("end", "Last day")
	if g.Pattern = funder.Pattern(typed["pattern"]); g.Pattern != funder.Own {
		g.Own = nil
	}
	if n := funder.Nation(typed["nation"]); n != cmp.Or(old.Nation, funder.England) {
		g.Nation = n
	}
	g.Due = funder.Due{}
	if n := r.number("due_count", "A report is due"); n > 0 {
		if err := g.Due.UnmarshalText([]byte(fmt.Sprint(n, " ", typed["due_rule"]))); err != nil {
			_, want, _ := strings.Cut(err.Error(), `": `)
			r.wrong("due_count", "A report is due", want)
		}
	}
	g.Targets = r.targets(old)
	return g, r.problems
}

// targets reads the rows of targets; what a target has beside what is in its
// row stays with its indicator.
func (r *reading) targets(old funder.Grant) (all []funder.Target) {
	for i := range rowsOf(r.typed) {
		label := fmt.Sprintf("Target %d", i+1)
		field := func(name string) string { return targetField(i, name) }
		said := r.typed[field("wording")]
		if r.typed[field("indicator")] == "" {
			if said+r.typed[field("period")]+r.typed[field("whole")] != "" {
				r.wrong(field("indicator"), label, "choose what is counted, or empty the row")
			}
			continue
		}
		var t funder.Target
		var is funder.Indicator
		if err := is.UnmarshalText([]byte(r.typed[field("indicator")])); err != nil {
			r.wrong(field("indicator"), label, err.Error())
			continue
		}
		if at := slices.IndexFunc(old.Targets, func(t funder.Target) bool { return t.Indicator == is }); at >= 0 {
			t = old.Targets[at]
		}
		t.Indicator, t.Wording = is, said
		t.Period, t.Whole = r.number(field("period"), label+", each period"), r.number(field("whole"), label+", whole grant")
		all = append(all, t)
	}
	return all
}

// alsoWrong adds what else is wrong with a grant of which some fields cannot be
// read, so that all is said at once.
func alsoWrong(problems []page.GrantProblem, g funder.Grant) []page.GrantProblem {
	unread := slices.Clone(problems)
	err := g.Validate()
	if err == nil {
		return problems
	}
	for _, p := range grantProblems(err.Error()) {
		about := func(q page.GrantProblem) bool {
			return q.Field == p.Field || p.Field == "end" && q.Field == "start" || p.Field == ""
		}
		if !slices.ContainsFunc(unread, about) {
			problems = append(problems, p)
		}
	}
	return problems
}

// grantNames are the fields of the form by the names that grants have for them.
var grantNames = map[string]string{"reference": "funder_ref", "dates": "end", "own": "pattern", "references": "agreement", "id": "title"}

// grantProblems words for the page what is wrong with a grant: a line each,
// which begins with what it is of.
func grantProblems(why string) (all []page.GrantProblem) {
	for line := range strings.Lines(why) {
		line = strings.TrimSpace(line)
		rest, _ := strings.CutPrefix(line, "grant ")
		if of, want, ok := strings.Cut(line, "funder "); ok && of == "" {
			all = append(all, page.GrantProblem{Field: "new_funder", Text: "New funder: " + want})
			continue
		}
		name, want, _ := strings.Cut(rest, ": ")
		name = cmp.Or(grantNames[name], name)
		p := page.GrantProblem{Text: sentence(line)}
		for _, f := range page.GrantFields() {
			if f.Name == name {
				p = page.GrantProblem{Field: name, Text: f.Label + ": " + want}
			}
		}
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}
