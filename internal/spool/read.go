package spool

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/day"
)

// window is how much of a file is read at a time.
const window = 256 << 10

// scanner reads the records of a segment in order. Damage costs the records it
// hits and no other: after it the scanner looks at every byte for the next
// record that the seal proves.
type scanner struct {
	src  io.ReaderAt
	seg  *segment
	off  int64  // of the next record
	size int64  // where to stop
	want uint32 // index of the next record
	loss Loss
	torn int // hits of unproved records since the last record

	buf   []byte // bytes of src from bufAt
	bufAt int64
	plain []byte
}

// record is one group commit, proved by its seal.
type record struct {
	head
	contents []byte // until the next call of next
}

func (r record) oldest() day.Day {
	return day.Day(uint32(r.contents[0]) | uint32(r.contents[1])<<8 | uint32(r.contents[2])<<16 | uint32(r.contents[3])<<24)
}

func newScanner(src io.ReaderAt, seg *segment, size int64) *scanner {
	return &scanner{src: src, seg: seg, off: headerBytes, size: size}
}

// next returns the next record, io.EOF after the last, or a reading error.
func (sc *scanner) next() (record, error) {
	start := sc.off
	for at := start; at+headBytes <= sc.size; at++ {
		r, ok, err := sc.try(at)
		if err != nil {
			return r, err
		}
		if ok {
			sc.lost(at-start, int(r.index-sc.want))
			sc.torn = 0
			sc.off = at + headBytes + int64(r.length)
			sc.want = r.index + 1
			return r, nil
		}
	}
	return record{}, io.EOF
}

// tail counts what is left after the last record as lost.
func (sc *scanner) tail() {
	if sc.size > sc.off {
		sc.lost(sc.size-sc.off, 1)
	}
}

func (sc *scanner) lost(bytes int64, records int) {
	sc.loss.Bytes += bytes
	sc.loss.Records += records
	sc.loss.Hits += sc.torn
}

// try reads the record at off, if there is one.
func (sc *scanner) try(off int64) (record, bool, error) {
	b, err := sc.view(off, headBytes)
	if err != nil {
		return record{}, false, err
	}
	h, ok := parseHead(b, sc.seg.id)
	// An index that was seen is an old record's copy.
	if !ok || h.index < sc.want || off+headBytes+int64(h.length) > sc.size {
		return record{}, false, nil
	}
	b, err = sc.view(off+headBytes, int64(h.length))
	if err != nil {
		return record{}, false, err
	}
	sc.plain, err = sc.seg.aead.Open(sc.plain[:0], nil, b, h.aad(sc.seg.id))
	if err != nil {
		sc.torn += int(h.hits)
		return record{}, false, nil //nolint:nilerr // damage is counted, and the rest is read
	}
	return record{head: h, contents: sc.plain}, true, nil
}

// view returns n bytes from off on; they are valid until its next call.
func (sc *scanner) view(off, n int64) ([]byte, error) {
	if off < sc.bufAt || off+n > sc.bufAt+int64(len(sc.buf)) {
		want := min(max(n, window), sc.size-off)
		sc.buf = slices.Grow(sc.buf[:0], int(want))[:want]
		sc.bufAt = off
		if k, err := sc.src.ReadAt(sc.buf, off); int64(k) < want {
			sc.buf = sc.buf[:0]
			return nil, fmt.Errorf("read %d bytes at %d: %w", want, off, err)
		}
	}
	return sc.buf[off-sc.bufAt:][:n], nil
}

// Read calls each for the hits of a closed segment, in the same order every
// time, and returns its error. Damaged records are left out and reported. The
// texts of hits of one commit share memory: clone what is kept for long.
func (s *Spool) Read(id string, each func(coarse.Hit) error) error {
	g, err := s.find(id)
	if err != nil {
		return fmt.Errorf("read segment: %w", err)
	}
	f, err := os.Open(s.path(g.number, endClosed))
	if err != nil {
		return fmt.Errorf("read segment: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read segment: %w", err)
	}
	sc := newScanner(f, g, min(g.size, info.Size()))
	for {
		r, err := sc.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read segment %s: %w", id, err)
		}
		if err := eachHit(string(r.contents), each); err != nil {
			return fmt.Errorf("read segment %s: %w", id, err)
		}
	}
	sc.size = g.size
	sc.tail()
	s.report(g, sc.loss)
	return nil
}

// report tells of damage that was not told before.
func (s *Spool) report(g *segment, now Loss) {
	s.mu.Lock()
	before := g.loss
	worse := now.Bytes > before.Bytes || now.Records > before.Records
	if worse {
		g.loss = now
	}
	s.mu.Unlock()
	if !worse {
		return
	}
	more := Loss{now.Bytes - before.Bytes, now.Records - before.Records, now.Hits - before.Hits}
	s.opt.Log.Error("spool: damaged part of a segment is lost, the rest is kept", "segment", g.name(),
		"bytes", more.Bytes, "records", more.Records, "hits_at_least", more.Hits)
	if s.opt.Observe.Lost != nil {
		s.opt.Observe.Lost(more)
	}
}

func (s *Spool) find(id string) (*segment, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.closed {
		if g.name() == id {
			return g, nil
		}
	}
	return nil, fmt.Errorf("%w: %s", ErrNotFound, id)
}

func (s *Spool) forget(g *segment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = slices.DeleteFunc(s.closed, func(c *segment) bool { return c == g })
	s.bytes -= g.size
}
