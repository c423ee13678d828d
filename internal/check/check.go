// Package check looks at a website as its visitors' browsers do: what it keeps
// and calls before a choice, after No and after Yes, against what it declares.
package check

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"
)

// Options say what to check and how.
type Options struct {
	URL     string
	Browser string        // path of Chromium or Chrome; empty for the one on PATH
	Timeout time.Duration // for a page to load
	Wait    time.Duration // for what a page does after it has loaded or been answered
	Clock   func() time.Time

	hosts []string // more rules of host names, for tests
}

// Run visits the website once for each state, each time in a new profile. An
// error says that the check could not be made; what it found is in the report.
func Run(ctx context.Context, o Options) (*Report, error) {
	u, err := pageAddress(o.URL)
	if err != nil {
		return nil, err
	}
	o.URL = u.String()
	if o.Browser, err = findBrowser(o.Browser); err != nil {
		return nil, err
	}
	c := checker{options: &o, seen: map[State][]sighting{}, report: &Report{Version: 1, Faults: []Fault{}, Notes: []string{}}}
	if err := c.visits(ctx); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err() // the browser was closed because of it
		}
		return nil, err
	}
	c.report.Things = c.subject.judge(c.seen)
	c.report.OK = c.report.Findings() == 0
	return c.report, nil
}

// visits makes the visits, one for each state that there is.
func (c *checker) visits(ctx context.Context) error {
	if err := c.before(ctx); err != nil || !c.readable(ctx) {
		return err
	}
	for _, state := range c.toTry() {
		if err := c.after(ctx, state); err != nil {
			return err
		}
	}
	return nil
}

// pageAddress reads what the user gave; https is meant if they do not say.
func pageAddress(given string) (*url.URL, error) {
	if !strings.Contains(given, "://") {
		given = "https://" + given
	}
	u, err := url.Parse(given)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("read address %q: give the address of a web page, such as https://www.example.org/", given)
	}
	return u, nil
}

// checker gathers one report.
type checker struct {
	options *Options
	report  *Report
	subject subject
	seen    map[State][]sighting
	broken  bool  // the snippet does not work in the page
	first   *look // the visit before a choice
}

func (c *checker) fault(what, mend string) {
	c.report.Faults = append(c.report.Faults, Fault{What: what, Mend: mend})
}

func (c *checker) note(text string) { c.report.Notes = append(c.report.Notes, text) }

// before makes the first visit, which answers nothing.
func (c *checker) before(ctx context.Context) error {
	l, err := c.options.visit(ctx, Before)
	if err != nil {
		return err
	}
	at, err := url.Parse(l.at)
	if err != nil {
		return fmt.Errorf("read address of the page: %w", err)
	}
	c.subject.host = at.Hostname()
	c.first = l
	c.report.Page, c.report.Second = shown(l.at), shown(l.second)
	c.report.States = []State{Before}
	c.seen[Before] = l.seen
	if l.late {
		c.note("The page had not finished loading in time: what it does later was not seen.")
	}
	if l.second == "" {
		c.note("The page links to no other page of the website that could be opened: one page was seen.")
	} else if l.lost && len(l.tags) > 0 {
		c.fault("The second page has no Footfall tag.", "Put the tag on every page, in the part that all pages share.")
	}
	return nil
}

// readable looks for the snippet and reads what the site declares. It says
// whether there is a banner to answer.
func (c *checker) readable(ctx context.Context) bool {
	if !c.findSnippet() {
		return false
	}
	s := c.report.Snippet
	base, err := url.Parse(s.Collector)
	if err != nil {
		return false
	}
	c.subject.collector = base.Hostname()
	c.loads(base.Scheme + "://" + base.Host)
	c.subject.declared, err = fetchDeclared(ctx, s.Collector, s.Site)
	if err != nil {
		c.breaks(fmt.Sprintf("What site %s declares cannot be read: %v.", s.Site, err), "See that data-site is the key of the site and that the service runs. Until then nothing counts as declared.")
	}
	return !c.broken
}

