package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/footfall-analytics/footfall/internal/app"
)

type funderCommands struct {
	Add  funderAdd  `cmd:"" help:"Add a funder, a partner or a researcher."`
	Set  funderSet  `cmd:"" help:"Change a funder."`
	List funderList `cmd:"" help:"List the funders."`
}

type funderAdd struct {
	Name string `arg:"" help:"Name of the funder."`
	ID   string `help:"Id in lower case; made of the name if not given."`
	Org  string `help:"Organisation id as 360Giving has it, such as GB-CHC-123456."`
}

func (c funderAdd) Run(s *session) error {
	return change[app.FunderShown](s, "funder add", "", app.DocumentChange{}, settings{"name": c.Name}.with("id", c.ID).with("org_id", c.Org))
}

type funderSet struct {
	ID   string  `arg:"" help:"Id of the funder."`
	Name string  `help:"Name of the funder."`
	Org  *string `help:"Organisation id as 360Giving has it; empty for none."`
}

func (c funderSet) Run(s *session) error {
	all := settings{}.with("name", c.Name)
	if c.Org != nil {
		all["org_id"] = *c.Org
	}
	return change[app.FunderShown](s, "funder set", "", app.DocumentChange{ID: c.ID}, all)
}

type funderList struct{}

func (funderList) Run(s *session) error { return do[app.FunderList](s, "funder list", app.None{}) }

type grantCommands struct {
	Add  grantAdd  `cmd:"" help:"Add a grant."`
	Set  grantSet  `cmd:"" help:"Change settings of a grant."`
	Show grantShow `cmd:"" help:"Show a grant: its periods with the days on which reports are due, its targets, and what is missing."`
	List grantList `cmd:"" help:"List the grants and what is due next."`
}

// grantSettings are the settings of a grant on the command line. One that is a
// list takes the place of the whole list.
type grantSettings struct {
	File         string   `help:"JSON file with settings, as 'grant show --json' prints them under \"grant\"; - for standard input."`
	Funder       string   `help:"Id of the funder."`
	Title        string   `help:"What the grant is called."`
	FunderRef    string   `help:"The funder's reference."`
	CharityRef   string   `help:"The charity's reference."`
	Start        string   `help:"First day of the grant, such as 2026-04-01."`
	End          string   `help:"Last day of the grant."`
	Pattern      string   `enum:",quarterly,half-yearly,yearly,one-off,own" default:"" help:"How often it reports: quarterly, half-yearly, yearly, one-off or own."`
	Own          []string `sep:"none" help:"Period of the grant's own, such as 2026-04-01..2026-09-30. May be repeated."`
	Due          string   `help:"When reports are due, such as '28 days after, next working day', '1 month after' or '10 working days after'."`
	Nation       string   `enum:",england,wales,scotland,northern-ireland" default:"" help:"Whose bank holidays count: england, wales, scotland or northern-ireland."`
	Target       []string `sep:"none" help:"Target, such as contact=500 for each period or contact/webchat=500/2000 for each period and in all. May be repeated."`
	Table        []string `sep:"none" help:"Table that reports may show; all if none is given. May be repeated."`
	Page         []string `sep:"none" help:"Group of pages, or path with all below it, that reports may show; all if none is given. May be repeated."`
	Agreement    string   `help:"Reference of the data sharing agreement."`
	Assessment   string   `help:"Reference of the impact assessment."`
	Recipient    string   `enum:",funder,partner,researcher" default:"" help:"Who is told: funder, partner or researcher."`
	Approval     string   `help:"Reference of a researcher's ethical approval."`
	ApprovalEnds string   `help:"Last day of that approval."`
	GivingID     string   `help:"Id of the grant as 360Giving has it, such as 360G-prefix-reference."`
	CharityOrgID string   `help:"Organisation id of the charity, such as GB-CHC-123456."`
	Area         []string `help:"ONS code of where the grant is for, such as E92000001. May be repeated."`
}

func (c grantSettings) settings() (settings, error) {
	all := settings{}
	for name, value := range map[string]string{
		"funder": c.Funder, "title": c.Title, "funder_ref": c.FunderRef, "charity_ref": c.CharityRef, "start": c.Start, "end": c.End,
		"pattern": c.Pattern, "due": c.Due, "nation": c.Nation, "agreement": c.Agreement, "assessment": c.Assessment,
		"recipient": c.Recipient, "approval": c.Approval, "approval_ends": c.ApprovalEnds, "giving_id": c.GivingID, "charity_org_id": c.CharityOrgID,
	} {
		all.with(name, value)
	}
	if len(c.Area) > 0 {
		all["areas"] = c.Area
	}
	if len(c.Table)+len(c.Page) > 0 {
		all["slice"] = map[string][]string{"tables": c.Table, "pages": c.Page}
	}
	return all, errors.Join(all.targets(c.Target), all.own(c.Own))
}

func (all settings) targets(texts []string) error {
	var list []settings
	for _, text := range texts {
		cut := strings.LastIndex(text, "=")
		if cut < 0 {
			return fmt.Errorf("target %q: want an indicator and its number, such as contact=500 or contact/webchat=500/2000", text)
		}
		target := settings{"indicator": text[:cut]}
		period, whole, both := strings.Cut(text[cut+1:], "/")
		target["period"] = json.Number(period)
		if both {
			target["whole"] = json.Number(whole)
		}
		list = append(list, target)
	}
	if list != nil {
		all["targets"] = list
	}
	return nil
}

func (all settings) own(texts []string) error {
	var list []map[string]string
	for _, text := range texts {
		first, last, ok := strings.Cut(text, "..")
		if !ok {
			return fmt.Errorf("own %q: want the first and the last day, such as 2026-04-01..2026-09-30", text)
		}
		list = append(list, map[string]string{"first": first, "last": last})
	}
	if list != nil {
		all["own"] = list
	}
	return nil
}

