package e2e

import (
	"archive/zip"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/footfall-analytics/footfall/internal/demo"
)

// mostSteps is how many clicks and fields it may take from a file of numbers to
// a published report, grant and all, without the narrative.
const mostSteps = 25

// staffSeen is what staff.mjs prints.
type staffSeen struct {
	Begun, Preview, Stored, Sealed                                               string
	Stopped, Submitted, Reason, Published, Opened, Wrong, Revoked, Unknown, Read string
	Found, Left, Broken                                                          []string
	MayApproveOwn, MayLink                                                       bool
	Steps                                                                        int
	Tables                                                                       []grid
}

// checkStaff takes a report of a new grant from the file of last quarter's
// numbers to a funder's phone, paper and files, on pages without scripts.
func (i *installation) checkStaff() {
	i.t.Helper()
	dir := i.t.TempDir()
	first, numbers := lastQuarter(time.Now())
	s := inBrowser[staffSeen](i.t, "staff.mjs", map[string]any{
		"url": i.url(""), "email": demoEmail, "second": demoSecond, "password": demoPassword, "site": demo.Key, "totals": numbers, "dir": dir,
		"grant": map[string]any{
			"fields": map[string]string{
				"new_funder": "The Lantern Trust", "title": "A line that is answered", "funder_ref": "LT/7", "agreement": "DSA-7", "assessment": "DPIA-7",
				"start": first.Format(time.DateOnly), "end": first.AddDate(2, 0, -1).Format(time.DateOnly),
			},
			"targets": [][]string{{"indicator/helpline-contacts", "500"}, {"total", "5000"}},
		},
	})
	for _, b := range s.Broken {
		i.t.Error(b)
	}
	found := strings.Join(s.Found, "\n")
	for _, planted := range []string{"“Priya” name", "“14-year-old” age", "“Doncaster” place", "“last Tuesday” day", "Write “a teenager”"} {
		if !strings.Contains(strings.ReplaceAll(found, "Write “a child”, “a teenager”", "Write “a teenager”"), planted) {
			i.t.Errorf("%q was not found, or not explained: %s", planted, found)
		}
	}
	files := map[string]string{}
	for _, kind := range []string{"csv", "json"} {
		files[kind] = string(must(os.ReadFile(filepath.Join(dir, "report."+kind)))(i.t))
	}
	for what, ok := range map[string]bool{
		"the list of what is counted was not taken": strings.Contains(s.Begun, "You can now enter 4 indicators"),
		"the preview shows other numbers":           strings.Contains(s.Preview, "Contacts answered") && strings.Contains(s.Preview, "120") && strings.Contains(s.Preview, "80"),
		"the numbers were not stored and sealed":    strings.Contains(s.Stored, "Stored: 3 totals") && strings.Contains(s.Sealed, "Sealed: 3 totals"),
		"a child's name was submitted":              strings.Contains(s.Stopped, "not submitted yet"),
		"the mended text is stopped":                strings.Join(s.Left, " ") == "“Zephyr Room”" && s.Submitted == "Waiting for a second person",
		"who wrote it may approve it":               !s.MayApproveOwn,
		"the second person sees no reason":          strings.Contains(s.Reason, "It is the name of our meeting room"),
		"it was not published":                      s.Published == "Published",
		"an approver may make links":                !s.MayLink,
		"the funder reads something else":           strings.Contains(s.Read, "A teenager wrote to us.") && strings.Contains(s.Read, "More young people came to us than before."),
		"a child can be read of":                    !strings.Contains(s.Read+files["csv"]+files["json"], "Priya"),
		"the files are not of this report":          strings.Contains(files["json"], "A teenager wrote to us.") && strings.Contains(files["csv"], "The Lantern Trust"),
		"the day of opening is not told":            strings.Contains(s.Opened, "Opened on "),
		"a wrong code is told apart":                s.Wrong == s.Unknown,
		"a revoked link is told apart, or opens":    s.Revoked == s.Unknown && strings.Contains(s.Revoked, "There is nothing here"),
	} {
		if !ok {
			i.t.Error(what)
		}
	}
	if i.t.Logf("from the file of numbers to publication: %d clicks and fields, without the narrative", s.Steps); s.Steps > mostSteps {
		i.t.Errorf("that is more than %d", mostSteps)
	}
	i.checkPromises(s.Tables, dir)
}

// demoSecond is the demo's second person.
const demoSecond = "trustee@harbour.example"

// lastQuarter is the first day of the three months that were sealed last, and
// what a charity counted in them: 600 contacts.
func lastQuarter(now time.Time) (first time.Time, numbers string) {
	now = now.AddDate(0, 0, -3)
	first = time.Date(now.Year(), now.Month()-3, 1, 0, 0, 0, 0, time.UTC)
	numbers = "Month,Indicator,Value,Count\n"
	for m := range 3 {
		month := first.AddDate(0, m, 0).Format("January 2006")
		numbers += fmt.Sprintf("%s,Contacts answered,Telephone,120\n%s,Contacts answered,Web chat,80\n", month, month)
	}
	return first, numbers
}

