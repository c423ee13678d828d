package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"strings"

	"github.com/footfall-analytics/footfall/internal/app"
)

type siteCommands struct {
	Add  siteAdd  `cmd:"" help:"Add a website and print the line to paste."`
	List siteList `cmd:"" help:"List the websites."`
	Show siteShow `cmd:"" help:"Show one website."`
	Set  siteSet  `cmd:"" help:"Change settings of a website, and its banner with them."`
}

type siteAdd struct {
	Name         string   `arg:"" help:"Name of the charity, as visitors know it."`
	Host         []string `required:"" help:"Host of the website, such as www.example.org. May be repeated."`
	Charity      string   `help:"Registered charity number."`
	Funder       []string `help:"Funder to name in the banner. May be repeated."`
	Notice       string   `help:"Address of the charity's privacy notice."`
	TimeZone     string   `default:"Europe/London" help:"Time zone of its days."`
	QuarterStart int      `default:"1" help:"Month (1-12) in which a quarter begins."`
	Basis        string   `default:"consent" enum:"consent,statistics" help:"Ground on which visits are counted: consent, or the statistics exception (no figure of it reaches a funder)."`
	Audience     string   `default:"all" enum:"all,children" help:"Whom the website is for."`
	Safeguarding bool     `help:"Traces on a visitor's device could endanger them."`
	Vocabulary   string   `type:"existingfile" help:"JSON file of declared contacts, issues, outcomes, signposts, search themes and downloads."`
}

func (c siteAdd) Run(s *session) error {
	n := app.NewSite{
		Name: c.Name, Charity: c.Charity, Hosts: c.Host, Funders: c.Funder, NoticeURL: c.Notice,
		TimeZone: c.TimeZone, QuarterStart: c.QuarterStart, Basis: c.Basis, Audience: c.Audience, Safeguarding: c.Safeguarding,
	}
	if c.Vocabulary != "" {
		text, err := os.ReadFile(c.Vocabulary)
		if err != nil {
			return fmt.Errorf("read vocabulary: %w", err)
		}
		n.Vocabulary = string(text)
	}
	return do[app.SiteShown](s, "site add", n)
}

type siteList struct{}

func (siteList) Run(s *session) error { return do[app.SiteList](s, "site list", app.None{}) }

type siteShow struct {
	Key string `arg:"" help:"Key of the site."`
}

func (c siteShow) Run(s *session) error { return do[app.SiteShown](s, "site show", c.Key) }

type siteSet struct {
	Key          string  `arg:"" help:"Key of the site."`
	File         string  `help:"JSON file with settings to change, as 'site show --json' prints them; - for standard input."`
	Basis        string  `enum:",consent,statistics" default:"" help:"Ground on which visits are counted: consent or statistics (the exception)."`
	Audience     string  `enum:",all,children" default:"" help:"Whom the website is for: all or children."`
	Safeguarding *bool   `negatable:"" help:"Traces on a visitor's device could endanger them."`
	Exit         *string `help:"CSS selector of the quick-exit button; empty for none."`
	QuarterStart int     `help:"Month (1-12) in which a quarter begins. It may change once in a counting year."`
	Strict       *string `help:"Tables with more noise and twice the thresholds, such as issue,outcome; empty for none. From the next counting year on."`
	Purposes     string  `help:"JSON file with the purposes beside statistics; - for standard input."`
	Contact      string  `help:"JSON file with the contact for the privacy notice; - for standard input."`
}

func (c siteSet) Run(s *session) error {
	change := map[string]any{}
	if c.File != "" {
		text, err := content(c.File)
		if err != nil {
			return err
		}
		settings := map[string]json.RawMessage{}
		if err := json.Unmarshal(text, &settings); err != nil {
			return fmt.Errorf("read %s: want one JSON object of settings: %w", c.File, err)
		}
		for name, value := range settings {
			change[name] = value
		}
	}
	for name, file := range map[string]string{"purposes": c.Purposes, "contact": c.Contact} {
		if file == "" {
			continue
		}
		text, err := content(file)
		if err != nil {
			return err
		}
		change[name] = json.RawMessage(text)
	}
	maps.Copy(change, c.flags())
	if len(change) == 0 {
		return errors.New("nothing to change: give --file or a setting")
	}
	text, err := json.Marshal(change)
	if err != nil {
		return fmt.Errorf("read settings: want JSON: %w", err)
	}
	return do[app.SiteChanged](s, "site set", app.SiteChange{Key: c.Key, Change: text})
}

func (c siteSet) flags() map[string]any {
	change := map[string]any{}
	if c.Basis != "" {
		change["basis"] = c.Basis
	}
	if c.Audience != "" {
		change["audience"] = c.Audience
	}
	if c.Safeguarding != nil {
		change["safeguarding"] = *c.Safeguarding
	}
	if c.QuarterStart != 0 {
		change["quarter_start"] = c.QuarterStart
	}
	if c.Strict != nil {
		change["strict"] = strings.FieldsFunc(*c.Strict, func(r rune) bool { return r == ',' || r == ' ' })
	}
	if c.Exit != nil {
		change["exit"] = *c.Exit
	}
	return change
}

// content is what is in a file, or on standard input for -.
func content(file string) (text []byte, err error) {
	if file == "-" {
		text, err = io.ReadAll(os.Stdin)
	} else {
		text, err = os.ReadFile(file)
	}
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	return text, nil
}

type bannerCommands struct {
	Show    bannerShow    `cmd:"" help:"Show what visitors are asked or told."`
	Set     bannerSet     `cmd:"" help:"Change the wording, and say whether visitors are asked again."`
	History bannerHistory `cmd:"" help:"List every version of a banner."`
}

type bannerShow struct {
	Key  string `arg:"" help:"Key of the site."`
	Lang string `help:"Language, such as cy; all if not given."`
}

func (c bannerShow) Run(s *session) error {
	return do[app.BannerShown](s, "banner show", app.BannerAsked(c))
}

type bannerSet struct {
	Key      string `arg:"" help:"Key of the site."`
	File     string `arg:"" optional:"" help:"JSON file with expires_days and texts by language; - for standard input."`
	Standard bool   `help:"Back to the standard texts."`
}

func (c bannerSet) Run(s *session) error {
	if (c.File == "") != c.Standard {
		return errors.New("give a file with the texts, or --standard for the standard ones")
	}
	n := app.NewWording{Key: c.Key, Standard: c.Standard}
	if c.File != "" {
		text, err := content(c.File)
		if err != nil {
			return err
		}
		if !json.Valid(text) {
			return fmt.Errorf("read %s: it is not JSON", c.File)
		}
		n.Wording = text
	}
	return do[app.BannerChanged](s, "banner set", n)
}

type bannerHistory struct {
	Key string `arg:"" help:"Key of the site."`
}

func (c bannerHistory) Run(s *session) error {
	return do[app.BannerVersions](s, "banner history", app.BannerAsked{Key: c.Key})
}
