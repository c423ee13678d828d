//go:build noembed || !linux

package chdb

import (
	"errors"
	"net/http"
)

var errNoEngine = errors.New("this binary has no embedded engine: set FOOTFALL_CLICKHOUSE_DSN to a ClickHouse server, or use the standard Linux build")

// Engine is the embedded engine, which this build leaves out.
type Engine struct{}

// Open always fails: this build has no embedded engine.
func Open(Options) (*Engine, error) { return nil, errNoEngine }

// RoundTrip always fails: this build has no embedded engine.
func (*Engine) RoundTrip(*http.Request) (*http.Response, error) { return nil, errNoEngine }

// Close does nothing.
func (*Engine) Close() error { return nil }
