// Package porttest finds addresses for servers that tests start as processes of
// their own.
package porttest

import (
	"net"
	"strconv"
	"sync"
	"testing"
)

// The ports are below those that systems give to whoever asks for any, so that
// nothing else takes one while its server is not started yet or is started
// again; browsers open all of them. Each process has blocks of its own: it keeps
// the first port of each for as long as it lives.
const (
	lowest, highest = 7000, 10_000
	block           = 100
)

var own struct {
	sync.Mutex
	held      []net.Listener
	next, end int
}

// Addr is an address of this machine that nobody listens on, and that nobody
// else is given.
func Addr(t testing.TB) string {
	t.Helper()
	own.Lock()
	defer own.Unlock()
	for {
		if own.next == own.end && !claim(t) {
			t.Fatalf("no port from %d to %d is free", lowest, highest)
		}
		l, err := listen(t, own.next)
		own.next++
		if err == nil {
			_ = l.Close()
			return l.Addr().String()
		}
	}
}

// claim takes a block that no other process has.
func claim(t testing.TB) bool {
	for first := lowest; first < highest; first += block {
		if l, err := listen(t, first); err == nil {
			own.held, own.next, own.end = append(own.held, l), first+1, first+block
			return true
		}
	}
	return false
}

func listen(t testing.TB, port int) (net.Listener, error) {
	return new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
}
