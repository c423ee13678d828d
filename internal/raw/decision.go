package raw

import (
	"fmt"
	"log/slog"
	"net/netip"
)

// Decision is one decoded answer to a banner. Like a Hit it is about a person
// until it has been counted, so it cannot be printed, logged or encoded.
type Decision struct {
	Site    string
	Banner  string   // hash of the banner version that was answered
	Choices []string // purposes agreed to; none means No
	Lang    string   // language in which the banner was read

	Origin    string // Origin header
	UserAgent string // User-Agent header, cut at 512 bytes
	Addr      netip.Addr
}

const hiddenDecision = "raw.Decision"

// Format prints the type's name for every verb.
func (Decision) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hiddenDecision)) }

// String is the type's name.
func (Decision) String() string { return hiddenDecision }

// LogValue is the type's name.
func (Decision) LogValue() slog.Value { return slog.StringValue(hiddenDecision) }

// MarshalJSON gives the type's name.
func (Decision) MarshalJSON() ([]byte, error) { return []byte(`"` + hiddenDecision + `"`), nil }

// MarshalText gives the type's name.
func (Decision) MarshalText() ([]byte, error) { return []byte(hiddenDecision), nil }

// GobEncode gives the type's name.
func (Decision) GobEncode() ([]byte, error) { return []byte(hiddenDecision), nil }
