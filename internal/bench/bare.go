package main

import (
	"encoding/json"
	"net/http"

	"github.com/gofiber/fiber/v2"
)

// bareMode is the hidden first argument that makes this binary the server
// which Footfall is measured against.
const bareMode = "bare"

// serveBare is the limit: a Fiber handler that reads the body with
// encoding/json and answers 202.
func serveBare(addr string) error {
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok\n") })
	app.Post("/v1/hits", func(c *fiber.Ctx) error {
		var hit struct {
			V                      int
			Kind, Site, Pass, Path string
			Referrer, Campaign     string
			NewVisit               bool `json:"new_visit"`
			NewPage                bool `json:"new_page"`
		}
		if err := json.Unmarshal(c.BodyRaw(), &hit); err != nil {
			return err
		}
		c.Status(http.StatusAccepted)
		return nil
	})
	return app.Listen(addr)
}
