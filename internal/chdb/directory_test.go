//go:build linux && !noembed

package chdb_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/chdb"
)

func TestSecondProcessIsRefused(t *testing.T) {
	engine(t)
	if got := inChild(t, shared.dir, nil); !strings.Contains(got, chdb.ErrInUse.Error()) {
		t.Errorf("second process: %s", got)
	}
}

const planted = "planted-string-of-the-test"

func plant(t *testing.T, dir string, key []byte) {
	t.Helper()
	got := inChild(t, dir, key, "CREATE TABLE kept (s String) ENGINE = MergeTree ORDER BY s",
		"INSERT INTO kept (s) SELECT concat('"+planted[:8]+"', '"+planted[8:]+"') FROM numbers(3)", "OPTIMIZE TABLE kept FINAL") //nolint:misspell // the engine's word
	if got != "ok 3" {
		t.Fatalf("plant: %s", got)
	}
}

// filesWith returns the files below dir that hold text as it is, in hex or in
// base64 (of any alignment).
func filesWith(t *testing.T, dir string, text []byte) (found []string) {
	t.Helper()
	needles := [][]byte{text, []byte(hex.EncodeToString(text)), []byte(strings.ToUpper(hex.EncodeToString(text)))}
	for skip := range 3 {
		whole := (len(text) - skip) / 3 * 3
		needles = append(needles, []byte(base64.StdEncoding.EncodeToString(text[skip:skip+whole])))
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		for _, n := range needles {
			if bytes.Contains(b, n) {
				found = append(found, path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestEncryptionAtRest(t *testing.T) {
	key := []byte("0123456789abcdefghijklmnopqrstuv")
	wrong := bytes.Repeat([]byte{1}, 32)

	plain := t.TempDir()
	plant(t, plain, nil)
	if len(filesWith(t, plain, []byte(planted))) == 0 {
		t.Error("without a key the planted string is nowhere: the search is worth nothing")
	}

	dir := t.TempDir()
	plant(t, dir, key)
	if found := filesWith(t, dir, []byte(planted)); found != nil {
		t.Errorf("planted string in %v", found)
	}
	if found := filesWith(t, dir, key); found != nil {
		t.Errorf("key in %v", found)
	}
	start := time.Now()
	if got := inChild(t, dir, key); got != "ok 3" {
		t.Errorf("right key: %s", got)
	}
	t.Logf("process with an open engine: %v", time.Since(start))

	for name, c := range map[string]struct {
		dir string
		key []byte
	}{"wrong key": {dir, wrong}, "no key": {dir, nil}, "key for plain data": {plain, key}} {
		if got := inChild(t, c.dir, c.key); !strings.Contains(got, chdb.ErrKey.Error()) {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := inChild(t, dir, key[:16]); !strings.Contains(got, "want 32") {
		t.Errorf("short key: %s", got)
	}

	// The engine has a check of its own behind ours.
	other := t.TempDir()
	if got := inChild(t, other, wrong, "CREATE TABLE kept (s String) ENGINE = MergeTree ORDER BY s"); got != "ok 0" {
		t.Fatal(got)
	}
	id, err := os.ReadFile(filepath.Join(other, "key.id"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "key.id"), id, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := inChild(t, dir, wrong); strings.HasPrefix(got, "ok") {
		t.Errorf("wrong key past our check: %s", got)
	}
}

func TestOnlyThePinnedLibraryIsLoaded(t *testing.T) {
	lib := filepath.Join(t.TempDir(), "libchdb.so")
	if err := os.WriteFile(lib, []byte("not the engine"), 0o700); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if _, err := chdb.Open(chdb.Options{Lib: lib, Dir: dir}); !errors.Is(err, chdb.ErrNotPinned) {
		t.Errorf("got %v", err)
	}
	if got := inChild(t, dir, nil, "CREATE TABLE kept (s String) ENGINE = MergeTree ORDER BY s"); got != "ok 0" {
		t.Fatal(got)
	}
	// What was verified is one file, not whatever is given next.
	if _, err := chdb.Open(chdb.Options{Lib: lib, Dir: dir}); !errors.Is(err, chdb.ErrNotPinned) {
		t.Errorf("after another was verified: %v", err)
	}
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	inDir := filepath.Join(dir, "libchdb.so")
	if err := os.WriteFile(inDir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := chdb.Find("", dir); err != nil || got != inDir {
		t.Errorf("data directory: %s, %v", got, err)
	}
	if got, err := chdb.Find(inDir, ""); err != nil || got != inDir {
		t.Errorf("explicit: %s, %v", got, err)
	}
	if _, err := chdb.Find(filepath.Join(dir, "absent"), dir); !errors.Is(err, chdb.ErrNoLibrary) {
		t.Errorf("explicit and absent: %v", err)
	}
	if got, err := chdb.Find("", ""); err != nil || !strings.HasSuffix(got, "node_modules/@chdb/lib-linux-x64-gnu/libchdb.so") {
		t.Errorf("node_modules: %s, %v", got, err)
	}
	t.Chdir(dir)
	if _, err := chdb.Find("", t.TempDir()); !errors.Is(err, chdb.ErrNoLibrary) {
		t.Errorf("nowhere: %v", err)
	}
}
