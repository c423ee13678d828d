package disclosure

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/footfall-analytics/footfall/internal/secret"
)

// ErrSecret is returned when the key files were wrapped with another secret.
var ErrSecret = errors.New("the master secret does not open the noise keys: want the secret they were made with")

// errKeyMissing is the ErrNoKey of a key that was never made, or was lost:
// the files alone cannot tell which.
var errKeyMissing = fmt.Errorf("%w: no key file", ErrNoKey)

const (
	keyMagic  = "footfall noise key 1\n" // before the wrapped key
	tombstone = "destroyed "             // before the time at which it was
)

// keyFile matches the names of key files: site and counting year.
var keyFile = regexp.MustCompile(`^([0-9A-Za-z-]{1,64})\.(\d{4})\.key$`)

// KeyStore keeps one noise key per site and counting year, each in a file of
// its own, wrapped by the master secret. Only the sealer reads it. Who has a
// key can take the noise out of that year's figures, so it lives apart from
// the database and its copies. A KeyStore is safe for concurrent use, also by
// several processes.
type KeyStore struct {
	dir  string
	wrap cipher.AEAD
}

// OpenKeys opens (or makes) the key directory dir. It fails with ErrSecret,
// and has changed no key, if master is not the one the keys were wrapped with.
func OpenKeys(dir string, master [32]byte) (*KeyStore, error) {
	wrap, err := secret.Cipher(master, nil, "footfall noise keys")
	if err != nil {
		return nil, fmt.Errorf("open noise keys: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make key directory: %w", err)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fmt.Errorf("guard key directory: %w", err)
	}
	k := &KeyStore{dir: dir, wrap: wrap}
	if err := k.checkSecret(); err != nil {
		return nil, fmt.Errorf("open key directory: %w", err)
	}
	return k, nil
}

// checkSecret opens one of the keys that exist. One that opens is enough, and
// a file that holds no key says nothing about the secret.
func (k *KeyStore) checkSecret() error {
	names, err := filepath.Glob(filepath.Join(k.dir, "*.key"))
	if err != nil {
		return fmt.Errorf("list noise keys: %w", err)
	}
	var wrong error
	for _, name := range names {
		m := keyFile.FindStringSubmatch(filepath.Base(name))
		if m == nil {
			continue
		}
		year, _ := strconv.Atoi(m[2]) // four digits
		_, err := k.Key(m[1], year)
		if err == nil {
			return nil
		}
		if errors.Is(err, ErrSecret) {
			wrong = err
		}
	}
	return wrong
}

// Key returns the key of a site and counting year. It fails with ErrNoKey if
// the key was destroyed, lost or never made, and with ErrSecret if it does not
// open.
func (k *KeyStore) Key(site string, year int) ([32]byte, error) {
	var key [32]byte
	name, err := k.file(site, year)
	if err != nil {
		return key, err
	}
	b, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return key, errKeyMissing
	case err != nil:
		return key, fmt.Errorf("read noise key: %w", err)
	case bytes.HasPrefix(b, []byte(tombstone)):
		return key, fmt.Errorf("%w: %s", ErrNoKey, bytes.TrimSpace(b))
	}
	sealed, ok := bytes.CutPrefix(b, []byte(keyMagic))
	if !ok || len(sealed) != len(key)+k.wrap.Overhead() {
		return key, fmt.Errorf("noise key %s is damaged", filepath.Base(name))
	}
	if _, err := k.wrap.Open(key[:0], nil, sealed, keyOwner(site, year)); err != nil {
		return [32]byte{}, fmt.Errorf("open noise key %s: %w", filepath.Base(name), ErrSecret)
	}
	return key, nil
}

// Create makes the key of a site and counting year and returns it, or the one
// that is there. It never replaces a destroyed key (ErrNoKey). Whoever calls
// it must know that nothing was sealed with a key that is now lost.
func (k *KeyStore) Create(site string, year int) ([32]byte, error) {
	var key [32]byte
	rand.Read(key[:]) // never fails: the runtime stops the process instead
	if err := k.put(site, year, key); err != nil && !errors.Is(err, fs.ErrExist) {
		return [32]byte{}, err
	}
	return k.Key(site, year) // of two creators at once, the first has won
}

// put stores a key that is not there yet; fs.ErrExist if one is, or was.
func (k *KeyStore) put(site string, year int, key [32]byte) error {
	name, err := k.file(site, year)
	if err != nil {
		return err
	}
	b := k.wrap.Seal([]byte(keyMagic), nil, key[:], keyOwner(site, year))
	// A link, unlike a rename, never replaces what another process has put.
	return k.install(b, name, os.Link)
}

// Destroy makes the key of a site and counting year unreadable for ever and
// leaves a mark with the time at, so that none is made again. It may be
// repeated. The old bytes are overwritten first; what a file system or a disk
// has copied elsewhere stays wrapped by the master secret.
func (k *KeyStore) Destroy(site string, year int, at time.Time) error {
	name, err := k.file(site, year)
	if err != nil {
		return err
	}
	old, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("read noise key: %w", err)
	case bytes.HasPrefix(old, []byte(tombstone)):
		return nil
	default:
		if err := overwrite(name, len(old)); err != nil {
			return err
		}
	}
	mark := tombstone + at.UTC().Format(time.RFC3339) + "\n"
	return k.install([]byte(mark), name, os.Rename)
}

// overwrite fills the first n bytes of a file with zeros, on disk.
func overwrite(name string, n int) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("overwrite noise key: %w", err)
	}
	_, err = f.Write(make([]byte, n))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("overwrite noise key: %w", err)
	}
	return nil
}

// install writes b to a file of mode 0600 and puts it at name in one step,
// which is on disk when install returns.
func (k *KeyStore) install(b []byte, name string, place func(from, to string) error) error {
	f, err := os.CreateTemp(k.dir, "new-*")
	if err != nil {
		return fmt.Errorf("write noise key: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already after a rename
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write noise key: %w", err)
	}
	if err := place(f.Name(), name); err != nil {
		return fmt.Errorf("place noise key: %w", err)
	}
	dir, err := os.Open(k.dir)
	if err != nil {
		return fmt.Errorf("sync key directory: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("sync key directory: %w", err)
	}
	return nil
}

// file is where the key of a site and year is kept: kx4f9q.2026.key. It
// refuses what would lead out of the directory.
func (k *KeyStore) file(site string, year int) (string, error) {
	base := fmt.Sprintf("%s.%04d.key", site, year)
	if !keyFile.MatchString(base) {
		return "", fmt.Errorf("noise key %q: want a site of letters, digits and hyphens, and a year", base)
	}
	return filepath.Join(k.dir, base), nil
}

// keyOwner binds a wrapped key to its site and year: a file that was renamed
// to another site's does not open.
func keyOwner(site string, year int) []byte {
	return fmt.Appendf(nil, "%s %04d", site, year)
}
