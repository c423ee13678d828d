// Package spool is the durable queue of coarse hits between a visitor's request
// and the database: acknowledged means stored. Its files are encrypted, live
// for minutes, and survive anything that leaves the disk alive.
//
// A directory holds segments, oldest number first. NNNNNNNNNNNNNNNN.open takes
// new hits and is continued by the next run; NNNNNNNNNNNNNNNN.seg is closed: its
// contents, and so the id and the cells of its batch, never change again. A name
// that ends in .bad is a file that nothing could be read from, kept for a person
// to look at.
package spool

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/day"
)

// Errors of a spool. After ErrFull and ErrBusy the same hit may be put again:
// nothing of it was kept.
var (
	ErrFull     = errors.New("spool is full")
	ErrBusy     = errors.New("spool is busy")
	ErrClosed   = errors.New("spool is closed")
	ErrWrongKey = errors.New("spool was written with another key")
	ErrInUse    = errors.New("spool is in use by another process")
	ErrNotFound = errors.New("segment not found")
)

// Options says where and how large a spool is.
type Options struct {
	Dir          string           // made if missing, mode 0700
	Key          [32]byte         // from the master secret; each segment has its own key made from it
	MaxBytes     int64            // of all segments together; 0 = 1 GiB
	SegmentBytes int64            // at which a segment is closed by itself; 0 = 64 MiB or a quarter of MaxBytes, if that is less
	QueueBytes   int              // of hits waiting for a commit, above it ErrBusy; 0 = 1 MiB, at most 8 MiB
	Clock        func() time.Time // for the age of segments and the times of Observe
	Log          *slog.Logger     // nil = slog.Default()
	Observe      Observe
}

// Observe has functions to call at what metrics want to know. Any may be nil;
// none may block.
type Observe struct {
	// Commit is called for every group commit: the hits and bytes it stored
	// (0 hits and err if it failed) and how long it took.
	Commit func(hits, bytes int, took time.Duration, err error)
	// Lost is called once for each damage found in a segment.
	Lost func(Loss)
}

// Loss says what damage cost. Records are group commits; Hits counts those of
// them whose size is still known, so it is a lower bound.
type Loss struct {
	Bytes   int64
	Records int
	Hits    int
}

// Stats is what the spool holds now.
type Stats struct {
	Bytes     int64
	Hits      int
	Segments  int       // closed and open
	Oldest    time.Time // when the first hit came in; zero if there is none
	OldestDay day.Day   // the earliest day of any hit; 0 if there is none
}

// Segment is a closed segment.
type Segment struct {
	ID    string // 32 hex digits, random
	Hits  int
	Bytes int64
}

// Spool is an open spool directory. Its methods may be called at the same time.
type Spool struct {
	opt  Options
	keys keys
	dir  *os.File // holds the lock

	wake chan struct{} // has a token while a group waits
	done chan struct{} // closed when the committer has ended

	mu       sync.Mutex // guards what follows; never held during a file operation
	ended    bool
	waiting  *group
	spare    []byte // buffer of the last group, to be used again
	inFlight int64  // bytes of the group being written
	bytes    int64  // of all segments
	closed   []*segment
	open     *segment // nil until the first hit after a rotation

	disk   sync.Mutex // held while files are written, taken before mu
	file   file       // of open
	next   uint64     // number of the next segment
	record []byte     // scratch of the committer
	create func(path string) (file, error)
}

// file is what the committer needs of a diskFile.
type file interface {
	WriteAt(b []byte, off int64) (int, error)
	Sync() error
	Truncate(size int64) error
	Close() error
}

// diskFile is a file whose Sync is as cheap as the system has it.
type diskFile struct{ *os.File }

// group is the hits of one commit.
type group struct {
	buf    []byte // room for the oldest day, then framed hits
	hits   int
	oldest day.Day
	done   chan struct{} // closed when err is set
	err    error
}

