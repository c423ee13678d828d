package totals

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/internal/record"
)

// KeyKind is the record kind of keys of sources; the record id is the hash.
const KeyKind record.Kind = "totals-key"

// keyPrefix begins every key, so that one that got out is known as what it is.
const keyPrefix = "fk_"

// SourceKey lets one program of a charity send totals of one site. The key
// itself is told once and kept nowhere.
type SourceKey struct {
	ID      string `json:"id"` // short, for people
	Hash    string `json:"hash"`
	Site    string `json:"site"`
	Name    string `json:"name"` // of the program
	Revoked bool   `json:"revoked,omitempty"`
}

// SourceShown is what is shown of a key.
type SourceShown struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Since   time.Time `json:"since"`
	Revoked bool      `json:"revoked"`
}

// ErrKey is the one answer to a key that lets nobody in.
var ErrKey = errors.New("the key is not known: make one with `footfall totals key add`")

// AddKey makes a key for a program and returns it, once.
func (d *Desk) AddKey(ctx context.Context, site, name, author string) (id, key string, err error) {
	if name = strings.TrimSpace(name); name == "" || len(name) > 100 || strings.ContainsAny(name, "\n\r\t") {
		return "", "", errors.New("key: name the program that it is for, in one line of at most 100 letters")
	}
	if _, _, err := d.vocabulary(site); err != nil {
		return "", "", err
	}
	key = keyPrefix + rand.Text()
	hash := Hash([]byte(key))
	id = hash[:8]
	_, err = d.Records.Put(ctx, KeyKind, hash, 0, author, SourceKey{ID: id, Hash: hash, Site: site, Name: name})
	return id, key, err
}

// FindKey returns what a key opens, or ErrKey.
func (d *Desk) FindKey(key string) (SourceKey, error) {
	if !strings.HasPrefix(key, keyPrefix) {
		return SourceKey{}, ErrKey
	}
	k, err := record.Get[SourceKey](d.Records, KeyKind, Hash([]byte(key)))
	if errors.Is(err, record.ErrNotFound) || err == nil && k.Revoked {
		return SourceKey{}, ErrKey
	}
	return k, err
}

// ListKeys lists the keys of a site, the oldest first.
func (d *Desk) ListKeys(site string) ([]SourceShown, error) {
	list := []SourceShown{}
	for _, doc := range d.Records.List(KeyKind) {
		k, err := record.As[SourceKey](doc)
		if err != nil {
			return nil, err
		}
		if k.Site == site {
			list = append(list, SourceShown{k.ID, k.Name, d.Records.History(KeyKind, doc.ID)[0].Time, k.Revoked})
		}
	}
	slices.SortFunc(list, func(a, b SourceShown) int { return cmp.Or(a.Since.Compare(b.Since), cmp.Compare(a.ID, b.ID)) })
	return list, nil
}

// RevokeKey ends a key of a site for good.
func (d *Desk) RevokeKey(ctx context.Context, site, id, author string) error {
	for _, doc := range d.Records.List(KeyKind) {
		k, err := record.As[SourceKey](doc)
		if err != nil {
			return err
		}
		if k.Site != site || k.ID != id {
			continue
		}
		if k.Revoked {
			return nil
		}
		k.Revoked = true
		_, err = d.Records.Put(ctx, KeyKind, doc.ID, doc.Version, author, k)
		return err
	}
	return fmt.Errorf("no key %q: `footfall totals key list %s` shows them", id, site)
}
