package dashboard

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
)

// Rows of targets in the form: at least so many, some of them empty, and never
// more than anybody types.
const (
	leastRows = 4
	emptyRows = 3
	mostRows  = 100
)

// targetField names a field of the target in a row, from 0.
func targetField(row int, name string) string { return "target" + strconv.Itoa(row) + "-" + name }

// ticked is the value of a tick.
func ticked(is bool) string {
	if is {
		return page.Ticked
	}
	return ""
}

// grantValues are the fields of the form for a grant as it is stored.
func grantValues(sheet funder.Sheet) map[string]string {
	g := sheet.Grant
	v := map[string]string{
		"funder": g.Funder, "new_funder": "", "title": g.Title, "funder_ref": g.FunderRef, "charity_ref": g.CharityRef,
		"start": "", "end": "", "pattern": string(g.Pattern), "nation": string(cmp.Or(g.Nation, funder.England)),
		"agreement": g.Agreement, "assessment": g.Assessment,
		"recipient": string(cmp.Or(g.Recipient, funder.Payer)), "approval": g.Approval, "approval_ends": "",
		"pages": strings.Join(g.Slice.Pages, "\n"), "giving_id": g.Giving, "charity_org_id": g.Charity,
	}
	if g.Start < g.End {
		v["start"], v["end"] = g.Start.String(), g.End.String()
	}
	if g.ApprovalEnds != 0 {
		v["approval_ends"] = g.ApprovalEnds.String()
	}
	var own []string
	for _, s := range g.Own {
		own = append(own, s.First.String()+spanWord+s.Last.String())
	}
	v["own"] = strings.Join(own, "\n")
	count, rule, _ := strings.Cut(g.Due.String(), " ")
	for _, unit := range []string{"day", "month"} { // 1 day after, 28 days after
		rule = strings.Replace(rule, unit+" after", unit+"s after", 1)
	}
	v["due_count"], v["due_rule"] = count, cmp.Or(rule, "days after, next working day")
	for _, t := range shownTables(g.Slice) {
		v[page.TableTick+string(t)] = page.Ticked
	}
	nations, others := partAreas(g.Areas)
	for _, id := range nations {
		v[page.AreaTick+id] = page.Ticked
	}
	v["areas"] = strings.Join(others, "\n")
	for i, t := range g.Targets {
		targetValues(v, i, t)
	}
	return v
}

func targetValues(v map[string]string, row int, t funder.Target) {
	for name, value := range map[string]string{
		"indicator": t.Indicator.String(), "wording": t.Wording, "period": hoped(t.Period), "whole": hoped(t.Whole),
		"definition": t.Definition, "how": t.How, "exact": ticked(t.Exact), "out_of": base(t),
	} {
		v[targetField(row, name)] = value
	}
}

// base is the indicator that says how many were asked, "" if none does.
func base(t funder.Target) string {
	if t.OutOf == "" {
		return ""
	}
	return funder.Indicator{Table: t.Indicator.Table, Value: t.OutOf}.String()
}

// shownTables are the parts of reports that a slice has, of those in the form.
func shownTables(s funder.Slice) (shown []cell.Table) {
	for _, p := range report.Parts() {
		if s.Allows(p.Table, "") {
			shown = append(shown, p.Table)
		}
	}
	return shown
}