func (o *Options) complete() error {
	if o.Clock == nil {
		return errors.New("no clock")
	}
	if o.Key == [32]byte{} {
		return errors.New("key is all zero")
	}
	for _, v := range []struct {
		n    *int64
		init int64
	}{{&o.MaxBytes, 1 << 30}, {&o.SegmentBytes, min(64<<20, cmp.Or(o.MaxBytes, 1<<30)/4)}} {
		if *v.n == 0 {
			*v.n = v.init
		}
	}
	if o.QueueBytes == 0 {
		o.QueueBytes = 1 << 20
	}
	if o.MaxBytes < 0 || o.SegmentBytes < 0 || o.QueueBytes < coarse.MaxSize || o.QueueBytes > maxRecord/2 {
		return fmt.Errorf("size out of range: MaxBytes %d, SegmentBytes %d, QueueBytes %d", o.MaxBytes, o.SegmentBytes, o.QueueBytes)
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return nil
}

func (s *Spool) newGroup() *group {
	g := &group{buf: append(s.spare[:0], make([]byte, dayBytes)...), done: make(chan struct{})}
	s.spare = nil
	return g
}

// Put stores the hit and returns nil once it is safe on disk. On any error the
// hit is not stored. It returns ErrFull if the spool or its disk is full,
// ErrBusy at once if too many hits wait, ErrClosed after Close. The context is
// looked at only before the hit is queued: from then on its fate is awaited, as
// an answer must not say less than what was kept.
func (s *Spool) Put(ctx context.Context, hit coarse.Hit) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("put hit: %w", err)
	}
	var room [256]byte
	framed, err := coarse.Append(room[:frameBytes], hit)
	if err != nil {
		return fmt.Errorf("put hit: %w", err)
	}
	binary.LittleEndian.PutUint16(framed, uint16(len(framed)-frameBytes))
	g, err := s.join(framed, hit.Day)
	if err != nil {
		return err
	}
	<-g.done
	return g.err
}

// join adds a framed hit to the group that waits for the next commit.
func (s *Spool) join(framed []byte, d day.Day) (*group, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.waiting
	queued := int64(len(g.buf) + len(framed))
	switch {
	case s.ended:
		return nil, ErrClosed
	case s.bytes+s.inFlight+queued+recordOverhead+headerBytes > s.opt.MaxBytes:
		return nil, ErrFull
	case queued > int64(s.opt.QueueBytes):
		return nil, ErrBusy
	}
	g.buf = append(g.buf, framed...)
	if g.hits == 0 || d < g.oldest {
		g.oldest = d
	}
	g.hits++
	if g.hits == 1 {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
	return g, nil
}

// Stats returns what the spool holds now.
func (s *Spool) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := Stats{Bytes: s.bytes}
	all := s.closed
	if s.open != nil {
		all = append(slices.Clip(all), s.open)
	}
	for i, g := range all {
		if i == 0 || g.first.Before(st.Oldest) {
			st.Oldest = g.first
		}
		if i == 0 || g.oldest < st.OldestDay {
			st.OldestDay = g.oldest
		}
		st.Hits += g.hits
		st.Segments++
	}
	return st
}

// Waiting returns how many hits are in the open segment, which no batch can
// have yet, and when the first of them came in.
func (s *Spool) Waiting() (hits int, since time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		return 0, time.Time{}
	}
	return s.open.hits, s.open.first
}

// Segments returns the closed segments, oldest first.
func (s *Spool) Segments() []Segment {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Segment, len(s.closed))
	for i, g := range s.closed {
		list[i] = Segment{ID: g.name(), Hits: g.hits, Bytes: g.size}
	}
	return list
}

// IDs returns the ids of the closed segments, oldest first.
func (s *Spool) IDs() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]string, len(s.closed))
	for i, g := range s.closed {
		ids[i] = g.name()
	}
	return ids
}

// Close commits what waits, then closes the files and frees the directory. The
// open segment is continued by the next Open.
func (s *Spool) Close() error {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return ErrClosed
	}
	s.ended = true
	close(s.wake)
	s.mu.Unlock()
	<-s.done
	s.disk.Lock()
	defer s.disk.Unlock()
	var err error
	if s.file != nil {
		err = s.file.Close()
	}
	if err = errors.Join(err, s.dir.Close()); err != nil {
		return fmt.Errorf("close spool: %w", err)
	}
	return nil
}
