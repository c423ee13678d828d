// Command footfall is Footfall: the service, and the commands to look after it.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/footfall-analytics/footfall/internal/app"
	"github.com/footfall-analytics/footfall/internal/config"
)

// version is set by the build.
var version = "dev"

type commandLine struct {
	JSON bool `help:"Print facts as JSON."`

	Serve     serveCommand      `cmd:"" help:"Run the service."`
	Demo      demoCommand       `cmd:"" help:"Run a demo charity with 13 months of visits."`
	Seal      sealCommand       `cmd:"" help:"Seal every period that has closed, now."`
	Site      siteCommands      `cmd:"" help:"Add and look at websites."`
	Banner    bannerCommands    `cmd:"" help:"Look at and word the banners."`
	User      userCommands      `cmd:"" help:"Add members of staff."`
	Funder    funderCommands    `cmd:"" help:"Add and list the people who are told figures."`
	Grant     grantCommands     `cmd:"" help:"Add and look at grants: periods, due days, targets."`
	Indicator indicatorCommands `cmd:"" help:"Define what targets are about."`
	Totals    totalsCommands    `cmd:"" help:"Enter totals of case records."`
	Report    reportCommands    `cmd:"" help:"Write, approve and publish reports, and make links to them."`
	Impact    impactCommands    `cmd:"" help:"Figures of published reports on the charity's own website."`
	Retain    retentionCommands `cmd:"" name:"retention" help:"Look at what is deleted when, and set it."`
	Evidence  evidenceCommand   `cmd:"" help:"Pack what visitors were asked, and how they answered, into one file."`
	Geo       geoCommands       `cmd:"" help:"Take in a file of address ranges."`
	Pages     pagesCommands     `cmd:"" help:"Look at what is kept of pages."`
	Secret    secretCommand     `cmd:"" help:"Look after the master secret."`
	Check     checkCommand      `cmd:"" help:"Look at a website in a browser: what it keeps and calls before a choice, after No and after Yes."`
	Ver       verCommand        `cmd:"" name:"version" help:"Print the version."`
}

// session is what every command is given.
type session struct {
	ctx     context.Context
	options app.Options
	json    bool
	out     io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "footfall:", err)
		os.Exit(status(err))
	}
}

// status is what the program leaves with.
func status(err error) int {
	if e := (exit{}); errors.As(err, &e) {
		return e.status
	}
	return 1
}

func run(ctx context.Context, args []string, out io.Writer) error {
	var line commandLine
	parser, err := kong.New(&line, kong.Name("footfall"), kong.Description("Counts visits to charity websites and keeps nothing about the visitor."),
		kong.UsageOnError(), kong.Writers(out, os.Stderr))
	if err != nil {
		return fmt.Errorf("read command line: %w", err)
	}
	chosen, err := parser.Parse(args)
	if err != nil {
		return fmt.Errorf("read command line: %w", err)
	}
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	return chosen.Run(&session{
		ctx: ctx, json: line.JSON, out: out,
		options: app.Options{Config: cfg, Version: version, Log: log, Clock: time.Now, Uptime: app.Uptime},
	})
}

// text is a result that people can read.
type text interface{ Text() string }

func (s *session) print(v text) error {
	if s.json {
		enc := json.NewEncoder(s.out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	}
	_, err := io.WriteString(s.out, v.Text())
	return err
}

func do[R text](s *session, name string, args any) error {
	result, err := app.Do[R](s.ctx, s.options, name, args)
	if err != nil {
		return err
	}
	return s.print(result)
}

type serveCommand struct{}

func (serveCommand) Run(s *session) (err error) {
	a, err := app.Open(s.ctx, s.options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.Run(s.ctx)
}

type verCommand struct{}

type versionShown struct {
	Version string `json:"version"`
}

func (v versionShown) Text() string { return "footfall " + v.Version + "\n" }

func (verCommand) Run(s *session) error { return s.print(versionShown{version}) }
