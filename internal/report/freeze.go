package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/record"
)

// ErrAltered is returned for a frozen report that is not what was frozen.
var ErrAltered = errors.New("report has been altered since it was frozen")

// IDOf makes the id of a report, for example FR-7KQ2M9XD: what the same draft
// says has the same id, so that publishing it again makes no second report.
func IDOf(draft, content string) string {
	sum := sha256.Sum256([]byte(draft + " " + content))
	return "FR-" + base32.StdEncoding.EncodeToString(sum[:])[:8]
}

// shelf is where documents are found; a *record.Book is one.
type shelf interface {
	Get(kind record.Kind, id string) (record.Doc, error)
}

// Newest is the newest published version of a report.
func Newest(from shelf, id string) (Report, error) {
	doc, err := from.Get(Kind, id)
	if err != nil {
		return Report{}, err
	}
	return Parse(doc.Body)
}

// Freeze makes the draft the version of a report that readers see from the day
// of publication on. Nothing in it changes afterwards; a correction is a new
// version, with its reason in Correction.
func Freeze(draft Report, id string, version int, published day.Day) (Report, error) {
	if id == "" || version < 1 {
		return Report{}, errors.New("freeze report: needs an id and a version from 1")
	}
	if version > 1 && draft.Correction == "" {
		return Report{}, errors.New("freeze report: a later version needs the reason for the correction")
	}
	draft.Schema, draft.ID, draft.Version, draft.Published = Schema, id, version, published
	sum, err := draft.sum()
	if err != nil {
		return Report{}, fmt.Errorf("freeze report: %w", err)
	}
	draft.SHA256 = sum
	return draft, nil
}

// Content is the hash of what a report would say if it were published, whenever
// and by whomever: two with the same content read alike.
func (r Report) Content() (string, error) {
	r.Schema, r.ID, r.Version, r.Published, r.Approved, r.Checks = 0, "", 0, 0, 0, nil
	return r.sum()
}

// Parse reads a frozen report and checks that it is unchanged.
func Parse(body []byte) (Report, error) {
	var r Report
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&r); err != nil {
		return Report{}, fmt.Errorf("parse report: %w", err)
	}
	if r.Schema != Schema {
		return Report{}, fmt.Errorf("parse report %s: schema %d is not known", r.ID, r.Schema)
	}
	sum, err := r.sum()
	if err != nil {
		return Report{}, fmt.Errorf("parse report: %w", err)
	}
	if sum != r.SHA256 {
		return Report{}, fmt.Errorf("parse report %s: %w", r.ID, ErrAltered)
	}
	return r, nil
}

// sum is the SHA-256, in hex, of the report's JSON without its own sum.
func (r Report) sum() (string, error) {
	r.SHA256 = ""
	b, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("encode report: %w", err)
	}
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:]), nil
}
