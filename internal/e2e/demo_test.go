package e2e

import (
	"os"
	"regexp"
	"testing"
	"time"

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
	seen := inBrowser[axeSeen](t, "axe.mjs", map[string]any{
		"url": i.url(""), "link": found[1], "site": demo.Key, "email": demoEmail, "password": demoPassword,
	})
	for _, v := range seen.Found {
		t.Errorf("axe: %s on %s at %s: %s %v", v.ID, v.Page, v.At, v.Help, v.Where)
	}
	if t.Logf("axe looked at %d pages", seen.Looked); seen.Looked != 6*5+12*3 {
		t.Errorf("axe looked at %d pages, want 6 in 5 ways and 12 of staff in 3", seen.Looked)
	}
	i.checkStaff()
	p.stop()
}

// axeSeen is what axe.mjs prints.
type axeSeen struct {
	Looked int
	Found  []struct {
		Page, ID, Help, At string
		Where              any
	}
}
