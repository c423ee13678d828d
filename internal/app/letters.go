package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/mail"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
)

// remindEvery is how often the service looks for what is due.
const remindEvery = time.Hour

// SendReport is the arguments of `report send`.
type SendReport struct {
	DraftCommand
	To string `json:"to"` // not kept
}

// ReportSent is what `report send` prints.
type ReportSent struct{ report.NewLink }

// Text says for people what was sent.
func (r ReportSent) Text() string {
	text := fmt.Sprintf("Sent: a link to report %s, version %d, that opens until %s. The address was not kept.\n", r.Report, r.Version, r.Expires.Format("2 January 2006"))
	if r.Secret != "" {
		text += fmt.Sprintf("The link asks for this code; tell it another way than by e-mail:\n  %s\n", r.Secret)
	}
	return text
}

func (a *App) sendReport(ctx context.Context, c SendReport) (ReportSent, error) {
	by, err := a.acting(c.As)
	if err != nil {
		return ReportSent{}, err
	}
	if c.To == "" {
		return ReportSent{}, errors.New("to: name the e-mail address of the reader")
	}
	l, err := reports{a}.NewLink(ctx, by, c.id(), report.Terms{Days: c.Days, Code: c.Code, To: c.To})
	return ReportSent{l}, err
}

// server is the mail server of the settings.
func (a *App) server() (*mail.Server, error) {
	if a.cfg.SMTPURL == "" {
		return nil, errors.New("no mail server is set: give FOOTFALL_SMTP_URL and FOOTFALL_MAIL_FROM, or send the link of `footfall report link` yourself")
	}
	return mail.New(a.letters())
}

func (a *App) letters() mail.Settings {
	return mail.Settings{URL: a.cfg.SMTPURL, From: a.cfg.MailFrom}
}

// send makes a link to a published report and sends it to an address, which is
// kept nowhere. A link that was not sent opens nothing.
func (a reports) send(ctx context.Context, by account.User, id string, terms report.Terms) (report.NewLink, error) {
	server, err := a.server()
	if err != nil {
		return report.NewLink{}, &report.RefusedError{Why: err.Error()}
	}
	to := terms.To
	terms.To = ""
	f, err := a.open(by, id)
	if err != nil {
		return report.NewLink{}, err
	}
	l, err := a.NewLink(ctx, by, id, terms)
	if err != nil {
		return report.NewLink{}, err
	}
	frozen, err := a.newest(f)
	if err == nil {
		err = server.Send(ctx, reportLetter(frozen, l, to))
	}
	if err != nil {
		refused := &report.RefusedError{Why: "the letter was not sent, and its link opens nothing: " + err.Error()}
		return report.NewLink{}, errors.Join(refused, a.Revoke(context.WithoutCancel(ctx), by, l.Hash))
	}
	l.URL = "" // it is the reader's
	return l, nil
}

func reportLetter(r report.Report, l report.NewLink, to string) mail.Letter {
	letter := mail.Letter{
		To: to, Subject: fmt.Sprintf("%s: report on %s, %s", r.Charity.Name, r.Grant.FunderRef, r.Period.Label),
		Lines: []string{fmt.Sprintf("%s has published its report to %s on “%s” (%s): %s, %s. It is version %d, %s.",
			r.Charity.Name, r.Funder, r.Grant.Title, r.Grant.FunderRef, r.Period.Label, r.Period.Dates(), r.Version, r.Status)},
		Link:  l.URL,
		After: []string{"The link opens until " + l.Expires.Format("2 January 2006") + ", for whoever has it: please hand it on to those alone who need it. The page has the report as Excel, Word, CSV and JSON, too. It sets no cookie; that it was opened is noted by day."},
	}
	if l.Secret != "" {
		letter.Lines = append(letter.Lines, "It asks for a code, which you get from the charity another way.")
	}
	return letter
}

// reminderKind is the record kind of reminders; the record id is that of the
// draft and the user's.
const reminderKind record.Kind = "reminder"

// reminder says whether a user was reminded of a report. Who it is knows the
// user's record; no address is in it.
type reminder struct {
	Due   day.Day   `json:"due"`
	Sent  bool      `json:"sent"`
	Tries int       `json:"tries"`
	Next  time.Time `json:"next"` // not tried again before
	Why   string    `json:"why,omitempty"`
}

