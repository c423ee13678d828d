package e2e

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/day"
)

// farFromMidnight waits for the next day where it is near: hits whose day ends in
// the middle of a test are counted there and then.
func farFromMidnight(t *testing.T) {
	t.Helper()
	zone := must(time.LoadLocation("Europe/London"))(t)
	now := time.Now()
	midnight := day.Of(now, zone).End(zone)
	if left := midnight.Sub(now); left < 4*time.Minute {
		t.Logf("waits %s for midnight", left.Round(time.Second))
		time.Sleep(left + time.Second)
	}
}

// A segment of the spool begins with two copies of a header; each says when the
// first hit came in and ends with a checksum (internal/spool).
const (
	headerCopy  = 52
	firstHit    = 40 // unix seconds
	headerCheck = 48
)

// age makes what waits in the spool of a service that has ended two days older,
// so that its day is over and it may be counted: 24 hours are less than a day in
// the night in which the clocks go back.
func (i *installation) age() {
	i.t.Helper()
	files, err := filepath.Glob(filepath.Join(i.dir, "spool", "*"))
	check(i.t, err)
	aged := 0
	for _, file := range files {
		b := must(os.ReadFile(file))(i.t)
		table := crc32.MakeTable(crc32.Castagnoli)
		for c := b[:min(len(b), 2*headerCopy)]; len(c) >= headerCopy; c = c[headerCopy:] {
			if crc32.Checksum(c[:headerCheck], table) != binary.LittleEndian.Uint32(c[headerCheck:]) {
				continue
			}
			first := binary.LittleEndian.Uint64(c[firstHit:]) - uint64((48 * time.Hour).Seconds())
			binary.LittleEndian.PutUint64(c[firstHit:], first)
			binary.LittleEndian.PutUint32(c[headerCheck:], crc32.Checksum(c[:headerCheck], table))
			aged++
		}
		check(i.t, os.WriteFile(file, b, 0o600))
	}
	if aged == 0 {
		i.t.Fatal("nothing of the spool is older now")
	}
}
