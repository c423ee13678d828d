package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"
)

// pacer sends hits at a rate, whether or not the server keeps up.
type pacer struct {
	addr     string
	requests [][]byte
	conns    int
	rate     int // a second, of all connections
}

// run returns the milliseconds that each answer took, from the moment the hit
// was due if its connection was still busy with the last one.
func (p pacer) run(ctx context.Context, d time.Duration) (ms []float64, err error) {
	took, errs := make([][]float64, p.conns), make([]error, p.conns)
	began := time.Now()
	var wait sync.WaitGroup
	for i := range p.conns {
		wait.Go(func() { took[i], errs[i] = p.client(ctx, i, began, d) })
	}
	wait.Wait()
	for _, t := range took {
		ms = append(ms, t...)
	}
	return ms, errors.Join(errs...)
}

func (p pacer) client(ctx context.Context, n int, began time.Time, d time.Duration) (ms []float64, err error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", p.addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	gap := time.Second * time.Duration(p.conns) / time.Duration(p.rate)
	due := began.Add(gap * time.Duration(n) / time.Duration(p.conns))
	for i := n; time.Since(began) < d; i += p.conns {
		from := due
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
			from = time.Now() // a sleep that is too long is not the server's
		}
		if _, err := conn.Write(p.requests[i%len(p.requests)]); err != nil {
			return ms, err
		}
		if err := readAccepted(answers); err != nil {
			return ms, err
		}
		ms = append(ms, float64(time.Since(from).Microseconds())/1000)
		due = due.Add(gap)
	}
	return ms, ctx.Err()
}

// readAccepted reads one answer, which has to be a 202.
func readAccepted(r *bufio.Reader) error {
	length := 0
	for first := true; ; first = false {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 202 ")) {
			return fmt.Errorf("answer %q", bytes.TrimSpace(line))
		}
		if text, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(text))); err != nil {
				return err
			}
		}
		if len(bytes.TrimSpace(line)) == 0 {
			_, err := r.Discard(length)
			return err
		}
	}
}
