package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
)

// service is a footfall that serves, with a site of its own.
type service struct {
	*process
	binary string
	env    []string
	site   string // key
	pass   string
}

const host = "www.harbour.example" // of the site that is measured

// serve starts footfall with a fresh data folder and adds a site. dsn names a
// database server; empty for the embedded engine.
func serve(ctx context.Context, o *options, name, dsn string) (s *service, err error) {
	addr, err := freeAddr(ctx)
	if err != nil {
		return nil, err
	}
	s = &service{binary: o.binary, env: []string{
		"FOOTFALL_ADDR=" + addr, "FOOTFALL_METRICS_ADDR=off", "FOOTFALL_DATA_DIR=" + filepath.Join(o.dir, name),
		"FOOTFALL_TRUSTED_PROXIES=127.0.0.1", "FOOTFALL_SPOOL_MAX=8000000000",
	}}
	if dsn != "" {
		s.env = append(s.env, "FOOTFALL_CLICKHOUSE_DSN="+dsn)
	}
	if s.process, err = start(ctx, addr, s.env, o.binary, "serve"); err != nil {
		return nil, err
	}
	if err := s.addSite(ctx); err != nil {
		return nil, fmt.Errorf("%w (stopped: %w)", err, s.stop())
	}
	return s, nil
}

// command runs a command of footfall on the service and decodes what it prints.
func (s *service) command(ctx context.Context, result any, args ...string) error {
	cmd := exec.CommandContext(ctx, s.binary, append([]string{"--json"}, args...)...)
	cmd.Env = append(plainEnv(), s.env...)
	text, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("footfall %s: %w", args[0], err)
	}
	return json.Unmarshal(text, result)
}

func (s *service) addSite(ctx context.Context) error {
	var added struct {
		Site   struct{ Key string }
		Banner string
	}
	if err := s.command(ctx, &added, "site", "add", "Harbour Young People", "--host", host, "--funder", "Example Trust"); err != nil {
		return err
	}
	body := fmt.Sprintf(`{"v":1,"site":%q,"banner":%q,"choices":["statistics"],"lang":"en"}`, added.Site.Key, added.Banner)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.addr+"/v1/decisions", strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "text/plain;charset=UTF-8")
	req.Header.Set("Origin", "https://"+host)
	req.Header.Set("User-Agent", agents[0])
	text, err := do(http.DefaultClient, req)
	if err != nil {
		return err
	}
	var answer struct{ Pass string }
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		return err
	}
	s.site, s.pass = added.Site.Key, answer.Pass
	return nil
}

// count has everything in the spool counted, which otherwise waits for up to a
// quarter of an hour.
func (s *service) count(ctx context.Context) error {
	var sealed struct{}
	return s.command(ctx, &sealed, "seal")
}
