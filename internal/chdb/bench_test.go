package chdb_test

import (
	"fmt"
	"testing"

	"github.com/footfall-analytics/footfall/internal/chdb"
)

// BenchmarkEncryption tells what encryption at rest costs: inserts of 500 rows
// made durable, and a sum over a million of them.
func BenchmarkEncryption(b *testing.B) {
	for name, key := range map[string][]byte{"plain": nil, "encrypted": make([]byte, 32)} {
		e, err := chdb.Open(chdb.Options{Lib: library(b), Dir: b.TempDir(), Key: key})
		if err != nil {
			b.Fatal(err)
		}
		db, err := client(e)
		if err != nil {
			b.Fatal(err)
		}
		exec := func(b *testing.B, sql string) {
			if err := db.Exec(b.Context(), sql); err != nil {
				b.Fatal(err)
			}
		}
		exec(b, "CREATE DATABASE bench")
		exec(b, "CREATE TABLE bench.t (day Date, value String, n UInt64) ENGINE = SummingMergeTree ORDER BY (day, value) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1")
		b.Run("insert/"+name, func(b *testing.B) {
			for n := range b.N {
				exec(b, fmt.Sprintf("INSERT INTO bench.t (day, value, n) SELECT toDate('2026-01-01') + %d, toString(number), 1 FROM numbers(500)", n%365))
			}
		})
		exec(b, "INSERT INTO bench.t (day, value, n) SELECT toDate('2025-01-01') + number % 365, toString(number), 1 FROM numbers(1000000)")
		b.Run("sum/"+name, func(b *testing.B) {
			for range b.N {
				exec(b, "SELECT value, sum(n) FROM bench.t WHERE day < '2026-01-01' GROUP BY value ORDER BY sum(n) DESC LIMIT 10")
			}
		})
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
		if err := e.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
