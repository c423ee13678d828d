package mail

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/mail/mailtest"
)

const from = "Harbour Young People <reports@harbour.example>"

func server(t *testing.T, s Settings) *Server {
	t.Helper()
	m, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	m.within = time.Minute
	m.waits = []time.Duration{time.Millisecond, time.Millisecond}
	return m
}

// impatient is a server that is asked once.
func impatient(t *testing.T, s Settings) *Server {
	t.Helper()
	m := server(t, s)
	m.waits = nil
	return m
}

func letter(to string) Letter {
	return Letter{To: to, Subject: "Adroddiad: a “report”\r\nBcc: someone@example.org", Lines: []string{"Someone <else> & you."}, Link: "https://stats.example.org/r/abc?x=1&y=2", After: []string{"Kept nowhere."}}
}

// parts are the bodies of a letter by their type.
func parts(t *testing.T, l mailtest.Letter) map[string]string {
	t.Helper()
	_, params, err := mime.ParseMediaType(l.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(strings.ReplaceAll(l.Raw, "\r\n", "\n"), "\n\n")
	all := map[string]string{}
	for r := multipart.NewReader(strings.NewReader(body), params["boundary"]); ; {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := strings.Cut(p.Header.Get("Content-Type"), ";")
		all[kind] = string(text)
	}
}

func TestSend(t *testing.T) {
	s := mailtest.Start(t, "four blue boats")
	m := server(t, Settings{URL: "smtp://reports:four%20blue%20boats@" + s.Addr, From: from})
	if err := m.Send(t.Context(), letter("grants@example.org")); err != nil {
		t.Fatal(err)
	}
	all := s.Letters()
	if len(all) != 1 {
		t.Fatalf("%d letters", len(all))
	}
	h := all[0].Header
	if h.Get("To") != "<grants@example.org>" || !strings.Contains(h.Get("From"), "reports@harbour.example") || h.Get("Bcc") != "" || h.Get("User-Agent") != "" || h.Get("X-Mailer") != "" || h.Get("Date") == "" {
		t.Errorf("header %v", h)
	}
	got := parts(t, all[0])
	if want := "Someone <else> & you.\n\nhttps://stats.example.org/r/abc?x=1&y=2\n\nKept nowhere.\n"; strings.ReplaceAll(got["text/plain"], "\r\n", "\n") != want {
		t.Errorf("text %q", got["text/plain"])
	}
	page := got["text/html"]
	if !strings.Contains(page, "Someone &lt;else&gt; &amp; you.") || !strings.Contains(page, `<a href="https://stats.example.org/r/abc?x=1&amp;y=2">`) || strings.Contains(page, "<img") || strings.Contains(page, "src=") {
		t.Errorf("page %q", page)
	}
}

// What goes wrong is told without address or password, and tried again where
// that may help.
func TestRefused(t *testing.T) {
	s := mailtest.Start(t, "four blue boats")
	right := Settings{URL: "smtp://reports:four%20blue%20boats@" + s.Addr, From: from}
	if err := server(t, right).Send(t.Context(), letter("later@example.org")); err != nil || len(s.Letters()) != 1 {
		t.Errorf("a busy server: %v, %d letters", err, len(s.Letters()))
	}
	closed := Settings{URL: "smtp://reports:four%20blue%20boats@127.0.0.1:1", From: from}
	wrong := Settings{URL: "smtp://reports:secret-and-wrong@" + s.Addr, From: from}
	plain := Settings{URL: strings.Replace(right.URL, "smtp://", "smtps://", 1), From: from}
	for _, c := range []struct {
		name string
		in   Settings
		to   string
		want RefusedError
	}{
		{"no such reader", right, "never@example.org", RefusedError{Code: 550}},
		{"a wrong password", wrong, "grants@example.org", RefusedError{Code: 535}},
		{"nobody listens", closed, "grants@example.org", RefusedError{Later: true}},
		{"no TLS", plain, "grants@example.org", RefusedError{TLS: notTLS}},
	} {
		err := impatient(t, c.in).Send(t.Context(), letter(c.to))
		var refused *RefusedError
		if !errors.As(err, &refused) || *refused != c.want {
			t.Errorf("%s: %#v", c.name, err)
			continue
		}
		for _, secret := range []string{"example.org", "blue", "wrong@", "secret-and"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: %v tells %s", c.name, err, secret)
			}
		}
	}
	if n := len(s.Letters()); n != 1 {
		t.Errorf("%d letters", n)
	}
	if err := server(t, right).Send(t.Context(), letter("no address")); err == nil {
		t.Error("a letter to nobody")
	}
}

func TestSettings(t *testing.T) {
	for _, s := range []Settings{
		{}, {URL: "smtp://mail.example.org", From: "a@example.org"}, {URL: "smtps://u:p@mail.example.org:4650", From: from},
	} {
		if err := s.Validate(); err != nil {
			t.Errorf("%+v: %v", s, err)
		}
	}
	for _, s := range []Settings{
		{From: from}, {URL: "smtp://u:hush@mail.example.org"}, {URL: "http://u:hush@mail.example.org", From: from}, {URL: "smtp://u:hush@mail.example.org:port", From: from},
		{URL: "smtp://u:hush@mail.example.org/path", From: from}, {URL: "smtp://u:hush@mail.example.org", From: "nobody"},
	} {
		if err := s.Validate(); err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%+v: %v", s, err)
		}
	}
	if policy("127.0.0.1") == policy("mail.example.org") || policy("localhost") != policy("::1") || proof("mail.example.org") == proof("127.0.0.1") {
		t.Error("another machine may be spoken to without TLS")
	}
}
