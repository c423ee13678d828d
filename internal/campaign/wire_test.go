package campaign

import (
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"
)

// fault is what a wire does to the connections that it carries.
type fault struct {
	refuse bool          // connections are closed at once
	delay  time.Duration // what the server says comes this much later
	// cut ends a connection after a random number of bytes, of those sent to
	// the server or of those that it answers.
	cut bool
}

// wire carries connections to a server, and can be faulty.
type wire struct {
	to string

	mu    sync.Mutex
	fault fault
	open  map[net.Conn]bool
	cuts  int
}

// listen returns the address at which the wire begins.
func (w *wire) listen(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.open = map[net.Conn]bool{}
	t.Cleanup(func() {
		l.Close()
		w.set(fault{refuse: true})
	})
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(client)
		}
	}()
	return l.Addr().String()
}

// set changes the fault. Only a delay leaves connections as they are.
func (w *wire) set(f fault) {
	w.mu.Lock()
	defer w.mu.Unlock()
	abrupt := func(f fault) bool { return f.refuse || f.cut }
	if abrupt(w.fault) || abrupt(f) {
		for c := range w.open {
			c.Close()
		}
	}
	w.fault = f
}

// cut is how many connections were cut.
func (w *wire) cut() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cuts
}

// begin tells what a new connection suffers from.
func (w *wire) begin(client net.Conn) fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open[client] = true
	return w.fault
}

func (w *wire) end(client net.Conn) {
	client.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, client)
}

func (w *wire) carry(client net.Conn) {
	defer w.end(client)
	f := w.begin(client)
	if f.refuse {
		return
	}
	server, err := net.Dial("tcp", w.to)
	if err != nil {
		return
	}
	defer server.Close()
	sent, answered := int64(1)<<62, int64(1)<<62
	if f.cut {
		if rand.IntN(2) == 0 {
			sent = rand.Int64N(4_000)
		} else {
			answered = rand.Int64N(400)
		}
	}
	done := make(chan struct{}, 2)
	pipe := func(to io.Writer, from net.Conn, limit int64) {
		n, _ := io.CopyN(to, from, limit)
		if n == limit {
			w.mu.Lock()
			w.cuts++
			w.mu.Unlock()
		}
		done <- struct{}{}
	}
	go pipe(server, client, sent)
	go pipe(late{client, w}, server, answered)
	<-done
}

// late writes as late as the fault of the wire says.
type late struct {
	io.Writer
	wire *wire
}

func (l late) Write(b []byte) (int, error) {
	l.wire.mu.Lock()
	by := l.wire.fault.delay
	l.wire.mu.Unlock()
	time.Sleep(by)
	return l.Writer.Write(b)
}
