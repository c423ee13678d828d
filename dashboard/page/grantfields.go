package page

import (
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
)

// TableTick and AreaTick begin the names of the fields in which a part of
// reports, or a nation, is ticked.
const (
	TableTick = "table-"
	AreaTick  = "area-"
)

// Nations are the areas of the Office for National Statistics that have a tick
// of their own.
var Nations = []Choice{{"E92000001", "England"}, {"W92000004", "Wales"}, {"S92000003", "Scotland"}, {"N92000002", "Northern Ireland"}}

// GrantFields are the fields of the form of a grant, but for its targets, and
// for the funders to choose from.
func GrantFields() []Field {
	all := append(whoFields(), whenFields()...)
	for _, p := range report.Parts() {
		all = append(all, Field{Part: "shows", Name: TableTick + string(p.Table), Label: p.Title, Type: "tick"})
	}
	all = append(all, Field{Part: "pages", Name: "pages", Label: "Only these pages", Type: "lines",
		Hint: "One to a line: a path such as /help, which takes all pages below it too, or the name of a group of pages. Empty: all pages."})
	all = append(all, termFields()...)
	for _, n := range Nations {
		all = append(all, Field{Part: "nations", Name: AreaTick + n.ID, Label: n.Label, Type: "tick"})
	}
	return append(all, openFields()...)
}

func text(part, name, label, hint string) Field {
	return Field{Part: part, Name: name, Label: label, Hint: hint, Type: "text"}
}

func needed(f Field) Field {
	f.Required = true
	return f
}

func whoFields() []Field {
	return []Field{
		{Part: "who", Name: "funder", Label: "Funder", Hint: "Who the reports go to."},
		text("who", "new_funder", "Or the name of a new funder", "If it is not in the list yet."),
		needed(text("who", "title", "Title of the grant", "As the funder calls it. It stands at the top of each report.")),
		needed(text("who", "funder_ref", "Funder’s reference", "The number of the grant at the funder, so that they can file the report.")),
		text("who", "charity_ref", "Our own reference", "How we file it ourselves."),
		{Part: "who", Name: "recipient", Label: "Who is told", Hint: "Visitors can read this in the list of who sees reports.", Groups: one(
			Choice{string(funder.Payer), "The funder, who pays for it"}, Choice{string(funder.Partner), "A partner, who works with us"},
			Choice{string(funder.Researcher), "A researcher, with ethical approval"})},
	}
}

func whenFields() []Field {
	return []Field{
		{Part: "when", Name: "start", Label: "First day", Hint: "Of the grant, as in the agreement.", Type: "date", Required: true},
		{Part: "when", Name: "end", Label: "Last day", Hint: "The last day that the grant still pays for.", Type: "date", Required: true},
		{Part: "when", Name: "pattern", Label: "Reports", Hint: "How often the funder wants one.", Groups: one(
			Choice{string(funder.Quarterly), "Every quarter"}, Choice{string(funder.HalfYearly), "Every half-year"}, Choice{string(funder.Yearly), "Every year"},
			Choice{string(funder.OneOff), "Once, at the end"}, Choice{string(funder.Own), "In the periods written below"})},
		{Part: "when", Name: "nation", Label: "Bank holidays of", Hint: "They are no working days for the rule below.", Groups: one(
			Choice{string(funder.England), "England"}, Choice{string(funder.Wales), "Wales"}, Choice{string(funder.Scotland), "Scotland"},
			Choice{string(funder.NorthernIreland), "Northern Ireland"})},
		{Part: "when", Name: "due_count", Label: "A report is due after", Hint: "How many days or months after the last day of its period. Empty if no day is agreed.", Type: "number"},
		{Part: "when", Name: "due_rule", Label: "Counted in", Hint: "And what happens when that day is no working day.", Groups: one(
			Choice{"days after, next working day", "days, or the next working day"}, Choice{"days after, previous working day", "days, or the working day before"},
			Choice{"working days after", "working days"}, Choice{"months after, next working day", "months, or the next working day"},
			Choice{"months after, previous working day", "months, or the working day before"})},
		{Part: "when", Name: "own", Label: "Periods of its own", Hint: "Only if the agreement has periods of its own: one to a line, such as 2026-09-17 to 2027-03-31.", Type: "lines"},
	}
}

func termFields() []Field {
	return []Field{
		text("terms", "agreement", "Reference of the data sharing agreement", "How you file it. Needed before a report can be sent to the funder."),
		text("terms", "assessment", "Reference of the impact assessment", "Of the data protection impact assessment. Needed as well."),
		text("terms", "approval", "Reference of the ethical approval", "Only researchers need one."),
		{Part: "terms", Name: "approval_ends", Label: "Last day of the approval", Hint: "No link for a researcher opens after it.", Type: "date"},
	}
}

func openFields() []Field {
	return []Field{
		{Part: "open", Name: "areas", Label: "Smaller areas", Type: "lines",
			Hint: "Codes of the Office for National Statistics, one to a line, such as E06000023 for Bristol. Empty if the nations ticked above say it."},
		text("open", "giving_id", "360Giving number of the grant", "The funder has it if it publishes its grants, such as 360G-prefix-reference."),
		text("open", "charity_org_id", "Our own organisation number", "Our register and number, such as GB-CHC-123456 for charity 123456."),
	}
}

// TargetFields are the fields of a target in the form of a grant: those that
// all have, and those that are seldom wanted. Offered is what can be counted,
// bases are the values that can say how many were asked.
func TargetFields(offered, bases []ChoiceGroup) TargetRow {
	return TargetRow{
		Main: []Field{
			{Name: "indicator", Label: "What is counted", Groups: offered},
			{Name: "wording", Label: "In the grant’s words", Type: "text"},
			{Name: "period", Label: "Each period", Type: "number"},
			{Name: "whole", Label: "Whole grant", Type: "number"},
		},
		More: []Field{
			text("", "definition", "What counts, and what does not", "As the agreement has it. It stands below the target in reports."),
			text("", "how", "How it is measured", "In one sentence, for readers of the report."),
			{Name: "out_of", Label: "As a percentage of", Groups: bases, Hint: "The answer that says how many were asked, from the list that has what is counted."},
			{Name: "exact", Label: "Show the exact total", Type: "tick",
				Hint: "Only if the agreement demands it, only for numbers of our case records, and only from 10 on. Parts of the total stay rounded. It holds for numbers that are sealed from now on."},
		},
	}
}