// partAreas parts areas into the nations that have a tick, and the others.
func partAreas(areas []string) (nations, others []string) {
	for _, a := range areas {
		if slices.ContainsFunc(page.Nations, func(n page.Choice) bool { return n.ID == a }) {
			nations = append(nations, a)
		} else {
			others = append(others, a)
		}
	}
	return nations, others
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

// fillGrant puts what is in the fields of the form, as a user may see them.
func fillGrant(view *page.GrantView, by account.User, values map[string]string) {
	sheet := view.Sheet
	view.Fields = page.GrantFields()
	for i := range view.Fields {
		switch f := &view.Fields[i]; f.Name {
		case "funder":
			f.Groups = []page.ChoiceGroup{{Choices: []page.Choice{{Label: "Choose one"}}}}
			for _, one := range sheet.Funders {
				f.Groups[0].Choices = append(f.Groups[0].Choices, page.Choice{ID: one.ID, Label: one.Name})
			}
		case "pages":
			if groups := pageGroups(sheet); len(groups) > 0 {
				f.Hint += " Groups of this website: " + strings.Join(groups, ", ") + "."
			}
		}
	}
	bases := slices.DeleteFunc(slices.Clone(sheet.Offers), func(o funder.Offer) bool {
		return o.Source == funder.Records || strings.HasPrefix(o.Indicator, string(funder.Defined)) || !strings.Contains(o.Indicator, "/")
	})
	for i := range max(leastRows, len(sheet.Grant.Targets)+emptyRows, rowsOf(values)) {
		counted, asked := values[targetField(i, "indicator")], values[targetField(i, "out_of")]
		view.Rows = append(view.Rows, targetRow(i, indicatorChoices(sheet.Offers, "No target", counted), indicatorChoices(bases, "No percentage", asked)))
	}
	view.Each(func(f *page.Field) { f.Value = values[f.Name] })
	if !by.Excepts() {
		lockExact(*view)
	}
}

// lockExact shows which totals are exact as they are stored: a browser sends
// nothing of a tick that cannot be changed.
func lockExact(view page.GrantView) {
	for _, row := range view.Rows {
		f := &row.More[slices.IndexFunc(row.More, func(f page.Field) bool { return f.Type == "tick" })]
		f.Locked = true
		f.Hint += " An owner of your organisation can change it."
		f.Value = ticked(wasExact(view.Grant, row.Main[0].Value))
	}
}

// pageGroups are the names of the groups of pages of a site.
func pageGroups(sheet funder.Sheet) (groups []string) {
	for _, r := range sheet.Site.Pages {
		if r.Group != "" && !r.Drop && !slices.Contains(groups, r.Group) {
			groups = append(groups, r.Group)
		}
	}
	return groups
}

func targetRow(row int, offered, bases []page.ChoiceGroup) page.TargetRow {
	all := page.TargetFields(offered, bases)
	for _, fields := range [][]page.Field{all.Main, all.More} {
		for i := range fields {
			fields[i].Name = targetField(row, fields[i].Name)
		}
	}
	return all
}

// indicatorChoices are the indicators to choose from, with none and with one
// that is chosen already.
func indicatorChoices(offers []funder.Offer, none, chosen string) []page.ChoiceGroup {
	groups := []page.ChoiceGroup{{Choices: []page.Choice{{Label: none}}}, {Name: "From our case records"}, {Name: "Counted on the website"}}
	known := chosen == ""
	for _, o := range offers {
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

// typed is what was typed into some fields of a form.
func typed(c *fiber.Ctx, fields []page.Field, into map[string]string) {
	for _, f := range fields {
		into[f.Name] = strings.TrimSpace(strings.ReplaceAll(posted(c, f.Name), "\r\n", "\n"))
	}
}

// typedGrant is what was typed into the form.
func typedGrant(c *fiber.Ctx) map[string]string {
	all, args := map[string]string{}, c.Request().PostArgs()
	typed(c, page.GrantFields(), all)
	for i := 0; i < mostRows && args.Has(targetField(i, "indicator")); i++ {
		row := targetRow(i, nil, nil)
		typed(c, slices.Concat(row.Main, row.More), all)
	}
	return all
}

// setProblems puts each problem beside its field, which says itself what it is
// of.
func setProblems(f *page.Field, problems []page.Problem) {
	for _, p := range problems {
		if f.Name == p.Field {
			_, want, _ := strings.Cut(p.Text, ": ")
			f.Problem = sentence(want)
		}
	}
}

// inOrder are problems in the order of the fields of a form, and those of no
// field last.
func inOrder(fields []page.Field, problems []page.Problem) []page.Problem {
	at := func(p page.Problem) int {
		if i := slices.IndexFunc(fields, func(f page.Field) bool { return f.Name == p.Field }); i >= 0 {
			return i
		}
		return len(fields)
	}
	return slices.SortedStableFunc(slices.Values(problems), func(a, b page.Problem) int { return cmp.Compare(at(a), at(b)) })
}

// setStored says beside a field what is stored, if that is something else.
func setStored(f *page.Field, stored map[string]string) {
	if f.Value != stored[f.Name] {
		f.Stored = f.Says(stored[f.Name])
	}
}
