// Package mail sends the few letters that Footfall writes: the link of a
// report to who is to read it, and to staff what is due. It knows one SMTP
// server and keeps no address.
package mail

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/mail"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Settings say through which server letters go, and from whom.
type Settings struct {
	URL  string // smtp://user:password@host:587 or smtps://user:password@host:465
	From string // Harbour Young People <reports@harbour.example>
}

// errURL never has the address in it: it may hold a password.
var errURL = errors.New("want smtp://user:password@host:587 or smtps://user:password@host:465 (not shown here: it may hold a password)")

// Validate says what is wrong with the settings; both are empty or neither.
func (s Settings) Validate() error {
	if s == (Settings{}) {
		return nil
	}
	_, err := New(s)
	return err
}

// Letter is one letter to one reader. It has a link and nothing that tells
// whether it was read.
type Letter struct {
	To      string
	Subject string
	Lines   []string // paragraphs
	Link    string   // after them; may be empty
	After   []string // paragraphs after the link
}

// Server sends letters.
type Server struct {
	host    string
	from    *mail.Address
	options []gomail.Option
	within  time.Duration   // one try
	waits   []time.Duration // before another try
}

// New makes a Server of settings. To another machine it speaks by TLS alone.
func New(s Settings) (*Server, error) {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || strings.Trim(u.Path, "/") != "" {
		return nil, errURL
	}
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return nil, errors.New("want who letters are from, such as reports@example.org or Example Charity <reports@example.org>")
	}
	m := &Server{host: u.Hostname(), from: from, within: 20 * time.Second, waits: []time.Duration{2 * time.Second, 10 * time.Second}}
	port := 587
	if u.Scheme == "smtps" {
		port = 465
		m.options = append(m.options, gomail.WithSSL())
	} else {
		m.options = append(m.options, gomail.WithTLSPolicy(policy(m.host)))
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, errURL
		}
	}
	m.options = append(m.options, gomail.WithPort(port), gomail.WithoutNoop())
	if u.User != nil {
		password, _ := u.User.Password()
		m.options = append(m.options, gomail.WithSMTPAuth(proof(m.host)), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return m, nil
}

// policy lets a server on this machine do without TLS, and no other.
func policy(host string) gomail.TLSPolicy {
	if here(host) {
		return gomail.TLSOpportunistic
	}
	return gomail.TLSMandatory
}

// proof is how the password is shown: in clear to this machine alone.
func proof(host string) gomail.SMTPAuthType {
	if here(host) {
		return gomail.SMTPAuthPlainNoEnc
	}
	return gomail.SMTPAuthAutoDiscover
}

func here(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// RefusedError is why a letter was not sent. It names no address.
type RefusedError struct {
	Code  int    // of the server; 0 if it was not reached
	Later bool   // it may well be sent another time
	TLS   string // what is to be mended before TLS can be spoken; "" if nothing is
}

func (e *RefusedError) Error() string {
	switch {
	case e.TLS != "":
		return e.TLS + " (nothing was sent)"
	case e.Code == 0:
		return "the mail server was not reached, or would not speak with us: check FOOTFALL_SMTP_URL, and whether the server is up"
	case e.Later:
		return fmt.Sprintf("the mail server does not take the letter now (code %d): try again later", e.Code)
	default:
		return fmt.Sprintf("the mail server refuses the letter (code %d): check the address, and that the server lets FOOTFALL_MAIL_FROM send", e.Code)
	}
}

// Send sends a letter. It tries again, a little later each time, while the
// server says that it may help.
func (m *Server) Send(ctx context.Context, l Letter) error {
	msg, err := m.write(l)
	if err != nil {
		return err
	}
	for _, wait := range slices.Concat(m.waits, []time.Duration{-1}) {
		refused := m.try(ctx, msg)
		if refused == nil {
			return nil
		}
		if !refused.Later || wait < 0 {
			return refused
		}
		select {
		case <-ctx.Done():
			return refused
		case <-time.After(wait):
		}
	}
	return nil
}

func (m *Server) try(ctx context.Context, msg *gomail.Msg) *RefusedError {
	client, err := gomail.NewClient(m.host, append(slices.Clip(m.options), gomail.WithTimeout(m.within))...)
	if err != nil {
		return &RefusedError{}
	}
	ctx, cancel := context.WithTimeout(ctx, m.within)
	defer cancel()
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil {
		return nil
	}
	if sent := new(gomail.SendError); errors.As(err, &sent) && sent.ErrorCode() != 0 {
		return &RefusedError{Code: sent.ErrorCode(), Later: sent.IsTemp()}
	}
	if said := new(textproto.Error); errors.As(err, &said) {
		return &RefusedError{Code: said.Code, Later: said.Code/100 == 4}
	}
	if mend := tlsFault(err); mend != "" {
		return &RefusedError{TLS: mend}
	}
	return &RefusedError{Later: true}
}

func (m *Server) write(l Letter) (*gomail.Msg, error) {
	to, err := mail.ParseAddress(l.To)
	if err != nil {
		return nil, errors.New("send letter: want one address, such as grants@example.org")
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(m.from)
	msg.ToMailAddress(to)
	msg.Subject(strings.Join(strings.Fields(l.Subject), " ")) // one line
	msg.SetDate()
	msg.SetMessageID()
	msg.SetBodyString(gomail.TypeTextPlain, l.text())
	var page strings.Builder
	if err := letterPage.Execute(&page, l); err != nil {
		return nil, fmt.Errorf("write letter: %w", err)
	}
	msg.AddAlternativeString(gomail.TypeTextHTML, page.String())
	return msg, nil
}

func (l Letter) text() string {
	parts := slices.Clone(l.Lines)
	if l.Link != "" {
		parts = append(parts, l.Link)
	}
	return strings.Join(append(parts, l.After...), "\n\n") + "\n"
}

// letterPage is a letter as a page: no picture, no script, one link in full.
var letterPage = template.Must(template.New("letter").Parse(`<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{{.Subject}}</title></head><body>
{{range .Lines}}<p>{{.}}</p>
{{end}}{{with .Link}}<p><a href="{{.}}">{{.}}</a></p>
{{end}}{{range .After}}<p>{{.}}</p>
{{end}}</body></html>
`))
