//go:build linux && !noembed

package chdb_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/chdb"
)

// hostile are values that a careless path from Go to the engine breaks.
var hostile = []string{
	"", "\n", "\n\n", "\n\nDROP TABLE t\n\n", "'", `\`, `\'; DROP TABLE t; --`, "\x00", "a\x00b", "`", "?", "$1", "@a", "{a:String}", ";", "--", "/*", "*/",
	"\xff\xfe", "\r\n__exception__\r\n", "FORMAT Native", "Ünïcödé Llanfair 🏴", strings.Repeat("x", 300_000),
}

func TestInsertKeepsEveryByte(t *testing.T) {
	db, name := database(t)
	must(t, db, "CREATE TABLE "+name+".t (i UInt32, n UInt64, s String) ENGINE = MergeTree ORDER BY i")
	numbers := []uint64{0, 10, 2570, 0x0a0a0a0a0a0a0a0a, 1 << 31, 1<<32 - 1, 1 << 32, math.MaxUint64}
	var want []string
	batch, err := db.PrepareBatch(t.Context(), "INSERT INTO "+name+".t (i, n, s)")
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range append(hostile, allBytes()) {
		n := numbers[i%len(numbers)]
		want = append(want, fmt.Sprintf("%d %d %q", i, n, s))
		if err := batch.Append(uint32(i), n, s); err != nil {
			t.Fatal(err)
		}
	}
	if err := batch.Send(); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(t.Context(), "-- a comment first\nSELECT i, n, s FROM "+name+".t ORDER BY i")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for rows.Next() {
		var i uint32
		var n uint64
		var s string
		if err := rows.Scan(&i, &n, &s); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%d %d %q", i, n, s))
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func allBytes() string {
	var b bytes.Buffer
	for i := range 256 {
		b.WriteByte(byte(i))
	}
	return b.String()
}

func TestBoundValuesKeepEveryByte(t *testing.T) {
	db, name := database(t)
	must(t, db, "CREATE TABLE "+name+".t (s String) ENGINE = MergeTree ORDER BY s")
	for _, s := range hostile[:len(hostile)-1] { // the last is longer than a statement may be
		must(t, db, "TRUNCATE TABLE "+name+".t")
		must(t, db, "-- a comment first\nINSERT INTO "+name+".t (s)\nSELECT ?", s)
		var got string
		if err := db.QueryRow(t.Context(), "SELECT s FROM "+name+".t WHERE s = ?", s).Scan(&got); err != nil || got != s {
			t.Errorf("%q came back as %q, %v", s, got, err)
		}
	}
}

func TestErrorsAreTyped(t *testing.T) {
	db, _ := database(t)
	for sql, code := range map[string]int32{
		"SELECT nope":                      47,
		"SELEC 1":                          62,
		"SELECT * FROM nowhere.t":          81,
		"SELECT throwIf(1)":                395,
		"DROP TABLE default.nothing":       60,
		"INSERT INTO t (s) VALUES ('a')":   48,
		"INSERT INTO t (s) FORMAT Values ": 48,
		"":                                 48,
	} {
		var x *clickhouse.Exception
		if err := db.Exec(t.Context(), sql); !errors.As(err, &x) || x.Code != code {
			t.Errorf("%q: got %v, want an exception of code %d", sql, err, code)
		}
	}
}

func TestFailedAnswerDoesNotLeakIntoTheNext(t *testing.T) {
	db, _ := database(t)
	const half = "SELECT number, throwIf(number = 3000000) FROM numbers(4000000)"
	for _, sql := range []string{half, "(" + half + ")", half} { // in brackets it goes another way
		rows, err := db.Query(t.Context(), sql)
		if err == nil {
			for rows.Next() {
			}
			err = rows.Err()
			rows.Close()
		}
		var x *clickhouse.Exception
		if !errors.As(err, &x) || x.Code != 395 {
			t.Fatalf("got %v, want code 395", err)
		}
		for range 8 { // every connection of the pool
			var got string
			if err := db.QueryRow(t.Context(), "SELECT 'probe'").Scan(&got); err != nil || got != "probe" {
				t.Fatalf("got %q, %v", got, err)
			}
			var there uint8
			if err := db.QueryRow(t.Context(), "EXISTS TABLE system.one").Scan(&there); err != nil || there != 1 {
				t.Fatalf("EXISTS answers %d, %v", there, err)
			}
		}
	}
}

func TestLargeSelectStreams(t *testing.T) {
	db, _ := database(t)
	start := time.Now()
	rows, err := db.Query(t.Context(), "SELECT number FROM numbers(3000000)")
	if err != nil {
		t.Fatal(err)
	}
	first := time.Since(start)
	var n, sum, v uint64
	for rows.Next() {
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		n, sum = n+1, sum+v
	}
	if rows.Err() != nil || n != 3_000_000 || sum != 2_999_999*3_000_000/2 {
		t.Errorf("got %d rows, sum %d, %v", n, sum, rows.Err())
	}
	t.Logf("first block after %v, all after %v", first, time.Since(start))
}

func TestSettingsLastOneStatement(t *testing.T) {
	db, _ := database(t)
	ask := func(ctx context.Context) (got string) {
		if err := db.QueryRow(ctx, "SELECT concat(toString(getSetting('max_threads')), ' ', toString(getSetting('max_execution_time')))").Scan(&got); err != nil {
			t.Fatal(err)
		}
		return got
	}
	before := ask(t.Context())
	own := clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{"max_threads": 1, "max_execution_time": 7}))
	for range 8 {
		if got := ask(own); got != "1 7" {
			t.Errorf("with settings: %s", got)
		}
	}
	bad := clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{"max_threads": 3, "no_such_setting": 1}))
	if err := db.Exec(bad, "SELECT 1"); err == nil {
		t.Error("an unknown setting was taken")
	}
	if err := db.Exec(clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{"max_threads": "1'"})), "SELECT 1"); err == nil {
		t.Error("a setting with a quote was taken")
	}
	for range 8 {
		if got := ask(t.Context()); got != before || !strings.HasSuffix(got, " 60") {
			t.Errorf("afterwards: %s, before: %s", got, before)
		}
	}
}

