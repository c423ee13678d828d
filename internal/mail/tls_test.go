package mail

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gomail "github.com/wneessen/go-mail"

	"github.com/footfall-analytics/footfall/internal/mail/mailtest"
)

// TestMain lets the program of the tests be one that sends a letter: whom a
// process trusts is read once in its life.
func TestMain(m *testing.M) {
	if url := os.Getenv("MAILTEST_URL"); url != "" {
		fmt.Print(sendTo(url, os.Getenv("MAILTEST_DIAL")))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// sendTo sends a letter to a server that is found at an address, whatever its
// name.
func sendTo(url, at string) error {
	m, err := New(Settings{URL: url, From: from})
	if err != nil {
		return err
	}
	m.within, m.waits = time.Minute, nil
	if at != "" {
		m.options = append(m.options, gomail.WithDialContextFunc(func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, at)
		}))
	}
	return m.Send(context.Background(), letter("grants@example.org"))
}

// send sends a letter from a process that trusts the authority of a file.
func send(t *testing.T, url, at, authority string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = []string{"MAILTEST_URL=" + url, "MAILTEST_DIAL=" + at, "SSL_CERT_FILE=" + authority, "SSL_CERT_DIR=" + t.TempDir()}
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	return string(said)
}

// authority signs certificates in a folder.
type authority struct {
	t      *testing.T
	folder string
	key    *ecdsa.PrivateKey
	own    *x509.Certificate
	file   string
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{t: t, folder: t.TempDir()}
	a.own = &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.file, a.key = a.write("ca", a.own, nil)
	return a
}

// write makes a certificate and its key, signed by itself or by another's.
func (a *authority) write(name string, c *x509.Certificate, by *ecdsa.PrivateKey) (file string, key *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	if by == nil {
		by = key
	}
	body, err := x509.CreateCertificate(rand.Reader, c, a.own, &key.PublicKey, by)
	if err != nil {
		a.t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	file = filepath.Join(a.folder, name)
	for path, block := range map[string]*pem.Block{file: {Type: "CERTIFICATE", Bytes: body}, file + ".key": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
	return file, key
}

// server starts a server with a certificate for a host, valid for so long.
func (a *authority) server(way, host string, valid time.Duration) *tapped {
	a.t.Helper()
	file, _ := a.write(way+host+valid.String(), &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(valid),
	}, a.key)
	return tap(a.t, mailtest.StartTLS(a.t, password, mailtest.TLS{Way: way, Certificate: file, Key: file + ".key"}))
}

const password = "four blue boats"

// tapped is a server on whose wire somebody listens.
type tapped struct {
	*mailtest.Server
	at    string
	mu    sync.Mutex
	heard bytes.Buffer // from who sends
}

func tap(t *testing.T, s *mailtest.Server) *tapped {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &tapped{Server: s, at: l.Addr().String()}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go w.pass(t.Context(), in)
		}
	}()
	return w
}

func (w *tapped) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.heard.Write(b)
}

// pass lets two talk, and keeps what the one says who calls.
func (w *tapped) pass(ctx context.Context, in net.Conn) {
	defer func() { _ = in.Close() }()
	out, err := new(net.Dialer).DialContext(ctx, "tcp", w.Addr)
	if err != nil {
		return
	}
	defer func() { _ = out.Close() }()
	go func() {
		_, _ = io.Copy(in, out)
		_ = in.Close()
	}()
	_, _ = io.Copy(io.MultiWriter(w, out), in)
}

// clear is what was said on the wire since it was asked last.
func (w *tapped) clear() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.heard.Reset()
	return strings.ToLower(w.heard.String())
}

// By TLS letters arrive, if the server is the one that is named and somebody who
// is trusted says so. Else nothing but the greeting is sent, and the error says
// what to mend.
func TestTLS(t *testing.T) {
	ours, others := newAuthority(t, "Our authority"), newAuthority(t, "Another authority")
	const name = "mail.example.org"
	var (
		starttls = ours.server("starttls", name, time.Hour)
		here     = ours.server("starttls", "localhost", time.Hour)
		expired  = ours.server("starttls", name, -time.Hour)
		smtps    = ours.server("smtps", "localhost", time.Hour)
		named    = ours.server("smtps", name, time.Hour)
		plain    = tap(t, mailtest.Start(t, password))
	)
	far := "smtp://reports:four%20blue%20boats@" + name
	near := func(scheme string, w *tapped) string {
		_, port, _ := strings.Cut(w.at, ":")
		return scheme + "://reports:four%20blue%20boats@localhost:" + port
	}
	for _, c := range []struct {
		what, url string
		to        *tapped
		trusts    *authority
		want      string // in the error; "" = it arrives
	}{
		{"STARTTLS", far, starttls, ours, ""},
		{"smtps", near("smtps", smtps), smtps, ours, ""},
		{"STARTTLS on this machine", near("smtp", here), here, ours, ""},
		{"STARTTLS, untrusted", far, starttls, others, "SSL_CERT_FILE"},
		{"smtps, untrusted", near("smtps", smtps), smtps, others, "SSL_CERT_FILE"},
		{"STARTTLS on this machine, untrusted", near("smtp", here), here, others, "SSL_CERT_FILE"},
		{"STARTTLS, another host", strings.Replace(far, name, "post.example.org", 1), starttls, ours, "for another name"},
		{"smtps, another host", near("smtps", named), named, ours, "for another name"},
		{"STARTTLS, expired", far, expired, ours, "renew it"},
		{"no STARTTLS", far, plain, ours, "offers no TLS"},
		{"smtps to a port without TLS", near("smtps", plain), plain, ours, "begins with TLS"},
	} {
		at := ""
		if strings.HasPrefix(c.url, "smtp://") && !strings.Contains(c.url, "localhost") {
			at = c.to.at
		}
		before := len(c.to.Letters())
		said, arrived, heard := send(t, c.url, at, c.trusts.file), len(c.to.Letters())-before, c.to.clear()
		switch {
		case c.want == "" && (said != "<nil>" || arrived != 1):
			t.Errorf("%s: %s, %d letters arrived", c.what, said, arrived)
		case c.want != "" && (!strings.Contains(said, c.want) || !strings.Contains(said, "nothing was sent") || arrived > 0):
			t.Errorf("%s: %q, want %q; %d letters arrived", c.what, said, c.want, arrived)
		}
		if heard == "" && c.want == "" {
			t.Errorf("%s: nobody listened", c.what)
		}
		for _, secret := range []string{"auth", "mail from", "rcpt to", "grants@", "harbour", "kept nowhere", "blue", "reports", base64.StdEncoding.EncodeToString([]byte(password))} {
			if strings.Contains(heard, strings.ToLower(secret)) {
				t.Errorf("%s: %q was sent in clear: %q", c.what, secret, heard)
			}
			if strings.Contains(strings.ToLower(said), secret) {
				t.Errorf("%s: %q is told: %s", c.what, secret, said)
			}
		}
	}
}
