package tally

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// rules are the words and forms by which files are told apart.
type rules struct {
	People struct {
		Words    []string `json:"words"`
		Headings []string `json:"headings"`
		Things   []string `json:"things"`
	} `json:"people"`
	Marks       []markRule            `json:"marks"`
	Roles       map[string][]string   `json:"roles"`
	Counts      []string              `json:"counts"` // how a heading of counts may begin
	Totals      []string              `json:"totals"`
	Months      map[string]time.Month `json:"months"`
	HeadingRows int                   `json:"headingRows"`
	MaxBytes    int                   `json:"maxBytes"`
}

type markRule struct {
	Form string `json:"form"` // of letters of either case
	What string `json:"what"`
	NHS  bool   `json:"nhs"` // its last digit is checked
}

// Rules returns, as JSON, the words and forms by which Parse knows totals and
// people. The pages' scripts look at a file by them before it is sent, so what
// is added here is looked for in the browser, too.
func Rules() ([]byte, error) {
	all := rules{Totals: totalWords, Counts: countBeginnings, Months: monthNames, HeadingRows: headingRows, MaxBytes: maxBytes,
		Roles: map[string][]string{"period": roles[asPeriod], "indicator": roles[asIndicator], "value": roles[asValue], "count": roles[asCount]}}
	all.People.Words, all.People.Headings, all.People.Things = personWords, personHeadings, thingWords
	for _, m := range marks {
		all.Marks = append(all.Marks, markRule{strings.TrimPrefix(m.form.String(), "(?i)"), m.what, m.check != nil})
	}
	text, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("encode rules of files: %w", err)
	}
	return text, nil
}
