package app

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/report"
)

var (
	noText = regexp.MustCompile(`(?s)^HTTP/.*?\n\n|<head>.*?</head>|<text class="(?:tick|name)[^"]*".*?</text>|<code>.*?</code>|\b[EWSNK][0-9]{8}\b|"sha256":"[0-9a-f]*"|FR-[0-9A-Z]*|<[^>]*>`)
	digits = regexp.MustCompile(`[0-9]{1,3}(,[0-9]{3})+|[0-9]+`)
)

// oracle knows every number that may stand in a page.
type oracle map[uint64]bool

// published are the numbers of the ledger and of the sums that a reader may ask
// for, those of the report, and the words of the pages.
func (h *harbour) published(t *testing.T, l disclosure.Ledger) oracle {
	t.Helper()
	o := oracle{1000: true, 4000: true, 500: true, 300: true} // on a page of how we count, and targets
	for n := range uint64(101) {
		if n <= 31 || n > 88 { // days of a month, words of the pages, percentages
			o[n] = true
		}
	}
	for _, n := range []uint64{110, 360, 2025, 2026, 2027, 123456} { // the last is an example of a charity's number
		o[n] = true
	}
	take := func(f disclosure.Figure) {
		n, _ := f.Shown()
		o[n] = true
	}
	first, last := day.New(2026, 3, 1), day.New(2026, 7, 10)
	books := []interface{ report.Source }{disclosure.NewBook(l), disclosure.NewOwnBook(l)}
	for _, book := range books {
		for _, periods := range [][]disclosure.Period{disclosure.Days(first, last), disclosure.Weeks(first, last), disclosure.Months(first, last)} {
			points, err := book.Series(t.Context(), disclosure.Query{Site: h.site.Key, Table: cell.Total}, periods)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range points {
				take(p.Figure)
			}
		}
		for _, p := range disclosure.Months(first, last-20) {
			tables := report.NewTables(book, h.site, names)
			if a, err := tables.Answers(t.Context(), p); err == nil && a.Percent != nil {
				o[uint64(*a.Percent)] = true
			}
			if hours, err := tables.Table(t.Context(), cell.ContactHour, p); err == nil {
				o[uint64(late(hours))] = true
			}
			for _, table := range cell.Tables {
				rows, err := book.TableOf(t.Context(), disclosure.Query{Site: h.site.Key, Table: table, Period: p}, nil)
				if err != nil {
					continue // this basis did not count yet
				}
				for _, row := range rows {
					take(row.Figure)
				}
			}
		}
	}
	for _, doc := range h.records.List(report.Kind) {
		frozen, err := report.Parse(doc.Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range frozen.Facts() {
			take(f.Figure)
		}
		for _, p := range percents(frozen) {
			o[uint64(p)] = true
		}
	}
	return o
}

func percents(r report.Report) (all []int) {
	if r.Answers.Percent != nil {
		all = append(all, *r.Answers.Percent)
	}
	for _, t := range r.Tables {
		for _, row := range t.Rows {
			if row.Share != nil {
				all = append(all, row.Share.Percent)
			}
		}
		if t.ID == cell.ContactHour {
			all = append(all, late(t))
		}
	}
	return all
}

// late is the percentage of contacts outside office hours, from what is shown
// of them.
func late(hours report.Table) int {
	var late, all []disclosure.Figure
	for _, r := range hours.Rows {
		all = append(all, r.Figure)
		if r.Value == "evening" || r.Value == "night" {
			late = append(late, r.Figure)
		}
	}
	percent, _ := disclosure.Percent(disclosure.Add(late...), disclosure.Add(all...))
	return percent
}

// others lists the numbers of a page that are none of the published ones.
func (o oracle) others(answer string) (found []string) {
	if strings.Contains(answer, "Content-Type: application/vnd.openxmlformats") {
		return nil // a ZIP archive; the outlets' own tests read it
	}
	text := html.UnescapeString(noText.ReplaceAllString(answer, " "))
	if strings.Contains(answer, "text/csv") {
		text = strings.ReplaceAll(text, ",", " ")
	}
	for _, at := range digits.FindAllStringIndex(text, -1) {
		n := text[at[0]:at[1]]
		v, err := strconv.ParseUint(strings.ReplaceAll(n, ",", ""), 10, 64)
		if err != nil || !o[v] {
			around := text[max(0, at[0]-60):min(len(text), at[1]+60)]
			found = append(found, n+" in “"+strings.Join(strings.Fields(around), " ")+"”")
		}
	}
	return found
}
