package collector

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/internal/web"
)

// How long caches may keep what we serve: an address that names its content
// for good, any other so briefly that a script of the last release, which finds
// its screens no more, is gone within the hour.
const (
	forGood = "public, max-age=31536000, immutable"
	briefly = "public, max-age=300, stale-while-revalidate=3600"
)

// asset is a script of the snippet, plain and compressed.
type asset struct {
	plain, small []byte
	hash         string // 16 hex digits of the SHA-256
	integrity    string // as browsers check it
}

func newAsset(plain []byte) *asset {
	sum := sha256.Sum256(plain)
	return &asset{
		plain: plain, small: compress(plain, gzip.BestCompression), hash: contentHash(plain),
		integrity: "sha256-" + base64.StdEncoding.EncodeToString(sum[:]),
	}
}

func compress(plain []byte, level int) []byte {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, level)
	if err != nil {
		panic(err) // the levels are gzip's own
	}
	_, _ = z.Write(plain) // to memory: never fails
	_ = z.Close()
	return b.Bytes()
}

func contentHash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// pointer serves the file under the name that sites put in their pages.
func (a *asset) pointer(c *fiber.Ctx) error { return a.serve(c, briefly) }

// pinned serves the file under the name that holds its hash.
func (a *asset) pinned(c *fiber.Ctx) error { return a.serve(c, forGood) }

// checked serves the file to a script that says which content it will run and
// takes no other: an old release's is not here.
func (a *asset) checked(c *fiber.Ctx) error {
	switch string(c.Request().URI().QueryString()) {
	case "":
		return a.pointer(c)
	case a.integrity:
		return a.pinned(c)
	default:
		return web.Refuse(http.StatusNotFound, "not a file of this release: load footfall.js again")
	}
}

func (a *asset) serve(c *fiber.Ctx, cache string) error {
	web.AnyOrigin(c)
	c.Set(fiber.HeaderContentType, "text/javascript; charset=utf-8")
	if takesGzip(c) {
		return cached(c, a.small, a.hash+"-gzip", cache)
	}
	return cached(c, a.plain, a.hash, cache)
}

// takesGzip says whether the client takes an answer in gzip, and notes in the
// answer that it depends on that and how it is packed.
func takesGzip(c *fiber.Ctx) bool {
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	for one := range strings.SplitSeq(c.Get(fiber.HeaderAcceptEncoding), ",") {
		name, q, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(one, " ", "")), ";")
		if refused := q != "" && strings.Trim(q, "q=0.") == ""; name == "gzip" && !refused {
			c.Set(fiber.HeaderContentEncoding, "gzip")
			return true
		}
	}
	return false
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
