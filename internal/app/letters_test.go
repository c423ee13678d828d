package app

import (
	"bytes"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/mail/mailtest"
	"github.com/footfall-analytics/footfall/internal/record"
)

// wired gives a service a mail server.
func (s *service) wired(t *testing.T) *mailtest.Server {
	t.Helper()
	m := mailtest.Start(t, "four blue boats")
	s.cfg.SMTPURL, s.cfg.MailFrom, s.cfg.RemindDays = "smtp://reports:"+url.PathEscape("four blue boats")+"@"+m.Addr, "reports@harbour.example", 7
	return m
}

var linkSent = regexp.MustCompile(`/r/[A-Za-z0-9_-]{32}`)

func TestReportIsSent(t *testing.T) {
	s, g := sealed(t)
	if _, _, err := s.publish(t, g, "Y1Q1"); err != nil {
		t.Fatal(err)
	}
	args := SendReport{DraftCommand: DraftCommand{As: "reporter@example.org", Grant: g.ID, Period: "Y1Q1", Days: 30}, To: "grants@funder.example"}
	if _, err := run[ReportSent](t, s, "report send", args); err == nil || !strings.Contains(err.Error(), "FOOTFALL_SMTP_URL") {
		t.Errorf("without a server: %v", err)
	}
	m := s.wired(t)
	sent, err := run[ReportSent](t, s, "report send", args)
	if err != nil {
		t.Fatal(err)
	}
	letters := m.Letters()
	if len(letters) != 1 || letters[0].Header.Get("To") != "<grants@funder.example>" || sent.URL != "" {
		t.Fatalf("%d letters, %+v", len(letters), sent)
	}
	path := linkSent.FindString(strings.ReplaceAll(strings.ReplaceAll(letters[0].Raw, "=\r\n", ""), "=\n", ""))
	link, err := record.Get[funder.Link](s.records, funder.LinkKind, funder.HashToken(strings.TrimPrefix(path, "/r/")))
	if err != nil || link.Report != sent.Report || !link.Open(s.clock()) {
		t.Errorf("the letter has %q: %+v, %v", path, link, err)
	}

	// One that cannot be sent leaves no link behind that opens.
	before := len(s.records.List(funder.LinkKind))
	args.To = "never@example.org"
	if _, err := run[ReportSent](t, s, "report send", args); err == nil || !strings.Contains(err.Error(), "550") || strings.Contains(err.Error(), args.To) {
		t.Errorf("refused: %v", err)
	}
	open := 0
	for _, doc := range s.records.List(funder.LinkKind) {
		if l, err := record.As[funder.Link](doc); err == nil && l.Open(s.clock()) {
			open++
		}
	}
	if all := len(s.records.List(funder.LinkKind)); all != before+1 || open != before {
		t.Errorf("%d links, %d of them open", all, open)
	}
	for _, kind := range []record.Kind{funder.LinkKind, account.Kind, reminderKind} {
		for _, doc := range s.records.List(kind) {
			if bytes.Contains(doc.Body, []byte("funder.example")) || bytes.Contains(doc.Body, []byte("never@")) {
				t.Errorf("an address was kept: %s", doc.Body)
			}
		}
	}
}

func TestReminders(t *testing.T) {
	s, g := sealed(t)
	var log bytes.Buffer
	s.log = slog.New(slog.NewTextHandler(&log, nil))
	if err := g.Due.UnmarshalText([]byte("10 working days after")); err != nil {
		t.Fatal(err)
	}
	if err := s.replace(t.Context(), funder.GrantKind, g.ID, g); err != nil {
		t.Fatal(err)
	}
	writer := s.user(t, account.Reporter)
	s.user(t, account.Owner)
	s.user(t, account.Approver) // writes none
	m := s.wired(t)
	due := g.Periods()[0].Due
	to := func() (all string) {
		for _, l := range m.Letters() {
			all += l.Header.Get("To") + " "
		}
		return all
	}
	remind := func(on time.Time) {
		t.Helper()
		s.at(on)
		if err := s.remind(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	remind((due - 8).Time())
	if got := to(); got != "" {
		t.Errorf("too early: %s", got)
	}
	s.cfg.RemindDays = 7
	for range 3 {
		remind((due - 7).Time().Add(9 * time.Hour))
	}
	if got := to(); !strings.Contains(got, writer.Email) || strings.Count(got, "@") != 2 {
		t.Errorf("reminded: %s", got)
	}
	list, err := run[ReminderList](t, s, "report reminders", None{})
	if err != nil || len(list) != 2 || !list[0].Sent || !list[1].Sent {
		t.Errorf("%+v, %v", list, err)
	}
	if strings.Contains(log.String(), "@") {
		t.Errorf("an address is in the log: %s", log.String())
	}

	// One that fails is shown, tried again later, and no more once it is sent.
	writer.Email = "never@example.org"
	if err := s.replace(t.Context(), account.Kind, writer.ID, writer); err != nil {
		t.Fatal(err)
	}
	next := g.Periods()[1].Due
	s.at((next - 2).Time())
	if err := s.remind(t.Context()); err == nil || strings.Contains(err.Error(), "never@") {
		t.Errorf("a refused reminder: %v", err)
	}
	if err := s.remind(t.Context()); err != nil {
		t.Errorf("it was tried again at once: %v", err)
	}
	if list, err := run[ReminderList](t, s, "report reminders", None{}); err != nil || !strings.Contains(list.Text(), "not sent: the mail server refuses the letter (code 550)") {
		t.Errorf("%s, %v", list.Text(), err)
	}
	s.at((next - 2).Time().Add(2 * time.Hour))
	if err := s.remind(t.Context()); err == nil {
		t.Error("it was not tried again")
	}
	if n := strings.Count(to(), "@"); n != 3 {
		t.Errorf("%d letters: %s", n, to())
	}
}
