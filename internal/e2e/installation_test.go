package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/porttest"
)

// patience is how long a process may take to serve on a machine that is busy
// with other tests.
const patience = 10 * time.Minute

// installation is a data folder and all that belongs to it.
type installation struct {
	t       *testing.T
	binary  string
	base    string // holds everything below
	dir     string // FOOTFALL_DATA_DIR
	logs    string // folder of what processes print
	tmp     string // where they may leave files
	addr    string
	metrics string
	env     []string // beside the usual
	run     *process // the last that was started
}

// install makes an installation that nobody uses yet. env is like "ADDR=…",
// without the prefix, and wins over the usual.
func install(t *testing.T, env ...string) *installation {
	t.Helper()
	base := t.TempDir()
	i := &installation{
		t: t, binary: must(testBinary())(t), base: base, dir: filepath.Join(base, "data"), logs: filepath.Join(base, "logs"), tmp: filepath.Join(base, "tmp"),
		addr: porttest.Addr(t), metrics: porttest.Addr(t), env: env,
	}
	check(t, errors.Join(os.Mkdir(i.logs, 0o700), os.Mkdir(i.tmp, 0o700)))
	t.Cleanup(func() {
		if i.run != nil {
			i.run.kill()
		}
	})
	return i
}

func (i *installation) url(path string) string { return "http://" + i.addr + path }

// environ is all that a process is told: nothing of ours leaks in.
func (i *installation) environ() []string {
	lib := must(filepath.Abs(filepath.Join(root, library)))(i.t)
	env := []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + i.base, "TMPDIR=" + i.tmp, "GORACE=halt_on_error=0",
		"FOOTFALL_DATA_DIR=" + i.dir, "FOOTFALL_ADDR=" + i.addr, "FOOTFALL_METRICS_ADDR=" + i.metrics, "FOOTFALL_LIBCHDB=" + lib,
	}
	for _, e := range i.env {
		env = append(env, "FOOTFALL_"+e)
	}
	return env
}

// process is a footfall that serves.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	out    string        // file of its standard output
	log    string        // file of its standard error
	done   chan struct{} // closed when it has ended
	result error
}

// start starts a command that serves, and waits until it does.
func (i *installation) start(args ...string) *process {
	i.t.Helper()
	p := i.launch(args...)
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		select {
		case <-p.done:
			i.t.Fatalf("footfall %s ended: %v\n%s", strings.Join(args, " "), p.result, p.tail())
		case <-time.After(20 * time.Millisecond):
		}
		if status, _ := i.get("/readyz"); status == http.StatusOK {
			return p
		}
	}
	i.t.Fatalf("footfall %s is not ready\n%s", strings.Join(args, " "), p.tail())
	return nil
}

func (i *installation) launch(args ...string) *process {
	i.t.Helper()
	p := &process{t: i.t, cmd: exec.CommandContext(context.Background(), i.binary, args...), done: make(chan struct{})}
	p.cmd.Env, p.cmd.Dir = i.environ(), i.base
	out := must(os.CreateTemp(i.logs, "*.out"))(i.t)
	log := must(os.CreateTemp(i.logs, "*.err"))(i.t)
	p.cmd.Stdout, p.cmd.Stderr, p.out, p.log = out, log, out.Name(), log.Name()
	check(i.t, p.cmd.Start())
	i.run = p
	go func() {
		p.result = p.cmd.Wait()
		_, _ = out.Close(), log.Close()
		close(p.done)
	}()
	return p
}

// stop asks the process to end, which it has to do in order.
func (p *process) stop() {
	p.t.Helper()
	check(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	select {
	case <-p.done:
	case <-time.After(2 * time.Minute):
		p.t.Fatalf("footfall does not stop\n%s", p.tail())
	}
	if p.result != nil {
		p.t.Errorf("footfall stopped with %v\n%s", p.result, p.tail())
	}
	p.checkLog()
}

// kill ends the process as a power cut would, as far as it is concerned.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
	p.checkLog()
}

func (p *process) checkLog() {
	p.t.Helper()
	if text := p.tail(); strings.Contains(text, "DATA RACE") || strings.Contains(text, "panic") {
		p.t.Errorf("in the log:\n%s", text)
	}
}

// tail is the end of the process's log.
func (p *process) tail() string {
	text, _ := os.ReadFile(p.log)
	return string(text[max(0, len(text)-4000):])
}

// told is what a command printed, and its exit status.
type told struct {
	out, err string
	code     int
}

// do runs a command to its end.
func (i *installation) do(args ...string) told { return i.doWith("", args...) }

func (i *installation) doWith(input string, args ...string) told {
	i.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, i.binary, args...)
	var out, text bytes.Buffer
	cmd.Env, cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = i.environ(), i.base, strings.NewReader(input), &out, &text
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		i.t.Fatal(err)
	}
	if strings.Contains(text.String(), "DATA RACE") {
		i.t.Errorf("footfall %s: %s", strings.Join(args, " "), text.String())
	}
	return told{out: out.String(), err: text.String(), code: cmd.ProcessState.ExitCode()}
}

// ask runs a command with --json and decodes what it prints.
func ask[T any](i *installation, args ...string) T {
	i.t.Helper()
	got := i.do(slices.Concat(args, []string{"--json"})...)
	if got.code != 0 {
		i.t.Fatalf("footfall %s: %s", strings.Join(args, " "), got.err)
	}
	var v T
	if err := json.Unmarshal([]byte(got.out), &v); err != nil {
		i.t.Fatalf("footfall %s printed %q: %v", strings.Join(args, " "), got.out, err)
	}
	return v
}

// client is that of all visitors over HTTP: nothing is sent twice.
var client = &http.Client{
	Timeout:       20 * time.Second,
	Transport:     &http.Transport{MaxIdleConnsPerHost: 128, DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// get fetches a path of the public address; status 0 is no answer.
func (i *installation) get(path string) (status int, body string) { return fetch(i.url(path)) }

func fetch(url string) (status int, body string) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		return 0, err.Error()
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(text)
}
