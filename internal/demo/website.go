package demo

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"
)

//go:embed website
var files embed.FS

var pages = template.Must(template.ParseFS(files, "website/*.html"))

// Page is one page of the demo website.
type Page struct {
	Path    string // below /demo, "" for the front page
	Title   string
	Lang    string
	Lead    string
	Body    []string
	Events  []Event // what can be pressed on it
	Snippet string  // address of footfall.js
	Key     string
	Menu    []Page
	Switch  string // path of the same page in the other language, "" if none
}

// Event is a button that reports a declared event.
type Event struct{ Table, Value, Label string }

// Style is the website's style sheet.
func Style() []byte {
	b, err := files.ReadFile("website/style.css")
	if err != nil {
		panic(err) // embedded
	}
	return b
}

// Render writes the page of path (as in /demo/PATH); ok is false if there is none.
func Render(w io.Writer, path, snippet string) (ok bool, err error) {
	for _, p := range website {
		if p.Path != strings.Trim(path, "/") {
			continue
		}
		p.Snippet, p.Key = snippet, Key
		for _, m := range website {
			if m.Lang == p.Lang && m.Lead != "" {
				p.Menu = append(p.Menu, m)
			}
		}
		if err := pages.ExecuteTemplate(w, "page.html", p); err != nil {
			return true, fmt.Errorf("render demo page: %w", err)
		}
		return true, nil
	}
	return false, nil
}

var website = []Page{
	{Path: "", Lang: "en", Title: "Harbour Young People", Switch: "cy", Lead: "Home",
		Body: []string{
			"Somewhere to talk when home, school or your phone gets too much. Free, and nobody needs to know.",
			"Harbour runs a helpline and a drop-in for people aged 11 to 18. You do not have to give your name."},
		Events: []Event{{"contact", "webchat", "Start a web chat"}, {"contact", "helpline-call", "Call the helpline"}, {"contact", "text", "Send us a text"}}},
	{Path: "help/bullying", Lang: "en", Title: "Being bullied", Lead: "Bullying",
		Body: []string{
			"It is not your fault, and it can stop. Tell one adult you trust: a teacher, a parent, us.",
			"Keep what was sent to you. Do not answer it. Block, then show somebody."},
		Events: []Event{{"issue", "bullying", "Talk about bullying"}, {"outcome", "found-help", "This helped me"}, {"outcome", "not-yet", "Not yet"}}},
	{Path: "help/online", Lang: "en", Title: "Safe online", Lead: "Online",
		Body: []string{
			"Somebody asks for pictures, or says they will share one? You are not in trouble with us.",
			"We can help you have a picture taken down, today."},
		Events: []Event{{"issue", "online-safety", "Talk about something online"}, {"issue", "exploitation", "Somebody is pressuring me"}, {"download", "safety-plan", "Get the safety plan"}}},
	{Path: "help/home", Lang: "en", Title: "Home and family", Lead: "Home life",
		Body: []string{
			"Arguments, moving out, looking after somebody: home can be hard in many ways.",
			"We listen first. We only tell others if somebody is in danger, and we tell you before we do."},
		Events: []Event{{"issue", "family", "Talk about home"}, {"issue", "housing", "I need somewhere to stay"}, {"signpost", "childline", "Childline"}}},
	{Path: "help/lonely", Lang: "en", Title: "Feeling alone", Lead: "Feeling alone",
		Body: []string{
			"Many people your age feel alone, even in a full room. Talking to one person helps.",
			"Come to the drop-in: there is tea, a pool table and no questions."},
		Events: []Event{{"issue", "loneliness", "Talk about feeling alone"}, {"outcome", "feel-safer", "I feel a bit better"}, {"outcome", "next-step", "I know what to do next"}}},
	{Path: "drop-in", Lang: "en", Title: "The drop-in", Lead: "Drop-in",
		Body: []string{
			"Tuesdays and Thursdays, 4 to 7 in the evening, in the old harbour office.",
			"Bring a friend if you like. You can leave at any time."},
		Events: []Event{{"contact", "drop-in", "Book a place"}}},
	{Path: "help/urgent", Lang: "en", Title: "In danger now",
		Body: []string{"If you are in danger now, call 999. This page is never counted."}},
	{Path: "parents", Lang: "en", Title: "For parents and carers", Lead: "Parents",
		Body: []string{
			"Worried about a young person? Start by listening. Our guide has words that help.",
			"You can write to us, and we answer within two working days."},
		Events: []Event{{"contact", "email-form", "Write to us"}, {"download", "parents-guide", "Get the guide"}, {"signpost", "nhs-111", "NHS 111"}}},
	{Path: "privacy", Lang: "en", Title: "Privacy and statistics",
		Body: []string{
			"If you say yes, we count your visit, so that we and our funders can see how our help is used.",
			"Nothing that could say who you are is kept: no address, no name, no list of pages. You can change your mind at the foot of any page."}},
	{Path: "cy", Lang: "cy", Title: "Pobl Ifanc Harbwr", Switch: "", Lead: "Hafan",
		Body: []string{
			"Rhywle i siarad pan fydd cartref, ysgol neu’ch ffôn yn ormod. Am ddim, a does dim rhaid i neb wybod.",
			"Mae gan Harbwr linell gymorth a sesiynau galw heibio i bobl 11 i 18 oed. Does dim rhaid rhoi’ch enw."},
		Events: []Event{{"contact", "webchat", "Dechrau sgwrs we"}, {"contact", "helpline-call", "Ffonio’r llinell gymorth"}, {"signpost", "meic", "Meic Cymru"}}},
}
