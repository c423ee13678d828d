// Package notice writes what visitors are told about a website, from facts
// alone: the privacy notice and the list of what is kept on their device, in
// English and Welsh. A fact that is missing leaves its sentence out.
package notice

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/site"
)

// Langs are the languages of the texts; the first is the fallback.
var Langs = []string{"en", "cy"}

// Lang is the language of the texts for one that a page asks for, such as cy-GB.
func Lang(asked string) string {
	main, _, _ := strings.Cut(strings.ToLower(asked), "-")
	for _, l := range Langs {
		if l == main {
			return l
		}
	}
	return Langs[0]
}

// Facts is all that the texts are made of.
type Facts struct {
	Site       site.Site
	Banner     site.Banner    // in force
	Version    uint32         // of the banner
	Changed    day.Day        // on which any of this last changed
	Recipients []Recipient    // who can open a report
	Retention  site.Retention // in force
	Base       string         // address under which the collector's /v1 lies
}

// Recipient is a funder who holds a link to a report.
type Recipient struct {
	Funder string  `json:"funder"`
	Grant  string  `json:"grant"`
	Until  day.Day `json:"until"` // last day on which the link opens
}

// Review is the day by which somebody should read the texts again: facts in a
// notice grow stale unseen.
func (f Facts) Review() day.Day {
	return day.New(f.Changed.Year()+1, f.Changed.Month(), f.Changed.Time().Day())
}

// Notice is a privacy notice in one language.
type Notice struct {
	Site     string    `json:"site"`
	Lang     string    `json:"lang"`
	Version  uint32    `json:"version"`
	Date     day.Day   `json:"date"`
	Review   day.Day   `json:"review"`
	Title    string    `json:"title"`
	Sections []Section `json:"sections"`
}

// Section is one heading of a notice and what stands under it.
type Section struct {
	ID     string  `json:"id"`
	Title  string  `json:"title"`
	Blocks []Block `json:"blocks"`
}

// Block is a paragraph or a list; the other is empty.
type Block struct {
	Text  string   `json:"text,omitempty"`
	Items []string `json:"items,omitempty"`
}

//go:embed text
var files embed.FS

// words is what texts are put together from in one language: text/<lang>.json.
type words struct {
	Months    [12]string            `json:"months"`
	And       string                `json:"and"`
	Basis     map[site.Basis]string `json:"basis"`
	Places    map[string]string     `json:"places"`
	Days      string                `json:"days"`
	Session   string                `json:"session"` // instead of days
	Unset     string                `json:"unset"`   // the same
	Cells     string                `json:"cells"`   // how long they are kept
	Figures   string                `json:"figures"` // the same
	Years     []string              `json:"years"`   // numbers of them, as they stand in Figures
	Holds     map[string]string     `json:"holds"`
	Tables    map[string]string     `json:"tables"`
	Regulator map[string]string     `json:"regulator"`
}

// date writes a day as people of the language do.
func (w *words) date(d day.Day) string {
	return fmt.Sprintf("%d %s %d", d.Time().Day(), w.Months[d.Month()-1], d.Year())
}

// keeping says how long what is counted is kept.
func (w *words) keeping(r site.Retention) []string {
	if r.CellsDays == 0 || r.FiguresYears == 0 {
		return []string{}
	}
	return []string{fmt.Sprintf(w.Cells, r.CellsDays), fmt.Sprintf(w.Figures, w.Years[r.FiguresYears])}
}

// list writes "a, b and c".
func (w *words) list(all []string) string {
	if n := len(all); n > 1 {
		return strings.Join(all[:n-1], ", ") + " " + w.And + " " + all[n-1]
	}
	return strings.Join(all, "")
}

var (
	texts     = readWords()
	templates = readTemplates()
)

func readWords() map[string]*words {
	all := map[string]*words{}
	for _, l := range Langs {
		text, err := files.ReadFile("text/" + l + ".json")
		if err != nil {
			panic(err) // embedded
		}
		w := new(words)
		if err := json.Unmarshal(text, w); err != nil {
			panic(err) // tested
		}
		all[l] = w
	}
	return all
}

func readTemplates() map[string]*template.Template {
	all := map[string]*template.Template{}
	for _, l := range Langs {
		w := texts[l]
		funcs := template.FuncMap{"date": w.date, "list": w.list}
		all[l] = template.Must(template.New(l+".txt").Funcs(funcs).Option("missingkey=error").ParseFS(files, "text/"+l+".txt"))
	}
	return all
}

// Write makes the notice in a language of Langs.
func Write(f Facts, lang string) (Notice, error) {
	var b strings.Builder
	if err := templates[lang].Execute(&b, newView(f, lang)); err != nil {
		return Notice{}, fmt.Errorf("write notice: %w", err)
	}
	n := Notice{Site: f.Site.Key, Lang: lang, Version: f.Version, Date: f.Changed, Review: f.Review()}
	n.parse(b.String())
	return n, nil
}

// parse reads the marks of text/<lang>.txt: "# " the title, "## id " a heading,
// "- " an item of a list; any other line is a paragraph.
func (n *Notice) parse(text string) {
	for line := range strings.Lines(text) {
		line = strings.Join(strings.Fields(line), " ")
		var now *Section
		if len(n.Sections) > 0 {
			now = &n.Sections[len(n.Sections)-1]
		}
		switch {
		case line == "":
		case strings.HasPrefix(line, "# "):
			n.Title = line[2:]
		case strings.HasPrefix(line, "## "):
			id, title, _ := strings.Cut(line[3:], " ")
			n.Sections = append(n.Sections, Section{ID: id, Title: title})
		case strings.HasPrefix(line, "- "):
			if last := len(now.Blocks) - 1; last >= 0 && now.Blocks[last].Items != nil {
				now.Blocks[last].Items = append(now.Blocks[last].Items, line[2:])
			} else {
				now.Blocks = append(now.Blocks, Block{Items: []string{line[2:]}})
			}
		default:
			now.Blocks = append(now.Blocks, Block{Text: line})
		}
	}
}

// Text is the notice as plain text, to be pasted into a charity's own page.
func (n Notice) Text() string {
	var b strings.Builder
	b.WriteString(n.Title + "\n")
	for _, s := range n.Sections {
		b.WriteString("\n" + s.Title + "\n\n")
		for _, block := range s.Blocks {
			if block.Text != "" {
				b.WriteString(block.Text + "\n")
			}
			for _, item := range block.Items {
				b.WriteString("- " + item + "\n")
			}
		}
	}
	return b.String()
}
