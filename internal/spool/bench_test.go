package spool

import (
	"context"
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/coarse"
)

// benchPut runs b.N puts from n goroutines and reports puts a second and the
// hits that share a commit.
func benchPut(b *testing.B, n int, put func(coarse.Hit) error) {
	hit := coarse.Hit{
		Kind: coarse.View, Basis: coarse.Consent, Site: "kx4f9q", Day: 20500, NewVisit: true, NewPage: true,
		Page: "/help/bullying", Source: "search", Referrer: "google", Area: "ENG",
		Browser: "Chrome", Version: "current", System: "Android", Device: "phone",
	}
	var wg sync.WaitGroup
	b.ReportAllocs()
	cpu := cpuTime(b)
	b.ResetTimer()
	for i := range n {
		wg.Go(func() {
			for j := i; j < b.N; j += n {
				if err := put(hit); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "puts/s")
	b.ReportMetric(float64((cpuTime(b)-cpu).Microseconds())/float64(b.N), "cpu-us/put")
}

// cpuTime is what the process has used: steadier than time on a busy machine.
func cpuTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkPut(b *testing.B) {
	for _, n := range []int{1, 16, 64, 256, 1024} {
		b.Run(fmt.Sprintf("goroutines=%d", n), func(b *testing.B) {
			var commits int
			s, err := Open(Options{Dir: b.TempDir(), Key: testKey, MaxBytes: 1 << 40, SegmentBytes: 16 << 20, Clock: time.Now, Observe: Observe{
				Commit: func(int, int, time.Duration, error) { commits++ },
			}})
			if err != nil {
				b.Fatal(err)
			}
			benchPut(b, n, func(h coarse.Hit) error { return s.Put(context.Background(), h) })
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/float64(commits), "hits/commit")
			b.ReportMetric(float64(s.Stats().Bytes)/float64(b.N), "disk-B/hit")
		})
	}
}

// BenchmarkSync is what the disk itself takes for a commit of 4 KiB.
func BenchmarkSync(b *testing.B) {
	f, err := createFile(b.TempDir() + "/file")
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 4096)
	var off int64
	for b.Loop() {
		if _, err := f.WriteAt(block, off); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
		off += int64(len(block))
	}
}

// BenchmarkRead is the way out: proof, parsing, no counting.
func BenchmarkRead(b *testing.B) {
	s, err := Open(Options{Dir: b.TempDir(), Key: testKey, Clock: time.Now})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for i := range 1000 {
				if err := s.Put(context.Background(), testHit(i)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := s.Rotate(); err != nil {
		b.Fatal(err)
	}
	id := s.IDs()[0]
	var n int
	b.ReportAllocs()
	for b.Loop() {
		n = 0
		if err := s.Read(id, func(coarse.Hit) error { n++; return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/hit")
}
