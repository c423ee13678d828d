// Package storetest gives tests a real store: on the embedded engine, or on a
// ClickHouse server that is started for them.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/footfall-analytics/footfall/internal/chdb"
	"github.com/footfall-analytics/footfall/internal/store"
)

// Open returns a store in a fresh database of the embedded engine. It is
// closed when the test ends.
func Open(t testing.TB) *store.Store {
	t.Helper()
	return OpenWith(t, store.Options{Transport: Engine(t), Database: Database(t)})
}

// OpenWith opens a store and closes it when the test ends.
func OpenWith(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(context.WithoutCancel(t.Context()), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// A process can have one engine: it is open while any test uses it.
var shared struct {
	sync.Mutex
	users    int
	last     int // database given out
	dir      string
	engine   *chdb.Engine
	verified []byte // spares hashing the library again in the next directory
}

// Engine returns the engine that the tests of this process share. It is closed
// and its data is removed when no test uses it any more.
func Engine(t testing.TB) *chdb.Engine {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.users == 0 {
		if err := openShared(); err != nil {
			t.Fatal(err)
		}
	}
	shared.users++
	t.Cleanup(func() {
		shared.Lock()
		defer shared.Unlock()
		if shared.users--; shared.users == 0 {
			if err := closeShared(); err != nil {
				t.Error(err)
			}
		}
	})
	return shared.engine
}

const verifiedFile = "libchdb.verified"

func openShared() error {
	lib, err := chdb.Find("", "")
	if err != nil {
		return fmt.Errorf("tests need the embedded engine: %w", err)
	}
	if shared.dir, err = os.MkdirTemp("", "footfall-store-"); err != nil {
		return err
	}
	if shared.verified != nil {
		if err := os.WriteFile(filepath.Join(shared.dir, verifiedFile), shared.verified, 0o600); err != nil {
			return err
		}
	}
	if shared.engine, err = chdb.Open(chdb.Options{Lib: lib, Dir: shared.dir}); err != nil {
		return errors.Join(err, os.RemoveAll(shared.dir))
	}
	shared.verified, err = os.ReadFile(filepath.Join(shared.dir, verifiedFile))
	return err
}

func closeShared() error {
	return errors.Join(shared.engine.Close(), os.RemoveAll(shared.dir))
}

// Database returns a name that no other test of this process has.
func Database(t testing.TB) string {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	shared.last++
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, t.Name())
	return fmt.Sprintf("t%d_%s", shared.last, name[:min(len(name), 60)])
}
