package spool

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/footfall-analytics/footfall/internal/coarse"
)

// bounds returns where each record of a segment file begins, and its end.
func bounds(t testing.TB, file []byte) []int64 {
	t.Helper()
	h, err := parseHeader(file)
	mustDo(t, err)
	at := []int64{headerBytes}
	for rest := file[headerBytes:]; len(rest) > 0; {
		r, ok := parseHead(rest, h.id)
		if !ok {
			t.Fatal("no record where one should begin")
		}
		n := headBytes + int64(r.length)
		at = append(at, at[len(at)-1]+n)
		rest = rest[n:]
	}
	return at
}

// segmentFile puts the hits 0 to n-1, one a record, and returns the file.
func segmentFile(t testing.TB, n int) []byte {
	t.Helper()
	s := mustOpen(t, testOptions(t.TempDir()))
	put(t, s, upTo(n)...)
	mustDo(t, s.Close())
	b, err := os.ReadFile(s.path(1, endOpen))
	mustDo(t, err)
	return b
}

// openFile opens a spool whose only file is b.
func openFile(t testing.TB, ending string, b []byte) (*Spool, *Loss) {
	t.Helper()
	loss := new(Loss)
	o := testOptions(t.TempDir())
	o.Observe.Lost = func(l Loss) { loss.Bytes += l.Bytes; loss.Records += l.Records; loss.Hits += l.Hits }
	mustDo(t, os.WriteFile(filepath.Join(o.Dir, fileName(1, ending)), b, 0o600))
	return mustOpen(t, o), loss
}

// A process that dies while writing leaves any part of its last record, and a
// power cut may leave zeros or old bytes there: the rest is read and continued.
func TestTornTailIsCut(t *testing.T) {
	file := segmentFile(t, 3)
	at := bounds(t, file)
	for cut := int64(0); cut < at[3]; cut++ {
		tails := map[string][]byte{
			"short":   file[:cut],
			"zeros":   append(slices.Clone(file[:cut]), make([]byte, at[3]-cut)...),
			"garbage": append(slices.Clone(file[:cut]), bytes.Repeat([]byte{0xa5}, 64)...),
		}
		if cut < headerBytes {
			delete(tails, "zeros") // a damaged header has a test of its own
			delete(tails, "garbage")
		}
		for name, b := range tails {
			keep := 0 // records that are whole, if only by chance
			for keep < 3 && bytes.HasPrefix(b, file[:at[keep+1]]) {
				keep++
			}
			s, _ := openFile(t, endOpen, b)
			put(t, s, keep)
			if got := readAll(t, s); !slices.Equal(got, upTo(keep+1)) {
				t.Fatalf("cut at %d of %d, %s: %v, want %d hits and a new one", cut, at[3], name, got, keep)
			}
			mustDo(t, s.Close())
		}
	}
}

// Any one damaged byte costs the record it is in, and that loss is told.
func TestDamagedByte(t *testing.T) {
	const hits = 5
	file := segmentFile(t, hits)
	at := bounds(t, file)
	for i := range file {
		for _, ending := range []string{endClosed, endOpen} {
			b := slices.Clone(file)
			b[i] ^= 0x20
			s, loss := openFile(t, ending, b)
			want := upTo(hits)
			wantLoss := Loss{}
			for r := range want {
				if int64(i) >= at[r] && int64(i) < at[r+1] {
					want = slices.Delete(want, r, r+1)
					wantLoss = Loss{Bytes: at[r+1] - at[r], Records: 1}
					if int64(i) >= at[r]+headBytes {
						wantLoss.Hits = 1 // the head still says how many there were
					}
				}
			}
			if ending == endOpen && int64(i) >= at[hits-1] {
				wantLoss = Loss{} // not to be told from a torn tail
			}
			for range 2 { // the second time nothing is told again
				if got := readAll(t, s); !slices.Equal(got, want) {
					t.Fatalf("byte %d of %s: %v, want %v", i, ending, got, want)
				}
			}
			if *loss != wantLoss {
				t.Fatalf("byte %d of %s: lost %+v, want %+v", i, ending, *loss, wantLoss)
			}
			mustDo(t, s.Close())
		}
	}
}

// Damage that comes while the spool is open is told when the segment is read.
func TestDamageWhileOpen(t *testing.T) {
	s, loss := openFile(t, endClosed, segmentFile(t, 4))
	mustDo(t, os.Truncate(s.path(1, endClosed), 250))
	got := readAll(t, s)
	if len(got) == 4 || !slices.Equal(got, upTo(len(got))) || loss.Bytes == 0 {
		t.Errorf("%v, lost %+v", got, loss)
	}
}

