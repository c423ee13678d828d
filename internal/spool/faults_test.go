package spool

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"pgregory.net/rapid"

	"github.com/footfall-analytics/footfall/internal/coarse"
)

// faultyFile is a real file with faults: a nil func is none.
type faultyFile struct {
	file
	write func(f file, b []byte, off int64) (int, error)
	sync  func(f file) error
	trunc func(f file, size int64) error
}

func (f faultyFile) WriteAt(b []byte, off int64) (int, error) {
	if f.write != nil {
		return f.write(f.file, b, off)
	}
	return f.file.WriteAt(b, off)
}

func (f faultyFile) Sync() error {
	if f.sync != nil {
		return f.sync(f.file)
	}
	return f.file.Sync()
}

func (f faultyFile) Truncate(size int64) error {
	if f.trunc != nil {
		return f.trunc(f.file, size)
	}
	return f.file.Truncate(size)
}

// inject gives the files that s makes from now on the faults of with.
func inject(s *Spool, with faultyFile) {
	s.disk.Lock()
	defer s.disk.Unlock()
	s.create = func(path string) (file, error) {
		f, err := createFile(path)
		if err != nil {
			return nil, err
		}
		with.file = f
		return with, nil
	}
}

// blockSync makes every sync wait for release.
func blockSync(s *Spool) (release func()) {
	gate := make(chan struct{})
	inject(s, faultyFile{sync: func(f file) error { <-gate; return f.Sync() }})
	return sync.OnceFunc(func() { close(gate) })
}

// A disk that hangs: the queue stops growing, the next hit is refused at once,
// and whoever waits gets its true answer in the end.
func TestBusyWhenTooManyWait(t *testing.T) {
	o := testOptions(t.TempDir())
	o.QueueBytes = coarse.MaxSize
	s := mustOpen(t, o)
	release := blockSync(s)
	t.Cleanup(release) // or closing the spool would wait for ever
	var wg sync.WaitGroup
	var mu sync.Mutex
	acked, busy := 0, 0
	for i := range 5000 {
		wg.Go(func() {
			err := s.Put(context.Background(), testHit(i))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				acked++
			case errors.Is(err, ErrBusy):
				busy++
			default:
				t.Error(err)
			}
		})
	}
	waitFor(t, func() bool { mu.Lock(); defer mu.Unlock(); return busy > 100 })
	s.mu.Lock()
	if n := cap(s.waiting.buf); n > 2*o.QueueBytes {
		t.Errorf("%d bytes are held", n)
	}
	s.mu.Unlock()
	release()
	wg.Wait()
	if err := s.Put(t.Context(), testHit(9)); err != nil {
		t.Errorf("after the jam: %v", err)
	}
	if got := len(readAll(t, s)); got != acked+1 {
		t.Errorf("%d acknowledged, %d stored", acked+1, got)
	}
}

func TestFullAtMaxBytes(t *testing.T) {
	o := testOptions(t.TempDir())
	o.MaxBytes = 2000
	s := mustOpen(t, o)
	n := 0
	var err error
	for ; err == nil; n++ {
		err = s.Put(t.Context(), testHit(n))
	}
	n--
	if !errors.Is(err, ErrFull) {
		t.Fatal(err)
	}
	var size int64
	for _, content := range snapshot(t, o.Dir) {
		size += int64(len(content))
	}
	if st := s.Stats(); st.Bytes > o.MaxBytes || n < 5 || st.Hits != n {
		t.Errorf("%d hits, %d bytes, %+v", n, size, st)
	}
	if got := readAll(t, s); !slices.Equal(got, upTo(n)) {
		t.Error(got)
	}
	mustDo(t, s.Remove(s.IDs()[0]))
	put(t, s, 0)
}

// The disk fills up in the middle of a write, or its sync fails, or it even
// refuses to take the write back: nothing of it is acknowledged or kept, and all
// goes on when there is room again.
func TestFailedCommitLeavesNothing(t *testing.T) {
	tests := []struct {
		faults string
		want   error
	}{
		{"write", syscall.EIO},
		{"half", ErrFull},
		{"sync", syscall.EIO},
		{"half truncate", ErrFull},
		{"sync truncate", syscall.EIO},
	}
	for _, tt := range tests {
		for _, before := range []int{0, 2} { // hits in the segment
			t.Run(tt.faults, func(t *testing.T) { testFailedCommit(t, tt.faults, tt.want, before) })
		}
	}
}

