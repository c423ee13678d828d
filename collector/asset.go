package collector

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/internal/web"
)

// How long caches may keep what we serve: an address that names its content
// for good, any other for so long that a change is seen the same hour.
const (
	forGood   = "public, max-age=31536000, immutable"
	forAnHour = "public, max-age=3600, stale-while-revalidate=86400"
	briefly   = "public, max-age=300, stale-while-revalidate=3600"
)

// asset is a script of the snippet, plain and compressed.
type asset struct {
	plain, small []byte
	hash         string // 16 hex digits of the SHA-256
}

func newAsset(plain []byte) *asset {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is one of gzip's own
	}
	_, _ = z.Write(plain) // to memory: never fails
	_ = z.Close()
	return &asset{plain: plain, small: b.Bytes(), hash: contentHash(plain)}
}

func contentHash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// pointer serves the file under the name that sites put in their pages.
func (a *asset) pointer(c *fiber.Ctx) error { return a.serve(c, forAnHour) }

// pinned serves the file under the name that holds its hash.
func (a *asset) pinned(c *fiber.Ctx) error { return a.serve(c, forGood) }

func (a *asset) serve(c *fiber.Ctx, cache string) error {
	web.AnyOrigin(c)
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	c.Set(fiber.HeaderContentType, "text/javascript; charset=utf-8")
	body, tag := a.plain, a.hash
	if strings.Contains(c.Get(fiber.HeaderAcceptEncoding), "gzip") {
		body, tag = a.small, a.hash+"-gzip"
		c.Set(fiber.HeaderContentEncoding, "gzip")
	}
	return cached(c, body, tag, cache)
}

// cached answers with body, or tells the client that it has it already.
func cached(c *fiber.Ctx, body []byte, tag, cache string) error {
	tag = `"` + tag + `"`
	c.Set(fiber.HeaderETag, tag)
	c.Set(fiber.HeaderCacheControl, cache)
	if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), tag) {
		c.Status(http.StatusNotModified)
		return nil
	}
	return c.Send(body)
}
