package main

import (
	"fmt"
	"time"

	"github.com/footfall-analytics/footfall/internal/check"
)

type checkCommand struct {
	URL     string        `arg:"" name:"url" help:"Address of a page of the website."`
	Browser string        `help:"Chromium or Chrome to drive; the one on PATH if not given."`
	Timeout time.Duration `default:"30s" help:"How long a page may take to load."`
	Wait    time.Duration `default:"3s" help:"How long to watch a page after it has loaded, and after each answer."`
}

// Run leaves with 0 if all is well, 1 if there is something to mend, 2 if the
// check could not be made.
func (c checkCommand) Run(s *session) error {
	report, err := check.Run(s.ctx, check.Options{
		URL: c.URL, Browser: c.Browser, Timeout: c.Timeout, Wait: c.Wait, Clock: s.options.Clock,
	})
	if err != nil {
		return exit{2, fmt.Errorf("check the website: %w", err)}
	}
	if err := s.print(report); err != nil {
		return exit{2, err}
	}
	if n := report.Findings(); n > 0 {
		return exit{1, fmt.Errorf("check the website: %d to mend", n)}
	}
	return nil
}

// exit is an error with a status of its own.
type exit struct {
	status int
	error
}

func (e exit) Unwrap() error { return e.error }
