package disclosure

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func TestKeysAreKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	k := openTestKeys(t, dir, [32]byte{1})
	if _, err := k.Key(testSite, 2025); !errors.Is(err, ErrNoKey) {
		t.Fatalf("a key that was never made: %v", err)
	}
	key, err := k.Create(testSite, 2025)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := k.Create(testSite, 2025); again != key || err != nil {
		t.Errorf("a second Create gave another key, or %v", err)
	}
	for _, other := range []struct {
		site string
		year int
	}{{testSite, 2026}, {"other1", 2025}} {
		if k2, err := k.Create(other.site, other.year); k2 == key || err != nil {
			t.Errorf("%v: the same key as another's, or %v", other, err)
		}
	}
	reopened := openTestKeys(t, dir, [32]byte{1})
	if again, err := reopened.Key(testSite, 2025); again != key || err != nil {
		t.Errorf("another key after opening again, or %v", err)
	}
	checkFiles(t, dir, key)
}

// checkFiles tells whether all files are the owner's alone and none has the
// bare key.
func checkFiles(t *testing.T, dir string, key [32]byte) {
	t.Helper()
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("key directory: mode %v, %v", info.Mode(), err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 3 {
		t.Errorf("%d files, want the three keys alone", len(files))
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: mode %v, %v", f.Name(), info.Mode(), err)
		}
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil || bytes.Contains(b, key[:]) {
			t.Errorf("%s has the bare key, or %v", f.Name(), err)
		}
	}
}

func TestWrongSecretChangesNothing(t *testing.T) {
	dir := t.TempDir()
	if _, err := openTestKeys(t, dir, [32]byte{1}).Create(testSite, 2025); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, testSite+".2025.key")
	before, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKeys(dir, [32]byte{2}); !errors.Is(err, ErrSecret) {
		t.Errorf("open with another secret: %v, want ErrSecret", err)
	}
	after, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the key file has changed, or %v", err)
	}
	if files, err := os.ReadDir(dir); len(files) != 1 || err != nil {
		t.Errorf("files in the directory: %v, %v", files, err)
	}
}

func TestKeyIsBoundToItsOwner(t *testing.T) {
	dir := t.TempDir()
	k := openTestKeys(t, dir, [32]byte{1})
	if _, err := k.Create(testSite, 2025); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, testSite+".2025.key"), filepath.Join(dir, testSite+".2026.key")); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Key(testSite, 2026); !errors.Is(err, ErrSecret) {
		t.Errorf("a key under another year's name: %v", err)
	}
}

func TestDamagedKeyIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	k := openTestKeys(t, dir, [32]byte{1})
	if _, err := k.Create(testSite, 2025); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(dir, testSite+".2025.key"), 40); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Key(testSite, 2025); err == nil || errors.Is(err, ErrNoKey) {
		t.Errorf("a damaged key: %v", err)
	}
	if _, err := k.Create(testSite, 2025); err == nil {
		t.Error("a damaged key was replaced")
	}
	openTestKeys(t, dir, [32]byte{1}) // reading must go on
}

func TestDestroyedKeyStaysGone(t *testing.T) {
	dir := t.TempDir()
	k := openTestKeys(t, dir, [32]byte{1})
	if _, err := k.Create(testSite, 2025); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, year := range []int{2025, 2025, 2027} { // twice, and one that never was
		if err := k.Destroy(testSite, year, at); err != nil {
			t.Fatal(err)
		}
		at = at.Add(time.Hour)
	}
	if b, err := os.ReadFile(filepath.Join(dir, testSite+".2025.key")); string(b) != "destroyed 2026-02-03T04:05:06Z\n" || err != nil {
		t.Errorf("tombstone %q, %v", b, err)
	}
	for _, k := range []*KeyStore{k, openTestKeys(t, dir, [32]byte{1})} {
		for _, year := range []int{2025, 2027} {
			if _, err := k.Key(testSite, year); !errors.Is(err, ErrNoKey) {
				t.Errorf("Key of %d: %v, want ErrNoKey", year, err)
			}
			if _, err := k.Create(testSite, year); !errors.Is(err, ErrNoKey) {
				t.Errorf("Create of %d: %v, want ErrNoKey", year, err)
			}
		}
	}
}

func TestDestroyOverwritesTheOldBytes(t *testing.T) {
	dir := t.TempDir()
	k := openTestKeys(t, dir, [32]byte{1})
	if _, err := k.Create(testSite, 2025); err != nil {
		t.Fatal(err)
	}
	old, err := os.Open(filepath.Join(dir, testSite+".2025.key")) // as an undelete would find it
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	if err := k.Destroy(testSite, 2025, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(old)
	if err != nil || len(b) == 0 || !bytes.Equal(b, make([]byte, len(b))) {
		t.Errorf("the old bytes are still there: %q, %v", b, err)
	}
}

func TestOneKeyOfManyCreators(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	keys := make([][32]byte, 16)
	for i := range keys {
		wg.Go(func() {
			k, err := OpenKeys(dir, [32]byte{1})
			if err != nil {
				t.Error(err)
				return
			}
			if keys[i], err = k.Create(testSite, 2025); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, key := range keys {
		if key != keys[0] {
			t.Fatal("two creators have different keys")
		}
	}
}

func TestKeyNamesStayInTheDirectory(t *testing.T) {
	k := openTestKeys(t, t.TempDir(), [32]byte{1})
	for _, site := range []string{"", "../x", "a/b", "a.b", "a\x00"} {
		if _, err := k.Create(site, 2025); err == nil {
			t.Errorf("a key for site %q", site)
		}
	}
	if _, err := k.Create(testSite, 20255); err == nil {
		t.Error("a key for the year 20255")
	}
}

// A key file as it was written when there first were any.
func TestOldKeyFilesOpen(t *testing.T) {
	dir := t.TempDir()
	file, err := base64.StdEncoding.DecodeString("Zm9vdGZhbGwgbm9pc2Uga2V5IDEKb50x3PnFcQdNuNAZhdoLlSNNTHWeHgY7QzXtMktm/OwGGg8BeR/6lwrZba3x7igP9ppjCiFFLjt5plo2")
	if err := errors.Join(err, os.WriteFile(filepath.Join(dir, testSite+".2026.key"), file, 0o600)); err != nil {
		t.Fatal(err)
	}
	if key, err := openTestKeys(t, dir, [32]byte{1}).Key(testSite, 2026); err != nil || key != testKey(7) {
		t.Errorf("%x %v", key, err)
	}
}
