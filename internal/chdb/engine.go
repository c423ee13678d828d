//go:build linux && !noembed

package chdb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Engine is the running engine on one data directory. It is safe for
// concurrent use.
type Engine struct {
	dir     *directory
	free    chan *conn
	conns   []*conn
	closing chan struct{}
	closed  sync.Once

	control struct {
		sync.Mutex
		*conn // kills statements whose context has ended
	}
	running struct {
		sync.Mutex
		ids  map[string]bool // query ids of the statements under way
		last uint64          // the last marker given out
	}
}

// Open starts the engine in o.Dir. It returns ErrInUse if another process (or
// this one) has the directory open, ErrKey if o.Key is not the key that the
// data was written with, and ErrNotPinned if the library is another release.
// A process can have one Engine open.
func Open(o Options) (*Engine, error) {
	if o.Conns == 0 {
		o.Conns = defaultConns
	}
	if o.MemoryBytes == 0 {
		o.MemoryBytes = defaultMemory
	}
	if o.MemoryBytes < minimumMemory {
		return nil, fmt.Errorf("open engine: memory limit of %d bytes, want %d or more", o.MemoryBytes, minimumMemory)
	}
	dir, err := openDirectory(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("open engine: %w", err)
	}
	e, err := openIn(dir, o)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open engine: %w", err), dir.close())
	}
	return e, nil
}

func openIn(dir *directory, o Options) (*Engine, error) {
	if err := dir.checkKey(o.Key); err != nil {
		return nil, err
	}
	if err := verify(o.Lib, dir.path); err != nil {
		return nil, err
	}
	lib, err := borrowLibrary(o.Lib, dir.path)
	if err != nil {
		return nil, err
	}
	e := &Engine{dir: dir, free: make(chan *conn, o.Conns), closing: make(chan struct{})}
	e.running.ids = map[string]bool{}
	if err := e.connect(lib, o); err != nil {
		e.disconnect()
		return nil, err
	}
	for _, c := range e.conns {
		e.free <- c
	}
	return e, nil
}

func (e *Engine) connect(lib *library, o Options) error {
	set := smallMachine(o.MemoryBytes)
	if o.Key != nil {
		set.merges = append(set.merges, setting{"storage_policy", "sealed"})
	}
	file, err := memoryFile(set.xml(o.Key, e.dir.sealed()))
	if err != nil {
		return err
	}
	defer file.Close()
	args := []string{"clickhouse", "--path=" + e.dir.engine(), "--config-file=" + file.Name()}
	for range o.Conns {
		c, err := connect(lib, args, set.query)
		if err != nil {
			return err
		}
		e.conns = append(e.conns, c)
	}
	if e.control.conn, err = connect(lib, args, nil); err != nil {
		return err
	}
	return set.check(e.conns[0], o.Key != nil)
}

func (e *Engine) disconnect() {
	for _, c := range e.conns {
		c.close()
	}
	if e.control.conn != nil {
		e.control.close()
		e.control.conn = nil
	}
	returnLibrary()
}

// Close stops the statements under way, waits for them and closes the engine.
// If one is not given up within five seconds (a caller keeps its rows open),
// it returns an error and leaves the engine to the end of the process.
func (e *Engine) Close() error {
	err := ErrClosed
	e.closed.Do(func() { err = e.shut() })
	return err
}

func (e *Engine) shut() error {
	close(e.closing)
	late := time.After(5 * time.Second)
	for range e.conns {
		select {
		case <-e.free:
		case <-late:
			return errors.New("close engine: a statement is still open")
		}
	}
	e.control.Lock()
	defer e.control.Unlock()
	e.disconnect()
	if err := e.dir.close(); err != nil {
		return fmt.Errorf("close engine: %w", err)
	}
	return nil
}

// acquire waits for a free connection.
func (e *Engine) acquire(ctx context.Context) (*conn, error) {
	select {
	case <-e.closing:
		return nil, ErrClosed
	default:
	}
	select {
	case c := <-e.free:
		return c, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-e.closing:
		return nil, ErrClosed
	}
}

// marker returns a comment that no other statement has.
func (e *Engine) marker() string {
	e.running.Lock()
	defer e.running.Unlock()
	e.running.last++
	return fmt.Sprintf("/*q:%d*/", e.running.last)
}

// watch kills the statement that carries marker when ctx ends or the engine
// closes, again and again until stop is called: a first attempt may come
// before the statement has begun.
func (e *Engine) watch(ctx context.Context, marker string) (stop func()) {
	over := make(chan struct{})
	go func() {
		select {
		case <-over:
			return
		case <-ctx.Done():
		case <-e.closing:
		}
		for {
			e.kill(marker)
			select {
			case <-over:
				return
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	return sync.OnceFunc(func() { close(over) })
}

func (e *Engine) kill(marker string) {
	e.control.Lock()
	defer e.control.Unlock()
	if e.control.conn == nil {
		return // the engine was closed before this attempt got its turn
	}
	// The marker is put together by the engine: in one piece it would be in the text of this statement too.
	sql := "KILL QUERY WHERE position(query, concat('/', '" + marker[1:] + "')) > 0 ASYNC"
	_, _ = e.control.run([]byte(sql), "Native") // tried again by watch
}

// claim reserves a query id; ok is false if a statement with it is under way.
func (e *Engine) claim(id string) (ok bool) {
	e.running.Lock()
	defer e.running.Unlock()
	if id != "" && e.running.ids[id] {
		return false
	}
	e.running.ids[id] = true
	return true
}

func (e *Engine) unclaim(id string) {
	e.running.Lock()
	defer e.running.Unlock()
	delete(e.running.ids, id)
}