type grantAdd struct {
	Site string `arg:"" help:"Key of the site that it pays for."`
	ID   string `help:"Id in lower case; made of the site and the title if not given."`
	grantSettings
}

func (c grantAdd) Run(s *session) error {
	all, err := c.settings()
	if err != nil {
		return err
	}
	return change[app.GrantShown](s, "grant add", c.File, app.DocumentChange{Site: c.Site}, all.with("id", c.ID))
}

type grantSet struct {
	ID string `arg:"" help:"Id of the grant."`
	grantSettings
}

func (c grantSet) Run(s *session) error {
	all, err := c.settings()
	if err != nil {
		return err
	}
	return change[app.GrantShown](s, "grant set", c.File, app.DocumentChange{ID: c.ID}, all)
}

type grantShow struct {
	ID string `arg:"" help:"Id of the grant."`
}

func (c grantShow) Run(s *session) error { return do[app.GrantShown](s, "grant show", c.ID) }

type grantList struct {
	Site string `help:"Key of the site whose grants are listed; all if not given."`
}

func (c grantList) Run(s *session) error { return do[app.GrantList](s, "grant list", c.Site) }

type indicatorCommands struct {
	Add  indicatorAdd      `cmd:"" help:"Define an indicator of a site."`
	Set  indicatorSet      `cmd:"" help:"Word an indicator anew."`
	List indicatorList     `cmd:"" help:"List what targets at a site may be about."`
	Take indicatorTemplate `cmd:"" name:"template" help:"Define a list of indicators of case records to begin with."`
}

// indicatorWords are the words of an indicator, in English and Welsh.
type indicatorWords struct {
	File         string `help:"JSON file with settings, as 'indicator list --json' prints them under \"definition\"; - for standard input."`
	Heading      string `enum:",contacts,usage,issues,outcomes,other" default:"" help:"Part of the report it stands in: contacts, usage, issues, outcomes or other."`
	Label        string `help:"What it is called."`
	LabelCy      string `help:"The same in Welsh."`
	Definition   string `help:"What counts, and what does not."`
	DefinitionCy string `help:"The same in Welsh."`
	How          string `help:"How it is measured, in one sentence."`
	HowCy        string `help:"The same in Welsh."`
}

func (c indicatorWords) settings() (settings, error) {
	all := settings{}
	return all.with("heading", c.Heading), errors.Join(all.both("label", c.Label, c.LabelCy), all.both("definition", c.Definition, c.DefinitionCy), all.both("how", c.How, c.HowCy))
}

// both puts a text in two languages; one alone would delete the other.
func (all settings) both(name, en, cy string) error {
	switch {
	case en == "" && cy == "":
		return nil
	case en == "" || cy == "":
		return fmt.Errorf("give --%s and --%s-cy together", name, name)
	}
	all[name] = map[string]string{"en": en, "cy": cy}
	return nil
}

type indicatorAdd struct {
	Site    string   `arg:"" help:"Key of the site."`
	ID      string   `arg:"" optional:"" help:"Id in lower case, such as families-in-touch; it never changes."`
	Reads   []string `sep:"none" help:"Count of the website that it is added up from, such as contact/webchat. May be repeated."`
	Records bool     `help:"Its figures are entered from case records."`
	OutOf   string   `help:"Value of the same table that says how many were asked."`
	Unit    string   `help:"What is counted, such as families."`
	UnitCy  string   `help:"The same in Welsh."`
	indicatorWords
}

func (c indicatorAdd) Run(s *session) error {
	all, err := c.settings()
	if err != nil {
		return err
	}
	if err := all.both("unit", c.Unit, c.UnitCy); err != nil {
		return err
	}
	if len(c.Reads) > 0 {
		all["source"], all["reads"] = "website", c.Reads
	}
	if c.Records {
		all["source"] = "records"
	}
	return change[app.IndicatorShown](s, "indicator add", c.File, app.DocumentChange{Site: c.Site}, all.with("id", c.ID).with("out_of", c.OutOf))
}

type indicatorSet struct {
	Site string `arg:"" help:"Key of the site."`
	ID   string `arg:"" help:"Id of the indicator."`
	indicatorWords
}

func (c indicatorSet) Run(s *session) error {
	all, err := c.settings()
	if err != nil {
		return err
	}
	return change[app.IndicatorShown](s, "indicator set", c.File, app.DocumentChange{Site: c.Site, ID: c.ID}, all)
}

type indicatorList struct {
	Site string `arg:"" help:"Key of the site."`
}

func (c indicatorList) Run(s *session) error {
	return do[app.IndicatorList](s, "indicator list", c.Site)
}

// settings are those of a document, by name.
type settings map[string]any

// with sets what is not empty.
func (all settings) with(name, value string) settings {
	if value != "" {
		all[name] = value
	}
	return all
}

// change sends settings to a command that adds or changes a document: those of
// a file, if there is one, and over them those of flags. What is in the file
// is sent as it is, so that nothing in it is lost unseen.
func change[R text](s *session, name, file string, c app.DocumentChange, flags settings) error {
	if file != "" {
		text, err := content(file)
		if err != nil {
			return err
		}
		if !json.Valid(text) {
			return fmt.Errorf("read %s: it is not JSON", file)
		}
		c.Changes = append(c.Changes, text)
	}
	if len(flags) > 0 {
		text, err := json.Marshal(flags)
		if err != nil {
			return fmt.Errorf("read settings: want whole numbers: %w", err)
		}
		c.Changes = append(c.Changes, text)
	}
	if len(c.Changes) == 0 {
		return errors.New("nothing to change: give --file or a setting")
	}
	return do[R](s, name, c)
}
