package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// guides are the folder of what a charity puts into its web server.
const guides = root + "/deploy/proxy"

// listens is the address in the guides that a charity changes.
const listens = "127.0.0.1:8080"

// kind is one kind of web server, with the least of a website around the guide.
// In its settings DIR is a folder of its own, ADDR and PORT are where it
// listens, and GUIDE is the guide.
type kind struct {
	guide    string
	settings string
	command  []string
}

var servers = map[string]kind{
	"nginx": {"nginx.conf", `
daemon off;
pid DIR/pid;
error_log DIR/logs/error.log;
events {}
http {
	client_body_temp_path DIR/tmp;
	proxy_temp_path DIR/tmp;
	fastcgi_temp_path DIR/tmp;
	uwsgi_temp_path DIR/tmp;
	scgi_temp_path DIR/tmp;
	types { text/html html; }
	access_log DIR/logs/access.log combined;
	server {
		listen ADDR;
		root DIR/site;
		include GUIDE;
	}
}`, []string{"/usr/sbin/nginx", "-p", "DIR", "-e", "DIR/logs/error.log", "-c", "DIR/settings"}},
	"caddy": {"Caddyfile", `
{
	admin off
	auto_https off
	log {
		output file DIR/logs/error.log
	}
}
http://127.0.0.1:PORT {
	bind 127.0.0.1
	root * DIR/site
	log {
		output file DIR/logs/access.log
	}
	import GUIDE
	file_server
}`, []string{"/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config", "DIR/settings"}},
	"apache": {"apache.conf", `
ServerRoot DIR
ServerName www.example.org
PidFile DIR/pid
User www-data
Group www-data
Mutex file:DIR/tmp default
Listen ADDR
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so
LoadModule setenvif_module /usr/lib/apache2/modules/mod_setenvif.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
LogFormat "%h %l %u %t \"%r\" %>s %O \"%{Referer}i\" \"%{User-Agent}i\"" combined
ErrorLog DIR/logs/error.log
DocumentRoot DIR/site
CustomLog DIR/logs/access.log combined env=!footfall
Include GUIDE`, []string{"/usr/sbin/apache2", "-DFOREGROUND", "-f", "DIR/settings"}},
}

// edge is a charity's own web server, with its page at / and Footfall below
// /footfall/.
type edge struct {
	t    *testing.T
	addr string
	dir  string // logs/ and all else that the server writes
	cmd  *exec.Cmd
	done chan struct{}
}

// startEdge starts a web server with the guide of deploy/proxy in front of a collector.
func startEdge(t *testing.T, name, addr, collector, page string) *edge {
	t.Helper()
	base := t.TempDir()
	e := &edge{t: t, addr: addr, dir: filepath.Join(base, name), done: make(chan struct{})}
	// Servers that root starts read their files as somebody else.
	check(t, errors.Join(os.Chmod(filepath.Dir(base), 0o755), os.Chmod(base, 0o755)))
	for _, dir := range []string{"logs", "tmp", "site"} {
		check(t, os.MkdirAll(filepath.Join(e.dir, dir), 0o777))
	}
	k := servers[name]
	guide := string(must(os.ReadFile(filepath.Join(guides, k.guide)))(t))
	if n := strings.Count(guide, listens); n != 1 {
		t.Fatalf("%s has %s %d times: the one line to change", k.guide, listens, n)
	}
	_, port, err := net.SplitHostPort(addr)
	check(t, err)
	own := strings.NewReplacer("DIR", e.dir, "ADDR", addr, "PORT", port, "GUIDE", filepath.Join(e.dir, "guide"))
	e.write("guide", strings.Replace(guide, listens, collector, 1))
	e.write("settings", own.Replace(k.settings)+"\n")
	e.write("site/index.html", page)

	args := strings.Split(own.Replace(strings.Join(k.command, "\n")), "\n")
	e.cmd = exec.CommandContext(context.Background(), args[0], args[1:]...)
	e.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + e.dir, "TMPDIR=" + filepath.Join(e.dir, "tmp")}
	said := must(os.Create(filepath.Join(e.dir, "logs", "said")))(t)
	e.cmd.Stdout, e.cmd.Stderr = said, said
	check(t, e.cmd.Start())
	go func() {
		_ = e.cmd.Wait()
		_ = said.Close()
		close(e.done)
	}()
	t.Cleanup(e.stop)
	e.wait()
	return e
}

func (e *edge) write(name, text string) {
	e.t.Helper()
	check(e.t, os.WriteFile(filepath.Join(e.dir, name), []byte(text), 0o644))
}

// wait waits until the server answers.
func (e *edge) wait() {
	e.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if status, _ := fetch("http://" + e.addr + "/"); status == http.StatusOK {
			return
		}
		select {
		case <-e.done:
			e.t.Fatalf("the web server ended: %s", e.logs())
		default:
		}
	}
	e.t.Fatalf("the web server does not serve: %s", e.logs())
}

// stop ends the server, so that all of its logs are written.
func (e *edge) stop() {
	_ = e.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-e.done:
	case <-time.After(10 * time.Second):
		e.t.Errorf("the web server does not stop")
		_ = e.cmd.Process.Kill()
	}
}

func (e *edge) logs() (text string) {
	files, _ := filepath.Glob(filepath.Join(e.dir, "logs", "*"))
	for _, f := range files {
		b, _ := os.ReadFile(f)
		text += fmt.Sprintf("\n%s:\n%s", filepath.Base(f), b)
	}
	return text
}

// tap hands bytes on to a collector and keeps what was asked of it.
type tap struct {
	addr string
	mu   sync.Mutex
	seen []*bytes.Buffer // what came in, by connection
}

func newTap(t *testing.T, collector string) *tap {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { _ = l.Close() })
	p := &tap{addr: l.Addr().String()}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go p.pass(in, collector)
		}
	}()
	return p
}

func (p *tap) pass(in net.Conn, collector string) {
	defer in.Close()
	out, err := new(net.Dialer).DialContext(context.Background(), "tcp", collector)
	if err != nil {
		return // the collector is away, and so the proxy finds it
	}
	defer out.Close()
	kept := &bytes.Buffer{}
	p.mu.Lock()
	p.seen = append(p.seen, kept)
	p.mu.Unlock()
	go func() {
		_, _ = io.Copy(io.MultiWriter(out, locked{p, kept}), in)
		_ = out.(*net.TCPConn).CloseWrite()
	}()
	_, _ = io.Copy(in, out)
}

// locked writes to a buffer of a tap.
type locked struct {
	p *tap
	b *bytes.Buffer
}

func (l locked) Write(b []byte) (int, error) {
	l.p.mu.Lock()
	defer l.p.mu.Unlock()
	return l.b.Write(b)
}

// requests are those that have reached the collector whole, in the order of
// their connections.
func (p *tap) requests(t *testing.T) (all []*http.Request) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range p.seen {
		r := bufio.NewReader(bytes.NewReader(b.Bytes()))
		for {
			req, err := http.ReadRequest(r)
			if errors.Is(err, io.EOF) {
				break
			}
			check(t, err)
			if _, err := io.Copy(io.Discard, req.Body); err != nil {
				break // a proxy has cut it off
			}
			all = append(all, req)
		}
	}
	return all
}
