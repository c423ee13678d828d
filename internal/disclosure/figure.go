// Package disclosure is the only door from counts to a reader: it seals closed
// periods by rule sdc1 and hands out Figures, in which nobody can be found.
package disclosure

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// Figure is a number fit to publish: a multiple of 5 from 10 up, or nothing.
// "Nothing" covers every true count that is too small, zero included. The zero
// Figure shows nothing.
type Figure struct {
	shown uint64 // 0 = hidden
}

// Shown returns the published number; ok is false if none is. It is for
// comparing and drawing: Words write figures.
func (f Figure) Shown() (n uint64, ok bool) { return f.shown, f.shown > 0 }

// IsShown says whether there is a number.
func (f Figure) IsShown() bool { return f.shown > 0 }

// String writes the figure in English.
func (f Figure) String() string { return English.Figure(f) }

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

// Add adds up what is shown and nothing else: whoever reads the figures can do
// the same. The sum of published numbers is itself fit to publish.
func Add(figures ...Figure) (sum Figure) {
	for _, f := range figures {
		sum.shown += f.shown
	}
	return sum
}

// leastBase is the smallest number that a percentage may be of.
const leastBase = 30

// Percent is the whole percentage of two shown figures; ok is false if one is
// hidden or the base is below 30. Rounding can put a part above its base.
func Percent(part, base Figure) (percent int, ok bool) {
	if !part.IsShown() || base.shown < leastBase {
		return 0, false
	}
	return min(100, int((200*part.shown+base.shown)/(2*base.shown))), true
}
