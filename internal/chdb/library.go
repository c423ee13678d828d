//go:build linux && !noembed

package chdb

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// library is libchdb's C interface, as far as it is used. Pointers are the
// library's own unless a parameter has a length beside it.
type library struct {
	setSignals    func(enabled int32)
	connect       func(argc int32, argv unsafe.Pointer) unsafe.Pointer
	closeConn     func(conn unsafe.Pointer)
	query         func(conn, sql unsafe.Pointer, sqlLen uint64, format unsafe.Pointer, formatLen uint64) unsafe.Pointer
	stream        func(conn, sql unsafe.Pointer, sqlLen uint64, format unsafe.Pointer, formatLen uint64) unsafe.Pointer
	fetch         func(conn, stream unsafe.Pointer) unsafe.Pointer
	cancel        func(conn, stream unsafe.Pointer)
	resultBuffer  func(result unsafe.Pointer) unsafe.Pointer
	resultLength  func(result unsafe.Pointer) uint64
	resultError   func(result unsafe.Pointer) unsafe.Pointer
	destroyResult func(result unsafe.Pointer)
	insert        func(conn, sql unsafe.Pointer, sqlLen uint64, format unsafe.Pointer, formatLen uint64) unsafe.Pointer
	insertAppend  func(insert, data unsafe.Pointer, dataLen uint64) int32
	insertDone    func(insert unsafe.Pointer) unsafe.Pointer
	insertError   func(insert unsafe.Pointer) unsafe.Pointer
	insertDestroy func(insert unsafe.Pointer)
}

// loaded is the library of this process: it cannot be unloaded, and it serves
// one data directory at a time.
var loaded struct {
	sync.Mutex
	path string
	lib  *library
	dir  string // "" = none open
}

// borrowLibrary loads the library if need be, for one directory until
// returnLibrary.
func borrowLibrary(path, dir string) (*library, error) {
	loaded.Lock()
	defer loaded.Unlock()
	if loaded.dir != "" {
		return nil, fmt.Errorf("load %s: this process already has %s open", libraryFile, loaded.dir)
	}
	if loaded.lib == nil {
		lib, err := loadLibrary(path)
		if err != nil {
			return nil, fmt.Errorf("load %s: %w", path, err)
		}
		loaded.lib, loaded.path = lib, path
	}
	if loaded.path != path {
		return nil, fmt.Errorf("load %s: this process already has %s", path, loaded.path)
	}
	loaded.dir = dir
	return loaded.lib, nil
}

func returnLibrary() {
	loaded.Lock()
	defer loaded.Unlock()
	loaded.dir = ""
}

func loadLibrary(path string) (*library, error) {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, err
	}
	l := new(library)
	for _, f := range []struct {
		name string
		into any
	}{
		{"chdb_set_signal_handlers_enabled", &l.setSignals},
		{"chdb_connect", &l.connect},
		{"chdb_close_conn", &l.closeConn},
		{"chdb_query_n", &l.query},
		{"chdb_stream_query_n", &l.stream},
		{"chdb_stream_fetch_result", &l.fetch},
		{"chdb_stream_cancel_query", &l.cancel},
		{"chdb_result_buffer", &l.resultBuffer},
		{"chdb_result_length", &l.resultLength},
		{"chdb_result_error", &l.resultError},
		{"chdb_destroy_query_result", &l.destroyResult},
		{"chdb_stream_insert_n", &l.insert},
		{"chdb_stream_append", &l.insertAppend},
		{"chdb_stream_done", &l.insertDone},
		{"chdb_stream_insert_error", &l.insertError},
		{"chdb_destroy_insert_stream", &l.insertDestroy},
	} {
		symbol, err := purego.Dlsym(handle, f.name)
		if err != nil {
			return nil, err
		}
		purego.RegisterFunc(f.into, symbol)
	}
	// Before the first connect, or the engine takes the handlers with which
	// Go turns a nil dereference into a panic.
	l.setSignals(0)
	return l, nil
}

// open starts the engine, or adds a session to it, with command-line arguments.
func (l *library) open(args []string) (unsafe.Pointer, error) {
	var pin runtime.Pinner
	defer pin.Unpin()
	argv := make([]*byte, len(args)+1) // ends in nil
	for i, a := range args {
		text := append([]byte(a), 0)
		argv[i] = &text[0]
		pin.Pin(argv[i])
	}
	pin.Pin(&argv[0])
	p := l.connect(int32(len(args)), unsafe.Pointer(&argv[0]))
	if p == nil || *(*unsafe.Pointer)(p) == nil {
		return nil, errors.New("engine did not start; it gave its reason on standard error")
	}
	return p, nil
}

// failure is the error in a result, or nil.
func (l *library) failure(result unsafe.Pointer) error {
	if result == nil {
		return errors.New("engine gave no result")
	}
	if text := cString(l.resultError(result)); text != "" {
		return errors.New(text)
	}
	return nil
}

// bytes is the result's own memory: gone when the result is destroyed.
func (l *library) bytes(result unsafe.Pointer) []byte {
	return unsafe.Slice((*byte)(l.resultBuffer(result)), l.resultLength(result))
}

func cString(p unsafe.Pointer) string {
	if p == nil {
		return ""
	}
	n := 0
	for *(*byte)(unsafe.Add(p, n)) != 0 {
		n++
	}
	return string(unsafe.Slice((*byte)(p), n))
}
