//go:build linux && !noembed

package chdb

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// The library's sha256 by platform: the npm package's file, release 26.7.3-stable.1.
var pins = map[string]string{
	"linux/amd64": "36ad4e999882821ef13cf2d0f52c93f48e6ee1b4498b35a201c23ce4b8d15bf5",
}

// verify makes sure that the library is the pinned one. Hashing 566 MB takes
// more than the whole start may take, so the identity of the file that passed
// is remembered in dir, and hashed again when anything of it has changed: the
// change time is part of it, which no ordinary program can set.
func verify(lib, dir string) error {
	platform := runtime.GOOS + "/" + runtime.GOARCH
	pin, ok := pins[platform]
	if !ok {
		return fmt.Errorf("verify %s: no release is pinned for %s: use a ClickHouse server there", libraryFile, platform)
	}
	file, err := os.Open(lib)
	if err != nil {
		return fmt.Errorf("verify %s: %w", libraryFile, err)
	}
	defer file.Close()
	identity, err := identify(file, pin)
	if err != nil {
		return err
	}
	memory := filepath.Join(dir, "libchdb.verified")
	if known, err := os.ReadFile(memory); err == nil && string(known) == identity {
		return nil
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return fmt.Errorf("verify %s: %w", libraryFile, err)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != pin {
		return fmt.Errorf("%w: %s has sha256 %s, want %s", ErrNotPinned, lib, got, pin)
	}
	if err := os.WriteFile(memory, []byte(identity), 0o600); err != nil {
		return fmt.Errorf("remember verified library: %w", err)
	}
	return nil
}

func identify(file *os.File, pin string) (string, error) {
	info, err := file.Stat()
	if err != nil {
		return "", fmt.Errorf("verify %s: %w", libraryFile, err)
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", fmt.Errorf("verify %s: no file identity on this system", libraryFile)
	}
	return fmt.Sprintf("sha256 %s device %d inode %d bytes %d modified %d.%09d changed %d.%09d\n",
		pin, s.Dev, s.Ino, s.Size, s.Mtim.Sec, s.Mtim.Nsec, s.Ctim.Sec, s.Ctim.Nsec), nil
}
