package main

import (
	"bytes"
	"context"
	_ "embed" // wrk.lua
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

//go:embed wrk.lua
var script []byte

// burst is what wrk tells of one round.
type burst struct {
	Requests int
	Micros   float64 `json:"us"`
	Errors   int     // of the connection, and answers other than 2xx and 3xx
	P99      float64 `json:"p99_us"`
}

// saturate sends the requests in turn as fast as a number of connections can.
func saturate(ctx context.Context, dir, addr string, all [][]byte, conns int, d time.Duration) (b burst, err error) {
	if dir, err = os.MkdirTemp(dir, "load-"); err != nil {
		return b, err
	}
	lua, list := filepath.Join(dir, "wrk.lua"), filepath.Join(dir, "requests")
	if err := os.WriteFile(lua, script, 0o600); err != nil {
		return b, err
	}
	if err := os.WriteFile(list, bytes.Join(all, []byte{1}), 0o600); err != nil {
		return b, err
	}
	cmd := exec.CommandContext(ctx, "wrk", "-t2", fmt.Sprintf("-c%d", conns), fmt.Sprintf("-d%ds", int(d.Seconds())), "-s", lua, "http://"+addr, "--", list)
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return b, fmt.Errorf("run wrk (`.ci/install wrk` installs it): %w", err)
	}
	_, line, _ := bytes.Cut(text, []byte("\nRESULT "))
	if err := json.Unmarshal(line, &b); err != nil {
		return b, fmt.Errorf("read what wrk says: %w", err)
	}
	if b.Errors*1000 > b.Requests {
		return b, fmt.Errorf("%d of %d requests failed", b.Errors, b.Requests)
	}
	return b, nil
}
