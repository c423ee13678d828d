package spool

import (
	"encoding/binary"
	"fmt"
	"os"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/footfall-analytics/footfall/internal/coarse"
)

// boltFile is a file of our own committer that keeps each group as one value of
// a bbolt bucket: the best case for bbolt, as all but the storage is the same.
type boltFile struct {
	db    *bbolt.DB
	next  uint64
	group []byte
}

var boltBucket = []byte("hits")

func (f *boltFile) WriteAt(b []byte, _ int64) (int, error) {
	f.group = b
	return len(b), nil
}

func (f *boltFile) Sync() error {
	f.next++
	return f.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(boltBucket)
		b.FillPercent = 1 // keys only grow
		return b.Put(binary.BigEndian.AppendUint64(nil, f.next), f.group)
	})
}

func (f *boltFile) Truncate(int64) error { return nil }
func (f *boltFile) Close() error         { return nil }

func openBolt(b *testing.B) *bbolt.DB {
	db, err := bbolt.Open(b.TempDir()+"/bolt", 0o600, &bbolt.Options{NoFreelistSync: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	if err := db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket(boltBucket); return err }); err != nil {
		b.Fatal(err)
	}
	return db
}

func reportFile(b *testing.B, path string) {
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(info.Size())/float64(b.N), "disk-B/hit")
}

// BenchmarkPutBolt is BenchmarkPut on bbolt; docs/decisions/0002 compares them.
func BenchmarkPutBolt(b *testing.B) {
	for _, n := range []int{1, 16, 64, 256, 1024} {
		b.Run(fmt.Sprintf("group/goroutines=%d", n), func(b *testing.B) {
			db := openBolt(b)
			s := mustOpen(b, Options{Dir: b.TempDir(), Key: testKey, MaxBytes: 1 << 40, SegmentBytes: 1 << 40, Clock: time.Now})
			s.create = func(string) (file, error) { return &boltFile{db: db}, nil }
			benchPut(b, n, func(h coarse.Hit) error { return s.Put(b.Context(), h) })
			reportFile(b, db.Path())
		})
	}
	// bbolt's own way of grouping: one value a hit, unsealed.
	b.Run("batch/goroutines=256", func(b *testing.B) {
		db := openBolt(b)
		db.MaxBatchDelay = time.Millisecond
		benchPut(b, 256, func(h coarse.Hit) error {
			v, err := coarse.Append(nil, h)
			if err != nil {
				return err
			}
			return db.Batch(func(tx *bbolt.Tx) error {
				k := tx.Bucket(boltBucket)
				seq, err := k.NextSequence()
				if err != nil {
					return err
				}
				return k.Put(binary.BigEndian.AppendUint64(nil, seq), v)
			})
		})
		reportFile(b, db.Path())
	})
}
