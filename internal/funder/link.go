package funder

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"
)

// tokenBytes is 192 bits: nobody guesses a link.
const tokenBytes = 24

// Link opens one report to whoever holds its token. The token itself is told
// once, to its maker, and kept nowhere.
type Link struct {
	Hash    string    `json:"hash"`   // SHA-256 of the token, hex; also the record id
	Report  string    `json:"report"` // report id
	Grant   string    `json:"grant"`
	Expires time.Time `json:"expires"` // first moment at which it no longer opens
	Revoked bool      `json:"revoked"`
	Code    string    `json:"code,omitempty"` // hash of a second secret (account.Hash), "" = none asked
}

// NewLink makes a link to a report of the grant, and its token. It refuses
// while the grant lacks the references that sharing needs.
func (g Grant) NewLink(report string, expires time.Time) (Link, string, error) {
	if g.Agreement == "" || g.Assessment == "" {
		return Link{}, "", ErrNoAgreement
	}
	if report == "" || expires.IsZero() {
		return Link{}, "", errors.New("link: needs a report and a day on which it ends")
	}
	b := make([]byte, tokenBytes)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	token := base64.RawURLEncoding.EncodeToString(b)
	return Link{Hash: HashToken(token), Report: report, Grant: g.ID, Expires: expires.UTC()}, token, nil
}

// HashToken is how a token is known at rest.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Open says whether the link may be used at a time.
func (l Link) Open(at time.Time) bool { return !l.Revoked && at.Before(l.Expires) }
