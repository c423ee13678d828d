package tally

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
)

// What is wrong with a cell that should say how many.
var (
	errBlank    = errors.New("there is no count: write 0 if there was none, or take the row out if it was not counted")
	errHidden   = errors.New("the count is hidden: enter the true total, Footfall hides small numbers itself")
	errNegative = errors.New("a count cannot be negative")
	errFraction = errors.New("a count is a whole number: this has a fraction")
	errPercent  = errors.New("this is a percentage: enter the count")
	errCount    = errors.New("this is no count: want a whole number, such as 12 or 1,250")
	errTooMany  = errors.New("this number is too large for a count")
)

var (
	hiddenForm   = regexp.MustCompile(`(?i)^(?:[<≤>]|less than|fewer than|under |llai na|\*+$|\[?c\]?$|suppressed|hidden|redacted)`)
	missingForm  = regexp.MustCompile(`(?i)^(?:n/?a|n\.a\.|not (?:applicable|available|known|collected|recorded)|none|nil|tbc|-+|–|—|\?|#n/a|x|dim)$`)
	thousands    = regexp.MustCompile(`^\d{1,3}(?:[, '\x{a0}\x{202f}\x{2009}]\d{3})+$`)
	plainForm    = regexp.MustCompile(`^\d+$`)
	wholeForm    = regexp.MustCompile(`^(\d+)\.0+$`)
	fractionForm = regexp.MustCompile(`^-?[\d,]*[.,]\d+(?:[eE][+-]?\d+)?$`)
	negativeForm = regexp.MustCompile(`^(?:[-−–]\s*[\d.,]+|\([\d.,]+\)|[\d.,]+-)$`)
)

// countOf reads a count. Its errors have nothing of the cell in them.
func countOf(cell string) (uint64, error) {
	text := trim(cell)
	if err := noCount(text); err != nil {
		return 0, err
	}
	if thousands.MatchString(text) {
		text = strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, text)
	}
	if m := wholeForm.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	if !plainForm.MatchString(text) {
		return 0, errCount
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n > maxCount {
		return 0, errTooMany
	}
	return n, nil
}

// noCount says what people write where there is no whole number to tell.
func noCount(text string) error {
	switch {
	case text == "", missingForm.MatchString(text):
		return errBlank
	case hiddenForm.MatchString(text):
		return errHidden
	case strings.HasSuffix(text, "%"):
		return errPercent
	case negativeForm.MatchString(text):
		return errNegative
	case fractionForm.MatchString(text) && !thousands.MatchString(text) && !wholeForm.MatchString(text):
		return errFraction
	}
	return nil
}
