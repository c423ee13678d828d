package e2e

import (
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/app"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/demo"
)

// TestTheDemo makes the whole demo charity, as a newcomer does, and reads its
// report in every outlet. It is the slowest test of all.
func TestTheDemo(t *testing.T) {
	if testing.Short() {
		t.Skip("the demo takes about a minute")
	}
	t.Parallel()
	i := install(t)
	i.binary = must(plainBinary())(t)
	began := time.Now()
	p := i.start("demo")
	t.Logf("ready in %s", time.Since(began).Round(time.Second))
	found := regexp.MustCompile(`funder's report +(http\S+)`).FindStringSubmatch(string(must(os.ReadFile(p.out))(t)))
	if found == nil {
		t.Fatal("the demo prints no link to its report")
	}
	o := i.readReport(found[1])
	i.checkAlike(o)
	if o.json.Status != "Final" || len(o.json.Visits) != 12 {
		t.Errorf("the report is %s and has %d months", o.json.Status, len(o.json.Visits))
	}
	for _, c := range o.json.Cards {
		if c.Figure == nil || *c.Figure < 100 || *c.Figure%5 != 0 {
			t.Errorf("card %s: %v", c.Table, words(c.Figure))
		}
	}
	rows := map[cell.Table]int{}
	for _, table := range o.json.Tables {
		rows[table.ID] = len(table.Rows)
	}
	t.Logf("rows of the report: %v", rows)
	i.checkFrame(o.json.ID, found[1])
	coded := ask[app.ReportLinked](i.ofDemo(), "report", "link", "tide-2025", o.json.Period.Name, "--as", demoEmail, "--code")
	i.checkPages(map[string]any{
		"url": i.url(""), "link": found[1], "coded": coded.URL, "seal": "Report " + o.json.ID + ", version 1 (Final)",
		"site": demo.Key, "email": demoEmail, "password": demoPassword,
	})
	i.checkStaff()
	p.stop()
}

// checkPages looks at each page that somebody reads, as axe does and on paper.
func (i *installation) checkPages(given map[string]any) {
	i.t.Helper()
	const open, staff = 10, 15 // those without and behind the login
	axe := inBrowser[axeSeen](i.t, "axe.mjs", given)
	for _, v := range axe.Found {
		i.t.Errorf("axe: %s on %s at %s: %s %v", v.ID, v.Page, v.At, v.Help, v.Where)
	}
	if i.t.Logf("axe looked at %d pages", axe.Looked); axe.Looked != (open+1)*5+staff*3 {
		i.t.Errorf("axe looked at %d pages, want %d and the banner in 5 ways and %d of staff in 3", axe.Looked, open, staff)
	}
	paper := inBrowser[printSeen](i.t, "print.mjs", given)
	for _, wrong := range paper.Wrong {
		i.t.Errorf("on paper: %s", wrong)
	}
	i.t.Logf("%d pages on %d sheets; %d parts left to screens, %d heads of tables", len(paper.Pages), paper.Sheets, paper.Left, paper.Heads)
	if len(paper.Pages) != open+staff || paper.Sheets < len(paper.Pages) || paper.Left < len(paper.Pages) || paper.Heads < len(paper.Pages) {
		i.t.Errorf("too little was looked at: %q", paper.Pages)
	}
}

// printSeen is what print.mjs prints.
type printSeen struct {
	Pages, Wrong        []string
	Sheets, Left, Heads int
}

// axeSeen is what axe.mjs prints.
type axeSeen struct {
	Looked int
	Found  []struct {
		Page, ID, Help, At string
		Where              any
	}
}
