// Package disclosure is the only door from counts to a reader: it seals closed
// periods by rule sdc1 and hands out Figures, in which nobody can be found.
package disclosure

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
)

// Figure is a number fit to publish: a multiple of 5 from 10 up, or nothing.
// "Nothing" covers every true count that is too small, zero included. The zero
// Figure shows nothing. One kind of figure is the number itself: a total of case
// records that an agreement demands exactly, 10 or more (see RecordBook.Exact).
type Figure struct {
	shown uint64 // 0 = hidden
	exact bool   // not rounded
}

// Shown returns the published number; ok is false if none is. It is for
// comparing and drawing: Words write figures.
func (f Figure) Shown() (n uint64, ok bool) { return f.shown, f.shown > 0 }

// IsShown says whether there is a number.
func (f Figure) IsShown() bool { return f.shown > 0 }

// IsExact says that the number is neither rounded nor changed by noise.
func (f Figure) IsExact() bool { return f.exact }

// String writes the figure in English.
func (f Figure) String() string { return English.Figure(f) }

// exactFigure is an exact figure in JSON: what is not marked so is rounded.
type exactFigure struct {
	Exact uint64 `json:"exact"`
}

// MarshalJSON writes the number, null if hidden, and {"exact": 37} if exact.
func (f Figure) MarshalJSON() ([]byte, error) {
	switch {
	case f.shown == 0:
		return []byte("null"), nil
	case f.exact:
		return json.Marshal(exactFigure{f.shown})
	}
	return strconv.AppendUint(nil, f.shown, 10), nil
}

// UnmarshalJSON reads what MarshalJSON wrote (a frozen report); it refuses any
// number that the rule cannot have published.
func (f *Figure) UnmarshalJSON(b []byte) error {
	if bytes.HasPrefix(b, []byte("{")) {
		return f.unmarshalExact(b)
	}
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
	*f = Figure{shown: *n}
	return nil
}

func (f *Figure) unmarshalExact(b []byte) error {
	var e exactFigure
	if err := json.Unmarshal(b, &e); err != nil {
		return fmt.Errorf("figure: %w", err)
	}
	if e.Exact < leastExact {
		return fmt.Errorf("figure: exactly %d cannot have been published: want %d or more", e.Exact, leastExact)
	}
	*f = Figure{shown: e.Exact, exact: true}
	return nil
}

// Add adds up what is shown and nothing else: whoever reads the figures can do
// the same. The sum of published numbers is itself fit to publish. It is exact
// if all that is shown is, else rounded as the others are.
func Add(figures ...Figure) (sum Figure) {
	rounded := false
	for _, f := range figures {
		sum.shown += f.shown
		sum.exact = sum.exact || f.exact
		rounded = rounded || f.IsShown() && !f.exact
	}
	if sum.exact && rounded {
		sum = Figure{shown: (sum.shown + 2) / 5 * 5}
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
