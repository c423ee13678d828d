package e2e

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/coarsen"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/demo"
)

// hidden is what stands for a number that is too small, and hiddenMore where it
// need not be below 10: for sums of rows, and in strict tables.
const (
	hidden     = "fewer than 10"
	hiddenMore = "hidden to protect others"
)

// hiddenIn is what stands for a hidden number of a table.
func hiddenIn(table cell.Table) string {
	if slices.Contains(alwaysStrict, table) {
		return hiddenMore
	}
	return hidden
}

// outlets are the ways in which a funder reads a report.
type outlets struct {
	json funderReport
	csv  [][]string
	page readSeen
}

// funderReport is what the tests look at of report.json.
type funderReport struct {
	ID, Status string
	Period     struct{ Name string }
	Cards      []struct {
		Table  cell.Table
		Title  string
		Figure *int
	}
	Visits []struct {
		First  string
		Figure *int
	}
	Tables []struct {
		ID    cell.Table
		Title string
		Rows  []struct {
			Value, Label string
			Figure       *int
		}
	}
	Answers struct{ Yes, No *int }
}

// readSeen is what read.mjs prints.
type readSeen struct{ WithScript, WithoutScript, Staff pageSeen }

type pageSeen struct {
	Text   string
	Tables []struct {
		Caption string
		Rows    []rowSeen
	}
	Cards      []rowSeen
	Complaints []string
}

type rowSeen struct{ Label, Figure string }

// table are the rows of the table whose caption begins so.
func (p pageSeen) table(caption string) []rowSeen {
	for _, t := range p.Tables {
		if strings.HasPrefix(t.Caption, caption) {
			return t.Rows
		}
	}
	return nil
}

// readReport reads a report in all its outlets.
func (i *installation) readReport(link string) (o outlets) {
	i.t.Helper()
	path := strings.TrimPrefix(link, i.url(""))
	status, text := i.get(path + "/report.json")
	if status != http.StatusOK {
		i.t.Fatalf("report.json: %d %s", status, text)
	}
	check(i.t, json.Unmarshal([]byte(text), &o.json))
	status, text = i.get(path + "/report.csv")
	if status != http.StatusOK {
		i.t.Fatalf("report.csv: %d %s", status, text)
	}
	o.csv = must(csv.NewReader(strings.NewReader(text)).ReadAll())(i.t)
	o.page = inBrowser[readSeen](i.t, "read.mjs", map[string]any{
		"url": i.url(""), "link": link, "site": demo.Key, "email": demoEmail, "password": demoPassword,
	})
	return o
}

// words are a figure as pages and tables write it.
func words(figure *int) string {
	if figure == nil {
		return hidden
	}
	text := strconv.Itoa(*figure)
	if cut := len(text) - 3; cut > 0 {
		return text[:cut] + "," + text[cut:]
	}
	return text
}

// wordsIn are words, for a row of a table.
func wordsIn(table cell.Table, figure *int) string {
	if figure == nil {
		return hiddenIn(table)
	}
	return words(figure)
}

// checkAlike compares every table and card of the report on the page, with and
// without JavaScript, and in the CSV with the JSON.
func (i *installation) checkAlike(o outlets) {
	i.t.Helper()
	if diff := cmp.Diff(o.page.WithScript, o.page.WithoutScript); diff != "" {
		i.t.Errorf("the page without JavaScript: %s", diff)
	}
	inCSV := map[string]string{}
	for _, row := range o.csv[1:] { // part, table, value -> figure
		inCSV[row[8]+" "+row[9]+" "+row[10]] = row[15]
	}
	for _, c := range o.json.Cards {
		said := words(c.Figure)
		if c.Figure == nil && c.Table != cell.Total { // a sum of rows, none of them shown
			said = hiddenMore
		}
		if got := inCSV["card "+string(c.Table)+" "]; got != strings.ReplaceAll(said, ",", "") {
			i.t.Errorf("card %s is %s in the CSV and %s in the JSON", c.Table, got, said)
		}
		if !slices.Contains(o.page.WithScript.Cards, rowSeen{c.Title, said}) {
			i.t.Errorf("card %s: %v on the page, %s in the JSON", c.Title, o.page.WithScript.Cards, said)
		}
	}
	for _, table := range o.json.Tables {
		var rows []rowSeen
		for _, row := range table.Rows {
			said := wordsIn(table.ID, row.Figure)
			rows = append(rows, rowSeen{row.Label, said})
			if got := inCSV["table "+string(table.ID)+" "+row.Value]; got != strings.ReplaceAll(said, ",", "") {
				i.t.Errorf("%s %s is %s in the CSV and %s in the JSON", table.ID, row.Value, got, said)
			}
		}
		if diff := cmp.Diff(rows, o.page.WithScript.table(table.Title)); diff != "" {
			i.t.Errorf("%s, JSON and page: %s", table.Title, diff)
		}
	}
	for _, p := range []pageSeen{o.page.WithScript, o.page.WithoutScript, o.page.Staff} {
		if len(p.Complaints) > 0 {
			i.t.Errorf("the browser complains: %q", p.Complaints)
		}
	}
}

