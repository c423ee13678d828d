package report

import (
	"context"
	"fmt"
	"slices"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/site"
)

// Names are the words for coarse facts. The room that makes the facts has
// them; app hands them over.
type Names struct {
	Area    func(code string) string // "GB-WLS" -> "Wales"; nil shows codes
	Devices []string                 // every class of device
}

// mostRows is how many rows of a table of open names a page lists.
const mostRows = 10

// reported lists the tables of a report in the order of the page.
var reported = []cell.Table{
	cell.Contact, cell.ContactHour, cell.Issue, cell.Outcome, cell.Signpost, cell.Search,
	cell.Page, cell.Source, cell.Device, cell.Length, cell.Hour, cell.Area,
}

// kinds says how a table is called and counted.
var kinds = map[cell.Table]struct{ title, unit, note string }{
	cell.Contact:  {"Contacts by channel", "Contacts", "Each channel counts once in a visit."},
	cell.Issue:    {"Issues", "Times", "Each issue counts once in a visit; a visit can be about several."},
	cell.Outcome:  {"Outcomes", "Times", "Each answer counts once in a visit."},
	cell.Signpost: {"Services that visitors went on to", "Times", ""},
	cell.Search:   {"Search themes", "Times", ""},
	cell.Download: {"Downloads", "Times", ""},
	cell.Page:     {"Most visited pages", "Visits", "A visit counts for each page that it saw."},
	cell.Entry:    {"First page of a visit", "Visits", ""},
	cell.Source:   {"Where visits came from", "Visits", ""},
	cell.Referrer: {"Sites that sent visits", "Visits", ""},
	cell.Campaign: {"Campaigns", "Visits", ""},
	cell.Device:   {"Devices", "Visits", ""},
	cell.Browser:  {"Browsers", "Visits", ""},
	cell.Version:  {"Age of the browser", "Visits", ""},
	cell.System:   {"Systems", "Visits", ""},
	cell.Hour:     {"Time of day", "Visits", "By the website's own clock, at the first page of a visit."},
	cell.Language: {"Languages of browsers", "Visits", "The first language that a browser asks for, in families."},
	cell.Length:   {"How long visits lasted", "Visits", ""},
	cell.Depth:    {"How many pages visits saw", "Visits", ""},
	cell.Area:     {"Nations and countries (estimated)", "Visits", ""},

	cell.ContactHour: {"Contacts by time of day", "Contacts", "By the website's own clock, when somebody got in touch there."},
}

// hours are the parts of a day, with their words.
var hours = []site.Choice{
	{ID: "night", Label: site.Text{En: "Night, 0 to 6"}}, {ID: "morning", Label: site.Text{En: "Morning, 6 to 12"}},
	{ID: "afternoon", Label: site.Text{En: "Afternoon, 12 to 18"}}, {ID: "evening", Label: site.Text{En: "Evening, 18 to 24"}},
}

// bands are the values of hours, length and depth, with their words.
var bands = map[cell.Table][]site.Choice{
	cell.Hour: hours, cell.ContactHour: hours,
	cell.Length: {
		{ID: "10s", Label: site.Text{En: "10 seconds or more"}}, {ID: "1m", Label: site.Text{En: "1 minute or more"}},
		{ID: "3m", Label: site.Text{En: "3 minutes or more"}}, {ID: "10m", Label: site.Text{En: "10 minutes or more"}},
	},
	cell.Depth: {
		{ID: "2", Label: site.Text{En: "2 pages or more"}}, {ID: "4", Label: site.Text{En: "4 pages or more"}},
		{ID: "8", Label: site.Text{En: "8 pages or more"}},
	},
}

// Tables makes the tables of one site in words, on the basis of its source.
type Tables struct {
	src   Source
	site  site.Site
	names Names
}

// NewTables makes the tables of s from src.
func NewTables(src Source, s site.Site, names Names) *Tables {
	return &Tables{src: src, site: s, names: names}
}

