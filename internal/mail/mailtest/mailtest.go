// Package mailtest has a real mail server for tests: Debian's aiosmtpd on
// loopback.
package mailtest

import (
	"bufio"
	_ "embed"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

//go:embed server.py
var program string

// Server is a running mail server.
type Server struct {
	t      testing.TB
	folder string
	Addr   string // host:port
}

// Start starts a server that asks for the name reports and a password, or for
// none if it is empty. It refuses never@example.org for good and
// later@example.org twice.
func Start(t testing.TB, password string) *Server {
	t.Helper()
	return StartTLS(t, password, TLS{})
}

// TLS is how a server speaks TLS.
type TLS struct{ Way, Certificate, Key string } // "" for none, smtps or starttls; files

// StartTLS starts a server like Start's that speaks TLS. By STARTTLS it takes
// nothing before.
func StartTLS(t testing.TB, password string, tls TLS) *Server {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "maildir")
	cmd := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", program, folder, password, tls.Way, tls.Certificate, tls.Key)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start mail server: %v (.ci/install mail brings it)", err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the mail server does not listen: %v (.ci/install mail brings it)", err)
	}
	return &Server{t: t, folder: folder, Addr: "127.0.0.1:" + strings.TrimSpace(port)}
}

// Letter is a letter as the server has it.
type Letter struct {
	Header mail.Header
	Raw    string
}

// Letters are all that arrived.
func (s *Server) Letters() (all []Letter) {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.folder, "new", "*"))
	if err != nil {
		s.t.Fatal(err)
	}
	slices.Sort(files)
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			s.t.Fatal(err)
		}
		m, err := mail.ReadMessage(strings.NewReader(string(raw)))
		if err != nil {
			s.t.Fatal(err)
		}
		all = append(all, Letter{m.Header, string(raw)})
	}
	return all
}
