// Package web sets up the HTTP server that every public room shares: limits,
// headers, request ids, the client's address, and the one map from an error to
// what a client is told about it.
package web

import (
	"bytes"
	"log/slog"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// API begins the paths of the public, cookieless interface. Answers under it
// may be read by pages of any origin.
const API = "/v1/"

// MaxAPIBody is the size of the largest body, in bytes, that a path under API takes.
const MaxAPIBody = 4096

// politeBody is how much of an oversized body is still read, in bytes: whoever
// sends a little too much gets an answer, whoever sends more is cut off.
const politeBody = 4 * MaxAPIBody

const (
	maxPageBody  = 64 << 10  // bytes of a form on a page
	maxFileBody  = 288 << 10 // bytes of a file of totals and what a form has beside it
	maxHeaders   = 8 << 10   // bytes; a proxied path carries the charity's own cookies
	maxConns     = 20_000    // each may hold maxHeaders of memory
	readTimeout  = 10 * time.Second
	writeTimeout = 30 * time.Second
	idleTimeout  = 60 * time.Second
)

// Options says how the server is set up.
type Options struct {
	Log    *slog.Logger
	Secure bool // the public address is https: browsers are told to keep to it

	// Status gives the HTTP status of an error that a room returned, 0 for one
	// that no client can mend. Errors of type *Fault need no entry.
	Status func(error) int

	// ErrorPage answers a browser in the looks of the pages; nil for a plain page.
	// The status is already set.
	ErrorPage func(c *fiber.Ctx, status int, text string) error

	// ReadTimeout bounds the time a client takes to send one request; 0 for 10 s.
	ReadTimeout time.Duration
}

// New returns an application without routes. Fiber reuses the memory of its
// strings: a handler copies what outlives it.
func New(o Options) *fiber.App {
	if o.ReadTimeout == 0 {
		o.ReadTimeout = readTimeout
	}
	s := &server{log: o.Log, secure: o.Secure, status: o.Status, page: o.ErrorPage}
	app := fiber.New(fiber.Config{
		AppName:                      "footfall",
		BodyLimit:                    maxPageBody,
		CaseSensitive:                true,
		Concurrency:                  maxConns,
		DisablePreParseMultipartForm: true,
		DisableStartupMessage:        true,
		ErrorHandler:                 s.answer,
		IdleTimeout:                  idleTimeout,
		ReadBufferSize:               maxHeaders,
		ReadTimeout:                  o.ReadTimeout,
		WriteTimeout:                 writeTimeout,
	})
	app.Server().HeaderReceived = limits
	app.Use(s.begin)
	return app
}

// limits holds bodies of the API to their size before they are read.
func limits(h *fasthttp.RequestHeader) (c fasthttp.RequestConfig) {
	path, _, _ := bytes.Cut(h.RequestURI(), []byte("?"))
	switch {
	case takesFile(string(path)):
		c.MaxRequestBodySize = maxFileBody
	case bytes.HasPrefix(path, []byte(API)):
		c.MaxRequestBodySize = politeBody
	}
	return c
}

// takesFile says whether an address takes a file of totals.
func takesFile(path string) bool {
	return path == API+"totals" || strings.HasPrefix(path, "/sites/") && strings.HasSuffix(path, "/numbers")
}

type server struct {
	log    *slog.Logger
	secure bool
	status func(error) int
	page   func(c *fiber.Ctx, status int, text string) error
}

// begin is the first handler of every request.
func (s *server) begin(c *fiber.Ctx) (err error) {
	defer s.recover(c, &err)
	s.headers(c)
	if strings.HasPrefix(c.Path(), API) && !takesFile(c.Path()) && len(c.BodyRaw()) > MaxAPIBody {
		return fiber.ErrRequestEntityTooLarge
	}
	return c.Next()
}
