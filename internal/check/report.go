package check

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
)

// State is what the visitor has said when something is seen.
type State string

// The states, in the order in which they are tried.
const (
	Before State = "before"
	No     State = "no"
	Yes    State = "yes"
)

// States lists them all.
var States = []State{Before, No, Yes}

// Kind is what was seen.
type Kind string

// The kinds. The first four have the names that declarations use.
const (
	Cookie   Kind = "cookie"
	Local    Kind = "local"
	Session  Kind = "session"
	Database Kind = "database"
	Request  Kind = "request"
	Global   Kind = "global" // a name that a tracker gives to the scripts of the page
)

var kinds = []Kind{Request, Global, Cookie, Local, Session, Database}

// Verdict says whether a thing may be there in a state.
type Verdict string

// The verdicts. All but the first are findings.
const (
	Allowed      Verdict = "allowed"
	NotDeclared  Verdict = "not declared"
	BeforeChoice Verdict = "before a choice"
	AfterNo      Verdict = "after No"
)

// Report is what a check found.
type Report struct {
	Version int      `json:"v"`
	Page    string   `json:"page"` // without query
	Second  string   `json:"second_page,omitempty"`
	Snippet Snippet  `json:"snippet"`
	States  []State  `json:"states"` // those that were tried
	Faults  []Fault  `json:"faults"`
	Things  []Thing  `json:"things"`
	Notes   []string `json:"notes"`
	OK      bool     `json:"ok"`
}

// Snippet is Footfall's tag in the page.
type Snippet struct {
	Tags      int    `json:"tags"`
	Site      string `json:"site"`
	Collector string `json:"collector"`
}

// Fault is something wrong with the snippet or its banner.
type Fault struct {
	What string `json:"what"`
	Mend string `json:"mend"`
}

// Thing is one cookie, key, database, called host or global.
type Thing struct {
	Kind     Kind     `json:"kind"`
	Name     string   `json:"name,omitempty"`
	Host     string   `json:"host"`
	Party    string   `json:"party"`               // first or third
	Days     *int     `json:"days,omitempty"`      // of a cookie; 0 is until the browser closes
	HTTPOnly bool     `json:"http_only,omitempty"` // of a cookie
	Via      []string `json:"via,omitempty"`       // of a request: script, image, …
	Tracker  string   `json:"tracker,omitempty"`
	Does     string   `json:"does,omitempty"`    // the tracker, in plain words
	Purpose  string   `json:"purpose,omitempty"` // that declares it; footfall for our own
	Seen     []Seen   `json:"seen"`
	Mend     string   `json:"mend,omitempty"` // empty if all is well

	use          string
	basis        string
	declaredDays int
}

// Seen is the verdict on a thing in one state.
type Seen struct {
	State   State   `json:"state"`
	Count   int     `json:"count,omitempty"` // of requests
	Verdict Verdict `json:"verdict"`
}

// Findings counts what is to be mended.
func (r *Report) Findings() int {
	n := len(r.Faults)
	for i := range r.Things {
		if r.Things[i].Mend != "" {
			n++
		}
	}
	return n
}

// Text is the report for people.
func (r *Report) Text() string {
	var b strings.Builder
	fmt.Fprintln(&b, "Page    ", r.Page)
	if r.Second != "" {
		fmt.Fprintln(&b, "and     ", r.Second)
	}
	if r.Snippet.Site != "" {
		fmt.Fprintf(&b, "Site     %s, collector %s\n", r.Snippet.Site, r.Snippet.Collector)
	}
	for _, note := range r.Notes {
		fmt.Fprintln(&b, "Note    ", note)
	}
	r.table(&b)
	r.mending(&b)
	return b.String()
}

