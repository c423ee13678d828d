//go:build linux && !noembed

package chdb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"

	"github.com/ClickHouse/ch-go/proto"
)

// RoundTrip answers a request as ClickHouse's HTTP interface does. Errors of
// the engine are answers with status 500 and the exception's code in a header;
// RoundTrip itself fails only if the request's context has ended or the engine
// is closed.
func (e *Engine) RoundTrip(req *http.Request) (*http.Response, error) {
	st, err := readStatement(req)
	if err != nil {
		return failed(req, err), nil
	}
	if bytes.Contains(st.sql, []byte("SELECT displayName(), version(), revision(), timezone()")) {
		return answer(req, hello()), nil
	}
	if !e.claim(st.id) {
		return failed(req, exception{codeSameID, "Query with id = " + st.id + " is already running", "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING"}), nil
	}
	c, err := e.acquire(req.Context())
	if err != nil {
		e.unclaim(st.id)
		return nil, err
	}
	release := func() {
		e.unclaim(st.id)
		e.free <- c
	}
	if err := c.prepare(st.database, st.settings); err != nil {
		release()
		return failed(req, err), nil
	}
	return e.execute(req, st, c, release)
}

func (e *Engine) execute(req *http.Request, st statement, c *conn, release func()) (*http.Response, error) {
	ctx := req.Context()
	if st.rows != nil {
		defer release()
		// Not stopped by the context: a block is short, and its outcome must be known.
		if err := c.insert(st.sql, st.rows); err != nil {
			return failed(req, err), nil
		}
		return answer(req, nil), nil
	}
	marker := e.marker()
	stop := e.watch(ctx, marker)
	sql := st.marked(marker)
	if !st.streams() {
		defer release()
		defer stop()
		out, err := c.run(sql, "Native")
		if err != nil {
			return e.stopped(ctx, req, err)
		}
		return answer(req, out), nil
	}
	s, err := openStream(ctx, c, sql, func() { stop(); release() })
	if err != nil {
		stop()
		release()
		return e.stopped(ctx, req, err)
	}
	res := answer(req, nil)
	res.Body, res.ContentLength = s, -1
	return res, nil
}

// stopped tells an error of the statement from one that we caused by killing it.
func (e *Engine) stopped(ctx context.Context, req *http.Request, err error) (*http.Response, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	select {
	case <-e.closing:
		return nil, ErrClosed
	default:
		return failed(req, err), nil
	}
}

func answer(req *http.Request, body []byte) *http.Response {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: req,
	}
}

// Codes of ClickHouse that have a meaning here.
const (
	codeNotImplemented = 48
	codeSameID         = 216
	codeUnknown        = 1002 // UNKNOWN_EXCEPTION
)

// exception is an error of ours in the words of the engine.
type exception struct {
	code int
	text string
	name string
}

func (e exception) Error() string {
	return fmt.Sprintf("Code: %d. DB::Exception: %s. (%s)", e.code, e.text, e.name)
}

var exceptionCode = regexp.MustCompile(`Code: (\d+)`)

func failed(req *http.Request, err error) *http.Response {
	text := err.Error()
	code := strconv.Itoa(codeUnknown)
	if m := exceptionCode.FindStringSubmatch(text); m != nil {
		code = m[1]
	}
	res := answer(req, []byte(text))
	res.Status, res.StatusCode = "500 Internal Server Error", http.StatusInternalServerError
	res.Header.Set("X-ClickHouse-Exception-Code", code)
	return res
}

// hello answers clickhouse-go's first question. Stating revision 0 makes the
// blocks that follow plain Native ones, as the library writes them; the
// question itself is answered in the client's own revision.
func hello() []byte {
	text := func(s string) *proto.ColStr {
		c := new(proto.ColStr)
		c.Append(s)
		return c
	}
	revision := proto.ColUInt32{0}
	block := proto.Block{Info: proto.BlockInfo{BucketNum: -1}, Columns: 4, Rows: 1}
	var b proto.Buffer
	err := block.EncodeBlock(&b, clientRevision, []proto.InputColumn{
		{Name: "displayName()", Data: text("embedded")},
		{Name: "version()", Data: text("26.7.2.1")},
		{Name: "revision()", Data: &revision},
		{Name: "timezone()", Data: text("UTC")},
	})
	if err != nil {
		panic(errors.Join(errors.New("encode hello"), err)) // four columns of one row each always encode
	}
	return b.Buf
}
