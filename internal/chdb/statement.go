//go:build linux && !noembed

package chdb

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2"
)

const clientRevision = clickhouse.ClientTCPProtocolVersion

// statement is what one request asks for.
type statement struct {
	sql      []byte
	rows     []byte // Native blocks of an INSERT; nil for all else
	id       string // query id, "" = none
	database string
	settings []setting // in order of name
}

// transport are parameters of the HTTP interface that mean nothing here.
var transport = map[string]bool{
	"default_format": true, "client_protocol_version": true, "quota_key": true, "wait_end_of_query": true, "session_id": true,
}

// readStatement reads a request of clickhouse-go. An INSERT has its statement
// in the address and its rows in the body; all else is in the body.
func readStatement(req *http.Request) (statement, error) {
	var st statement
	var body []byte
	if req.Body != nil {
		defer req.Body.Close()
		var err error
		if body, err = io.ReadAll(req.Body); err != nil {
			return st, fmt.Errorf("read statement: %w", err)
		}
	}
	if strings.HasPrefix(req.Header.Get("Content-Type"), "multipart/") {
		return st, unsupported("external tables")
	}
	st.sql = body
	for name, values := range req.URL.Query() {
		value := values[0]
		switch {
		case name == "query":
			st.sql, st.rows = insertHead(value), body
		case name == "query_id":
			st.id = value
		case name == "database":
			st.database = value
		case name == "compress", name == "decompress", strings.HasPrefix(name, "param_"):
			return st, unsupported(name)
		case !transport[name]:
			st.settings = append(st.settings, setting{name, value})
		}
	}
	slices.SortFunc(st.settings, func(a, b setting) int { return strings.Compare(a.name, b.name) })
	return st, st.validate()
}

var (
	insertFormat = regexp.MustCompile(`(?i)\s+FORMAT\s+Native\s*;?\s*$`)
	insertSelect = regexp.MustCompile(`(?is)^insert\s+into\s+[\w.]+\s*\([^()]*\)\s*select\s`)
)

// insertHead is an INSERT without its format, which the library takes apart.
func insertHead(sql string) []byte { return []byte(insertFormat.ReplaceAllString(sql, "")) }

func (st statement) validate() error {
	if strings.ContainsAny(st.database, "`\\") {
		return unsupported("database name " + st.database)
	}
	if st.rows != nil {
		if len(st.rows) == 0 {
			return unsupported("an INSERT without rows")
		}
		return nil
	}
	if len(bytes.TrimSpace(st.sql)) == 0 {
		return unsupported("an empty statement")
	}
	// Rows in the text would end at the first empty line and go on as SQL.
	if end, word := st.firstWord(); word == "INSERT" && !insertSelect.Match(st.sql[end-len(word):]) {
		return unsupported("INSERT with rows in its text")
	}
	return nil
}

func unsupported(what string) error {
	return exception{codeNotImplemented, "the embedded engine does not take " + what, "NOT_IMPLEMENTED"}
}

var leading = regexp.MustCompile(`^(?:\s+|--[^\n]*\n|/\*(?s:.*?)\*/)*`)

// firstWord returns the statement's first word in capitals and where it ends,
// comments aside.
func (st statement) firstWord() (end int, word string) {
	start := len(leading.Find(st.sql))
	end = start
	for end < len(st.sql) && (st.sql[end]|0x20 >= 'a' && st.sql[end]|0x20 <= 'z') {
		end++
	}
	return end, strings.ToUpper(string(st.sql[start:end]))
}

// streams tells whether the library's streaming call takes the statement; it
// refuses SHOW, EXISTS, DESCRIBE, EXPLAIN and whatever changes something.
func (st statement) streams() bool {
	_, word := st.firstWord()
	return word == "SELECT" || word == "WITH"
}

// marked puts the marker behind the first word: a comment before it is not
// kept by the engine, and one at the end of a long statement is cut off in the
// list of processes.
func (st statement) marked(marker string) []byte {
	end, _ := st.firstWord()
	sql := bytes.TrimRight(st.sql, " \t\r\n;")
	end = min(end, len(sql))
	return slices.Concat(sql[:end], []byte(" "+marker+" "), sql[end:])
}