func (r *Report) table(b *strings.Builder) {
	if len(r.Things) == 0 {
		fmt.Fprintln(b, "\nThe page keeps nothing and calls no third party.")
		return
	}
	fmt.Fprintln(b)
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "WHAT\tOF\tBEFORE A CHOICE\tAFTER NO\tAFTER YES")
	for i := range r.Things {
		t := &r.Things[i]
		fmt.Fprintf(w, "%s\t%s", t.title(), t.owner())
		for _, state := range States {
			fmt.Fprintf(w, "\t%s", r.cell(t, state))
		}
		fmt.Fprintln(w)
	}
	_ = w.Flush() // to memory: never fails
}

func (r *Report) cell(t *Thing, state State) string {
	for _, s := range t.Seen {
		if s.State != state {
			continue
		}
		if s.Verdict == Allowed {
			return "allowed"
		}
		return "! " + string(s.Verdict)
	}
	if slices.Contains(r.States, state) {
		return "-"
	}
	return "not tried"
}

func (r *Report) mending(b *strings.Builder) {
	if r.Findings() == 0 {
		fmt.Fprintln(b, "\nNothing to mend: all that was seen is declared and waits for the visitor's choice.")
		return
	}
	fmt.Fprintf(b, "\nTo mend:\n")
	n := 0
	for _, f := range r.Faults {
		n++
		fmt.Fprintf(b, "%3d. %s\n     %s\n", n, f.What, f.Mend)
	}
	for _, group := range r.groups() {
		n++
		t := group[0]
		fmt.Fprintf(b, "%3d. %s: %s\n", n, strings.Join(t.wrongs(), ", "), names(group))
		if t.Tracker != "" {
			fmt.Fprintf(b, "     %s %s.\n", t.Tracker, t.Does)
		}
		fmt.Fprintf(b, "     %s\n", t.Mend)
	}
}

// groups puts the things together that are mended in one go.
func (r *Report) groups() [][]*Thing {
	var groups [][]*Thing
	at := map[string]int{}
	for i := range r.Things {
		t := &r.Things[i]
		if t.Mend == "" {
			continue
		}
		key := fmt.Sprint(t.wrongs(), t.Tracker, t.Mend)
		if _, ok := at[key]; !ok {
			at[key] = len(groups)
			groups = append(groups, nil)
		}
		groups[at[key]] = append(groups[at[key]], t)
	}
	return groups
}

func names(group []*Thing) string {
	var list []string
	for _, t := range group {
		name := strings.TrimSpace(kindNames[t.Kind] + " " + t.Name)
		if t.Kind == Request {
			name += " to " + t.Host
		} else if t.Party == "third" {
			name += " of " + t.Host
		}
		list = append(list, name)
	}
	return strings.Join(list, ", ")
}

// ourselves is the purpose of what Footfall's own snippet keeps and calls.
const ourselves = "footfall"

var kindNames = map[Kind]string{
	Cookie: "cookie", Local: "local storage", Session: "session storage", Database: "IndexedDB", Request: "request", Global: "script",
}

// title names a thing as people would.
func (t *Thing) title() string {
	switch t.Kind {
	case Request:
		return fmt.Sprintf("request to %s (%s, %d×)", t.Host, strings.Join(t.Via, ", "), t.most())
	case Cookie:
		return fmt.Sprintf("cookie %s (%s)", t.Name, t.lifetime())
	default:
		return kindNames[t.Kind] + " " + t.Name
	}
}

func (t *Thing) lifetime() string {
	if t.HTTPOnly {
		return span(*t.Days) + ", HttpOnly"
	}
	return span(*t.Days)
}

// owner says whose a thing is: a known name, or the host and party.
func (t *Thing) owner() string {
	switch {
	case t.Purpose == ourselves:
		return "Footfall"
	case t.Tracker != "":
		return t.Tracker
	case t.Party == "first":
		return "this site"
	default:
		return t.Host
	}
}

func (t *Thing) most() int {
	n := 0
	for _, s := range t.Seen {
		n = max(n, s.Count)
	}
	return n
}

// wrongs lists the verdicts on a thing that are findings.
func (t *Thing) wrongs() []string {
	var list []string
	for _, s := range t.Seen {
		if s.Verdict != Allowed {
			list = append(list, string(s.Verdict))
		}
	}
	return list
}