// Table reads one table of a period. Values that everybody knows are all
// listed, the hidden ones last; of other tables only shown rows, the largest
// ten. Errors are those of the Source.
func (t *Tables) Table(ctx context.Context, id cell.Table, p disclosure.Period) (Table, error) {
	return t.table(ctx, id, p, func(cell.Table, string) bool { return true })
}

// table is Table with the rows that are allowed.
func (t *Tables) table(ctx context.Context, id cell.Table, p disclosure.Period, allowed func(cell.Table, string) bool) (Table, error) {
	domain := t.domain(id)
	rows, err := t.src.TableOf(ctx, t.queryIn(id, p), domain)
	if err != nil {
		return Table{}, fmt.Errorf("read table %s: %w", id, err)
	}
	rows = slices.DeleteFunc(rows, func(r disclosure.Row) bool { return !allowed(id, r.Value) })
	if len(domain) == 0 {
		rows = rows[:min(len(rows), mostRows)]
	}
	k := kinds[id]
	table := Table{ID: id, Title: k.title, Unit: k.unit, Note: k.note, Known: len(domain) > 0, Strict: t.src.IsStrict(t.queryIn(id, p))}
	for _, r := range rows {
		table.Rows = append(table.Rows, Row{Value: r.Value, Label: t.Label(id, r.Value), Figure: r.Figure})
	}
	if id == cell.ContactHour {
		table.sayLate()
	}
	return table, nil
}

// sayLate says how much came outside of office hours, from the rows of the
// table alone; nothing if one of them is hidden. A table of which all are hidden
// has no rows: too few came, or they were not counted by their hour yet.
func (t *Table) sayLate() {
	var late, all []disclosure.Figure
	for _, r := range t.Rows {
		if r.Figure.IsShown() {
			all = append(all, r.Figure)
		}
		if r.Value == "evening" || r.Value == "night" {
			late = append(late, r.Figure)
		}
	}
	percent, ok := disclosure.Percent(disclosure.Add(late...), disclosure.Add(all...))
	switch {
	case len(all) == 0:
		t.Rows = nil
	case ok && len(all) == len(hours):
		t.Note = disclosure.English.Percent(percent) + " of website contacts came in the evening or at night, between 18:00 and 6:00. " + t.Note
	}
}

// Answers reads the choices that visitors made in the banner.
func (t *Tables) Answers(ctx context.Context, p disclosure.Period) (a Answers, err error) {
	q := t.queryIn(cell.Decision, p)
	var some disclosure.Figure
	for value, f := range map[string]*disclosure.Figure{"yes": &a.Yes, "some": &some, "no": &a.No} {
		q.Value = value
		if *f, err = t.src.Figure(ctx, q); err != nil {
			return Answers{}, fmt.Errorf("read answers: %w", err)
		}
	}
	if t.site.AsksMore() || some.IsShown() { // it may have asked for more in the period than it does now
		a.Some = &some
	}
	a.Percent = a.share()
	return a, nil
}

// Label is a value in words.
func (t *Tables) Label(id cell.Table, value string) string {
	for _, c := range t.choices(id) {
		if c.ID == value {
			return c.Label.En
		}
	}
	if (id == cell.Page || id == cell.Entry) && value == "/" {
		return "Home page"
	}
	if id == cell.Area && t.names.Area != nil {
		return t.names.Area(value)
	}
	return value
}

// choices are the values of a table that are declared with their words.
func (t *Tables) choices(id cell.Table) []site.Choice {
	if b, ok := bands[id]; ok {
		return b
	}
	return t.site.Vocabulary[id]
}

// domain lists the values that everybody knows beforehand.
func (t *Tables) domain(id cell.Table) (values []string) {
	if id == cell.Device {
		return t.names.Devices
	}
	for _, c := range t.choices(id) {
		values = append(values, c.ID)
	}
	return values
}

func (t *Tables) query(id cell.Table) disclosure.Query {
	return disclosure.Query{Site: t.site.Key, Table: id}
}

func (t *Tables) queryIn(id cell.Table, p disclosure.Period) disclosure.Query {
	q := t.query(id)
	q.Period = p
	return q
}
