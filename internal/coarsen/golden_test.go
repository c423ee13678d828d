package coarsen

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// example is a piece of a golden file: input, dashed line, what is kept.
type example struct {
	name  string
	input []string
	kept  string
}

// readExamples reads testdata/name. Examples are parted by the line that begins
// with "# " after an empty line; an empty line above the dashes is empty input.
func readExamples(t testing.TB, name string) []example {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var examples []example
	for _, part := range strings.Split(string(text), "\n\n# ") {
		above, below, ok := strings.Cut(part, "\n------\n")
		if !ok {
			continue // the head of the file
		}
		lines := strings.Split(above, "\n")
		examples = append(examples, example{lines[0], append(lines[1:], "", ""), strings.TrimSpace(below)})
	}
	if len(examples) < 20 {
		t.Fatalf("%s: %d examples", name, len(examples))
	}
	return examples
}

func check(t *testing.T, e example, got string) {
	t.Helper()
	t.Run(e.name, func(t *testing.T) {
		if diff := cmp.Diff(e.kept, got); diff != "" {
			t.Errorf("%q is kept as (-want +got):\n%s", e.input[0], diff)
		}
	})
}

var harbour = NewRules(Settings{
	Hosts:     []string{"www.harbour.example.org.uk", "127.0.0.1:8080"},
	Sisters:   []string{"www.lighthouse.example.org", "127.0.0.1:9090"},
	Campaigns: []string{"Spring", "autumn-2026", ""},
	Pages: []PageRule{
		{Prefix: "/private", Group: "Sensitive pages"},
		{Prefix: "/private/leaflet"},
		{Prefix: "/Staff-Only/", Drop: true},
	},
})

func TestPages(t *testing.T) {
	for _, e := range readExamples(t, "pages.txt") {
		page, kept := harbour.Page(e.input[0])
		if !kept {
			page = "(not counted)"
		}
		check(t, e, page)
	}
}

func TestSources(t *testing.T) {
	for _, e := range readExamples(t, "sources.txt") {
		o := harbour.Source(e.input[0], strings.TrimPrefix(e.input[1], "campaign: "))
		check(t, e, join(o.Class, o.Referrer, o.Campaign))
	}
}

func TestAgents(t *testing.T) {
	for _, e := range readExamples(t, "agents.txt") {
		check(t, e, describe(ReadAgent(e.input[0], strings.TrimPrefix(e.input[1], "mobile: "), strings.TrimPrefix(e.input[2], "platform: "))))
	}
}

func describe(a Agent) string {
	if a.Bot {
		return "(not a person)"
	}
	return join(a.Browser, a.Version, a.System, a.Device)
}

func join(words ...string) string {
	var said []string
	for _, w := range words {
		if w != "" {
			said = append(said, w)
		}
	}
	return strings.Join(said, ", ")
}
