package dashboard

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/site"
	"github.com/footfall-analytics/footfall/internal/tally"
)

// wire is a listener that keeps what it is sent.
type wire struct {
	net.Listener
	mu    sync.Mutex
	conns []*bytes.Buffer
}

type wiretap struct {
	net.Conn
	wire *wire
	all  *bytes.Buffer
}

func (w *wire) Accept() (net.Conn, error) {
	c, err := w.Listener.Accept()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conns = append(w.conns, new(bytes.Buffer))
	return wiretap{c, w, w.conns[len(w.conns)-1]}, err
}

func (c wiretap) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.wire.mu.Lock()
	defer c.wire.mu.Unlock()
	c.all.Write(b[:n])
	return n, err
}

func (w *wire) heard(content []byte) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.ContainsFunc(w.conns, func(b *bytes.Buffer) bool { return bytes.Contains(b.Bytes(), content) })
}

// fixtures are the files of the reader's own tests, and some for each word and
// form by which it knows people.
func fixtures(t *testing.T) map[string][]byte {
	t.Helper()
	const folder = "../internal/tally/testdata"
	all := map[string][]byte{}
	entries, err := os.ReadDir(folder)
	must(t, err)
	for _, e := range entries {
		if !e.IsDir() {
			all[e.Name()], err = os.ReadFile(filepath.Join(folder, e.Name()))
			must(t, err)
		}
	}
	for _, heading := range []string{"Name", "D.O.B.", "DOB", "Post code", "E-mail", "NHS number", "Home phone", "NI no", "Enw", "Côd-post", "Case ID", "Initials", "Indicator name"} {
		all["heading "+heading+".csv"] = []byte("Month,Indicator," + heading + ",Count\n2026-07,Calls,,3\n")
	}
	for _, cell := range []string{"943 476 5919", "943 476 5918", "person-a@example.org", "person-a@example", "ZZ99 3WZ", "qq123456c", "020 7946 0000", "12", "October to December 2026", "01/10/2026-31/10/2026", "seen 0117 496 0000"} {
		all["cell "+strings.ReplaceAll(cell, "/", ".")+".csv"] = []byte("Month,Indicator,Value,Count\n2026-07,Families," + cell + ",3\n")
	}
	for _, month := range []string{"July#2026", "2026&July", "Jul ’26", "2026.July", "2026-07-01T00:00:00Z"} { // as headings
		all["month "+strings.ReplaceAll(month, ":", "")+".csv"] = []byte("Indicator;" + month + ";2026-08;2026-09\nCalls;3;4;5\n")
	}
	return all
}

// vocabulary is what the files of the reader's own tests count.
func vocabulary() []funder.Definition {
	define := func(id, en, cy string, values ...site.Choice) funder.Definition {
		return funder.Definition{ID: id, Site: "kx4f9q", Heading: "contacts", Source: funder.Records, Label: site.Text{En: en, Cy: cy}, Unit: site.Text{En: "cases"}, Values: values}
	}
	return []funder.Definition{
		define("families", "Families", "Teuluoedd", site.Choice{ID: "new", Label: site.Text{En: "New", Cy: "Newydd"}}, site.Choice{ID: "returning", Label: site.Text{En: "Returning", Cy: "Dychwelyd"}}),
		define("calls", "Calls", "Galwadau i'r llinell"), define("helpline", "Calls to the helpline", ""), define("visits", "Young people's visits", ""),
	}
}

// fate is what became of a file in the browser.
type fate struct {
	Kept       bool
	Said, Left string
	Requests   []string
}

// tallied is what was counted of a list.
type tallied struct {
	Said, When, Totals, Months string
	Sheets, Columns, Requests  []string
}

type looks struct {
	Files, Raced map[string]fate
	Lists, Odd   map[string]tallied
	Kept         struct {
		Focused, Totals, Fewer, Preview string
		Before, Posted                  []string
	}
	Broken []string
	Looked int
}

// browse gives files to the pages in a browser.
func browse(t *testing.T, l *wire, files, lists, odd map[string][]byte) (seen looks) {
	t.Helper()
	folder := t.TempDir()
	for _, all := range []map[string][]byte{files, lists, odd} {
		for name, content := range all {
			must(t, os.WriteFile(filepath.Join(folder, name), content, 0o600))
		}
	}
	url := "http://" + l.Addr().String()
	given, err := json.Marshal(map[string]any{
		"url": url, "numbers": url + ourNumbers, "email": "dan@harbour.example", "password": secret, "folder": folder, "shots": *shots,
		"files": slices.Sorted(maps.Keys(files)), "raced": []string{"comma.csv", "person-names.csv"}, "lists": slices.Sorted(maps.Keys(lists)), "odd": slices.Sorted(maps.Keys(odd)),
	})
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "internal/e2e/browser/files.mjs", string(given))
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = "..", &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	must(t, json.Unmarshal(out.Bytes(), &seen))
	return seen
}

