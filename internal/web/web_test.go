package web_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/internal/web"
)

const canary = "canary-jane@example.org"

var errMissing = errors.New("no such thing: " + canary)

// newApp has one route for each thing that can go wrong.
func newApp(log io.Writer, o web.Options) *fiber.App {
	o.Log = slog.New(slog.NewTextHandler(log, nil))
	o.Status = func(err error) int {
		if errors.Is(err, errMissing) {
			return http.StatusNotFound
		}
		return 0
	}
	app := web.New(o)
	app.Get("/page", func(c *fiber.Ctx) error { return c.SendString("page") })
	app.Get("/missing", func(*fiber.Ctx) error { return fmt.Errorf("find: %w", errMissing) })
	app.Get("/broken", func(*fiber.Ctx) error { return errors.New("the disk is on fire") })
	app.Get("/panic", func(c *fiber.Ctx) error { panic("cannot serve " + c.Query("q")) })
	app.Get("/index", func(c *fiber.Ctx) error { return c.SendString(c.Query("q")[len(c.Query("q"))+1:]) })
	app.Get("/wrong", func(*fiber.Ctx) error { return web.Refuse(http.StatusBadRequest, "field %q is missing", "site") })
	app.Get("/later", func(*fiber.Ctx) error {
		return &web.Fault{Status: http.StatusTooManyRequests, Text: "wait", RetryAfter: 1500 * time.Millisecond}
	})
	app.Post("/v1/echo", func(c *fiber.Ctx) error { return c.Send(c.BodyRaw()) })
	app.Post("/form", func(c *fiber.Ctx) error { return c.SendString(fmt.Sprint(len(c.BodyRaw()))) })
	app.Options("/v1/echo", web.Preflight(http.MethodPost))
	return app
}

func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		method, target, accept, body string
		status                       int
		want                         []string // in the body
		header                       map[string]string
		log                          string
	}{
		"page":           {target: "/page", status: 200, want: []string{"page"}},
		"nothing there":  {target: "/none?" + canary, status: 404, want: []string{`{"error":"there is nothing at this address"}`}},
		"wrong method":   {method: "DELETE", target: "/page", status: 405, want: []string{"does not take this method"}, header: map[string]string{"Allow": "GET, HEAD"}},
		"mapped error":   {target: "/missing", status: 404, want: []string{"nothing at this address"}},
		"our own fault":  {target: "/broken?q=" + canary, status: 500, want: []string{"on our side"}, log: "the disk is on fire"},
		"panic":          {target: "/panic?q=" + canary, status: 500, want: []string{"on our side"}, log: "panic=string"},
		"runtime panic":  {target: "/index?q=" + canary, status: 500, want: []string{"on our side"}, log: "out of range"},
		"to be mended":   {target: "/wrong", status: 400, want: []string{`{"error":"field \"site\" is missing"}`}},
		"to be repeated": {target: "/later", status: 429, want: []string{"wait"}, header: map[string]string{"Retry-After": "2", "Access-Control-Expose-Headers": "Retry-After"}},
		"for a person":   {target: "/none", accept: "text/html,*/*", status: 404, want: []string{"<h1>Not Found</h1>", "nothing at this address"}, header: map[string]string{"Content-Type": "text/html; charset=utf-8"}},
		"body that fits": {method: "POST", target: "/v1/echo", body: strings.Repeat("x", 4096), status: 200, want: []string{"xxxx"}},
		"too large":      {method: "POST", target: "/v1/echo", body: strings.Repeat(canary, 200), status: 413, want: []string{"at most 4096 bytes"}, header: map[string]string{"Access-Control-Allow-Origin": "*"}},
		"form":           {method: "POST", target: "/form", body: strings.Repeat("x", 30000), status: 200, want: []string{"30000"}},
		"may I":          {method: "OPTIONS", target: "/v1/echo", status: 204, header: map[string]string{"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "POST", "Access-Control-Allow-Headers": "Content-Type"}},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			req := httptest.NewRequest(cmpOr(c.method, "GET"), c.target, strings.NewReader(c.body))
			req.Header.Set("Accept", c.accept)
			req.Header.Set("User-Agent", canary)
			req.Header.Set("X-Forwarded-For", "192.0.2.77")
			resp, err := newApp(&log, web.Options{}).Test(req, -1)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			if resp.StatusCode != c.status {
				t.Errorf("status %d, want %d", resp.StatusCode, c.status)
			}
			for _, w := range c.want {
				if !strings.Contains(string(body), w) {
					t.Errorf("body lacks %q:\n%s", w, body)
				}
			}
			for k, v := range c.header {
				if got := resp.Header.Get(k); got != v {
					t.Errorf("%s: %q, want %q", k, got, v)
				}
			}
			if !strings.Contains(log.String(), c.log) || c.log == "" && log.Len() > 0 {
				t.Errorf("log, want %q:\n%s", c.log, log.String())
			}
			for _, secret := range []string{"canary", "192.0.2.77", "jane"} {
				if strings.Contains(log.String(), secret) || strings.Contains(fmt.Sprint(string(body), resp.Header), secret) {
					t.Errorf("%q got out:\n%s\n%s\n%v", secret, log.String(), body, resp.Header)
				}
			}
			if resp.Header.Get("Server") != "" || resp.Header.Get("Set-Cookie") != "" {
				t.Errorf("server banner or cookie: %v", resp.Header)
			}
			if resp.Header.Get("X-Content-Type-Options") != "nosniff" || len(resp.Header.Get("X-Request-Id")) != 16 {
				t.Errorf("headers: %v", resp.Header)
			}
		})
	}
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func TestPagesKeepToThemselves(t *testing.T) {
	app := newApp(io.Discard, web.Options{Secure: true})
	resp, err := app.Test(httptest.NewRequest("GET", "/page", nil), -1)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range map[string]string{
		"Content-Security-Policy":      "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
		"Referrer-Policy":              "same-origin",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Strict-Transport-Security":    "max-age=63072000",
		"Access-Control-Allow-Origin":  "",
	} {
		if got := resp.Header.Get(k); got != want {
			t.Errorf("%s: %q, want %q", k, got, want)
		}
	}
}

