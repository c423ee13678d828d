package spool

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Open opens or makes a spool directory and takes up what an earlier run left
// in it. It returns ErrInUse if another process has the directory and
// ErrWrongKey, having changed nothing, if the key is not the one its segments
// were written with.
func Open(o Options) (*Spool, error) {
	s, err := open(o)
	if err != nil {
		return nil, fmt.Errorf("open spool: %w", err)
	}
	go s.commitAll()
	return s, nil
}

func open(o Options) (_ *Spool, err error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	s := &Spool{opt: o, wake: make(chan struct{}, 1), done: make(chan struct{}), next: 1, create: createFile}
	if s.keys, err = newKeys(o.Key); err != nil {
		return nil, err
	}
	if s.dir, err = openDir(o.Dir); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = s.dir.Close()
		}
	}()
	if err := lock(s.dir); err != nil {
		return nil, err
	}
	found, err := s.list()
	if err != nil {
		return nil, err
	}
	if err := checkWritable(o.Dir); err != nil {
		return nil, err
	}
	for _, f := range found {
		if err := s.takeUp(f); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(f.path), err)
		}
	}
	s.waiting = s.newGroup()
	return s, nil
}

// openDir opens the directory, which it makes if it must. A new directory's own
// name has to be safe too before a hit in it is.
func openDir(path string) (*os.File, error) {
	dir, err := os.Open(path)
	if !errors.Is(err, os.ErrNotExist) {
		return dir, err
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	parent, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	if err := errors.Join(parent.Sync(), parent.Close()); err != nil {
		return nil, err
	}
	return os.Open(path)
}

// lock keeps a second process out. The lock is on the directory itself and ends
// with the process.
func lock(dir *os.File) error {
	err := syscall.Flock(int(dir.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return fmt.Errorf("%w: %s", ErrInUse, dir.Name())
	}
	return os.NewSyscallError("flock", err)
}

// checkWritable finds out now what the first hit would find out too late. A
// full disk is no reason not to start: what is here can still be taken away.
func checkWritable(dir string) error {
	path := filepath.Join(dir, "probe")
	err := os.WriteFile(path, nil, 0o600)
	if err == nil {
		err = os.Remove(path)
	}
	if err != nil && !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("directory cannot be written: %w", err)
	}
	return nil
}

// foundFile is a segment file of an earlier run.
type foundFile struct {
	path   string
	number uint64
	open   bool
	size   int64
	header header
	bad    error // why there is no header
}

// list finds the segment files and checks that all can be read with the key. It
// changes nothing.
func (s *Spool) list() ([]foundFile, error) {
	entries, err := os.ReadDir(s.opt.Dir)
	if err != nil {
		return nil, err
	}
	var found []foundFile
	for _, e := range entries {
		ending := filepath.Ext(e.Name())
		n, err := strconv.ParseUint(strings.TrimSuffix(e.Name(), ending), 10, 64)
		if err != nil || fileName(n, ending) != e.Name() {
			continue // not ours
		}
		s.next = max(s.next, n+1)
		if ending != endOpen && ending != endClosed {
			continue
		}
		f := foundFile{path: filepath.Join(s.opt.Dir, e.Name()), number: n, open: ending == endOpen}
		if err := f.read(); err != nil {
			return nil, err
		}
		if errors.Is(f.bad, errNewer) {
			return nil, fmt.Errorf("%s: %w", e.Name(), f.bad)
		}
		if f.bad == nil && f.header.fingerprint != s.keys.fingerprint {
			return nil, fmt.Errorf("%s: %w: use the secret it was written with, or move the file away", e.Name(), ErrWrongKey)
		}
		found = append(found, f)
	}
	slices.SortFunc(found, func(a, b foundFile) int { return cmp.Compare(a.number, b.number) })
	return found, nil
}

func (f *foundFile) read() error {
	src, err := os.Open(f.path)
	if err != nil {
		return err
	}
	defer src.Close()
	info, err := src.Stat()
	if err != nil {
		return err
	}
	f.size = info.Size()
	b := make([]byte, min(f.size, headerBytes))
	if _, err := io.ReadFull(src, b); err != nil {
		return fmt.Errorf("read header of %s: %w", filepath.Base(f.path), err)
	}
	f.header, f.bad = parseHeader(b)
	return nil
}

// takeUp adds a segment of an earlier run to the spool.
func (s *Spool) takeUp(f foundFile) error {
	if f.bad != nil {
		return s.putAside(f)
	}
	g := &segment{number: f.number, id: f.header.id, first: f.header.first, limit: s.opt.SegmentBytes}
	// A clock that was ahead must not keep the hits waiting until then.
	if now := s.opt.Clock(); g.first.After(now) {
		g.first = now
	}
	var err error
	if g.aead, err = s.keys.segment(g.id); err != nil {
		return err
	}
	flags := os.O_RDONLY
	if f.open {
		flags = os.O_RDWR
	}
	src, err := os.OpenFile(f.path, flags, 0)
	if err != nil {
		return err
	}
	end, err := s.measure(g, src, f.size)
	if err != nil {
		return errors.Join(err, src.Close())
	}
	if !f.open {
		g.size = f.size
		s.bytes += g.size
		s.closed = append(s.closed, g)
		return src.Close()
	}
	return s.resume(g, src, end)
}

// putAside handles a file without a readable header. One that is too short for
// a header never held an acknowledged hit.
func (s *Spool) putAside(f foundFile) error {
	if errors.Is(f.bad, errTorn) && f.open {
		s.opt.Log.Warn("spool: segment without a hit removed", "file", filepath.Base(f.path), "bytes", f.size)
		return os.Remove(f.path)
	}
	s.opt.Log.Error("spool: segment is lost and put aside", "file", filepath.Base(f.path), "bytes", f.size, "error", f.bad)
	if s.opt.Observe.Lost != nil {
		s.opt.Observe.Lost(Loss{Bytes: f.size, Records: 1})
	}
	return os.Rename(f.path, s.path(f.number, endBad))
}

// measure counts what is in a segment and reports damage. It returns the end of
// the last record; of a closed segment all that follows is damage.
func (s *Spool) measure(g *segment, src *os.File, size int64) (end int64, err error) {
	sc := newScanner(src, g, size)
	for {
		r, err := sc.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, err
		}
		g.add(int(r.hits), r.oldest())
		g.index = r.index + 1
	}
	end = sc.off
	if strings.HasSuffix(src.Name(), endClosed) {
		sc.tail()
	}
	s.report(g, sc.loss)
	return end, nil
}

// resume goes on with the open segment of an earlier run, without its torn
// tail: the record that was being written when the process died, which nobody
// was told of.
func (s *Spool) resume(g *segment, f *os.File, end int64) error {
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	if torn := info.Size() - end; torn > 0 {
		if err := errors.Join(f.Truncate(end), diskFile{f}.Sync()); err != nil {
			return errors.Join(err, f.Close())
		}
		s.opt.Log.Warn("spool: torn tail cut", "segment", g.name(), "bytes", torn)
	}
	if g.hits == 0 {
		return errors.Join(f.Close(), os.Remove(f.Name()))
	}
	g.size = end
	if s.open != nil { // cannot be, but two cannot be continued
		if err := s.rotate(); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	s.bytes += end
	s.file, s.open = diskFile{f}, g
	return nil
}
