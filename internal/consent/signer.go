package consent

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash/maphash"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/footfall-analytics/footfall/internal/day"
)

// ErrForged is returned for a pass or receipt that this installation did not
// sign, or that was changed or cut since.
var ErrForged = errors.New("not signed by this installation, or changed since")

// Claim is what a pass or a receipt proves: that the banner with this hash was
// answered with these choices. It is the same for everybody who chose the same.
type Claim struct {
	Site     string
	Banner   string   // hash of the banner version, 16 hex digits
	Choices  []string // purposes agreed to (letters, digits, hyphens), sorted; none means No
	Excepted bool     // of a pass: nobody chose anything, the site relies on the statistics exception
}

// A pass is "p1.<banner>.<choices>.<signature>" and rides on each hit beside
// the site's key; a receipt is "r1.<site>.<banner>.<day>.<choices>.<signature>".
// The pass of the exception is "e1.<banner>.-.<signature>", signed with a key of
// its own, so that neither can be turned into the other. All can be read by eye,
// so that everybody sees there is no name in them.
const (
	passForm      = "p1"
	exceptionForm = "e1"
	receiptForm   = "r1"
	noChoice      = "-"
	between       = "~"  // choices
	maxText       = 1024 // bytes of a pass or receipt: 16 purposes of 40 letters fit
	macBytes      = 16
)

// Signer signs and checks passes and receipts. It is safe for concurrent use.
type Signer struct {
	pass, exception, receipt []byte // keys
	fingerprint              string
	seed                     maphash.Seed
	known                    [knownSlots]atomic.Pointer[knownPass]
}

// knownSlots bounds the memory for passes that were found right. There are as
// many passes as banners in force, so a few thousand serve thousands of sites.
const knownSlots = 1 << 13

type knownPass struct {
	pass  string
	claim Claim
}

// NewSigner derives the keys from the installation's signing key.
func NewSigner(key [32]byte) *Signer {
	sum := sha256.Sum256(derive(key, "footfall fingerprint 1"))
	return &Signer{
		pass:        derive(key, "footfall pass 1"),
		exception:   derive(key, "footfall exception 1"),
		receipt:     derive(key, "footfall receipt 1"),
		fingerprint: hex.EncodeToString(sum[:8]),
		seed:        maphash.MakeSeed(),
	}
}

func derive(key [32]byte, use string) []byte {
	k, err := hkdf.Key(sha256.New, key[:], nil, use, 32)
	if err != nil {
		panic(err) // only for more than 8,160 bytes
	}
	return k
}

// Fingerprint names the signing key without telling it: 16 hex digits.
func (s *Signer) Fingerprint() string { return s.fingerprint }

// Pass returns the pass of a claim: the signature over it.
func (s *Signer) Pass(c Claim) string {
	if c.Excepted {
		return s.ExceptionPass(c.Site, c.Banner)
	}
	body := passForm + "." + c.Banner + "." + join(c.Choices)
	return body + "." + mac(s.pass, c.Site, body)
}

// ExceptionPass returns the pass with which visits to a site may be counted by
// the statistics exception. It is the same for everybody.
func (s *Signer) ExceptionPass(siteKey, banner string) string {
	body := exceptionForm + "." + banner + "." + noChoice
	return body + "." + mac(s.exception, siteKey, body)
}

// Receipt returns the proof that the claim was made on a day. It has no finer
// time and no number, so it identifies nobody.
func (s *Signer) Receipt(c Claim, on day.Day) string {
	body := strings.Join([]string{receiptForm, c.Site, c.Banner, on.String(), join(c.Choices)}, ".")
	return body + "." + mac(s.receipt, c.Site, body)
}

// CheckPass returns what a pass of a site proves, or ErrForged. Passes that
// were right are remembered, since every visitor of a site sends the same.
func (s *Signer) CheckPass(siteKey, pass string) (Claim, error) {
	slot := &s.known[maphash.String(s.seed, pass)%knownSlots]
	if k := slot.Load(); k != nil && k.pass == pass && k.claim.Site == siteKey {
		return k.claim, nil
	}
	c, err := s.parsePass(siteKey, pass)
	if err == nil {
		slot.Store(&knownPass{strings.Clone(pass), c})
	}
	return c, err
}

func (s *Signer) parsePass(siteKey, pass string) (Claim, error) {
	part, ok := split(pass, 4)
	if !ok || part[0] != passForm && part[0] != exceptionForm {
		return Claim{}, ErrForged
	}
	c := Claim{Site: strings.Clone(siteKey), Banner: strings.Clone(part[1]), Choices: cut(strings.Clone(part[2])), Excepted: part[0] == exceptionForm}
	if !hmac.Equal([]byte(s.Pass(c)), []byte(pass)) {
		return Claim{}, ErrForged
	}
	return c, nil
}

// ParseReceipt returns what a receipt proves and the day of the choice, or
// ErrForged.
func (s *Signer) ParseReceipt(receipt string) (Claim, day.Day, error) {
	part, ok := split(receipt, 6)
	if !ok || part[0] != receiptForm {
		return Claim{}, 0, ErrForged
	}
	on, err := day.Parse(part[3])
	if err != nil {
		return Claim{}, 0, ErrForged
	}
	c := Claim{Site: part[1], Banner: part[2], Choices: cut(part[4])}
	if !hmac.Equal([]byte(s.Receipt(c, on)), []byte(receipt)) {
		return Claim{}, 0, ErrForged
	}
	return c, on, nil
}

func split(s string, parts int) ([]string, bool) {
	if len(s) > maxText {
		return nil, false
	}
	p := strings.SplitN(s, ".", parts+1)
	return p, len(p) == parts
}

func join(choices []string) string {
	if len(choices) == 0 {
		return noChoice
	}
	return strings.Join(slices.Compact(slices.Sorted(slices.Values(choices))), between)
}

func cut(choices string) []string {
	if choices == noChoice {
		return nil
	}
	return strings.Split(choices, between)
}

// mac signs body for a site. The site is framed by its length, so that no two
// pairs run together to the same bytes.
func mac(key []byte, siteKey, body string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte{byte(len(siteKey) >> 8), byte(len(siteKey))})
	h.Write([]byte(siteKey))
	h.Write([]byte(body))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:macBytes])
}
