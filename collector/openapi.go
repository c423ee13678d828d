package collector

import (
	_ "embed" // the document

	"github.com/gofiber/fiber/v2"
)

// openAPI describes every address of Mount. It is written by hand; tests hold
// real answers against it.
//
//go:embed openapi.json
var openAPI []byte

var openAPIHash = contentHash(openAPI)

func (s *collector) openAPI(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return cached(c, openAPI, openAPIHash, briefly)
}
