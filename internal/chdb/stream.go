//go:build linux && !noembed

package chdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"unsafe"
)

// stream reads the answer of a SELECT piece by piece while the engine makes
// it. It is the body of the HTTP response and holds its connection until
// Close.
type stream struct {
	ctx    context.Context
	conn   *conn
	result unsafe.Pointer // the stream itself; nil once closed
	piece  unsafe.Pointer // owner of unread
	unread []byte
	ended  bool // by the engine: nothing is left to cancel
	clean  bool // ended without an error
	err    error
	done   func() // gives the connection back
}

// openStream starts a SELECT. The first piece is fetched here, so that what
// fails early is answered with a status and not in mid-stream.
func openStream(ctx context.Context, c *conn, sql []byte, done func()) (*stream, error) {
	f := []byte("Native")
	r := c.lib.stream(c.handle(), unsafe.Pointer(unsafe.SliceData(sql)), uint64(len(sql)), unsafe.Pointer(&f[0]), uint64(len(f)))
	runtime.KeepAlive(sql)
	runtime.KeepAlive(f)
	s := &stream{ctx: ctx, conn: c, result: r, done: done}
	err := c.lib.failure(r)
	if err != nil {
		s.ended = true
	} else {
		err = s.next()
	}
	if err != nil && !errors.Is(err, io.EOF) {
		s.close()
		return nil, err
	}
	s.err = err
	return s, nil
}

// next fetches a piece; at the end it returns io.EOF.
func (s *stream) next() error {
	s.dropPiece()
	r := s.conn.lib.fetch(s.conn.handle(), s.result)
	if r == nil {
		s.ended, s.clean = true, true
		return io.EOF
	}
	s.piece = r
	if err := s.conn.lib.failure(r); err != nil {
		s.ended = true
		return err
	}
	s.unread = s.conn.lib.bytes(r)
	if len(s.unread) == 0 {
		s.ended, s.clean = true, true
		return io.EOF
	}
	return nil
}

func (s *stream) dropPiece() {
	if s.piece != nil {
		s.conn.lib.destroyResult(s.piece)
	}
	s.piece, s.unread = nil, nil
}

// Read gives the next bytes of the answer. An error of the engine in
// mid-stream is written into the answer in the form that clickhouse-go knows.
func (s *stream) Read(p []byte) (int, error) {
	for len(s.unread) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		if s.err = s.ctx.Err(); s.err != nil {
			continue
		}
		if err := s.next(); errors.Is(err, io.EOF) {
			s.err = io.EOF
		} else if err != nil {
			s.dropPiece()
			s.unread, s.err = exceptionBlock(err), io.EOF
			if s.ctx.Err() != nil {
				s.unread, s.err = nil, s.ctx.Err()
			}
		}
	}
	n := copy(p, s.unread)
	s.unread = s.unread[n:]
	return n, nil
}

// exceptionBlock frames an error as ClickHouse does in an answer that has
// already begun.
func exceptionBlock(err error) []byte {
	const tag = "footfallfootfall" // sixteen characters that mark the frame
	return fmt.Appendf(nil, "\r\n__exception__\r\n%s\r\n%s\n%d %s\r\n__exception__\r\n", tag, err, len(err.Error())+1, tag)
}

// Close ends the statement and frees the connection.
func (s *stream) Close() error {
	if s.conn != nil {
		s.close()
		s.done()
	}
	return nil
}

func (s *stream) close() {
	s.dropPiece()
	if s.result != nil {
		if !s.ended {
			s.conn.lib.cancel(s.conn.handle(), s.result)
		}
		s.conn.lib.destroyResult(s.result)
		s.result = nil
	}
	if !s.clean {
		s.conn.drain()
	}
	s.conn = nil
}