// What the server refuses because of people stays in the browser: no request is
// made, and no byte of it is heard. What the server takes is sent and taken.
func TestFilesOfPeopleStayInTheBrowser(t *testing.T) {
	inner, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	l := &wire{Listener: inner}
	h := office(t, "http://"+l.Addr().String())
	for _, def := range vocabulary() {
		h.put(funder.DefinitionKind, def.ID, def)
	}
	go func() { _ = h.app.Listener(l) }()
	t.Cleanup(func() { _ = h.app.Shutdown() })
	files, lists, odd := fixtures(t), lists(t), oddFiles(t)
	seen := browse(t, l, files, lists, odd)
	for name, content := range files {
		checkFile(t, l, name, content, seen.Files[name])
	}
	if f := seen.Raced["comma.csv"]; f.Kept || len(f.Requests) == 0 {
		t.Errorf("totals whose button was pressed at once: %+v", f)
	}
	if f := seen.Raced["person-names.csv"]; !f.Kept || len(f.Requests) > 0 {
		t.Errorf("people whose button was pressed at once: %+v", f)
	}
	checkLists(t, seen)
	for name, want := range sentences {
		if got := seen.Odd[name]; !strings.Contains(got.Said, want) || len(got.Requests) > 0 {
			t.Errorf("%s: %+v, want %q", name, got, want)
		}
	}
	for name, content := range lists {
		if l.heard(content) || l.heard([]byte("Test Person")) {
			t.Errorf("something of %s was sent", name)
		}
	}
	for _, b := range seen.Broken {
		t.Error(b)
	}
	if seen.Looked != 6 || len(seen.Files) != len(files) || len(seen.Odd) != len(sentences) {
		t.Errorf("looked at %d pages, %d files and %d odd ones", seen.Looked, len(seen.Files), len(seen.Odd))
	}
}

// notTables are the files without people that stay in the browser, too: they are
// no table of totals, and what is in them nobody knows.
var notTables = []string{"empty.csv", "no-heading.csv", "old.xls", "page.pdf"}

func checkFile(t *testing.T, l *wire, name string, content []byte, got fate) {
	t.Helper()
	_, err := tally.Parse(content, tally.Options{Defined: vocabulary(), QuarterStart: 1, Today: day.New(2027, 1, 8)})
	refused := tally.AsRefusal(err)
	keep := refused != nil && (refused.People || strings.Contains(err.Error(), "this column is none of")) || slices.Contains(notTables, name)
	switch {
	case got.Kept != keep:
		t.Errorf("%s: kept %v, want %v; the server says %v, the page %q", name, got.Kept, keep, err, got.Said)
	case keep && (len(got.Requests) > 0 || got.Left != "" || len(content) > 0 && l.heard(content)):
		t.Errorf("%s was to stay: requests %q, %q is still in the form", name, got.Requests, got.Left)
	case !keep && (len(got.Requests) != 1 || !strings.HasPrefix(got.Requests[0], "POST "+ourNumbers) || !l.heard(content)):
		t.Errorf("%s was to be sent: %q", name, got.Requests)
	case keep && !strings.HasPrefix(got.Said, name+" was not sent"):
		t.Errorf("%s: the page says %q", name, got.Said)
	}
}

func checkLists(t *testing.T, seen looks) {
	t.Helper()
	for name, got := range seen.Lists {
		if got.Totals != countedOfPeople || len(got.Requests) > 0 {
			t.Errorf("%s: sent %q\n%s", name, got.Requests, cmp.Diff(countedOfPeople, got.Totals))
		}
		if slices.Contains(got.Columns, "Name") || slices.Contains(got.Columns, "Date of birth") || got.When == "Status" {
			t.Errorf("%s: %q are offered, dates are in %q", name, got.Columns, got.When)
		}
		if !strings.Contains(got.Months, "January 2027 (not over yet)") || !strings.Contains(got.Said, "left out: 1") {
			t.Errorf("%s: %q %q", name, got.Months, got.Said)
		}
	}
	if got := seen.Lists["list-sheets.xlsx"].Sheets; !slices.Equal(got, []string{"Notes", "People 2026"}) {
		t.Errorf("sheets: %q", got)
	}
	k := seen.Kept
	if k.Focused != "counter-name" || len(k.Before) > 0 || k.Totals != countedOfPeople || strings.Contains(k.Fewer, "2026-11") || strings.Count(k.Fewer, "\n") != 6 {
		t.Errorf("counted in the page of totals: %+v", k)
	}
	if len(k.Posted) != 1 || !strings.Contains(k.Posted[0], "do=counted") || !strings.Contains(k.Preview, "October 2026 3") || strings.Contains(k.Preview, "November") {
		t.Errorf("sent as counts: %q, %q", k.Posted, k.Preview)
	}
}