func TestRecordsCannotBeMovedOrRepeated(t *testing.T) {
	file := segmentFile(t, 3)
	at := bounds(t, file)
	record := func(n int) []byte { return file[at[n]:at[n+1]] }
	tests := map[string]struct {
		order []int
		want  []int
	}{
		"as written": {[]int{0, 1, 2}, []int{0, 1, 2}},
		"repeated":   {[]int{0, 1, 1, 2, 0}, []int{0, 1, 2}},
		"swapped":    {[]int{1, 0, 2}, []int{1, 2}},
		"taken out":  {[]int{0, 2}, []int{0, 2}},
	}
	for name, tt := range tests {
		b := slices.Clone(file[:headerBytes])
		for _, n := range tt.order {
			b = append(b, record(n)...)
		}
		s, loss := openFile(t, endClosed, b)
		if got := readAll(t, s); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v", name, got)
		}
		if (loss.Bytes+int64(loss.Records) == 0) != (name == "as written") {
			t.Errorf("%s: lost %+v", name, loss)
		}
	}
	// Nor can a record stand in another segment.
	other := segmentFile(t, 1)
	s, _ := openFile(t, endClosed, append(other, record(1)...))
	if got := readAll(t, s); !slices.Equal(got, []int{0}) {
		t.Errorf("record of another segment: %v", got)
	}
}

// With both headers gone nothing can be read: the file is put aside, the rest
// of the spool works.
func TestUnreadableSegmentIsPutAside(t *testing.T) {
	b := segmentFile(t, 2)
	b[3] ^= 1
	b[headerCopy+3] ^= 1
	for _, ending := range []string{endClosed, endOpen} {
		s, loss := openFile(t, ending, b)
		if loss.Bytes != int64(len(b)) {
			t.Errorf("%s: lost %+v", ending, loss)
		}
		put(t, s, 0)
		if got := readAll(t, s); !slices.Equal(got, []int{0}) {
			t.Errorf("%s: %v", ending, got)
		}
		if kept, err := os.ReadFile(s.path(1, endBad)); err != nil || !bytes.Equal(kept, b) {
			t.Errorf("%s: not kept: %v", ending, err)
		}
	}
}

// A record that is authentic but not understood is no damage: the segment waits
// for a version that reads it.
func TestUnknownHitKeepsSegment(t *testing.T) {
	s := mustOpen(t, testOptions(t.TempDir()))
	s.mu.Lock()
	s.waiting.buf = append(s.waiting.buf, 1, 0, 99)
	s.mu.Unlock()
	put(t, s, 0)
	mustDo(t, s.Rotate())
	err := s.Read(s.IDs()[0], func(coarse.Hit) error { return nil })
	if !errors.Is(err, coarse.ErrVersion) || !errors.Is(err, errContents) {
		t.Errorf("Read: %v", err)
	}
	if len(s.IDs()) != 1 {
		t.Error("the segment is gone")
	}
}

// FuzzScan reads any bytes as a segment: every byte is in the header, a proved
// record or the loss, and what is proved is understood.
func FuzzScan(f *testing.F) {
	file := segmentFile(f, 3)
	f.Add(file)
	f.Add(file[:len(file)-1])
	f.Add(append(slices.Clone(file[:headerBytes+10]), file[headerBytes:]...))
	k, err := newKeys(testKey)
	mustDo(f, err)
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := parseHeader(b)
		if err != nil {
			return
		}
		seg := &segment{id: h.id}
		seg.aead, err = k.segment(h.id)
		mustDo(t, err)
		sc := newScanner(bytes.NewReader(b), seg, int64(len(b)))
		total := int64(headerBytes)
		for {
			r, err := sc.next()
			if errors.Is(err, io.EOF) {
				break
			}
			mustDo(t, err)
			hits := 0
			mustDo(t, eachHit(string(r.contents), func(coarse.Hit) error { hits++; return nil }))
			if hits != int(r.hits) {
				t.Errorf("head says %d hits, there are %d", r.hits, hits)
			}
			total += headBytes + int64(r.length)
		}
		sc.tail()
		if total+sc.loss.Bytes != int64(len(b)) {
			t.Errorf("%d bytes read, %d lost, of %d", total, sc.loss.Bytes, len(b))
		}
	})
}
