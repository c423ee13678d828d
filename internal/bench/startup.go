package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// measureStart lets the demo charity live through its 13 months, then starts
// the service on what it left and asks for the report.
func measureStart(ctx context.Context, o *options) error {
	addr, err := freeAddr(ctx)
	if err != nil {
		return err
	}
	env := []string{"FOOTFALL_ADDR=" + addr, "FOOTFALL_METRICS_ADDR=off", "FOOTFALL_DATA_DIR=" + filepath.Join(o.dir, "lived")}
	link, err := live(ctx, o.binary, addr, env)
	if err != nil {
		return fmt.Errorf("make demo: %w", err)
	}
	env[2] += "/demo" // the demo has a folder in the data folder
	var took []float64
	for range o.rounds {
		p, err := start(ctx, addr, env, o.binary, "serve")
		if err != nil {
			return err
		}
		took = append(took, float64(p.took.Milliseconds()))
		if err := p.stop(); err != nil {
			return err
		}
	}
	o.results.set("start_ms", median(took))
	return measureReport(ctx, o, env, link)
}

// live runs the demo until it serves and returns the link to its report.
func live(ctx context.Context, binary, addr string, env []string) (link string, err error) {
	cmd := exec.CommandContext(ctx, binary, "demo", "--seed", "1")
	cmd.Env = append(plainEnv(), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, after, ok := strings.Cut(lines.Text(), "funder's report"); ok {
			link = strings.TrimSpace(after)
		}
		if strings.HasPrefix(lines.Text(), "Stop it") {
			err = errors.Join(await(ctx, addr), cmd.Process.Signal(syscall.SIGTERM))
		}
	}
	var exit *exec.ExitError
	if e := cmd.Wait(); e != nil && !errors.As(e, &exit) {
		return "", e
	}
	if link == "" {
		return "", errors.New("it told no link to a report")
	}
	return link, err
}

// measureReport asks for the page of a report, one request after another.
func measureReport(ctx context.Context, o *options, env []string, link string) (err error) {
	_, rest, _ := strings.Cut(link, "://")
	addr, _, _ := strings.Cut(rest, "/")
	p, err := start(ctx, addr, env, o.binary, "serve")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	var ms []float64
	for range 2000 {
		began := time.Now()
		if err := get(ctx, link); err != nil {
			return err
		}
		ms = append(ms, float64(time.Since(began).Microseconds())/1000)
	}
	o.results.set("report_p99_ms", percentile(ms, 0.99))
	return nil
}
