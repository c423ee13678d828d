package coarsen

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// share is how many of a thousand visits to a British charity's website are of
// a class, by our reading of public statistics of browsers; bots have none.
var share = map[string]float64{
	"Safari on iPhone": 290, "Chrome on Android phones": 190, "Chrome on computers": 165, "Edge on computers": 85,
	"Safari on Mac": 45, "Samsung Internet": 45, "Facebook app": 40, "Google app": 30, "Safari on iPad that says so": 10,
	"Firefox on computers": 20, "Other browsers on iOS": 20, "Instagram app": 15, "Other in-app": 12, "Android tablets": 8,
	"ChromeOS": 8, "Other browsers on Android": 5, "DuckDuckGo": 4, "Opera on computers": 3, "Linux computers": 2,
	"Other browsers on computers": 2, "Televisions and consoles": 1,
}

// classified is an agent whose class, browser, system and device are known.
type classified struct{ class, want, agent string }

func readClassified(t testing.TB, name string) []classified {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var all []classified
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.SplitN(line, "\t", 3)
		if len(parts) != 3 {
			t.Fatalf("%s: %q has no three parts", name, line)
		}
		all = append(all, classified{parts[0], parts[1], parts[2]})
	}
	return all
}

// score counts agents of a class that are read right and people taken for bots.
type score struct{ all, right, bots int }

func scores(all []classified, read func(agent string) Agent) map[string]score {
	m := map[string]score{}
	for _, c := range all {
		got := read(c.agent)
		s := m[c.class]
		s.all++
		if got.Bot {
			s.bots++
		}
		got.Version = ""
		if describe(got) == c.want {
			s.right++
		}
		m[c.class] = s
	}
	return m
}

// totals weighs classes of people by their share of visits.
func totals(m map[string]score) (people, taken, caught float64) {
	weights, bots, known := 0.0, 0, 0
	for class, s := range m {
		if strings.HasPrefix(class, "bots") {
			bots, known = bots+s.all, known+s.bots
			continue
		}
		weights += share[class]
		people += share[class] * float64(s.right) / float64(s.all)
		taken += share[class] * float64(s.bots) / float64(s.all)
	}
	return people / weights, taken / weights, float64(known) / float64(bots)
}

// TestAccuracy prints how many agents of each class are read right, and holds
// both halves to the targets: 99.5 % of visits, 90 % of bots, 0.1 % of people
// taken for bots.
func TestAccuracy(t *testing.T) {
	read := func(agent string) Agent { return ReadAgent(agent, "", "") }
	tuned, heldOut := readClassified(t, "agents-tuned.tsv"), readClassified(t, "agents-heldout.tsv")
	a, b := scores(tuned, read), scores(heldOut, read)
	var table strings.Builder
	fmt.Fprintf(&table, "%-30s %6s %10s %10s\n", "class", "share", "tuned", "held out")
	classes := make([]string, 0, len(a))
	for class := range a {
		classes = append(classes, class)
	}
	slices.Sort(classes)
	for _, class := range classes {
		if share[class] == 0 && !strings.HasPrefix(class, "bots") {
			t.Errorf("class %q has no share of visits", class)
		}
		fmt.Fprintf(&table, "%-30s %6.1f %5d/%3d %6d/%3d\n", class, share[class]/10, a[class].right, a[class].all, b[class].right, b[class].all)
	}
	for name, half := range map[string]map[string]score{"tuned": a, "held out": b} {
		people, taken, caught := totals(half)
		fmt.Fprintf(&table, "%s: %.2f %% of visits right, %.2f %% of people taken for bots, %.1f %% of bots caught\n", name, 100*people, 100*taken, 100*caught)
		if people < 0.995 || taken > 0.001 || caught < 0.9 {
			t.Errorf("%s: below the targets", name)
		}
	}
	t.Log("\n" + table.String())
	for _, c := range tuned {
		got := read(c.agent)
		got.Version = ""
		if describe(got) != c.want {
			t.Errorf("%s: %s, want %s\n%s", c.class, describe(got), c.want, c.agent)
		}
	}
}

// TestPagesAccuracy prints how many planted identifiers are gone and how many
// ordinary pages are kept as they are. Of the half that may be looked at nothing
// planted is left.
func TestPagesAccuracy(t *testing.T) {
	rules := NewRules(Settings{})
	good := func(c classified) bool {
		page, _ := rules.Page(c.agent)
		if c.class == "ordinary" {
			return page == c.want
		}
		return !strings.Contains(page, c.want)
	}
	type count struct{ right, all [2]int }
	counts := map[string]*count{}
	for half, name := range []string{"pages-tuned.tsv", "pages-heldout.tsv"} {
		for _, c := range readClassified(t, name) {
			if counts[c.class] == nil {
				counts[c.class] = &count{}
			}
			counts[c.class].all[half]++
			switch {
			case good(c):
				counts[c.class].right[half]++
			case half == 0:
				page, _ := rules.Page(c.agent)
				t.Errorf("%s: %q is kept as %q", c.class, c.agent, page)
			}
		}
	}
	var table strings.Builder
	fmt.Fprintf(&table, "%-22s %8s %10s\n", "class", "tuned", "held out")
	classes := make([]string, 0, len(counts))
	for class := range counts {
		classes = append(classes, class)
	}
	slices.Sort(classes)
	for _, class := range classes {
		c := counts[class]
		fmt.Fprintf(&table, "%-22s %4d/%3d %6d/%3d\n", class, c.right[0], c.all[0], c.right[1], c.all[1])
		if c.right[1]*100 < c.all[1]*95 {
			t.Errorf("%s: %d of %d held out are right", class, c.right[1], c.all[1])
		}
	}
	t.Log("\n" + table.String())
}