func TestRequestIDsDiffer(t *testing.T) {
	app := newApp(io.Discard, web.Options{})
	seen := map[string]bool{}
	for range 100 {
		resp, err := app.Test(httptest.NewRequest("GET", "/page", nil), -1)
		if err != nil {
			t.Fatal(err)
		}
		seen[resp.Header.Get("X-Request-Id")] = true
	}
	if len(seen) != 100 {
		t.Errorf("%d ids for 100 requests", len(seen))
	}
}

func TestErrorPageOfTheHouse(t *testing.T) {
	app := newApp(io.Discard, web.Options{ErrorPage: func(c *fiber.Ctx, status int, text string) error {
		return c.SendString(fmt.Sprintf("our page %d: %s", status, text))
	}})
	req := httptest.NewRequest("GET", "/wrong", nil)
	req.Header.Set("Accept", "text/html")
	resp, err := app.Test(req, -1)
	if err != nil {
		t.Fatal(err)
	}
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != 400 || string(body) != `our page 400: field "site" is missing` {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

// serve starts app on a real socket.
func serve(t *testing.T, app *fiber.App) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- app.Listener(l) }()
	t.Cleanup(func() {
		if err := errors.Join(app.ShutdownWithTimeout(5*time.Second), <-done); err != nil {
			t.Error(err)
		}
	})
	return l.Addr().String()
}