// remindOnSchedule reminds staff of what is due, now and every so often.
func (a *App) remindOnSchedule(ctx context.Context) error {
	for a.cfg.SMTPURL != "" && a.cfg.RemindDays > 0 {
		if err := a.remind(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("reminders were not sent; they will be tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(remindEvery):
		}
	}
	return nil
}

// remind sends each member of staff who writes reports one letter for each that
// is due within some days and is not published.
func (a *App) remind(ctx context.Context) error {
	server, err := a.server()
	if err != nil {
		return err
	}
	today := day.Of(a.clock(), time.UTC)
	var wrong []error
	for _, doc := range a.records.List(account.Kind) {
		u, err := record.As[account.User](doc)
		if err != nil {
			return err
		}
		if u.Disabled || mayWrite(u) != nil {
			continue
		}
		lines, err := reports{a}.Due(u)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if l.Report == "" && l.Due >= today && l.Due <= today+day.Day(a.cfg.RemindDays) {
				wrong = append(wrong, a.remindOf(ctx, server, u, l))
			}
		}
	}
	return errors.Join(wrong...)
}

// remindOf sends one reminder. It claims it first, so that of several processes
// one sends it, and tries again ever later if it fails.
func (a *App) remindOf(ctx context.Context, server *mail.Server, u account.User, l report.Line) error {
	id, now := l.Draft+" "+u.ID, a.clock()
	r, err := record.Get[reminder](a.records, reminderKind, id)
	if err != nil && !errors.Is(err, record.ErrNotFound) {
		return err
	}
	if r.Sent || now.Before(r.Next) {
		return nil
	}
	version := uint32(len(a.records.History(reminderKind, id)))
	r.Due, r.Tries, r.Why = l.Due, r.Tries+1, ""
	r.Next = now.Add(min(remindEvery<<(r.Tries-1), 24*time.Hour))
	var late *record.ConflictError
	if _, err := a.records.Put(ctx, reminderKind, id, version, "service", r); errors.As(err, &late) {
		return nil // another process sends it
	} else if err != nil {
		return err
	}
	failed := server.Send(ctx, reminderLetter(u, l, a.cfg.PublicURL))
	if r.Sent = failed == nil; failed != nil {
		r.Why = failed.Error()
	}
	_, err = a.records.Put(ctx, reminderKind, id, version+1, "service", r)
	return errors.Join(failed, err)
}

func reminderLetter(u account.User, l report.Line, publicURL string) mail.Letter {
	due := l.Due.Time().Format("Monday 2 January 2006")
	return mail.Letter{
		To: u.Email, Subject: fmt.Sprintf("Due on %s: report to %s, %s", due, l.Funder, l.Period.Label()),
		Lines: []string{fmt.Sprintf("The report to %s on “%s”, %s, is due on %s. It is not published yet.", l.Funder, l.Title, l.Period, due)},
		Link:  publicURL + "/",
		After: []string{"You get one reminder for each report, because you write reports of this website in Footfall."},
	}
}

// ReminderList is what `report reminders` prints.
type ReminderList []ReminderLine

// ReminderLine is one reminder.
type ReminderLine struct {
	Of    string    `json:"of"` // id of the draft and the user's
	Due   day.Day   `json:"due"`
	Sent  bool      `json:"sent"`
	Tries int       `json:"tries"`
	At    time.Time `json:"at"`
	Why   string    `json:"why,omitempty"`
}

// Text is the list for people.
func (l ReminderList) Text() string {
	if len(l) == 0 {
		return "No reminders yet.\n"
	}
	text := ""
	for _, r := range l {
		state := "sent"
		if !r.Sent {
			state = "not sent: " + r.Why
		}
		text += fmt.Sprintf("%s  due %s, %s (%s, tries: %d)\n", r.Of, r.Due, state, r.At.Format("2 January 2006 at 15:04"), r.Tries)
	}
	return text
}

func (a *App) listReminders(context.Context, None) (ReminderList, error) {
	all := ReminderList{}
	for _, doc := range a.records.List(reminderKind) {
		r, err := record.As[reminder](doc)
		if err != nil {
			return nil, err
		}
		all = append(all, ReminderLine{Of: doc.ID, Due: r.Due, Sent: r.Sent, Tries: r.Tries, At: doc.Time, Why: r.Why})
	}
	return all, nil
}
