package spool

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/day"
)

var testKey = [32]byte{1, 2, 3}

// testHit is a hit that its number can be read from.
func testHit(n int) coarse.Hit {
	return coarse.Hit{Kind: coarse.View, Basis: coarse.Consent, Site: "kx4f9q", Day: 20500, NewPage: true, Page: "/p/" + strconv.Itoa(n)}
}

func number(t testing.TB, h coarse.Hit) int {
	t.Helper()
	n, err := strconv.Atoi(strings.TrimPrefix(h.Page, "/p/"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func testOptions(dir string) Options {
	return Options{Dir: dir, Key: testKey, Clock: time.Now, Log: slog.New(slog.DiscardHandler)}
}

func mustOpen(t testing.TB, o Options) *Spool {
	t.Helper()
	s, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	})
	return s
}

func mustDo(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// put puts the numbers one after the other: each is a record of its own.
func put(t testing.TB, s *Spool, numbers ...int) {
	t.Helper()
	for _, n := range numbers {
		mustDo(t, s.Put(t.Context(), testHit(n)))
	}
}

// readAll rotates and returns the numbers of all hits in order.
func readAll(t testing.TB, s *Spool) []int {
	t.Helper()
	mustDo(t, s.Rotate())
	var got []int
	for _, id := range s.IDs() {
		mustDo(t, s.Read(id, func(h coarse.Hit) error { got = append(got, number(t, h)); return nil }))
	}
	return got
}

func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// snapshot is every name, content and time in a directory.
func snapshot(t testing.TB, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	mustDo(t, err)
	files := map[string]string{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		mustDo(t, err)
		info, err := e.Info()
		mustDo(t, err)
		files[e.Name()] = info.ModTime().String() + info.Mode().String() + string(b)
	}
	return files
}

func TestPutReadRemove(t *testing.T) {
	s := mustOpen(t, testOptions(t.TempDir()))
	const goroutines, each = 64, 50
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := range each {
				if err := s.Put(context.Background(), testHit(g*each+i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if st := s.Stats(); st.Hits != goroutines*each || st.Segments != 1 {
		t.Errorf("%+v", st)
	}
	if hits, _ := s.Waiting(); hits != goroutines*each || len(s.Segments()) != 0 {
		t.Errorf("%d hits in the open segment, closed: %v", hits, s.Segments())
	}
	got := readAll(t, s)
	if again := readAll(t, s); !slices.Equal(got, again) {
		t.Error("two readings of a segment differ")
	}
	slices.Sort(got)
	if !slices.Equal(got, upTo(goroutines*each)) {
		t.Errorf("%d hits put, these came out: %v", goroutines*each, got)
	}
	seg := s.Segments()[0]
	if st := s.Stats(); seg.Hits != st.Hits || seg.Bytes != st.Bytes {
		t.Errorf("%+v, %+v", seg, st)
	}
	mustDo(t, s.Remove(seg.ID))
	if d := cmp.Diff(Stats{}, s.Stats()); d != "" || len(s.IDs()) != 0 {
		t.Errorf("after Remove: %s", d)
	}
	if files := snapshot(t, s.opt.Dir); len(files) != 0 {
		t.Errorf("files left: %d", len(files))
	}
}

func TestRotateWithoutHitsDoesNothing(t *testing.T) {
	s := mustOpen(t, testOptions(t.TempDir()))
	mustDo(t, s.Rotate())
	if files := snapshot(t, s.opt.Dir); len(files) != 0 || len(s.IDs()) != 0 {
		t.Errorf("%d files, %v", len(files), s.IDs())
	}
}

// A batch's id is the segment's id: a segment that was handed out must not
// grow, or the new hits would count as a repetition of the old.
func TestNextRunContinuesOpenSegmentOnly(t *testing.T) {
	o := testOptions(t.TempDir())
	s := mustOpen(t, o)
	put(t, s, 0, 1)
	mustDo(t, s.Rotate())
	put(t, s, 2)
	closed, open := s.Segments(), s.open.name()
	mustDo(t, s.Close())

	s = mustOpen(t, o)
	if d := cmp.Diff(closed, s.Segments()); d != "" {
		t.Error(d)
	}
	put(t, s, 3)
	if hits, _ := s.Waiting(); hits != 2 || s.open.name() != open {
		t.Errorf("open segment %s has %d hits, want %s with 2", s.open.name(), hits, open)
	}
	if got := readAll(t, s); !slices.Equal(got, upTo(4)) {
		t.Error(got)
	}
	if d := cmp.Diff(closed[0], s.Segments()[0]); d != "" {
		t.Error(d)
	}
}

func TestSegmentsCloseAtTheirSize(t *testing.T) {
	o := testOptions(t.TempDir())
	o.SegmentBytes = 400
	s := mustOpen(t, o)
	put(t, s, upTo(40)...)
	if n := len(s.Segments()); n < 5 {
		t.Errorf("%d closed segments", n)
	}
	mustDo(t, s.Close())
	s = mustOpen(t, o)
	if got := readAll(t, s); !slices.Equal(got, upTo(40)) {
		t.Error(got)
	}
}

func TestStatsTellTheOldest(t *testing.T) {
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	now := start
	o := testOptions(t.TempDir())
	o.Clock = func() time.Time { return now }
	s := mustOpen(t, o)
	for i, d := range []day.Day{500, 499, 501} {
		h := testHit(i)
		h.Day = d
		mustDo(t, s.Put(t.Context(), h))
		now = now.Add(time.Hour)
	}
	for _, run := range []string{"first", "second"} {
		st := s.Stats()
		if _, since := s.Waiting(); !st.Oldest.Equal(start) || !since.Equal(start) || st.OldestDay != 499 {
			t.Errorf("%s run: %+v, since %v", run, st, since)
		}
		mustDo(t, s.Close())
		s = mustOpen(t, o)
	}
	mustDo(t, s.Close())
	now = start.Add(-time.Hour) // the clock was ahead and has been put right
	s = mustOpen(t, o)
	if st := s.Stats(); !st.Oldest.Equal(now) {
		t.Errorf("oldest hit is of the future: %v", st.Oldest)
	}
}

func TestErrors(t *testing.T) {
	o := testOptions(t.TempDir())
	s := mustOpen(t, o)
	if _, err := Open(o); !errors.Is(err, ErrInUse) {
		t.Errorf("second Open: %v", err)
	}
	if err := s.Put(t.Context(), coarse.Hit{}); err == nil {
		t.Error("an empty hit was stored")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Put(gone, testHit(1)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if err := s.Read("beef", nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("Read: %v", err)
	}
	if err := s.Remove("beef"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Remove: %v", err)
	}
	put(t, s, 1)
	mustDo(t, s.Rotate())
	stop := errors.New("stop")
	if err := s.Read(s.IDs()[0], func(coarse.Hit) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Read: %v", err)
	}
	mustDo(t, s.Close())
	for name, err := range map[string]error{"Put": s.Put(t.Context(), testHit(1)), "Rotate": s.Rotate(), "Close": s.Close()} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s after Close: %v", name, err)
		}
	}
	for name, change := range map[string]func(*Options){
		"no key":     func(o *Options) { o.Key = [32]byte{} },
		"no clock":   func(o *Options) { o.Clock = nil },
		"tiny queue": func(o *Options) { o.QueueBytes = 1 },
		"negative":   func(o *Options) { o.MaxBytes = -1 },
	} {
		bad := o
		change(&bad)
		if _, err := Open(bad); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

func TestWrongKeyChangesNothing(t *testing.T) {
	o := testOptions(t.TempDir())
	s := mustOpen(t, o)
	put(t, s, 0)
	mustDo(t, s.Rotate())
	put(t, s, 1)
	mustDo(t, s.Close())
	// A torn tail too, which a right key would cut.
	f, err := os.OpenFile(s.path(2, endOpen), os.O_WRONLY|os.O_APPEND, 0)
	mustDo(t, err)
	_, err = f.WriteString("torn")
	mustDo(t, errors.Join(err, f.Close()))

	before := snapshot(t, o.Dir)
	dir, err := os.Stat(o.Dir)
	mustDo(t, err)
	wrong := o
	wrong.Key[31]++
	if _, err := Open(wrong); !errors.Is(err, ErrWrongKey) {
		t.Fatalf("Open: %v", err)
	}
	if d := cmp.Diff(before, snapshot(t, o.Dir)); d != "" {
		t.Error(d)
	}
	if now, err := os.Stat(o.Dir); err != nil || !now.ModTime().Equal(dir.ModTime()) {
		t.Errorf("the directory was written: %v", err)
	}
	if got := readAll(t, mustOpen(t, o)); !slices.Equal(got, upTo(2)) {
		t.Error(got)
	}
}

func TestLaterVersionIsRefused(t *testing.T) {
	o := testOptions(t.TempDir())
	k, err := newKeys(o.Key)
	mustDo(t, err)
	b := header{fingerprint: k.fingerprint}.append(nil)
	for c := b; len(c) > 0; c = c[headerCopy:] {
		c[7]++
		binary.LittleEndian.PutUint32(c[headerCopy-4:], crc32.Checksum(c[:headerCopy-4], castagnoli))
	}
	mustDo(t, os.WriteFile(filepath.Join(o.Dir, fileName(1, endClosed)), b, 0o600))
	if _, err := Open(o); !errors.Is(err, errNewer) {
		t.Errorf("Open: %v", err)
	}
}

// A hit costs a share of a commit, not a commit.
func TestGroupCommit(t *testing.T) {
	var commits, hits int
	o := testOptions(t.TempDir())
	o.Observe.Commit = func(n, bytes int, took time.Duration, err error) {
		if n < 1 || bytes <= 0 || took < 0 || err != nil {
			t.Errorf("Commit(%d, %d, %v, %v)", n, bytes, took, err)
		}
		commits++
		hits += n
	}
	s := mustOpen(t, o)
	release := blockSync(s)
	var wg sync.WaitGroup
	var acked atomic.Int64
	for i := range 100 {
		wg.Go(func() {
			if err := s.Put(context.Background(), testHit(i)); err != nil {
				t.Error(err)
			}
			acked.Add(1)
		})
		if i == 0 {
			waitFor(t, func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.inFlight > 0 })
		}
	}
	waitFor(t, func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.waiting.hits == 99 })
	if n := acked.Load(); n > 0 {
		t.Errorf("%d hits acknowledged before the first sync has returned", n)
	}
	release()
	wg.Wait()
	mustDo(t, s.Close())
	if hits != 100 || commits != 2 {
		t.Errorf("%d hits in %d commits", hits, commits)
	}
}

func waitFor(t testing.TB, ok func() bool) {
	t.Helper()
	for range 5000 {
		if ok() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("waited in vain")
}
