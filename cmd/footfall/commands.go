package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/footfall-analytics/footfall/internal/app"
)

type sealCommand struct{}

func (sealCommand) Run(s *session) error { return do[app.Sealed](s, "seal", app.None{}) }

type userCommands struct {
	Add userAdd `cmd:"" help:"Add a member of staff. The password is one line of standard input or of --password-file."`
}

type userAdd struct {
	Email        string   `arg:"" help:"Email address to log in with."`
	Name         string   `required:"" help:"Name, as colleagues know it."`
	Role         string   `default:"owner" enum:"owner,editor,data,reporter,approver,read-only" help:"What they may do."`
	Site         []string `default:"*" help:"Key of a site they may see; * for all. May be repeated."`
	PasswordFile string   `type:"existingfile" help:"File with the password; standard input if not given."`
}

func (c userAdd) Run(s *session) error {
	password, err := c.password()
	if err != nil {
		return err
	}
	return do[app.UserAdded](s, "user add", app.NewUser{
		Email: c.Email, Name: c.Name, Password: password, Role: c.Role, Sites: c.Site,
	})
}

func (c userAdd) password() (string, error) {
	in := os.Stdin
	if c.PasswordFile != "" {
		f, err := os.Open(c.PasswordFile)
		if err != nil {
			return "", fmt.Errorf("read password: %w", err)
		}
		defer f.Close()
		in = f
	} else if info, err := in.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		fmt.Fprint(os.Stderr, "Password (it will be seen as you type): ")
	}
	line := bufio.NewScanner(in)
	if !line.Scan() {
		return "", errors.New("no password: give one line on standard input or --password-file")
	}
	return strings.TrimRight(line.Text(), "\r"), line.Err()
}

type geoCommands struct {
	Import geoImport `cmd:"" help:"Make the coarse file (country and UK nation) from GeoLite2, GeoIP2, DB-IP or flat files."`
}

type geoImport struct {
	File []string `arg:"" type:"existingfile" help:"MMDB file. Of several, a later one overrules an earlier one."`
}

func (c geoImport) Run(s *session) error {
	result, err := app.ImportGeo(s.ctx, s.options, c.File)
	if err != nil {
		return err
	}
	return s.print(result)
}

type secretCommand struct {
	Rotate secretRotate `cmd:"" help:"Wrap the keys with a new master secret. May be run while the service runs."`
}

type secretRotate struct{}

func (secretRotate) Run(s *session) error {
	result, err := app.RotateSecret(s.options)
	if err != nil {
		return err
	}
	return s.print(result)
}

type demoCommand struct {
	Seed  uint64 `default:"1" help:"Seed of the visits: the same seed, the same visits."`
	Blank bool   `help:"No visits: an empty demo charity."`
	Ahead string `default:"0s" help:"How far the demo's clock is ahead of the real one, such as 960h."`
}

func (c demoCommand) Run(s *session) error {
	return app.Demo(s.ctx, s.options, app.DemoOptions{Seed: c.Seed, Blank: c.Blank, Ahead: c.Ahead, Out: s.out})
}
