// Package raw has the hit as a browser sent it. It is about a person, so it
// lives for one request, in memory, and cannot be printed, logged or encoded.
package raw

import (
	"fmt"
	"log/slog"
	"net/netip"
)

// Kind says what a hit reports.
type Kind uint8

// The kinds of a hit.
const (
	View  Kind = iota + 1 // a page was shown
	Leave                 // bands of length or depth were reached
	Event                 // a declared event: contact, issue, outcome, signpost, search, download
)

// Hit is one decoded request. Its strings belong to it (Fiber reuses its own).
type Hit struct {
	Kind     Kind
	Site     string // public key of the site
	Pass     string // proof that its banner was answered with yes
	Path     string // page path as sent
	Referrer string // referring host or android-app://package, empty if none or the same site
	Campaign string // campaign name as sent
	NewVisit bool   // first page of a visit, by the browser's own memory
	NewPage  bool   // first time in this visit that this page is shown
	Length   []string
	Depth    []string
	Table    string // of an event
	Value    string // of an event

	Origin      string     // Origin header
	UserAgent   string     // User-Agent header, cut at 512 bytes
	Mobile      string     // Sec-CH-UA-Mobile header
	Platform    string     // Sec-CH-UA-Platform header
	Lang        string     // Accept-Language header, cut at 64 bytes
	Addr        netip.Addr // client address
	GPC         bool       // Sec-GPC: 1
	OverrodeGPC bool       // the visitor said yes although the browser sends GPC
	TestRequest bool       // staff trying out the installation: never counted
}

const hidden = "raw.Hit"

// Format prints the type's name for every verb.
func (Hit) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// String is the type's name.
func (Hit) String() string { return hidden }

// LogValue is the type's name.
func (Hit) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalJSON gives the type's name.
func (Hit) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// MarshalText gives the type's name.
func (Hit) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// GobEncode gives the type's name.
func (Hit) GobEncode() ([]byte, error) { return []byte(hidden), nil }
