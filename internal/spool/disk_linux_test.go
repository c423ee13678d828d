package spool

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"
)

// A small real disk: it fills up, is made read-only, and recovers.
func TestSmallDisk(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("mounting a small disk needs root; TestFailedCommitLeavesNothing has the same faults injected")
	}
	dir := filepath.Join(t.TempDir(), "disk")
	mustDo(t, os.Mkdir(dir, 0o700))
	mustDo(t, syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"))
	t.Cleanup(func() { mustDo(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	o := testOptions(dir)
	o.SegmentBytes = 64 << 10
	s := mustOpen(t, o)

	n := fill(t, s)
	if n < 500 {
		t.Fatalf("only %d hits fit", n)
	}
	mustDo(t, s.Close())
	s = mustOpen(t, o) // a full disk does not keep us from starting
	if err := s.Put(t.Context(), testHit(999)); !errors.Is(err, ErrFull) {
		t.Errorf("after a restart: %v", err)
	}
	got := readAll(t, s)
	if !slices.Equal(got, upTo(n)) {
		t.Errorf("%d hits acknowledged, %d stored", n, len(got))
	}
	for _, id := range s.IDs() {
		mustDo(t, s.Remove(id))
	}
	if again := fill(t, s); again < n*9/10 {
		t.Errorf("%d hits fit at first, then %d", n, again)
	}

	mustDo(t, s.Rotate())
	mustDo(t, s.Remove(s.IDs()[0]))
	mustDo(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=256k"))
	if err := s.Put(t.Context(), testHit(999)); !errors.Is(err, syscall.EROFS) {
		t.Errorf("read-only: %v", err)
	}
	mustDo(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=256k"))
	put(t, s, 1)
}

// fill puts 0, 1, 2 … until the spool is full and returns how many it took.
func fill(t testing.TB, s *Spool) int {
	t.Helper()
	for n := 0; ; n++ {
		if err := s.Put(t.Context(), testHit(n)); errors.Is(err, ErrFull) {
			return n
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestReadOnlyDirectory(t *testing.T) {
	o := testOptions(t.TempDir())
	mustDo(t, os.Chmod(o.Dir, 0o555))
	if os.Geteuid() == 0 {
		// Root may write anywhere: be nobody in this thread alone.
		mustDo(t, os.Chown(o.Dir, 65534, 65534))
		mustDo(t, os.Chmod(filepath.Dir(o.Dir), 0o755))
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		mustDo(t, syscall.Setfsuid(65534))
		defer func() { mustDo(t, syscall.Setfsuid(0)) }()
	}
	if _, err := Open(o); !errors.Is(err, os.ErrPermission) {
		t.Errorf("Open: %v", err)
	}
}
