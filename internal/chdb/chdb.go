// Package chdb runs ClickHouse's own engine inside the process. The engine is
// a library (libchdb.so) that is loaded at run time; an Engine is an
// http.RoundTripper, so that clickhouse-go in its HTTP mode talks to the
// library without a socket. Built with the tag noembed the package has no
// engine and the binary is static.
package chdb

import "errors"

// Options say where the engine's parts are and how much it may use.
type Options struct {
	Lib string // the library's file, as Find returns it
	Dir string // everything that the engine keeps; made if absent; for one process at a time

	// Key encrypts the stored data (AES-256 in CTR mode) if it has 32 bytes;
	// nil keeps the data plain. A directory is one or the other for good.
	// Table definitions are never encrypted.
	Key []byte

	Conns       int   // statements that can run at the same time; 0 = 4
	MemoryBytes int64 // limit that the engine keeps itself to, peaks may be 20 % above; 0 = 500 MB
}

const (
	keyBytes       = 32
	defaultConns   = 4
	defaultMemory  = 500_000_000
	minimumMemory  = 200_000_000
	pinnedRelease  = "26.7.3-stable.1"
	libraryFile    = "libchdb.so"
	libraryPackage = "node_modules/@chdb/lib-linux-x64-gnu/" + libraryFile
)

// What Open and Find answer when a person has to do something about it.
var (
	ErrInUse     = errors.New("data directory is in use by another process: stop that one first, or give this one a directory of its own")
	ErrKey       = errors.New("encryption key does not fit the data directory")
	ErrNoLibrary = errors.New("no " + libraryFile + ": run npm ci, or take it out of the npm package @chdb/lib-linux-x64-gnu " + pinnedRelease +
		" and put it next to the binary, into the data directory or where FOOTFALL_LIBCHDB says; or set FOOTFALL_CLICKHOUSE_DSN to use a server")
	ErrNotPinned = errors.New(libraryFile + " is not the pinned release " + pinnedRelease)
	ErrClosed    = errors.New("engine is closed")
)