// A client that sends its body byte by byte is cut off, though each byte comes
// in time, and others are served meanwhile.
func TestSlowBodiesAreCutOff(t *testing.T) {
	var log bytes.Buffer
	addr := serve(t, newApp(&log, web.Options{ReadTimeout: 2 * time.Second}))
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /v1/echo HTTP/1.1\r\nHost: example.org\r\nContent-Length: 4000\r\n\r\n")
	go func() {
		for {
			if _, err := conn.Write([]byte("x")); err != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	if resp, err := http.Get("http://" + addr + "/page"); err != nil || resp.StatusCode != 200 {
		t.Errorf("another client: %v, %v", resp, err)
	} else {
		resp.Body.Close()
	}
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusRequestTimeout || !resp.Close {
		t.Errorf("status %d, connection stays: %v", resp.StatusCode, !resp.Close)
	}
	resp.Body.Close()
}

// A body that is far too large is refused by what its header says of it.
func TestHugeBodiesAreNotRead(t *testing.T) {
	addr := serve(t, newApp(io.Discard, web.Options{}))
	for path, size := range map[string]int{"/v1/echo": 20_000, "/form": 70_000} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: example.org\r\nContent-Length: %d\r\n\r\n", path, size)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(body), "too large") {
			t.Errorf("%s: %d %s", path, resp.StatusCode, body)
		}
	}
}

func TestHeadersAreBounded(t *testing.T) {
	addr := serve(t, newApp(io.Discard, web.Options{}))
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// In one piece: a client that still sends when it is refused may miss the answer.
	fmt.Fprintf(conn, "GET /page HTTP/1.1\r\nHost: example.org\r\nX-Long: %s\r\n\r\n", strings.Repeat("x", 9000))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("status %d", resp.StatusCode)
	}
}

func TestClientAddr(t *testing.T) {
	loopback := netip.MustParsePrefix("127.0.0.0/8")
	inner := netip.MustParsePrefix("198.51.100.0/24")
	for name, c := range map[string]struct {
		trusted web.Proxies
		forward []string
		want    string
	}{
		"no proxy":                  {nil, nil, "127.0.0.1"},
		"claim of a stranger":       {nil, []string{"192.0.2.1"}, "127.0.0.1"},
		"one proxy":                 {web.Proxies{loopback}, []string{"192.0.2.1"}, "192.0.2.1"},
		"proxy that says nothing":   {web.Proxies{loopback}, nil, "127.0.0.1"},
		"forged on the left":        {web.Proxies{loopback}, []string{"203.0.113.9, 192.0.2.1"}, "192.0.2.1"},
		"two proxies":               {web.Proxies{loopback, inner}, []string{"203.0.113.9, 192.0.2.1, 198.51.100.7"}, "192.0.2.1"},
		"two lines":                 {web.Proxies{loopback, inner}, []string{"203.0.113.9", "192.0.2.1 ,198.51.100.7"}, "192.0.2.1"},
		"with a port":               {web.Proxies{loopback}, []string{"192.0.2.1:5555"}, "192.0.2.1"},
		"version 6":                 {web.Proxies{loopback}, []string{"2001:db8::1"}, "2001:db8::1"},
		"version 6 in brackets":     {web.Proxies{loopback}, []string{"[2001:db8::1]"}, "2001:db8::1"},
		"version 6 with a port":     {web.Proxies{loopback}, []string{"[2001:db8::1]:5555"}, "2001:db8::1"},
		"version 4 in version 6":    {web.Proxies{loopback}, []string{"::ffff:192.0.2.1"}, "192.0.2.1"},
		"zone":                      {web.Proxies{loopback}, []string{"fe80::1%eth0"}, "fe80::1"},
		"hidden client":             {web.Proxies{loopback}, []string{"192.0.2.1, unknown"}, "127.0.0.1"},
		"empty":                     {web.Proxies{loopback}, []string{""}, "127.0.0.1"},
		"all trusted":               {web.Proxies{loopback, inner}, []string{"198.51.100.1, 198.51.100.2"}, "198.51.100.1"},
		"garbage behind a stranger": {web.Proxies{loopback}, []string{"%%%, 192.0.2.1"}, "192.0.2.1"},
	} {
		t.Run(name, func(t *testing.T) {
			app := web.New(web.Options{Log: slog.New(slog.DiscardHandler)})
			app.Get("/", func(ctx *fiber.Ctx) error { return ctx.SendString(c.trusted.ClientAddr(ctx).String()) })
			req, _ := http.NewRequest("GET", "http://"+serve(t, app)+"/", nil)
			req.Header["X-Forwarded-For"] = c.forward
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if body, _ := io.ReadAll(resp.Body); string(body) != c.want {
				t.Errorf("got %s, want %s", body, c.want)
			}
		})
	}
}
