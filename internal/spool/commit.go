package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// commitAll is the committer: one write and one sync for all hits that wait.
func (s *Spool) commitAll() {
	defer close(s.done)
	for range s.wake {
		// Those just woken by the last commit come back with their next hits:
		// let them in, or groups would alternate between one hit and the rest.
		runtime.Gosched()
		s.commit()
	}
	s.commit()
}

func (s *Spool) commit() {
	s.disk.Lock()
	defer s.disk.Unlock()
	s.mu.Lock()
	g := s.waiting
	if g.hits == 0 {
		s.mu.Unlock()
		return
	}
	s.waiting = s.newGroup()
	s.inFlight = int64(len(g.buf)) + recordOverhead + headerBytes
	s.mu.Unlock()

	var start time.Time
	if s.opt.Observe.Commit != nil {
		start = s.opt.Clock()
	}
	bytes, err := s.store(g)
	s.mu.Lock()
	s.inFlight = 0
	s.spare = g.buf
	full := s.open != nil && s.open.size >= s.open.limit
	s.mu.Unlock()
	g.err = err
	close(g.done)
	if s.opt.Observe.Commit != nil {
		hits := g.hits
		if err != nil {
			hits = 0
		}
		s.opt.Observe.Commit(hits, bytes, s.opt.Clock().Sub(start), err)
	}
	if full {
		if err := s.rotate(); err != nil {
			s.open.limit += s.opt.SegmentBytes // do not try at every commit
			s.opt.Log.Error("spool: segment not closed", "error", err)
		}
	}
}

// store makes a group durable, or leaves the segment as it was.
func (s *Spool) store(w *group) (bytes int, err error) {
	g := s.open
	b := s.record[:0]
	if g == nil {
		if g, err = s.begin(); err != nil {
			return 0, storeError(err)
		}
		b = header{id: g.id, fingerprint: s.keys.fingerprint, first: g.first}.append(b)
	}
	b = g.seal(b, w)
	s.record = b
	_, err = s.file.WriteAt(b, g.size)
	if err == nil {
		err = s.file.Sync()
	}
	if err == nil && g.size == 0 {
		err = s.dir.Sync()
	}
	if err != nil {
		s.undo(g)
		return 0, storeError(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = g
	g.size += int64(len(b))
	g.index++
	g.add(w.hits, w.oldest)
	s.bytes += int64(len(b))
	return len(b), nil
}

func storeError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return fmt.Errorf("store hits: %w", err)
}

// begin makes the file of a new segment. The segment is not s.open before its
// first record is safe.
func (s *Spool) begin() (*segment, error) {
	g, err := s.newSegment(s.next)
	if err != nil {
		return nil, err
	}
	s.file, err = s.create(s.path(s.next, endOpen))
	if err != nil {
		s.file = nil
		return nil, err
	}
	s.next++
	return g, nil
}

func createFile(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	return diskFile{f}, err
}

// undo takes a failed write back: its hits were not acknowledged and will be
// sent again. If even that fails, the next write covers the start of the failed
// one and thereby its whole record; rotate cuts what is left.
func (s *Spool) undo(g *segment) {
	if g.size > 0 {
		g.dirty = s.file.Truncate(g.size) != nil
		return
	}
	// Whatever is left of a file without an acknowledged hit is removed at Open.
	_ = s.file.Truncate(0)
	_ = s.file.Close()
	_ = os.Remove(s.path(g.number, endOpen))
	s.file = nil
}

// Rotate closes the open segment, so that it can be read and removed; without
// one it does nothing.
func (s *Spool) Rotate() error {
	s.disk.Lock()
	defer s.disk.Unlock()
	s.mu.Lock()
	ended := s.ended
	s.mu.Unlock()
	if ended {
		return ErrClosed
	}
	return s.rotate()
}

// rotate renames the open segment. The name must be safe before anybody reads
// the segment: were it continued after a crash, its batch would be known to the
// database already and the hits added to it would be taken for a repetition.
func (s *Spool) rotate() error {
	g := s.open
	if g == nil {
		return nil
	}
	if g.dirty {
		if err := s.file.Truncate(g.size); err != nil {
			return fmt.Errorf("close segment: %w", err)
		}
		g.dirty = false
	}
	from, to := s.path(g.number, endOpen), s.path(g.number, endClosed)
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("close segment: %w", err)
	}
	if err := s.dir.Sync(); err != nil {
		return fmt.Errorf("close segment: %w", errors.Join(err, os.Rename(to, from)))
	}
	_ = s.file.Close() // every record in it was synced
	s.file = nil
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = nil
	s.closed = append(s.closed, g)
	return nil
}

func (s *Spool) path(number uint64, ending string) string {
	return filepath.Join(s.opt.Dir, fileName(number, ending))
}

// Remove deletes a closed segment for good.
func (s *Spool) Remove(id string) error {
	s.disk.Lock()
	defer s.disk.Unlock()
	g, err := s.find(id)
	if err != nil {
		return fmt.Errorf("remove segment: %w", err)
	}
	if err := os.Remove(s.path(g.number, endClosed)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove segment: %w", err)
	}
	s.forget(g)
	// Should the file come back after a power cut, its batch is known already.
	if err := s.dir.Sync(); err != nil {
		return fmt.Errorf("remove segment: %w", err)
	}
	return nil
}
