package account

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/footfall-analytics/footfall/internal/record"
)

// How long a session lives without a request, and at most.
const (
	IdleTime = 2 * time.Hour
	MaxTime  = 12 * time.Hour
)

// maxSessions bounds the memory of a Desk; the session that was idle longest
// makes room.
const maxSessions = 10_000

// ErrRefused is the one answer to a failed login, whatever the reason.
var ErrRefused = errors.New("login refused")

// Records is where a Desk finds users.
type Records interface {
	Get(kind record.Kind, id string) (record.Doc, error)
	List(kind record.Kind) []record.Doc
}

// Desk lets users in and remembers them while they are here. Its sessions are
// in memory only: a restart logs everybody out.
type Desk struct {
	records Records
	clock   func() time.Time
	key     [32]byte // of form tokens and of names in the throttle

	mu       sync.Mutex
	sessions map[[32]byte]*session // by SHA-256 of the token
	tries    throttle
}

type session struct {
	user       string
	password   [32]byte // SHA-256 of the stored password hash: a new password ends old sessions
	start, hit time.Time
}

// NewDesk makes a desk. clock says what time it is.
func NewDesk(records Records, clock func() time.Time) *Desk {
	d := &Desk{records: records, clock: clock, sessions: map[[32]byte]*session{}, tries: throttle{}}
	_, _ = rand.Read(d.key[:])
	return d
}

// Login checks a password and starts a session; token is what the browser has
// to show from now on. from is the client's address, used in memory alone as a
// keyed hash. Every failure is ErrRefused after the same work: an unknown
// user, a wrong password, a disabled account, too many tries.
func (d *Desk) Login(email, password, from string) (token string, err error) {
	email = strings.ToLower(strings.TrimSpace(email))
	allowed := d.try(email, from)
	user, found := d.byEmail(email)
	ok := len(password) <= 4*maxPassword && Matches(user.Password, password)
	if !allowed || !found || !ok || user.Disabled {
		return "", ErrRefused
	}
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	token = base64.RawURLEncoding.EncodeToString(b)
	now := d.clock()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tries.forget(d.mark("email", email))
	d.sweep(now)
	d.sessions[sha256.Sum256([]byte(token))] = &session{
		user: user.ID, password: sha256.Sum256([]byte(user.Password)), start: now, hit: now,
	}
	return token, nil
}

// User returns who holds the token, as the records have them now.
func (d *Desk) User(token string) (User, bool) {
	now, id := d.clock(), sha256.Sum256([]byte(token))
	d.mu.Lock()
	s, ok := d.sessions[id]
	if ok && s.over(now) {
		delete(d.sessions, id)
		ok = false
	}
	if !ok {
		d.mu.Unlock()
		return User{}, false
	}
	s.hit = now
	name, password := s.user, s.password
	d.mu.Unlock()

	doc, err := d.records.Get(Kind, name)
	if err != nil {
		return User{}, false
	}
	u, err := record.As[User](doc)
	if err != nil || u.Disabled || sha256.Sum256([]byte(u.Password)) != password {
		d.Logout(token)
		return User{}, false
	}
	return u, true
}

// Logout ends the session of a token.
func (d *Desk) Logout(token string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.sessions, sha256.Sum256([]byte(token)))
}

// FormToken proves that a form was made for the session of token.
func (d *Desk) FormToken(token string) string {
	m := d.mark("form", token)
	return base64.RawURLEncoding.EncodeToString(m[:])
}

// FormOK says whether sent is the FormToken of the session.
func (d *Desk) FormOK(token, sent string) bool {
	return subtle.ConstantTimeCompare([]byte(d.FormToken(token)), []byte(sent)) == 1
}

// Try counts one try of a secret other than a password, such as the code of a
// link, and says whether it may be looked at.
func (d *Desk) Try(what, from string) bool { return d.try(what, from) }

func (d *Desk) try(name, from string) bool {
	now := d.clock()
	d.mu.Lock()
	defer d.mu.Unlock()
	byName := d.tries.allow(d.mark("email", name), now, triesByName)
	byFrom := d.tries.allow(d.mark("from", from), now, triesByAddress)
	return byName && byFrom
}

// mark is a keyed hash: the throttle holds no address and no e-mail.
func (d *Desk) mark(kind, value string) [32]byte {
	m := hmac.New(sha256.New, d.key[:])
	m.Write([]byte(kind + "\x00" + value))
	return [32]byte(m.Sum(nil))
}

// byEmail looks at every user, so that it takes as long for a stranger.
func (d *Desk) byEmail(email string) (found User, ok bool) {
	for _, doc := range d.records.List(Kind) {
		if u, err := record.As[User](doc); err == nil && u.Email == email && email != "" {
			found, ok = u, true
		}
	}
	return found, ok
}

// sweep drops sessions that are over and makes room for one more.
func (d *Desk) sweep(now time.Time) {
	var idlest [32]byte
	oldest := now
	for id, s := range d.sessions {
		if s.over(now) {
			delete(d.sessions, id)
		} else if !s.hit.After(oldest) {
			idlest, oldest = id, s.hit
		}
	}
	if len(d.sessions) >= maxSessions {
		delete(d.sessions, idlest)
	}
}

func (s *session) over(now time.Time) bool {
	return now.Sub(s.hit) >= IdleTime || now.Sub(s.start) >= MaxTime
}