func TestEndedContextStopsTheStatement(t *testing.T) {
	db, name := database(t)
	must(t, db, "CREATE TABLE "+name+".t (n UInt64) ENGINE = MergeTree ORDER BY n")
	for _, sql := range []string{
		"SELECT sum(sipHash64(number)) FROM numbers(100000000000)",
		"INSERT INTO " + name + ".t (n) SELECT sipHash64(number) FROM numbers(100000000000) WHERE sipHash64(number) = 1",
		"SELECT /* " + strings.Repeat("long ", 40_000) + "*/ count() FROM numbers(100000000000) WHERE sipHash64(number) = 1",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		start := time.Now()
		err := db.Exec(ctx, sql)
		cancel()
		if took := time.Since(start); !errors.Is(err, context.DeadlineExceeded) || took > 40*time.Second { // the engine itself gives up after 60 s
			t.Errorf("%.40s: %v after %v", sql, err, took)
		}
	}
	var left uint64
	if err := db.QueryRow(t.Context(), "SELECT count() FROM system.processes WHERE query LIKE '%sipHash64%' AND query NOT LIKE '%processes%'").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d statements still run, %v", left, err)
	}
}

func TestOneStatementPerQueryID(t *testing.T) {
	db, name := database(t)
	id := func() context.Context { return clickhouse.Context(t.Context(), clickhouse.WithQueryID(name)) }
	first, cancel := context.WithCancel(id())
	ended := make(chan error, 1)
	go func() { ended <- db.Exec(first, "SELECT sum(sipHash64(number)) FROM numbers(100000000000)") }()
	var running uint64
	for end := time.Now().Add(time.Minute); running == 0 && time.Now().Before(end); time.Sleep(time.Millisecond) {
		if err := db.QueryRow(t.Context(), "SELECT count() FROM system.processes WHERE query LIKE '%sum(sipHash64%' AND query NOT LIKE '%processes%'").Scan(&running); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		var x *clickhouse.Exception
		if err := db.Exec(id(), "SELECT 1"); running != 1 || !errors.As(err, &x) || x.Code != 216 {
			t.Errorf("beside %d that run: %v, want that it is refused", running, err)
		}
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the one that was first: %v", err)
	}
	if err := db.Exec(id(), "SELECT 1"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestMalformedStatementsDoNoHarm(t *testing.T) {
	db, name := database(t)
	pieces := []string{"SELECT", "(", ")", "'", "\"", "`", "\x00", "\xff", "FROM", ",", "1e999999", "-9223372036854775809", "ARRAY JOIN", "WITH", "[", "{", "}", "::", "INTERVAL", "/*", "--", "\\", "∞"}
	for i := range 2_000 {
		var b strings.Builder
		b.WriteString([]string{"SELECT ", "WITH ", "ALTER ", "CREATE ", "SHOW ", "", "EXPLAIN ", "KILL "}[i%8])
		for j := range 1 + i%9 {
			b.WriteString(pieces[(i*7+j*i*3+j)%len(pieces)] + " ")
		}
		_ = db.Exec(t.Context(), b.String()) // refused or not: what counts is what follows
	}
	_ = db.Exec(t.Context(), "SELECT "+strings.Repeat("(", 100_000))
	must(t, db, "CREATE TABLE "+name+".t (n UInt64) ENGINE = MergeTree ORDER BY n")
	var got uint64
	if err := db.QueryRow(t.Context(), "SELECT sum(number) FROM numbers(10)").Scan(&got); err != nil || got != 45 {
		t.Errorf("got %d, %v", got, err)
	}
}

func TestGoKeepsItsSignalHandlers(t *testing.T) {
	db, _ := database(t)
	for range 100 {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("a nil dereference did not panic")
				}
			}()
			var p *struct{ n int }
			p.n++
		}()
		must(t, db, "SELECT 1")
	}
}

func TestSecondEngineInOneProcess(t *testing.T) {
	engine(t)
	if e, err := chdb.Open(chdb.Options{Lib: library(t), Dir: shared.dir}); !errors.Is(err, chdb.ErrInUse) {
		t.Errorf("same directory: %v, %v", e, err)
	}
}
