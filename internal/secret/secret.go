// Package secret holds the keys of one installation: random keys, one for each
// use, in a file that only the master secret opens.
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Ring has the keys of one installation.
type Ring struct {
	Engine [32]byte `json:"engine"` // database files of the embedded engine
	Spool  [32]byte `json:"spool"`  // files of the spool
	Noise  [32]byte `json:"noise"`  // wraps the noise keys
	Sign   [32]byte `json:"sign"`   // signs passes and receipts
}

// ErrSecret is returned when the master secret does not open the key ring.
var ErrSecret = errors.New("the master secret does not open this installation's key ring")

const (
	ringFile = "keyring"
	about    = "footfall key ring 1"
)

// Open reads the master secret from secretFile and the key ring from dir.
// Where neither exists, it makes both; where only one does, it refuses, since
// a new one could not read what the old one wrote.
func Open(secretFile, dir string) (*Ring, error) {
	master, err := readMaster(secretFile)
	sealed, ringErr := os.ReadFile(filepath.Join(dir, ringFile))
	noSecret, noRing := errors.Is(err, fs.ErrNotExist), errors.Is(ringErr, fs.ErrNotExist)
	if noRing {
		if err := checkNew(dir); err != nil {
			return nil, err
		}
	}
	switch {
	case noSecret && noRing:
		return create(secretFile, dir)
	case noSecret:
		return nil, fmt.Errorf("master secret %s is missing: put back the file that this data folder was made with (FOOTFALL_SECRET_FILE); nothing was changed", secretFile)
	case err != nil:
		return nil, fmt.Errorf("read master secret: %w", err)
	case noRing:
		return newRing(master, dir)
	case ringErr != nil:
		return nil, fmt.Errorf("read key ring: %w", ringErr)
	}
	return unwrap(master, sealed)
}

// Rotate wraps the key ring of dir with a new master secret and writes that
// to secretFile; the old file is kept beside it as secretFile.old until the
// operator removes it. What the ring's keys protect stays as it is.
func Rotate(secretFile, dir string) error {
	ring, err := Open(secretFile, dir)
	if err != nil {
		return err
	}
	text := newMaster()
	master, err := parseMaster(text)
	if err != nil {
		return err
	}
	next := secretFile + ".new"
	if err := write(next, []byte(text)); err != nil {
		return err
	}
	old, err := os.ReadFile(secretFile)
	if err != nil {
		return fmt.Errorf("read master secret: %w", err)
	}
	if err := write(secretFile+".old", old); err != nil {
		return err
	}
	sealed, err := wrap(master, ring)
	if err != nil {
		return err
	}
	// From here to the rename the ring is opened by the .new file alone; Open
	// tells the operator so if we are stopped in between.
	if err := write(filepath.Join(dir, ringFile), sealed); err != nil {
		return err
	}
	if err := os.Rename(next, secretFile); err != nil {
		return fmt.Errorf("put new master secret in place: %w", err)
	}
	return syncDir(filepath.Dir(secretFile))
}

func create(secretFile, dir string) (*Ring, error) {
	text := newMaster()
	if err := os.MkdirAll(filepath.Dir(secretFile), 0o700); err != nil {
		return nil, fmt.Errorf("make folder of master secret: %w", err)
	}
	if err := write(secretFile, []byte(text)); err != nil {
		return nil, err
	}
	master, err := parseMaster(text)
	if err != nil {
		return nil, err
	}
	return newRing(master, dir)
}

// holds are the folders of an installation's data folder; what else is in there
// is no reason to look for its keys.
var holds = []string{"engine", "spool", "keys"}

// checkNew refuses a data folder that has data: a new ring could not read it.
func checkNew(dir string) error {
	for _, name := range holds {
		if _, err := os.Stat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(err, fmt.Errorf("data folder %s has data but no key ring (%s): put back the file from its backup; nothing was changed", dir, ringFile))
		}
	}
	return nil
}

func newRing(master [32]byte, dir string) (*Ring, error) {
	var r Ring
	for _, k := range []*[32]byte{&r.Engine, &r.Spool, &r.Noise, &r.Sign} {
		_, _ = rand.Read(k[:]) // never fails
	}
	sealed, err := wrap(master, &r)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	return &r, write(filepath.Join(dir, ringFile), sealed)
}

func newMaster() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:]) + "\n"
}

func readMaster(file string) (master [32]byte, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return master, err
	}
	if master, err = parseMaster(string(text)); err != nil {
		return master, fmt.Errorf("%s: %w", file, err)
	}
	return master, nil
}

func parseMaster(text string) (master [32]byte, err error) {
	b, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(b) != len(master) {
		return master, errors.New("want 64 hex digits (32 random bytes), as `openssl rand -hex 32` prints them")
	}
	return [32]byte(b), nil
}

// Cipher returns the cipher of a key for one use: AES-256-GCM, whose nonces are
// random and stand before what it seals, under a key that is derived from the
// given one. With a salt the derived key is that of one thing among many.
func Cipher(key [32]byte, salt []byte, use string) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, key[:], salt, use, 32)
	if err != nil {
		return nil, fmt.Errorf("derive key of %s: %w", use, err)
	}
	block, err := aes.NewCipher(derived)
	if err != nil {
		return nil, fmt.Errorf("make cipher of %s: %w", use, err)
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func wrap(master [32]byte, r *Ring) ([]byte, error) {
	box, err := Cipher(master, nil, about)
	if err != nil {
		return nil, err
	}
	plain, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode key ring: %w", err)
	}
	return box.Seal(nil, nil, plain, []byte(about)), nil
}

func unwrap(master [32]byte, sealed []byte) (*Ring, error) {
	box, err := Cipher(master, nil, about)
	if err != nil {
		return nil, err
	}
	plain, err := box.Open(nil, nil, sealed, []byte(about))
	if err != nil {
		return nil, fmt.Errorf("%w: put back the secret it was made with (after a rotation that was cut short, the file ending in .new); nothing was changed", ErrSecret)
	}
	var r Ring
	if err := json.Unmarshal(plain, &r); err != nil {
		return nil, fmt.Errorf("decode key ring: %w", err)
	}
	return &r, nil
}

// write replaces a file in one step, readable by its owner alone.
func write(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp") // mode 0600
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), errors.Join(err, os.Remove(f.Name())))
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}
