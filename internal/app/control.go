package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/footfall-analytics/footfall/internal/config"
)

// A running process listens on a Unix socket in its data folder, readable by
// its owner alone, so that commands reach it: the embedded engine lets one
// process in.
const socketName = "footfall.sock"

// maxRequest bounds a command's arguments in bytes.
const maxRequest = 1 << 20

// ErrCommand wraps what a command refused to do, and why.
var ErrCommand = errors.New("command refused")

type answer struct {
	Result json.RawMessage `json:"result,omitempty"`
	Error  string          `json:"error,omitempty"`
}

// Do runs the named command with args: in the process that has the data folder
// open, if there is one, and otherwise in this one.
func Do[R any](ctx context.Context, o Options, name string, args any) (R, error) {
	var result R
	body, err := json.Marshal(args)
	if err != nil {
		return result, fmt.Errorf("encode arguments: %w", err)
	}
	text, err := ask(ctx, o.Config, name, body)
	if nobody(err) {
		text, err = doHere(ctx, o, name, body)
	}
	if err != nil {
		return result, err
	}
	if err := json.Unmarshal(text, &result); err != nil {
		return result, fmt.Errorf("decode answer of %s: %w", name, err)
	}
	return result, nil
}

func doHere(ctx context.Context, o Options, name string, body []byte) (text []byte, err error) {
	a, err := Open(ctx, o)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	return a.do(ctx, name, body)
}

// nobody says whether err means that no process has the data folder open.
func nobody(err error) bool { return errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNobody) }

// errNobody says that nobody listens on the socket.
var errNobody = errors.New("no process has the data folder open")

func ask(ctx context.Context, cfg config.Config, name string, body []byte) ([]byte, error) {
	path := filepath.Join(cfg.DataDir, socketName)
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return atSocket(cfg.DataDir, func(short string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, "unix", short)
			if err != nil {
				return nil, errors.Join(errNobody, err) // left by a process that was killed
			}
			return c, nil
		})
	}}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://footfall/do/"+name, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("ask running process: %w", err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask running process: %w", err)
	}
	defer resp.Body.Close()
	var a answer
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil {
		return nil, fmt.Errorf("ask running process: %w", err)
	}
	if a.Error != "" {
		return nil, fmt.Errorf("%w: %s", ErrCommand, a.Error)
	}
	return a.Result, nil
}

// atSocket calls f with a path of the socket that fits the kernel's limit of
// 107 bytes, whatever the length of dir.
func atSocket[T any](dir string, f func(path string) (T, error)) (T, error) {
	path := filepath.Join(dir, socketName)
	if len(path) < 100 {
		return f(path)
	}
	d, err := os.Open(dir)
	if err != nil {
		var none T
		return none, err
	}
	defer d.Close()
	return f(fmt.Sprintf("/proc/self/fd/%d/%s", d.Fd(), socketName))
}

// listen opens the control socket; the flock on the data folder makes sure
// that a socket found there was left behind.
func (a *App) listen(ctx context.Context) (net.Listener, error) {
	if err := os.Remove(filepath.Join(a.cfg.DataDir, socketName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("remove old control socket: %w", err)
	}
	l, err := atSocket(a.cfg.DataDir, func(path string) (net.Listener, error) {
		return new(net.ListenConfig).Listen(ctx, "unix", path)
	})
	if err != nil {
		return nil, fmt.Errorf("open control socket: %w", err)
	}
	if err := os.Chmod(filepath.Join(a.cfg.DataDir, socketName), 0o600); err != nil {
		return nil, fmt.Errorf("open control socket: %w", errors.Join(err, l.Close()))
	}
	return l, nil
}

func (a *App) controlServer() *http.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /do/{name}", func(w http.ResponseWriter, r *http.Request) {
		var out answer
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
		if err == nil {
			out.Result, err = a.do(r.Context(), r.PathValue("name"), body)
		}
		if err != nil {
			out = answer{Error: err.Error()}
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(out); err != nil {
			a.log.Warn("answer on the control socket failed", "error", err)
		}
	})
	return &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
}

// do runs a command of the list in commands.go.
func (a *App) do(ctx context.Context, name string, args []byte) ([]byte, error) {
	run, ok := commands[name]
	if !ok {
		return nil, fmt.Errorf("no command %q: the running process may be of another version", name)
	}
	result, err := run(ctx, a, args)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(result)
	if err != nil {
		return nil, fmt.Errorf("encode answer of %s: %w", name, err)
	}
	return text, nil
}
