package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server under measurement.
type process struct {
	addr string
	cmd  *exec.Cmd
	took time.Duration // from exec to the first answer
}

// start runs a server and waits until it answers at /healthz. Its environment
// is that of this process without settings of Footfall, and env.
func start(ctx context.Context, addr string, env []string, name string, args ...string) (*process, error) {
	p := &process{addr: addr, cmd: exec.CommandContext(ctx, name, args...)}
	p.cmd.Env, p.cmd.Stderr = append(plainEnv(), env...), os.Stderr
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", filepath.Base(name), err)
	}
	if err := await(ctx, addr); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	p.took = time.Since(began)
	return p, nil
}

// await waits until a server answers at /healthz.
func await(ctx context.Context, addr string) (err error) {
	for range 30_000 {
		if err = get(ctx, "http://"+addr+"/healthz"); err == nil {
			return nil
		}
		time.Sleep(2 * time.Millisecond)
	}
	return fmt.Errorf("wait for server: %w", err)
}

func plainEnv() (env []string) {
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "FOOTFALL_") {
			env = append(env, pair)
		}
	}
	return env
}

// stop ends the server and waits for it.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	var exit *exec.ExitError
	if err := p.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return err
	}
	return nil
}

// tick is the unit of time in /proc/PID/stat.
const tick = 10 * time.Millisecond

// cpu is the user and system time that the process has used.
func (p *process) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, after, _ := strings.Cut(string(text), ") ") // the name may have spaces
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0, errors.New("unknown form of /proc/PID/stat")
	}
	user, err := strconv.Atoi(fields[11])
	if err != nil {
		return 0, err
	}
	system, err := strconv.Atoi(fields[12])
	return time.Duration(user+system) * tick, err
}

// rss is the resident memory in bytes: name VmRSS for that of now, VmHWM for
// the most there was.
func (p *process) rss(name string) (float64, error) { return rss(p.cmd.Process.Pid, name) }

func rss(pid int, name string) (float64, error) {
	text := field(fmt.Sprintf("/proc/%d/status", pid), name, ":")
	kb, err := strconv.Atoi(strings.TrimSuffix(text, " kB"))
	return float64(kb) * 1024, err
}

// freeAddr is a loopback address that nobody listens on.
func freeAddr(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// get reads an answer and wants its status to be 200.
func get(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	_, err = do(http.DefaultClient, req)
	return err
}

// do returns the body of an answer with status 200.
func do(as *http.Client, req *http.Request) (string, error) {
	resp, err := as.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s %s: status %d: %s", req.Method, req.URL.Path, resp.StatusCode, body)
	}
	return string(body), nil
}
