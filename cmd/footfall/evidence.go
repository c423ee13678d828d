package main

import (
	"fmt"
	"os"

	"github.com/footfall-analytics/footfall/internal/app"
)

type evidenceCommand struct {
	Site string `arg:"" help:"Key of the site."`
	From string `required:"" help:"First month, such as 2026-01."`
	To   string `required:"" help:"Last month."`
	Out  string `required:"" help:"ZIP file to write."`
}

func (c evidenceCommand) Run(s *session) error {
	pack, err := app.Do[app.Evidence](s.ctx, s.options, "evidence", app.EvidenceAsked{Site: c.Site, From: c.From, To: c.To})
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Out, pack.Zip, 0o600); err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	pack.Zip = nil
	return s.print(pack)
}
