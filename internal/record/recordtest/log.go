// Package recordtest has a log of records in memory, for tests of what is kept
// in records.
package recordtest

import (
	"context"

	"github.com/footfall-analytics/footfall/internal/record"
)

// Log is a record.Log in memory. Books may share it, though not at once, as
// processes share a database.
type Log struct{ Kept []record.Doc }

// Append implements record.Log.
func (l *Log) Append(_ context.Context, d record.Doc) error {
	for _, old := range l.Kept {
		if old.Kind == d.Kind && old.ID == d.ID && old.Version == d.Version {
			return &record.ConflictError{Kind: d.Kind, ID: d.ID, Expected: d.Version - 1, Found: old.Version}
		}
	}
	l.Kept = append(l.Kept, d)
	return nil
}

// Docs implements record.Log.
func (l *Log) Docs(context.Context) ([]record.Doc, error) { return l.Kept, nil }