// grid is a table by rows of cells, its head among them.
type grid [][]string

// promised is what the table of targets says of one in this period, without the
// commas of thousands; nothing if there is no such table or row.
func promised(all []grid, wording string) string {
	for _, g := range all {
		col := -1
		for _, row := range g {
			if slices.Contains(row, "This period") && slices.Contains(row, "Grant so far") {
				col = slices.Index(row, "This period")
			} else if col >= 0 && col < len(row) && row[0] == wording {
				return plain(row[col])
			}
		}
	}
	return ""
}

func plain(said string) string { return strings.ReplaceAll(said, ",", "") }

// checkPromises reads the figures of both targets, one of case records and one
// of visits, from all that a funder gets, and compares their words.
func (i *installation) checkPromises(page []grid, dir string) {
	i.t.Helper()
	outlets := map[string]func(wording string) string{
		"page": func(w string) string { return promised(page, w) },
		"PDF":  i.onPaper(filepath.Join(dir, "report.pdf")),
		"xlsx": i.inWorkbook(filepath.Join(dir, "report.xlsx")),
		"docx": i.inWord(filepath.Join(dir, "report.docx")),
		"csv":  i.inTable(filepath.Join(dir, "report.csv")),
		"json": i.inJSON(filepath.Join(dir, "report.json")),
	}
	for wording, least := range map[string]int{"Contacts answered": 575, "Visits": 1000} {
		want := promised(page, wording)
		if n, err := strconv.Atoi(want); err != nil || n < least || wording == "Contacts answered" && n > 625 {
			i.t.Errorf("%s: the page says %q", wording, want)
		}
		for name, said := range outlets {
			if got := said(wording); got != want {
				i.t.Errorf("%s: %q in the %s, %q on the page", wording, got, name, want)
			}
		}
		i.t.Logf("%s: %s in %d outlets", wording, want, len(outlets))
	}
}

// onPaper reads what was printed.
func (i *installation) onPaper(path string) func(string) string {
	text := string(must(exec.CommandContext(i.t.Context(), "pdftotext", "-layout", path, "-").Output())(i.t))
	_, text, _ = strings.Cut(text, "Grant so far") // the table of targets
	return func(wording string) string {
		if m := regexp.MustCompile(`(?m)^.*\b` + wording + `\s{2,}([\d,]+|[a-z][a-z0-9 ]*?)\s{2,}`).FindStringSubmatch(text); m != nil {
			return plain(m[1])
		}
		return ""
	}
}

func (i *installation) inWorkbook(path string) func(string) string {
	book := must(excelize.OpenFile(path))(i.t)
	defer func() { check(i.t, book.Close()) }()
	var all []grid
	for _, sheet := range book.GetSheetList() {
		all = append(all, must(book.GetRows(sheet))(i.t))
	}
	return func(wording string) string { return promised(all, wording) }
}

func (i *installation) inWord(path string) func(string) string {
	file := must(zip.OpenReader(path))(i.t)
	defer func() { check(i.t, file.Close()) }()
	var doc struct {
		Tables []struct {
			Rows []struct {
				Cells []struct {
					Texts []string `xml:"p>r>t"`
				} `xml:"tc"`
			} `xml:"tr"`
		} `xml:"body>tbl"`
	}
	check(i.t, xml.NewDecoder(must(file.Open("word/document.xml"))(i.t)).Decode(&doc))
	var all []grid
	for _, table := range doc.Tables {
		var g grid
		for _, row := range table.Rows {
			var cells []string
			for _, c := range row.Cells {
				cells = append(cells, strings.Join(c.Texts, "\n"))
			}
			g = append(g, cells)
		}
		all = append(all, g)
	}
	return func(wording string) string { return promised(all, wording) }
}

func (i *installation) inTable(path string) func(string) string {
	file := must(os.Open(path))(i.t)
	defer func() { check(i.t, file.Close()) }()
	rows := must(csv.NewReader(file).ReadAll())(i.t)
	part, label, figure := slices.Index(rows[0], "part"), slices.Index(rows[0], "label"), slices.Index(rows[0], "figure")
	return func(wording string) string {
		for _, row := range rows[1:] {
			if row[part] == "progress" && row[label] == wording {
				return row[figure]
			}
		}
		return ""
	}
}

func (i *installation) inJSON(path string) func(string) string {
	var r struct {
		Progress []struct {
			Wording string
			Figure  *int
		}
	}
	check(i.t, json.Unmarshal(must(os.ReadFile(path))(i.t), &r))
	return func(wording string) string {
		for _, p := range r.Progress {
			if p.Wording == wording {
				return plain(words(p.Figure))
			}
		}
		return ""
	}
}
