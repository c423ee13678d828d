package funder

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/internal/site"
)

// tokenBytes is 192 bits: nobody guesses a link.
const tokenBytes = 24

// Link opens one report to whoever holds its token. The token itself is told
// once, to its maker, and kept nowhere.
type Link struct {
	Hash    string    `json:"hash"`              // SHA-256 of the token, hex; also the record id
	Report  string    `json:"report"`            // report id
	Version int       `json:"version,omitempty"` // the one that it opens; 0 is 1, of links made before there were others
	Grant   string    `json:"grant"`
	Slice   Slice     `json:"slice,omitzero"` // that of the grant when the link was made
	Expires time.Time `json:"expires"`        // first moment at which it no longer opens
	Revoked bool      `json:"revoked"`
	Code    string    `json:"code,omitempty"` // hash of a second secret (account.Hash), "" = none asked
}

// ErrNoAgreement is returned for a link to a report of a grant that does not
// name both its data sharing agreement and its impact assessment.
var ErrNoAgreement = errors.New("the grant names no data sharing agreement or no impact assessment: add both references before sharing")

// ErrNoApproval is returned for a link of a researcher that has no ethical
// approval, or outlives it.
var ErrNoApproval = errors.New("a researcher needs ethical approval for as long as the link opens")

// MayShare says everything that stands in the way of a link that ends at a
// time.
func (g Grant) MayShare(expires time.Time) error {
	var wrong []error
	if strings.TrimSpace(g.Agreement) == "" || strings.TrimSpace(g.Assessment) == "" {
		wrong = append(wrong, ErrNoAgreement)
	}
	if g.Recipient == Researcher {
		switch {
		case strings.TrimSpace(g.Approval) == "" || g.ApprovalEnds == 0:
			wrong = append(wrong, fmt.Errorf("%w: add its reference and its last day to the grant", ErrNoApproval))
		case expires.After(g.ApprovalEnds.End(site.Site{}.Location())):
			wrong = append(wrong, fmt.Errorf("%w: %s ends on %s, so choose an earlier day", ErrNoApproval, g.Approval, g.ApprovalEnds.Time().Format("2 January 2006")))
		}
	}
	return errors.Join(wrong...)
}

// NewLink makes a link to a report of the grant, and its token. It refuses
// while the grant lacks the references that sharing needs.
func (g Grant) NewLink(report string, expires time.Time) (Link, string, error) {
	if err := g.MayShare(expires); err != nil {
		return Link{}, "", err
	}
	if report == "" || expires.IsZero() {
		return Link{}, "", errors.New("link: needs a report and a day on which it ends")
	}
	b := make([]byte, tokenBytes)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	token := base64.RawURLEncoding.EncodeToString(b)
	return Link{Hash: HashToken(token), Report: report, Grant: g.ID, Slice: g.Slice, Expires: expires.UTC()}, token, nil
}

// HashToken is how a token is known at rest.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Open says whether the link may be used at a time.
func (l Link) Open(at time.Time) bool { return !l.Revoked && at.Before(l.Expires) }
