//go:build linux && !noembed

package chdb

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// directory is the engine's room on disk:
//
//	lock              held by the process that has it open
//	key.id            "plain", or a fingerprint of the key
//	libchdb.verified  the library that was found to be the pinned one
//	engine/           the engine's own: definitions, and data if it is plain
//	sealed/           data if it is encrypted
type directory struct {
	path string
	lock *os.File
}

// openDirectory makes the directory if it is absent and locks it. The engine
// has a lock as well, but says why it did not start on stderr only.
func openDirectory(path string) (*directory, error) {
	// The engine takes a relative path for two different things in two places.
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open data directory: %w", err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("open data directory: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open data directory: %w", err)
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		lock.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = ErrInUse
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return &directory{path: path, lock: lock}, nil
}

func (d *directory) close() error { return d.lock.Close() }

func (d *directory) engine() string { return filepath.Join(d.path, "engine") }
func (d *directory) sealed() string { return filepath.Join(d.path, "sealed") }

// checkKey compares key with the one that the directory was made with. The
// engine itself refuses a wrong key without saying so, and with no key at all
// it would start and find its tables empty.
func (d *directory) checkKey(key []byte) error {
	if key != nil && len(key) != keyBytes {
		return fmt.Errorf("encryption key has %d bytes, want %d", len(key), keyBytes)
	}
	file := filepath.Join(d.path, "key.id")
	known, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(d.engine()); err == nil {
			return fmt.Errorf("%w: %s is missing beside existing data: restore it from the backup", ErrKey, file)
		}
		return writeSynced(file, fingerprint(key))
	}
	if err != nil {
		return fmt.Errorf("read key fingerprint: %w", err)
	}
	switch got := string(known); {
	case got == fingerprint(key):
		return nil
	case key == nil:
		return fmt.Errorf("%w: the data is encrypted and no key is given", ErrKey)
	case got == fingerprint(nil):
		return fmt.Errorf("%w: the data is plain and a key is given; export and import it to encrypt it", ErrKey)
	default:
		return fmt.Errorf("%w: the data was written with another key", ErrKey)
	}
}

// fingerprint tells keys apart and gives nothing of them away.
func fingerprint(key []byte) string {
	if key == nil {
		return "plain\n"
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("footfall chdb key id"))
	return hex.EncodeToString(mac.Sum(nil)[:8]) + "\n"
}

func writeSynced(path, text string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer file.Close()
	if _, err := file.WriteString(text); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := file.Sync(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
