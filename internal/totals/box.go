package totals

import (
	"bytes"
	"context"
	"crypto/cipher"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/secret"
)

// boxSize is what the numbers are filled up to a multiple of, so that the size
// of a box does not tell how large they are.
const boxSize = 512

func boxCipher(key [32]byte) (cipher.AEAD, error) {
	return secret.Cipher(key, nil, "footfall totals 1")
}

// closeBox encrypts numbers; id binds them to their indicator and period.
func closeBox(key [32]byte, id string, n numbers) ([]byte, error) {
	c, err := boxCipher(key)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("encode totals: %w", err)
	}
	text = append(text, bytes.Repeat([]byte{' '}, boxSize-len(text)%boxSize)...)
	return c.Seal(nil, nil, text, []byte(id)), nil
}

// open decrypts what stands. ErrNoKey if the key of its year is destroyed.
func (d *Desk) open(s standing) (n numbers, err error) {
	key, err := d.Keys.Key(disclosure.RecordsKey(s.v.Site), s.period.CountingYear())
	if err != nil {
		return n, fmt.Errorf("open totals of %s: %w", s.doc.ID, err)
	}
	c, err := boxCipher(key)
	if err != nil {
		return n, err
	}
	text, err := c.Open(nil, nil, s.v.Box, []byte(s.doc.ID))
	if err != nil {
		return n, fmt.Errorf("open totals of %s: they were changed, or are of another key", s.doc.ID)
	}
	if err := json.Unmarshal(text, &n); err != nil {
		return n, fmt.Errorf("decode totals of %s: %w", s.doc.ID, err)
	}
	return n, nil
}

// entryEnds is when the key of a counting year is destroyed, and nothing of the
// year can be entered any more: thirteen months after its end.
func entryEnds(year int) time.Time { return time.Date(year+2, time.February, 1, 0, 0, 0, 0, time.UTC) }

// key finds the key of a site and counting year or makes it, but only if nothing
// was ever entered for that year: then there was one, and it is lost.
func (d *Desk) key(ctx context.Context, site string, year int) ([32]byte, error) {
	if d.MayWrite != nil {
		if err := d.MayWrite(ctx); err != nil {
			return [32]byte{}, fmt.Errorf("totals are entered at the process that has the keys: %w", err)
		}
	}
	key, err := d.Keys.Key(disclosure.RecordsKey(site), year)
	if !errors.Is(err, disclosure.ErrNoKey) {
		return key, err
	}
	all, err := d.standing(site)
	if err != nil {
		return key, err
	}
	for _, s := range all {
		if s.period.CountingYear() == year {
			return key, fmt.Errorf("the key of case records of site %s, %d: %w: put back the folder of keys from its copy", site, year, disclosure.ErrNoKey)
		}
	}
	return d.Keys.Create(disclosure.RecordsKey(site), year)
}
