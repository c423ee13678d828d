package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// measureStart starts the service on what the demo left.
func measureStart(ctx context.Context, o *options) error {
	h, err := o.lived(ctx)
	if err != nil {
		return err
	}
	var took []float64
	for range o.rounds {
		p, err := h.serve(ctx, o)
		if err != nil {
			return err
		}
		took = append(took, float64(p.took.Milliseconds()))
		if err := p.stop(); err != nil {
			return err
		}
	}
	o.results.set("start_ms", median(took))
	return nil
}

// house is what the demo charity left that lived through its 13 months.
type house struct {
	addr string
	dir  string     // data folder
	link string     // to its report
	user url.Values // who logs in
	long string     // draft of its longest grant, once there is one
}

// lived makes the house, once.
func (o *options) lived(ctx context.Context) (*house, error) {
	if o.house != nil {
		return o.house, nil
	}
	addr, err := freeAddr(ctx)
	if err != nil {
		return nil, err
	}
	h := &house{addr: addr, dir: filepath.Join(o.dir, "lived")}
	if err := h.live(ctx, o); err != nil {
		return nil, fmt.Errorf("make demo: %w", err)
	}
	h.dir = filepath.Join(h.dir, "demo") // the demo has a folder in the data folder
	o.house = h
	return h, nil
}

func (h *house) env() []string {
	return []string{"FOOTFALL_ADDR=" + h.addr, "FOOTFALL_METRICS_ADDR=off", "FOOTFALL_DATA_DIR=" + h.dir}
}

func (h *house) serve(ctx context.Context, o *options) (*process, error) {
	return start(ctx, h.addr, h.env(), o.binary, "serve")
}

// live runs the demo until it serves, and reads what it tells.
func (h *house) live(ctx context.Context, o *options) (err error) {
	cmd := exec.CommandContext(ctx, o.binary, "demo", "--seed", "1")
	cmd.Env = append(plainEnv(), h.env()...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if _, after, ok := strings.Cut(lines.Text(), "funder's report"); ok {
			h.link = strings.TrimSpace(after)
		}
		if _, after, ok := strings.Cut(lines.Text(), "log in as "); ok {
			email, password, _ := strings.Cut(after, " with ")
			h.user = url.Values{"email": {email}, "password": {password}}
		}
		if strings.HasPrefix(lines.Text(), "Stop it") {
			err = errors.Join(await(ctx, h.addr), cmd.Process.Signal(syscall.SIGTERM))
		}
	}
	var exit *exec.ExitError
	if e := cmd.Wait(); e != nil && !errors.As(e, &exit) {
		return e
	}
	if h.link == "" || h.user == nil {
		return errors.New("it told no link to a report, or nobody who logs in")
	}
	return err
}
