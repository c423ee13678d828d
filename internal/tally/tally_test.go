package tally

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/site"
)

func choice(id, en, cy string) site.Choice {
	return site.Choice{ID: id, Label: site.Text{En: en, Cy: cy}}
}

// options are those of a charity that helps families.
func options() Options {
	define := func(id, en, cy string, values ...site.Choice) funder.Definition {
		return funder.Definition{ID: id, Source: funder.Records, Label: site.Text{En: en, Cy: cy}, Values: values}
	}
	return Options{QuarterStart: 1, Today: day.New(2026, 11, 22), Defined: []funder.Definition{
		define("families", "Families", "Teuluoedd", choice("new", "New", "Newydd"), choice("returning", "Returning", "Dychwelyd")),
		define("calls", "Calls", "Galwadau i'r llinell"),
		define("helpline", "Calls to the helpline", ""),
		define("visits", "Young people's visits", ""),
		{ID: "website", Source: funder.Website, Label: site.Text{En: "Visits"}},
	}}
}

// lines writes totals for comparing.
func lines(f File) (all []string) {
	for _, t := range f.Totals {
		text := fmt.Sprintf("%s %s %d", t.Period.Name, t.Indicator, t.Whole)
		if t.Added {
			text += " added"
		}
		for _, value := range slices.Sorted(maps.Keys(t.Parts)) {
			text += fmt.Sprintf(" %s=%d", value, t.Parts[value])
		}
		all = append(all, text)
	}
	return all
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var long = []string{"2026-08 calls 120", "2026-07 families 42 added new=12 returning=30", "2026-08 families 40 added new=9 returning=31"}

func TestFilesThatAreTaken(t *testing.T) {
	taken := map[string][]string{
		"comma.csv": long, "semicolon.csv": long, "tab.tsv": long, "pipe.txt": long,
		"bom-welsh.csv":     {"2026-08 calls 120", "2026-07 families 12 added new=12"},
		"unicode-text.txt":  {"2026-07 families 42", "2026-08 helpline 120"},
		"utf16-no-mark.csv": {"2026-07 families 42"},
		"windows.csv":       {"2026-07 visits 42"},
		"titles.csv":        {"2026-07 families 42", "2026-08 families 40"},
		"totals.csv":        long[1:],
		"value-total.csv":   {"2026-07 families 42 new=12 returning=30"},
		"thousands.csv":     {"2026-07 calls 1250", "2026-08 calls 1300", "2026-09 calls 1400"},
		"wide.csv":          {"2026-07 calls 110", "2026-08 calls 120", "2026-09 calls 0", long[1], long[2]},
		"wide.xlsx":         {"2026-07 calls 110", "2026-08 calls 120", "2026-09 calls 0", long[1], long[2]},
		"wide-total.csv":    {"2026-Q1 calls 300", "2026-Q2 calls 310", "2026-Q3 calls 320", "2026-Q1 families 100", "2026-Q2 families 110", "2026-Q3 families 120"},
		"quarters.csv":      {"2024-Q4 families 80", "2025-Q4 families 90", "2026-Q1 families 100", "2026-Q2 families 110", "2026-Q3 families 120"},
		"periods.csv":       {"2026-01 calls 1", "2026-02 calls 2", "2026-03 calls 3", "2026-04 calls 4", "2026-05 calls 5", "2026-06 calls 6", "2026-07 calls 7", "2026-08 calls 8", "2026-09 calls 9"},
		"merged.xlsx":       {"2026-07 families 42 added new=12 returning=30", "2026-08 families 1040"},
	}
	for name, want := range taken {
		got, err := Parse(file(t, name), options())
		if diff := cmp.Diff(want, lines(got)); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	refused := map[string][]string{
		"sep.csv":              {"rows 2 and 3 are both of families, 2026-07"},
		"totals-wrong.csv":     {"row 4, column C: this sum is not what the rows above it add up to"},
		"wide-total-wrong.csv": {"row 2, column D: the sum in this column"},
		"hidden.csv": {"row 2, column C: the count is hidden", "row 3, column C: there is no count", "row 4, column C: the count is hidden",
			"row 5, column C: there is no count", "row 6, column C: the count is hidden"},
		"numbers.csv": {"row 2, column C: a count cannot be negative", "row 3, column C: a count is a whole number", "row 4, column C: this is a percentage",
			"row 5, column C: a count cannot be negative", "row 6, column C: this is no count", "row 7, column C: this number is too large"},
		"twice.csv": {"row 4, column D: rows 2 and 4 are both of calls, 2026-01", "row 5, column D: rows 3 and 5 are both of families/new, 2026-02"},
		"unknown.csv": {"row 2, column B: this is no indicator of case records of the site: want one of calls, families", "row 3, column C: this is no value of families: want one of new, returning",
			"row 4, column C: calls has no values", "row 5, column A: this is a whole year", "row 6, column A: this is no month or quarter", "row 7, column A: this is a single day"},
		"extra.csv":            {"row 1, column D: this column is none of"},
		"part-above-whole.csv": {"row 3, column D: families/new is more than the whole of families in row 2"},
		"mixed.csv":            {"calls: 2026-Q1 is there as a quarter and 2026-02 as a month of it"},
		"future.csv":           {"row 3, column A: 2026-11 is not over"},
		"other-quarter.csv":    {"row 2, column A: the site's quarters begin in other months", "row 3, column A: these days are no whole month"},
		"empty.csv":            {"no row of headings was found"},
		"no-heading.csv":       {"no row of headings was found"},
		"old.xls":              {"old Excel file"},
		"page.pdf":             {"this is a PDF"},
	}
	for name, want := range refused {
		wantRefused(t, name, file(t, name), false, want)
	}
}

func TestFilesOfPeopleAreRefused(t *testing.T) {
	people := map[string][]string{
		"person-names.csv":      {"row 1, column A: this column is about single persons", "row 1, column B: ", "row 1, column C: ", "row 2, column C: the cell looks like it has a postcode"},
		"person-first-days.csv": {"row 1, column A: this column is about single persons"},
		"person-client.csv":     {"row 1, column C: this column is about single persons"},
		"person-no-count.csv":   {"row 1: there is no column of counts"},
		"person-ones.csv":       {"a row for each person or contact"},
		"person-days.csv":       {"a row for each person or contact"},
		"person-email.csv":      {"row 3, column C: the cell looks like it has an email address"},
		"person-numbers.csv": {"row 2, column C: the cell looks like it has an NHS number", "row 3, column C: the cell looks like it has a National Insurance number",
			"row 4, column C: the cell looks like it has a telephone number", "row 5, column C: the cell looks like it has a postcode", "row 6, column C: the cell looks like it has a telephone number"},
	}
	for name, want := range people {
		wantRefused(t, name, file(t, name), true, append(want, "your own browser"))
	}
	// A sheet that is hidden comes along with the file all the same.
	f := excelize.NewFile()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(f.SetSheetRow("Sheet1", "A1", &[]any{"Period", "Indicator", "Count"}))
	must(f.SetSheetRow("Sheet1", "A2", &[]any{"2026-07", "Calls", 12}))
	_, err := f.NewSheet("data")
	must(err)
	must(f.SetSheetRow("data", "A1", &[]any{"Known as", "Month"}))
	must(f.SetSheetRow("data", "A2", &[]any{"Person A", "July"}))
	must(f.SetSheetVisible("data", false))
	b, err := f.WriteToBuffer()
	must(err)
	wantRefused(t, "a hidden sheet", b.Bytes(), true, []string{"row 1, column A: this column is about single persons"})
}

// wantRefused checks a refusal, and that nothing of a cell is in it.
func wantRefused(t *testing.T, name string, content []byte, people bool, want []string) {
	t.Helper()
	got, err := Parse(content, options())
	r := AsRefusal(err)
	if r == nil || len(got.Totals) > 0 {
		t.Errorf("%s is taken: %v %v", name, lines(got), err)
		return
	}
	if r.People != people {
		t.Errorf("%s: about people %v, want %v: %v", name, r.People, people, err)
	}
	for _, text := range want {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %q is not said in:\n%v", name, text, err)
		}
	}
	for _, cell := range []string{"Person A", "Person B", "Parents", "rang twice", "example.org", "9999", "QQ", "7700", "AA1", "a dozen", "01/01/2001", "Date of birth", "Known as"} {
		if strings.Contains(err.Error(), cell) {
			t.Errorf("%s: the refusal repeats a cell: %v", name, err)
		}
	}
}

func TestProblemsAreToldTogether(t *testing.T) {
	text := "Period,Indicator,Count\n" + strings.Repeat("2026-01,Calls,x1\n", 25)
	_, err := Parse([]byte(text), options())
	if err == nil || strings.Count(err.Error(), "\n") != most || !strings.HasSuffix(err.Error(), "and 5 more") {
		t.Errorf("%v", err)
	}
}

// Between a month and its year stands what people write there, and nothing else.
func TestWhatParts(t *testing.T) {
	file := func(cell string) []byte {
		return []byte("Period;Indicator;Count\n2026-06;Calls;4\n\"" + strings.ReplaceAll(cell, `"`, `""`) + "\";Calls;5\n")
	}
	for _, form := range []string{"July%s2026", "Jul.%s26", "2026%sJuly"} {
		for _, parts := range []string{"", " ", "-", "/", ",", ".", " - ", ", ", "–", "\u00a0", "'", " ’"} {
			cell := fmt.Sprintf(form, parts)
			got, err := Parse(file(cell), options())
			if diff := cmp.Diff([]string{"2026-06 calls 4", "2026-07 calls 5"}, lines(got)); diff != "" || err != nil {
				t.Errorf("%q: %v\n%s", cell, err, diff)
			}
		}
		for _, parts := range []string{"#", "!", "\"", "$", "%", "&", "(", ")", "*", "+", ":", "_", "|", " # "} {
			cell := fmt.Sprintf(form, parts)
			if _, err := Parse(file(cell), options()); err == nil || !strings.Contains(err.Error(), "row 3, column A: this is no month or quarter") {
				t.Errorf("%q: %v", cell, err)
			}
		}
	}
	for _, cell := range []string{"2026-07-01T00:00:00Z", "2026-07-01T00:00"} { // as programs write a day
		if got, err := Parse(file(cell), options()); err != nil || len(got.Totals) != 2 {
			t.Errorf("%q: %v", cell, err)
		}
	}
}

func TestQuartersOfTheSiteAndOfAGrant(t *testing.T) {
	o := options()
	o.QuarterStart, o.YearStart = 2, 8
	got, err := Parse([]byte("Period,Indicator,Count\nQ1 2025/26,Calls,5\n2026-Q1,Calls,6\nNov-Jan 2026,Calls,7\n2025-Q1-02,Calls,8\n"), o)
	if diff := cmp.Diff([]string{"2025-Q1-02 calls 8", "2025-Q3-08 calls 5", "2025-Q4-11 calls 7", "2026-Q1-02 calls 6"}, lines(got)); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestMessagesOfPrograms(t *testing.T) {
	got, err := ParseJSON([]byte(`{"totals": [{"period": "2026-07", "indicator": "families", "value": "new", "count": 12}, {"period": "2026-08", "indicator": "indicator/calls", "count": "1,200"}]}`), options())
	if diff := cmp.Diff([]string{"2026-08 calls 1200", "2026-07 families 12 added new=12"}, lines(got)); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for body, want := range map[string]string{
		`{}`:                        "want JSON such as",
		`[]`:                        "want JSON such as",
		`{"totals": [], "more": 1}`: "want JSON such as",
		`{"totals": []}`:            "no rows with counts",
		`{"totals": [{"period": "2026-07", "indicator": "calls", "count": 1.5}]}`:                     "row 1, column D: a count is a whole number",
		`{"totals": [{"period": "2026-07", "indicator": "calls", "count": [1]}]}`:                     "nothing within them",
		`{"totals": [{"period": "2026-07", "indicator": "calls", "count": 1, "name": "Person A"}]}`:   "single persons",
		`{"totals": [{"period": "2026-07", "indicator": "calls", "count": 1, "colour": "Person A"}]}`: "this column is none of",
		`{"totals": [{"period": "2026-07", "indicator": "person-a@example.org", "count": 1}]}`:        "an email address",
	} {
		if _, err := ParseJSON([]byte(body), options()); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Person A") || strings.Contains(err.Error(), "example.org") {
			t.Errorf("%s: %v, want %q", body, err, want)
		}
	}
}

func TestHeadingsOfPersons(t *testing.T) {
	for heading, want := range map[string]bool{
		"Name": true, "Client Name": true, "First name": true, "D.O.B.": false, "DOB": true, "Date of Birth": true, "Post code": true, "Home address": true, "Email": true, "E-mail": true,
		"NHS number": true, "Phone number": true, "NI no": true, "Enw": true, "Case ID": true, "Participant": true,
		"Indicator name": false, "Number of phone calls": false, "Period": false, "Telephone contacts": false, "Count": false, "Month": false, "Families": false,
	} {
		if personHeading(heading) != want {
			t.Errorf("%q: %v", heading, !want)
		}
	}
}

func FuzzParse(f *testing.F) {
	names, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		if !name.IsDir() {
			f.Add(file(f, name.Name()))
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		got, err := Parse(content, options())
		if err != nil {
			if r := AsRefusal(err); r == nil || len(r.Problems) == 0 || err.Error() == "" || len(got.Totals) > 0 {
				t.Errorf("%v is no refusal that can be mended", err)
			}
			return
		}
		if len(got.Totals) == 0 {
			t.Error("nothing was read and nothing is wrong")
		}
		for _, total := range got.Totals {
			sum := uint64(0)
			for _, n := range total.Parts {
				if sum += n; n > total.Whole {
					t.Errorf("%+v: a part is more than the whole", total)
				}
			}
			if total.Period.Last >= options().Today || total.Added && sum != total.Whole {
				t.Errorf("%+v: of the future, or it does not add up", total)
			}
		}
	})
}
