package e2e

import (
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"time"
)

// A segment of the spool begins with two copies of a header; each says when the
// first hit came in and ends with a checksum (internal/spool).
const (
	headerCopy  = 52
	firstHit    = 40 // unix seconds
	headerCheck = 48
)

// age makes what waits in the spool of a service that has ended a day older, so
// that its day is over and it may be counted.
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
			first := binary.LittleEndian.Uint64(c[firstHit:]) - uint64((24 * time.Hour).Seconds())
			binary.LittleEndian.PutUint64(c[firstHit:], first)
			binary.LittleEndian.PutUint32(c[headerCheck:], crc32.Checksum(c[:headerCheck], table))
			aged++
		}
		check(i.t, os.WriteFile(file, b, 0o600))
	}
	if aged == 0 {
		i.t.Fatal("nothing of the spool is a day older now")
	}
}
