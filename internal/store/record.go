package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/footfall-analytics/footfall/internal/record"
)

// Append stores doc as version doc.Version if that is the next one, else it
// returns a *record.ConflictError. Of writers that run at once the first wins
// (see inTurn). After another error the version may have been stored or not.
func (s *Store) Append(ctx context.Context, doc record.Doc) error {
	if err := s.append(ctx, doc); err != nil {
		return fmt.Errorf("append %s %s: %w", doc.Kind, doc.ID, err)
	}
	return nil
}

func (s *Store) append(ctx context.Context, doc record.Doc) error {
	if doc.Version == 0 {
		return errors.New("versions begin at 1")
	}
	kind, nonce := string(doc.Kind), rand.Text()
	err := s.inTurn(ctx, "record/"+kind+"/"+doc.ID, query("Append"), kind, doc.ID, doc.Version, doc.Author,
		doc.Time.UTC().Truncate(time.Second), string(doc.Body), nonce, kind, doc.ID, doc.Version)
	if err != nil {
		return err
	}
	found, winner, err := s.newest(ctx, doc)
	if err != nil {
		return err
	}
	if winner != nonce {
		return &record.ConflictError{Kind: doc.Kind, ID: doc.ID, Expected: doc.Version - 1, Found: found}
	}
	return nil
}

// newest returns the newest version of the document and the nonce with which
// doc's version was written.
func (s *Store) newest(ctx context.Context, doc record.Doc) (version uint32, nonce string, err error) {
	err = s.db.QueryRow(ctx, query("newest"), doc.Version, string(doc.Kind), doc.ID).Scan(&version, &nonce)
	return version, nonce, err
}

// Docs returns all versions of all documents, oldest first; those of the same
// second by version.
func (s *Store) Docs(ctx context.Context) ([]record.Doc, error) {
	var docs []record.Doc
	err := s.each(ctx, query("Docs"), func(rows driver.Rows) error {
		var d record.Doc
		var kind, body string
		err := rows.Scan(&kind, &d.ID, &d.Version, &d.Author, &d.Time, &body)
		d.Kind, d.Body, d.Time = record.Kind(kind), []byte(body), d.Time.UTC()
		docs = append(docs, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	return docs, nil
}