// asked is the request for a banner, which tells site and collector where a
// script of the page, and no tag, starts the snippet.
var asked = regexp.MustCompile(`^(.*)/v1/sites/([^/]+)/banner$`)

func (c *checker) findSnippet() bool {
	s := &c.report.Snippet
	s.Tags = len(c.first.tags)
	for _, t := range c.first.tags {
		if t.Automation {
			c.note("The tag has data-allow-automation: visits of automated browsers are counted. The check held its own back.")
		}
		if s.Site == "" && t.Site != "" {
			s.Site, s.Collector = t.Site, folder(t.Src)
		}
	}
	for _, one := range c.first.calls {
		if m := asked.FindStringSubmatch(one.url.Scheme + "://" + one.url.Host + one.url.Path); m != nil && s.Site == "" {
			s.Collector, s.Site = m[1], m[2]
		}
	}
	switch {
	case s.Tags == 0 && s.Site == "":
		c.fault("The page has no Footfall tag.", `Paste the line that "footfall site show KEY" prints into the page's <head>. Without it no banner is shown and nothing is held back.`)
	case s.Site == "":
		c.fault("The Footfall tag has no data-site.", `Use the whole line that "footfall site show KEY" prints.`)
	case s.Tags > 1:
		c.fault(fmt.Sprintf("The Footfall tag stands %d times in the page.", s.Tags), "Leave one: look in the theme, in plug-ins and in the tag manager.")
	}
	return s.Site != ""
}

// loads looks at whether the page lets the snippet load, start and reach the
// collector at an origin.
func (c *checker) loads(origin string) {
	s := c.report.Snippet
	for _, one := range c.first.calls {
		address := one.url.Scheme + "://" + one.url.Host + one.url.Path
		file := path.Base(address)
		rest, of := strings.CutPrefix(address, s.Collector+"/")
		if !of || !strings.HasPrefix(rest, "v1/") && !strings.HasPrefix(rest, "footfall") {
			continue
		}
		switch {
		case one.policy != "":
			c.breaks(fmt.Sprintf("The page's Content-Security-Policy keeps the snippet from %s.", file), "Add "+origin+" to its "+one.policy+".")
			return
		case one.status >= 400:
			c.breaks(fmt.Sprintf("The collector answered %d for %s.", one.status, file), "See that the address in the tag and data-site are right and that the service runs.")
			return
		case one.failed && one.blocked == "":
			c.breaks("The collector did not answer for "+file+".", "See that the address in the tag is right and that the service runs and can be reached.")
			return
		}
	}
	if !c.first.started {
		c.breaks("The snippet was loaded but did not start.", "Open the page in a browser and look at its console: the tag's integrity may name another version, or the page may forbid the script.")
	}
}

// breaks notes a fault with which no banner can be answered.
func (c *checker) breaks(what, mend string) {
	c.broken = true
	c.fault(what, mend)
}

// toTry lists the states that have an answer to give.
func (c *checker) toTry() []State {
	if len(c.subject.declared.Purposes) > 0 {
		return []State{No, Yes}
	}
	c.note("The site asks for no consent, so there is no Yes. After No means: the visitor switched off what can be switched off.")
	return []State{No}
}

// after visits the website once more and gives an answer.
func (c *checker) after(ctx context.Context, state State) error {
	l, err := c.options.visit(ctx, state)
	if err != nil {
		return err
	}
	if l.answered {
		c.seen[state] = l.seen
		c.report.States = append(c.report.States, state)
		return nil
	}
	name := map[State]string{No: "No", Yes: "Yes"}[state]
	if l.cover != "" {
		c.fault(fmt.Sprintf("%s cannot be pressed: <%s> lies over the button.", name, l.cover), "Move it away, or take off the other banner: visitors cannot answer.")
		return nil
	}
	c.fault(name+" cannot be pressed: no banner and no link of Footfall was shown.", "Open the page in a browser and look at its console: a script of the page may have failed or removed the banner.")
	return nil
}

// folder is the address under which the collector's /v1 lies.
func folder(src string) string {
	src, _, _ = strings.Cut(src, "?")
	return src[:strings.LastIndex(src, "/")]
}

// shown is an address without what could be somebody's.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}
