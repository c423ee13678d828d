package web

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// policy lets a page load what we serve ourselves and nothing else. A page that
// needs less or more sets its own.
const policy = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const twoYears = "max-age=63072000"

// headers sets what every answer carries.
func (s *server) headers(c *fiber.Ctx) {
	if requestID(c) == "" {
		setRequestID(c)
	}
	if s.secure {
		c.Set(fiber.HeaderStrictTransportSecurity, twoYears)
	}
	if strings.HasPrefix(c.Path(), API) {
		c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
		AnyOrigin(c)
		return
	}
	PageHeaders(c)
}

// PageHeaders sets the headers of an answer that a browser shows as a page.
func PageHeaders(c *fiber.Ctx) {
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin") // addresses of reports are secrets
	c.Set(fiber.HeaderContentSecurityPolicy, policy)
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Response().Header.Del(fiber.HeaderAccessControlAllowOrigin)
}

// AnyOrigin lets pages of every origin read and embed the answer. It is for
// answers that are the same for everybody; credentials are never allowed.
func AnyOrigin(c *fiber.Ctx) {
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
	c.Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// Preflight answers the question browsers ask before a request that a plain
// form could not have made.
func Preflight(method string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderAccessControlAllowMethods, method)
		c.Set(fiber.HeaderAccessControlAllowHeaders, fiber.HeaderContentType)
		c.Set(fiber.HeaderAccessControlMaxAge, "86400")
		c.Status(fiber.StatusNoContent)
		return nil
	}
}

// setRequestID gives the answer a random number by which its line in the log
// is found. It is not kept and says nothing about who asked.
func setRequestID(c *fiber.Ctx) {
	var id [8]byte
	var text [16]byte
	binary.NativeEndian.PutUint64(id[:], rand.Uint64())
	hex.Encode(text[:], id[:])
	c.Response().Header.SetBytesV(fiber.HeaderXRequestID, text[:])
}

func requestID(c *fiber.Ctx) string { return string(c.Response().Header.Peek(fiber.HeaderXRequestID)) }
