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
// (see inTurn); on a cluster it takes a second to know (see settled). After
// another error the version may have been stored or not.
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
	nonce := rand.Text()
	err := s.appendOnce(ctx, doc, nonce)
	if err != nil && code(err) == 0 && ctx.Err() == nil {
		// Not the database's answer but its loss: the version may be there. Once
		// more does no harm, as the nonce is the same.
		err = s.appendOnce(ctx, doc, nonce)
	}
	if err != nil {
		return err
	}
	var found uint32
	won, err := s.settled(ctx, func() (bool, error) {
		var winner string
		found, winner, err = s.newest(ctx, doc)
		return winner == nonce, err
	})
	if err == nil && !won {
		err = &record.ConflictError{Kind: doc.Kind, ID: doc.ID, Expected: doc.Version - 1, Found: found}
	}
	return err
}

func (s *Store) appendOnce(ctx context.Context, doc record.Doc, nonce string) error {
	kind := string(doc.Kind)
	return s.inTurn(ctx, "record/"+kind+"/"+doc.ID, query("Append"), kind, doc.ID, doc.Version, doc.Author,
		doc.Time.UTC().Truncate(time.Second), string(doc.Body), nonce, kind, doc.ID, doc.Version)
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

// DocCount returns how many versions have ever been written. It takes a
// millisecond where Docs takes a hundred: a process that follows what others
// write asks Docs only when the count is another one.
func (s *Store) DocCount(ctx context.Context) (n uint64, err error) {
	if err := s.db.QueryRow(ctx, query("DocCount")).Scan(&n); err != nil {
		return 0, fmt.Errorf("count records: %w", err)
	}
	return n, nil
}