// domains are the values that a report lists even if nobody came.
func domains() map[cell.Table][]string {
	all := map[cell.Table][]string{cell.Device: coarsen.Devices, cell.ContactHour: coarsen.Hours}
	for table, choices := range demo.Harbour("127.0.0.1").Vocabulary {
		for _, c := range choices {
			all[table] = append(all[table], c.ID)
		}
	}
	return all
}

// checkReport compares everything in the report with what the rule makes of
// the truth.
func (w *way) checkReport(link string) {
	w.t.Helper()
	o := w.readReport(link)
	w.checkAlike(o)
	r := w.newRule(demo.Key, w.during.Year())
	inReport := 0
	for _, table := range o.json.Tables {
		if table.ID == cell.Length || table.ID == cell.Hour { // how long a visit lasts, and when it begins, is up to the machine
			continue
		}
		want := map[string]string{}
		for _, value := range domains()[table.ID] {
			want[value] = hiddenIn(table.ID)
		}
		for value, n := range w.truth[table.ID] {
			if figure := r.month(table.ID, w.month(), value, n); figure > 0 {
				want[value] = strconv.Itoa(figure)
			}
		}
		if table.ID == cell.ContactHour && want["afternoon"] == hiddenMore { // the only one with any: a table of hidden rows is left out
			clear(want)
		}
		got := map[string]string{}
		for _, row := range table.Rows {
			got[row.Value] = wordsIn(table.ID, row.Figure)
			inReport++
		}
		if diff := cmp.Diff(want, got); diff != "" {
			w.t.Errorf("%s, rule and report: %s", table.ID, diff)
		}
		w.t.Logf("%s: true %v, shown %v", table.ID, w.truth[table.ID], got)
	}
	if inReport < 25 {
		w.t.Errorf("only %d rows compared", inReport)
	}
	w.checkTotal(r, o)
	w.checkSmall(o, r.month(cell.Page, w.month(), "Being bullied", w.truth[cell.Page]["Being bullied"]) > 0)
	for answer, figure := range map[string]*int{"yes": o.json.Answers.Yes, "no": o.json.Answers.No} {
		want := r.month(cell.Decision, w.month(), answer, w.truth[cell.Decision][answer])
		if words(figure) != shownWords(want) {
			w.t.Errorf("answered %s: %s, want %s", answer, words(figure), shownWords(want))
		}
	}
}

// shownWords are a figure of the rule as pages write it.
func shownWords(n int) string {
	if n == 0 {
		return hidden
	}
	return words(&n)
}

// checkTotal: the visits of a month are the sum of its days, each of which has
// noise of its own.
func (w *way) checkTotal(r *rule, o outlets) {
	w.t.Helper()
	n, noisy := w.truth[cell.Total][""], 0
	y, m, date := w.during.Date()
	for d := day.New(y, m, 1); d < day.New(y, m+1, 1); d++ {
		onDay := 0
		if d == day.New(y, m, date) {
			onDay = n
		}
		noisy += r.noisy(cell.Total, "day", d.String(), "", onDay)
	}
	want := shownWords(shown(n, noisy, 25))
	w.t.Logf("total: true %d, noisy %d, shown %s", n, noisy, want)
	for _, c := range o.json.Cards {
		if c.Table == cell.Total && words(c.Figure) != want {
			w.t.Errorf("site usage is %s, want %s", words(c.Figure), want)
		}
	}
	if len(o.json.Visits) != 1 || words(o.json.Visits[0].Figure) != want {
		w.t.Errorf("visits by month: %+v, want %s", o.json.Visits, want)
	}
	if !strings.Contains(o.page.Staff.Text, want+" visits in "+w.during.Format("January 2006")) {
		w.t.Errorf("the staff page does not say %s: %s", want, o.page.Staff.Text)
	}
	if diff := cmp.Diff(o.page.WithScript.table("Devices"), o.page.Staff.table("Devices")); diff != "" {
		w.t.Errorf("funder and staff read different figures: %s", diff)
	}
}

// checkSmall: what few people did is hidden in words where the value is known
// to everybody, and absent where its name would tell. A page with more is named
// if the noise leaves it a figure.
func (w *way) checkSmall(o outlets, named bool) {
	w.t.Helper()
	page := o.page.WithScript
	if !slices.Contains(page.table("Devices"), rowSeen{"Phone", hidden}) {
		w.t.Errorf("two visits from phones: %v", page.table("Devices"))
	}
	for _, p := range []pageSeen{page, o.page.Staff} {
		unsaid := strings.NewReplacer("Wales: not shown", "", "Walesnot shown", "").Replace(p.Text) // the map names all four
		if strings.Contains(p.Text, "The drop-in") || strings.Contains(unsaid, "Wales") {
			w.t.Errorf("a page with 3 visits or a nation with 4 is named: %s", p.Text)
		}
		if named && !strings.Contains(p.Text, "Being bullied") {
			w.t.Errorf("a page with 15 visits is not named: %s", p.Text)
		}
	}
}
