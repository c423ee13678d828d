package record

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Book holds the current documents in memory and writes new versions through
// to the Log. It is safe for concurrent use.
type Book struct {
	log   Log
	clock func() time.Time

	mu      sync.RWMutex
	history map[key][]Doc // oldest first
	changed func()
}

type key struct {
	kind Kind
	id   string
}

// Open reads all documents of log. Clock gives the time of new versions.
func Open(ctx context.Context, log Log, clock func() time.Time) (*Book, error) {
	b := &Book{log: log, clock: clock, history: map[key][]Doc{}}
	return b, b.Follow(ctx)
}

// OnChange sets a function that is called after each new version that this
// process writes or follows. Set it before the book is shared.
func (b *Book) OnChange(f func()) { b.changed = f }

// Follow takes in versions that other processes wrote.
func (b *Book) Follow(ctx context.Context) error {
	docs, err := b.log.Docs(ctx)
	if err != nil {
		return fmt.Errorf("read records: %w", err)
	}
	history := make(map[key][]Doc, len(docs))
	for _, d := range docs {
		k := key{d.Kind, d.ID}
		history[k] = append(history[k], d)
	}
	for _, versions := range history {
		slices.SortFunc(versions, func(a, b Doc) int { return cmp.Compare(a.Version, b.Version) })
	}
	b.mu.Lock()
	same := len(docs) == count(b.history)
	b.history = history
	b.mu.Unlock()
	if !same && b.changed != nil {
		b.changed()
	}
	return nil
}

func count(h map[key][]Doc) (n int) {
	for _, versions := range h {
		n += len(versions)
	}
	return n
}

// Get returns the newest version of a document, or ErrNotFound.
func (b *Book) Get(kind Kind, id string) (Doc, error) {
	versions := b.History(kind, id)
	if len(versions) == 0 {
		return Doc{}, fmt.Errorf("%s %q: %w", kind, id, ErrNotFound)
	}
	return versions[len(versions)-1], nil
}

// History returns all versions of a document, oldest first.
func (b *Book) History(kind Kind, id string) []Doc {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return slices.Clone(b.history[key{kind, id}])
}

// List returns the newest version of every document of a kind, by id.
func (b *Book) List(kind Kind) []Doc {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var docs []Doc
	for k, versions := range b.history {
		if k.kind == kind {
			docs = append(docs, versions[len(versions)-1])
		}
	}
	slices.SortFunc(docs, func(a, b Doc) int { return cmp.Compare(a.ID, b.ID) })
	return docs
}

// Put writes body as the version after expected (0 for a new document). It
// returns a *ConflictError if the document has moved on.
func (b *Book) Put(ctx context.Context, kind Kind, id string, expected uint32, author string, body any) (Doc, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return Doc{}, fmt.Errorf("encode %s: %w", kind, err)
	}
	doc := Doc{Kind: kind, ID: id, Version: expected + 1, Author: author, Time: b.clock().UTC().Truncate(time.Second), Body: text}
	if found := uint32(len(b.History(kind, id))); found != expected {
		return Doc{}, &ConflictError{Kind: kind, ID: id, Expected: expected, Found: found}
	}
	if err := b.log.Append(ctx, doc); err != nil {
		var late *ConflictError
		if errors.As(err, &late) {
			return Doc{}, errors.Join(err, b.Follow(ctx))
		}
		return Doc{}, fmt.Errorf("store %s: %w", kind, err)
	}
	b.mu.Lock()
	k := key{kind, id}
	b.history[k] = append(b.history[k], doc)
	b.mu.Unlock()
	if b.changed != nil {
		b.changed()
	}
	return doc, nil
}

// As decodes a document's body.
func As[T any](d Doc) (T, error) {
	var v T
	if err := json.Unmarshal(d.Body, &v); err != nil {
		return v, fmt.Errorf("decode %s %q version %d: %w", d.Kind, d.ID, d.Version, err)
	}
	return v, nil
}

// shelf is what a Book is to those who look up a document.
type shelf interface {
	Get(kind Kind, id string) (Doc, error)
}

// Get returns the newest version of a document, decoded.
func Get[T any](b shelf, kind Kind, id string) (T, error) {
	d, err := b.Get(kind, id)
	if err != nil {
		var none T
		return none, err
	}
	return As[T](d)
}
