package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// MigrateWith applies a schema that the binary does not have.
func MigrateWith(ctx context.Context, s *Store, files fs.FS) error { return s.migrate(ctx, files) }

// HasColumn tells whether a table has a column.
func HasColumn(ctx context.Context, s *Store, table, column string) (bool, error) {
	there, err := s.columns(ctx)
	return there[table][column], err
}

// Columns lists the columns of all tables.
func Columns(ctx context.Context, s *Store) (map[string]map[string]bool, error) {
	return s.columns(ctx)
}

// WriteOnly does what a sealer does that dies before the moment of sealing.
func WriteOnly(ctx context.Context, s *Store, what disclosure.Sealing) error {
	return s.write(ctx, []disclosure.Sealing{what}, fmt.Sprint("!unfinished", time.Now().UnixNano()))
}

// WriteUnclaimed does what a sealer does that dies before the moment of sealing.
func WriteUnclaimed(ctx context.Context, s *Store, p disclosure.Period, site string, entries []disclosure.Entry) error {
	return s.write(ctx, []disclosure.Sealing{{Site: site, Basis: cell.BasisConsent, At: time.Unix(0, 0).UTC(), Parts: []disclosure.Sealed{{Period: p, Entries: entries}}}}, "!unfinished")
}

// Sync waits until the server of the store has what its replicas have.
func Sync(ctx context.Context, s *Store) error {
	steps, err := s.dialect.steps(schema)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if !strings.HasSuffix(step.table, localSuffix) {
			continue
		}
		if err := s.db.Exec(ctx, "SYSTEM SYNC REPLICA "+s.dialect.named(step.table)); err != nil {
			return err
		}
	}
	return nil
}

// WriteRival does what a process does that did not see who has the lease, and
// leaves of every holder the last row alone, as a merge does.
func WriteRival(ctx context.Context, s *Store, name, holder string) error {
	err := s.db.Exec(ctx, "INSERT INTO lease (name, holder, since, until) SELECT ?, ?, now() + 1, now() + 60 FROM system.one", name, holder)
	return errors.Join(err, s.db.Exec(ctx, "OPTIMIZE TABLE lease FINAL")) //nolint:misspell // SQL is not British
}
