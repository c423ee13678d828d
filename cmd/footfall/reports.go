package main

import (
	"fmt"
	"strings"

	"github.com/footfall-analytics/footfall/internal/app"
)

type reportCommands struct {
	List      reportList      `cmd:"" help:"List the reports of all grants: what is due first."`
	Draft     reportDraft     `cmd:"" help:"Show the report of a period as it stands: figures, words, and what was found in them."`
	Words     reportWords     `cmd:"" help:"Write the words of a report."`
	Submit    reportSubmit    `cmd:"" help:"Hand a report to a second person for approval."`
	Back      reportBack      `cmd:"" help:"Give a report back to who writes it."`
	Approve   reportApprove   `cmd:"" help:"Approve a report that somebody else wrote and submitted."`
	Publish   reportPublish   `cmd:"" help:"Freeze an approved report as its next version."`
	Correct   reportCorrect   `cmd:"" help:"Open a published report again, for a later version."`
	Link      reportLink      `cmd:"" help:"Make a link to a published report. It is told once."`
	Send      reportSend      `cmd:"" help:"Send a link to a published report by e-mail. The address is not kept."`
	Reminders reportReminders `cmd:"" help:"List the reminders of due reports, and why one was not sent."`
	Links     reportLinks     `cmd:"" help:"List the links to a report, and the days on which they were opened."`
	Revoke    reportRevoke    `cmd:"" help:"Take a link back: it opens nothing any more."`
}

// reportOf names a report.
type reportOf struct {
	Grant  string `arg:"" help:"Id of the grant."`
	Period string `arg:"" help:"Period of the grant, such as Y1Q3."`
}

func (r reportOf) command() app.DraftCommand {
	return app.DraftCommand{Grant: r.Grant, Period: r.Period}
}

// acting names who acts. What is done to a report is always done by somebody.
type acting struct {
	As string `required:"" help:"E-mail or id of the user who acts."`
}

type reportList struct {
	Site string `help:"Key of the site whose reports are listed; all if not given."`
}

func (c reportList) Run(s *session) error { return do[app.ReportList](s, "report list", c.Site) }

type reportDraft struct{ reportOf }

func (c reportDraft) Run(s *session) error {
	return do[app.DraftShown](s, "report draft", c.command())
}

type reportWords struct {
	reportOf
	acting
	File    string   `help:"Text in which each passage begins with a line such as '# What happened'; - for standard input."`
	Keep    []string `sep:"none" help:"KEY=REASON: why what was found in the text may stay. May be repeated."`
	Version uint32   `help:"Version of the draft that the words were written for; the newest if not given."`
}

func (c reportWords) Run(s *session) error {
	args := c.command()
	args.As, args.Version, args.Keep = c.As, c.Version, map[string]string{}
	for _, k := range c.Keep {
		key, why, ok := strings.Cut(k, "=")
		if !ok {
			return fmt.Errorf("keep %q: want the key of what was found, and the reason why it may stay: KEY=REASON", k)
		}
		args.Keep[key] = why
	}
	if c.File != "" {
		text, err := content(c.File)
		if err != nil {
			return err
		}
		args.Text = string(text)
	}
	return do[app.DraftShown](s, "report words", args)
}

// step takes a report one step on.
func step(s *session, r reportOf, who acting, name, why string) error {
	args := r.command()
	args.As, args.Step, args.Text = who.As, name, why
	return do[app.DraftShown](s, "report step", args)
}

type reportSubmit struct {
	reportOf
	acting
}

func (c reportSubmit) Run(s *session) error { return step(s, c.reportOf, c.acting, "submit", "") }

type reportBack struct {
	reportOf
	acting
	Why string `required:"" help:"What has to change."`
}

func (c reportBack) Run(s *session) error { return step(s, c.reportOf, c.acting, "back", c.Why) }

type reportApprove struct {
	reportOf
	acting
}

func (c reportApprove) Run(s *session) error { return step(s, c.reportOf, c.acting, "approve", "") }

type reportPublish struct {
	reportOf
	acting
}

func (c reportPublish) Run(s *session) error { return step(s, c.reportOf, c.acting, "publish", "") }

type reportCorrect struct {
	reportOf
	acting
	Why string `required:"" help:"What was wrong, in one line: every reader of the new version sees it."`
}

func (c reportCorrect) Run(s *session) error { return step(s, c.reportOf, c.acting, "correct", c.Why) }

type reportLink struct {
	reportOf
	acting
	Days int  `default:"365" help:"Days until the link ends."`
	Code bool `help:"Ask for a code, which is told once with the link."`
}

func (c reportLink) Run(s *session) error {
	args := c.command()
	args.As, args.Days, args.Code = c.As, c.Days, c.Code
	return do[app.ReportLinked](s, "report link", args)
}

type reportSend struct {
	reportLink
	To string `required:"" help:"E-mail address of the reader; it is not kept."`
}

func (c reportSend) Run(s *session) error {
	args := c.command()
	args.As, args.Days, args.Code = c.As, c.Days, c.Code
	return do[app.ReportSent](s, "report send", app.SendReport{DraftCommand: args, To: c.To})
}

type reportReminders struct{}

func (reportReminders) Run(s *session) error {
	return do[app.ReminderList](s, "report reminders", app.None{})
}

type reportLinks struct{ reportOf }

func (c reportLinks) Run(s *session) error {
	return do[app.LinkList](s, "report links", c.command())
}

type reportRevoke struct {
	Link string `arg:"" help:"Name of the link, as 'report links' shows it."`
	acting
}

func (c reportRevoke) Run(s *session) error {
	return do[app.LinkRevoked](s, "report revoke", app.DraftCommand{As: c.As, Link: c.Link})
}
