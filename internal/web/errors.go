package web

import (
	"errors"
	"fmt"
	"html"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// Fault is what a caller can mend in its own request. Its text is shown to the
// caller, so it names fields and rules and never repeats a value.
type Fault struct {
	Status     int
	Text       string
	RetryAfter time.Duration // rounded up to whole seconds; 0 for none
}

func (f *Fault) Error() string { return f.Text }

// Refuse returns a Fault.
func Refuse(status int, format string, args ...any) *Fault {
	return &Fault{Status: status, Text: fmt.Sprintf(format, args...)}
}

// errPanic stands for a panic, which is logged where it is caught.
var errPanic = errors.New("a handler panicked")

// texts are what a client is told when a room did not say more.
var texts = map[int]string{
	http.StatusBadRequest:                  "the request cannot be read",
	http.StatusUnauthorized:                "please sign in first",
	http.StatusForbidden:                   "this is not allowed",
	http.StatusNotFound:                    "there is nothing at this address",
	http.StatusMethodNotAllowed:            "this address does not take this method",
	http.StatusRequestTimeout:              "the request took too long to arrive",
	http.StatusConflict:                    "somebody else changed this: read it again and repeat",
	http.StatusRequestEntityTooLarge:       "the body is too large",
	http.StatusUnsupportedMediaType:        "this type of content is not taken",
	http.StatusUnprocessableEntity:         "the request does not follow the rules of this address",
	http.StatusTooManyRequests:             "too many requests: wait a little",
	http.StatusRequestHeaderFieldsTooLarge: "the headers are too large: at most 8192 bytes",
	http.StatusServiceUnavailable:          "not ready: try again shortly",
}

const textInternal = "something went wrong on our side"

// answer is Fiber's error handler and the one place where an error becomes a
// response. It also serves requests that were cut off before any handler ran.
func (s *server) answer(c *fiber.Ctx, err error) error {
	status, text := s.explain(err)
	if status == http.StatusRequestEntityTooLarge && strings.HasPrefix(c.Path(), API) && !takesFile(c.Path()) {
		text = "the body is too large: at most " + strconv.Itoa(MaxAPIBody) + " bytes"
	}
	var fault *Fault
	s.headers(c)
	if errors.As(err, &fault) && fault.RetryAfter > 0 {
		seconds := (fault.RetryAfter + time.Second - 1) / time.Second
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(int(seconds)))
		c.Set(fiber.HeaderAccessControlExposeHeaders, fiber.HeaderRetryAfter)
	}
	if status == http.StatusInternalServerError && !errors.Is(err, errPanic) {
		s.log.Error("answer request", "request", requestID(c), "route", c.Route().Path, "error", err)
	}
	c.Status(status).Set(fiber.HeaderCacheControl, "no-store")
	if !strings.Contains(c.Get(fiber.HeaderAccept), fiber.MIMETextHTML) {
		return c.JSON(struct {
			Error string `json:"error"`
		}{text})
	}
	PageHeaders(c)
	if s.page != nil {
		return s.page(c, status, text)
	}
	c.Type("html", "utf-8")
	return c.SendString(`<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
		"<title>" + http.StatusText(status) + "</title><h1>" + http.StatusText(status) + "</h1><p>" + html.EscapeString(text) + ".</p></html>")
}

// explain maps an error to a status and to what the client is told.
func (s *server) explain(err error) (int, string) {
	var fault *Fault
	if errors.As(err, &fault) {
		return fault.Status, fault.Text
	}
	status := 0
	var wrong *fiber.Error // its message may repeat the request: only its code is used
	if errors.As(err, &wrong) {
		status = wrong.Code
		if status == http.StatusBadGateway { // Fiber's word for a client that hung up
			status = http.StatusBadRequest
		}
	} else if s.status != nil {
		status = s.status(err)
	}
	if text, ok := texts[status]; ok {
		return status, text
	}
	return http.StatusInternalServerError, textInternal
}

// recover turns a panic into an error. What was thrown may quote the request,
// so the log gets its type, or its text if the runtime wrote it.
func (s *server) recover(c *fiber.Ctx, err *error) {
	thrown := recover()
	if thrown == nil {
		return
	}
	what := fmt.Sprintf("%T", thrown)
	if e, ok := thrown.(runtime.Error); ok {
		what = e.Error()
	}
	s.log.Error("recover from panic", "request", requestID(c), "route", c.Route().Path, "panic", what, "stack", string(debug.Stack()))
	*err = errPanic
}
