package collector

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/intake"
)

// memory keeps nothing, so that a benchmark shows the work before the disk.
type memory struct{}

func (memory) Put(context.Context, coarse.Hit) error { return nil }

func unlimited(o *intake.Options) {
	o.HitRate = intake.Unlimited
	o.ObserveHit = nil
	o.Clock = time.Now
}

func hitRequest(body string) *fasthttp.RequestCtx {
	var c fasthttp.RequestCtx
	var r fasthttp.Request
	r.Header.SetMethod("POST")
	r.SetRequestURI("/v1/hits")
	r.Header.SetContentType("text/plain;charset=UTF-8")
	r.Header.Set("Origin", origin)
	r.Header.SetUserAgent(firefox)
	r.Header.Set("Sec-CH-UA-Mobile", "?0")
	r.Header.Set("Sec-CH-UA-Platform", `"Linux"`)
	r.SetBodyString(body)
	c.Init(&r, nil, nil)
	return &c
}

// run sends one request again and again, without a socket.
func run(b *testing.B, app *fiber.App, body string) {
	serve := app.Handler()
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		c := hitRequest(body)
		for p.Next() {
			c.Response.Reset()
			serve(c)
			if c.Response.StatusCode() != http.StatusAccepted {
				b.Errorf("status %d: %s", c.Response.StatusCode(), c.Response.Body())
				return
			}
		}
	})
}

func BenchmarkHit(b *testing.B) {
	h := newHouse(b, func(o *intake.Options) { unlimited(o); o.Spool = memory{} })
	run(b, h.app, view(h.pass(h.now)))
}

// BenchmarkHitDurable has the disk in it; 32 requests wait for each core.
func BenchmarkHitDurable(b *testing.B) {
	h := newHouse(b, unlimited)
	b.SetParallelism(32)
	run(b, h.app, view(h.pass(h.now)))
}

// BenchmarkBareFiber is the limit: it reads the body with encoding/json and answers.
func BenchmarkBareFiber(b *testing.B) {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Post("/v1/hits", func(c *fiber.Ctx) error {
		var hit struct {
			V                      int
			Kind, Site, Pass, Path string
			Referrer, Campaign     string
			NewVisit, NewPage      bool
			Length, Depth          []string
			Table, Value           string
			OverrodeGPC            bool
		}
		if err := json.Unmarshal(c.Body(), &hit); err != nil {
			return err
		}
		c.Status(http.StatusAccepted)
		return nil
	})
	run(b, app, view("p1.0123456789abcdef.statistics.AAAAAAAAAAAAAAAAAAAAAA"))
}
