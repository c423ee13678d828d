package account

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/record"
)

// shelf is a Records in memory.
type shelf map[string]User

func (s shelf) doc(id string) record.Doc {
	b, _ := json.Marshal(s[id])
	return record.Doc{Kind: Kind, ID: id, Version: 1, Body: b}
}

func (s shelf) Get(_ record.Kind, id string) (record.Doc, error) {
	if _, ok := s[id]; !ok {
		return record.Doc{}, record.ErrNotFound
	}
	return s.doc(id), nil
}

func (s shelf) List(record.Kind) []record.Doc {
	var docs []record.Doc
	for id := range s {
		docs = append(docs, s.doc(id))
	}
	return docs
}

const secret = "quiet harbour lantern"

type fixture struct {
	*Desk
	shelf shelf
	now   time.Time
}

func open(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{now: time.Date(2027, 1, 8, 9, 0, 0, 0, time.UTC)}
	f.shelf = shelf{"amy": {ID: "amy", Email: "amy@harbour.example", Name: "Amy", Password: Hash(secret), Role: Reporter, Sites: []string{"kx4f9q"}}}
	f.Desk = NewDesk(f.shelf, func() time.Time { return f.now })
	return f
}

func TestPassword(t *testing.T) {
	h := Hash(secret)
	if strings.Contains(h, secret) || !Matches(h, secret) || Matches(h, secret+"x") {
		t.Error("the hash must match its own secret alone")
	}
	if h == Hash(secret) {
		t.Error("two hashes share a salt")
	}
	for _, bad := range []string{"", "$argon2id$", hashPrefix + "!$!", hashPrefix + "AAAA$"} {
		if Matches(bad, "") || Matches(bad, secret) {
			t.Errorf("%q matched", bad)
		}
	}
	if CheckPassword("short") == nil || CheckPassword(strings.Repeat("x", 201)) == nil || CheckPassword(secret) != nil {
		t.Error("the bounds of a password do not hold")
	}
}

func TestLogin(t *testing.T) {
	f := open(t)
	token, err := f.Login(" Amy@Harbour.example ", secret, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	u, ok := f.User(token)
	if !ok || u.ID != "amy" || !u.Sees("kx4f9q") || u.Sees("other1") {
		t.Errorf("%v %v", u.ID, ok)
	}
	if _, ok := f.User(token + "x"); ok {
		t.Error("a made-up token is let in")
	}
	f.Logout(token)
	if _, ok := f.User(token); ok {
		t.Error("the session goes on after the logout")
	}
}

func TestLoginRefusesAlike(t *testing.T) {
	f := open(t)
	off := f.shelf["amy"]
	off.ID, off.Email, off.Disabled = "ben", "ben@harbour.example", true
	f.shelf["ben"] = off
	for _, c := range [][2]string{
		{"amy@harbour.example", "wrong"}, {"nobody@harbour.example", secret}, {"ben@harbour.example", secret},
		{"", secret}, {"amy@harbour.example", strings.Repeat("x", 10_000)},
	} {
		if token, err := f.Login(c[0], c[1], "192.0.2.1"); !errors.Is(err, ErrRefused) || token != "" {
			t.Errorf("%q: %q %v", c[0], token, err)
		}
	}
}

func TestLoginThrottle(t *testing.T) {
	f := open(t)
	for i := range triesByName {
		_, _ = f.Login("amy@harbour.example", "wrong", fmt.Sprintf("192.0.2.%d", i))
	}
	if _, err := f.Login("amy@harbour.example", secret, "192.0.2.99"); err == nil {
		t.Error("the right password was taken although there were too many tries")
	}
	f.now = f.now.Add(tryWindow)
	if _, err := f.Login("amy@harbour.example", secret, "192.0.2.99"); err != nil {
		t.Error("the account stays locked after the window:", err)
	}
	for i := range triesByAddress {
		f.try(fmt.Sprint("user", i), "192.0.2.200")
	}
	if f.try("one-more", "192.0.2.200") {
		t.Error("one address may try any number of names")
	}
}

func TestThrottleIsBounded(t *testing.T) {
	tr, now := throttle{}, time.Unix(0, 0)
	for i := range maxTries + 10 {
		tr.allow([32]byte{byte(i), byte(i >> 8), byte(i >> 16)}, now, 1)
	}
	if len(tr) > maxTries {
		t.Errorf("%d entries", len(tr))
	}
}

func TestSessionEnds(t *testing.T) {
	f := open(t)
	token, _ := f.Login("amy@harbour.example", secret, "192.0.2.1")
	f.now = f.now.Add(IdleTime - time.Second)
	if _, ok := f.User(token); !ok {
		t.Fatal("the session ended before its time")
	}
	f.now = f.now.Add(IdleTime)
	if _, ok := f.User(token); ok {
		t.Error("an idle session goes on")
	}
	token, _ = f.Login("amy@harbour.example", secret, "192.0.2.1")
	for range int(MaxTime/time.Hour) - 1 {
		f.now = f.now.Add(time.Hour)
		if _, ok := f.User(token); !ok {
			t.Fatal("a busy session ended before its time")
		}
	}
	f.now = f.now.Add(time.Hour)
	if _, ok := f.User(token); ok {
		t.Error("a session outlives its longest time")
	}
}

func TestRecordsDecide(t *testing.T) {
	f := open(t)
	change := func(do func(*User)) {
		u := f.shelf["amy"]
		do(&u)
		f.shelf["amy"] = u
	}
	token, _ := f.Login("amy@harbour.example", secret, "192.0.2.1")
	change(func(u *User) { u.Sites = nil })
	if u, ok := f.User(token); !ok || u.Sees("kx4f9q") {
		t.Error("a site taken away is still seen")
	}
	change(func(u *User) { u.Password = Hash("another lantern here") })
	if _, ok := f.User(token); ok {
		t.Error("a session outlives the password it was made with")
	}
	token, _ = f.Login("amy@harbour.example", "another lantern here", "192.0.2.1")
	change(func(u *User) { u.Disabled = true })
	if _, ok := f.User(token); ok {
		t.Error("a disabled user goes on")
	}
	delete(f.shelf, "amy")
	if _, ok := f.User(token); ok {
		t.Error("a user who is gone goes on")
	}
}

func TestFormToken(t *testing.T) {
	f := open(t)
	if !f.FormOK("a", f.FormToken("a")) || f.FormOK("a", f.FormToken("b")) || f.FormOK("a", "") {
		t.Error("a form token must be good for its own session alone")
	}
}

func TestValidate(t *testing.T) {
	u := open(t).shelf["amy"]
	if err := u.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*User){
		"email":    func(u *User) { u.Email = "Amy <amy@harbour.example>" },
		"name":     func(u *User) { u.Name = "" },
		"role":     func(u *User) { u.Role = "king" },
		"password": func(u *User) { u.Password = secret },
	} {
		bad := u
		bad.Sites = slices.Clone(u.Sites)
		spoil(&bad)
		if err := bad.Validate(); err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
