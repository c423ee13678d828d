// Package disclosure is the only door from counts to a reader: it seals closed
// periods by rule sdc1 and hands out Figures, in which nobody can be found.
package disclosure

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Figure is a number fit to publish: a multiple of 5 from 10 up, or nothing.
// "Nothing" covers every true count that is too small, zero included. The zero
// Figure shows nothing.
type Figure struct {
	shown uint64 // 0 = hidden
}

// Hidden is the words for a figure that shows nothing.
const Hidden = "fewer than 10"

// Shown returns the published number; ok is false if none is.
func (f Figure) Shown() (n uint64, ok bool) { return f.shown, f.shown > 0 }

// String writes the figure for people: "1,250" or "fewer than 10".
func (f Figure) String() string {
	if f.shown == 0 {
		return Hidden
	}
	s := strconv.FormatUint(f.shown, 10)
	var b strings.Builder
	for i, c := range []byte(s) {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// MarshalJSON writes the number, or null if hidden.
func (f Figure) MarshalJSON() ([]byte, error) {
	if f.shown == 0 {
		return []byte("null"), nil
	}
	return strconv.AppendUint(nil, f.shown, 10), nil
}

// UnmarshalJSON reads what MarshalJSON wrote (a frozen report); it refuses any
// number that the rule cannot have published.
func (f *Figure) UnmarshalJSON(b []byte) error {
	var n *uint64
	if err := json.Unmarshal(b, &n); err != nil {
		return fmt.Errorf("figure: %w", err)
	}
	if n == nil {
		*f = Figure{}
		return nil
	}
	if *n < 10 || *n%5 != 0 {
		return fmt.Errorf("figure: %d cannot have been published: want a multiple of 5 from 10 up", *n)
	}
	f.shown = *n
	return nil
}
