// Package record keeps the control data (sites, banners, grants, reports,
// users, links) as append-only versioned documents. Nothing is overwritten, so
// the history is the audit trail.
package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Kind names a type of document, for example "site".
type Kind string

// Doc is one version of one document.
type Doc struct {
	Kind    Kind            `json:"kind"`
	ID      string          `json:"id"`
	Version uint32          `json:"version"` // from 1, no gaps
	Author  string          `json:"author"`  // user id, or "command" for the command line
	Time    time.Time       `json:"time"`    // UTC, whole seconds
	Body    json.RawMessage `json:"body"`
}

// ErrNotFound is returned for a document that does not exist.
var ErrNotFound = errors.New("record not found")

// ConflictError says that a write came too late: somebody wrote a version
// since the writer last read.
type ConflictError struct {
	Kind            Kind
	ID              string
	Expected, Found uint32 // versions
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s %s has changed: expected version %d, found %d; read it again and repeat", e.Kind, e.ID, e.Expected, e.Found)
}

// AsOf is the version of a document, of all in order, that was the newest at a
// time.
func AsOf(versions []Doc, at time.Time) (doc Doc, found bool) {
	for _, v := range versions {
		if !v.Time.After(at) {
			doc, found = v, true
		}
	}
	return doc, found
}

// Log is where documents are kept for good.
type Log interface {
	// Append stores doc as version doc.Version, or returns a *ConflictError
	// when that version exists (whoever wrote it first has it).
	Append(ctx context.Context, doc Doc) error
	// Docs returns all versions of all documents, oldest first.
	Docs(ctx context.Context) ([]Doc, error)
}