func testFailedCommit(t *testing.T, faults string, want error, before int) {
	o := testOptions(t.TempDir())
	s := mustOpen(t, o)
	set := injectFaults(s)
	put(t, s, upTo(before)...)
	set(faults)
	long := testHit(999) // what is left of it is longer than what comes after it
	long.Value = strings.Repeat("x", coarse.MaxText)
	for range 3 {
		if err := s.Put(t.Context(), long); !errors.Is(err, want) {
			t.Fatalf("Put: %v", err)
		}
	}
	if st := s.Stats(); st.Hits != before {
		t.Errorf("%+v", st)
	}
	set("")
	put(t, s, before, before+1)
	if got := readAll(t, s); !slices.Equal(got, upTo(before+2)) {
		t.Error(got)
	}
	mustDo(t, s.Close())
	var lost Loss
	o.Observe.Lost = func(l Loss) { lost = l }
	if got := readAll(t, mustOpen(t, o)); !slices.Equal(got, upTo(before+2)) || lost != (Loss{}) {
		t.Errorf("next run: %v, lost %+v", got, lost)
	}
}

// injectFaults gives s files whose faults can be set: words of write, half,
// sync, truncate.
func injectFaults(s *Spool) (set func(faults string)) {
	var faults string
	inject(s, faultyFile{
		write: func(f file, b []byte, off int64) (int, error) {
			switch {
			case strings.Contains(faults, "write"):
				return 0, syscall.EIO
			case strings.Contains(faults, "half"):
				n, _ := f.WriteAt(b[:len(b)/2], off)
				return n, syscall.ENOSPC
			}
			return f.WriteAt(b, off)
		},
		sync: func(f file) error {
			if strings.Contains(faults, "sync") {
				return errors.Join(syscall.EIO, f.Sync())
			}
			return f.Sync()
		},
		trunc: func(f file, size int64) error {
			if strings.Contains(faults, "truncate") {
				return syscall.EIO
			}
			return f.Truncate(size)
		},
	})
	return func(f string) {
		s.disk.Lock()
		defer s.disk.Unlock()
		faults = f
	}
}

// Whatever happens in whatever order, what can be read is what was acknowledged.
func TestAnyOrderOfEvents(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "spool")
		check(t, err)
		defer os.RemoveAll(dir)
		m := model{opt: testOptions(dir)}
		m.opt.SegmentBytes = 500
		m.reopen(t)
		defer func() { _ = m.spool.Close() }()
		t.Repeat(map[string]func(*rapid.T){
			"put": m.put, "failing put": m.failingPut, "remove": m.remove, "reopen": m.reopen,
			"rotate": func(t *rapid.T) { check(t, m.spool.Rotate()) },
			"": func(t *rapid.T) {
				if st := m.spool.Stats(); st.Hits != len(m.want) {
					t.Fatalf("%+v, want %d hits", st, len(m.want))
				}
			},
		})
	})
}

// model is a spool and the numbers that it should hold, oldest first.
type model struct {
	opt   Options
	spool *Spool
	set   func(faults string)
	want  []int
	n     int
}

func (m *model) reopen(t *rapid.T) {
	if m.spool != nil {
		check(t, m.spool.Close())
	}
	var err error
	m.spool, err = Open(m.opt)
	check(t, err)
	m.set = injectFaults(m.spool)
}

func (m *model) put(t *rapid.T) {
	check(t, m.spool.Put(context.Background(), testHit(m.n)))
	m.want = append(m.want, m.n)
	m.n++
}

func (m *model) failingPut(t *rapid.T) {
	if hits, _ := m.spool.Waiting(); hits > 0 {
		m.spool.disk.Lock()
		_, ok := m.spool.file.(faultyFile)
		m.spool.disk.Unlock()
		if !ok {
			t.Skip("the file is of an earlier run")
		}
	}
	m.set(rapid.SampledFrom([]string{"write", "half", "sync", "half truncate"}).Draw(t, "faults"))
	if m.spool.Put(context.Background(), testHit(m.n)) == nil {
		t.Fatal("acknowledged")
	}
	m.set("")
	m.n++
}

func (m *model) remove(t *rapid.T) {
	for _, id := range m.spool.IDs() {
		check(t, m.spool.Read(id, func(h coarse.Hit) error {
			if len(m.want) == 0 || h.Page != testHit(m.want[0]).Page {
				t.Fatalf("%s is next, want the first of %v", h.Page, m.want)
			}
			m.want = m.want[1:]
			return nil
		}))
		check(t, m.spool.Remove(id))
	}
}

func check(t *rapid.T, err error) {
	if err != nil {
		t.Fatal(err)
	}
}
