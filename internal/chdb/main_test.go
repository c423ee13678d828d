//go:build linux && !noembed

package chdb_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/footfall-analytics/footfall/internal/chdb"
)

// A process has one engine, so the tests share it; those that need a directory
// of their own run a child process, which is this binary with childEnv set.
const childEnv = "FOOTFALL_TEST_CHILD"

var shared struct {
	once   sync.Once
	dir    string
	engine *chdb.Engine
	err    error
}

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		os.Exit(child())
	}
	code := m.Run()
	if shared.engine != nil {
		if err := shared.engine.Close(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	if shared.dir != "" {
		os.RemoveAll(shared.dir)
	}
	os.Exit(code)
}

func library(t testing.TB) string {
	t.Helper()
	lib, err := chdb.Find("", "")
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

// engine is the engine that the tests of this process share.
func engine(t *testing.T) *chdb.Engine {
	t.Helper()
	lib := library(t)
	shared.once.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "footfall-chdb-"); shared.err != nil {
			return
		}
		start := time.Now()
		shared.engine, shared.err = chdb.Open(chdb.Options{Lib: lib, Dir: shared.dir})
		t.Logf("first open, library hashed: %v", time.Since(start))
	})
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	return shared.engine
}

func client(e *chdb.Engine) (driver.Conn, error) {
	return clickhouse.Open(&clickhouse.Options{
		Protocol:      clickhouse.HTTP,
		MaxOpenConns:  8,
		TransportFunc: func(*http.Transport) (http.RoundTripper, error) { return e, nil },
	})
}

// database is a client of the shared engine and a fresh database in it.
func database(t *testing.T) (driver.Conn, string) {
	t.Helper()
	db, err := client(engine(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	name := strings.ToLower(strings.ReplaceAll(t.Name(), "/", "_"))
	must(t, db, "DROP DATABASE IF EXISTS "+name)
	must(t, db, "CREATE DATABASE "+name)
	return db, name
}

func must(t *testing.T, db driver.Conn, sql string, args ...any) {
	t.Helper()
	if err := db.Exec(t.Context(), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// child opens an engine as the environment says, does one thing and reports on
// standard output: "ok …" or the error.
func child() int {
	var key []byte
	if k := os.Getenv("FOOTFALL_TEST_KEY"); k != "" {
		key, _ = base64.StdEncoding.DecodeString(k)
	}
	e, err := chdb.Open(chdb.Options{Lib: os.Getenv("FOOTFALL_TEST_LIB"), Dir: os.Getenv("FOOTFALL_TEST_DIR"), Key: key})
	if err != nil {
		fmt.Println(err)
		return 0
	}
	defer e.Close()
	db, err := client(e)
	if err != nil {
		fmt.Println(err)
		return 0
	}
	defer db.Close()
	ctx := context.Background()
	for _, sql := range strings.Split(os.Getenv("FOOTFALL_TEST_SQL"), ";") {
		if err := db.Exec(ctx, sql); err != nil {
			fmt.Println(sql, err)
			return 0
		}
	}
	var n uint64
	if err := db.QueryRow(ctx, "SELECT count() FROM kept").Scan(&n); err != nil {
		fmt.Println(err)
		return 0
	}
	fmt.Println("ok", n)
	return 0
}

// inChild runs child in a process of its own and returns what it reported.
func inChild(t *testing.T, dir string, key []byte, sql ...string) string {
	t.Helper()
	if len(sql) == 0 {
		sql = []string{"SELECT 1"}
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"=1", "GORACE=atexit_sleep_ms=0", "FOOTFALL_TEST_LIB="+library(t), "FOOTFALL_TEST_DIR="+dir,
		"FOOTFALL_TEST_KEY="+base64.StdEncoding.EncodeToString(key), "FOOTFALL_TEST_SQL="+strings.Join(sql, ";"))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("child: %v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}
