package spool

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/secret"
)

// A segment is its header, twice (so that no single fault hides the id which
// its key is made from), and records. Numbers are little endian.
//
//	header: magic and version 8, segment id 16, key fingerprint 16, unix seconds of the first hit 8, crc 4
//	record: head, then sealed bytes
//	head:   length of the sealed bytes 4, index in the segment 4, hits 4, crc of id and head 4
//	sealed: nonce 12, AES-256-GCM of the contents with id and head as additional data, tag 16
//	contents: earliest day 4, then each hit as its length 2 and its bytes
const (
	magic          = "ffspool\x01"
	headerCopy     = 8 + 16 + 16 + 8 + 4
	headerBytes    = 2 * headerCopy
	headBytes      = 16
	sealBytes      = 12 + 16 // nonce and tag
	dayBytes       = 4
	frameBytes     = 2
	recordOverhead = headBytes + sealBytes
	maxRecord      = 16 << 20 // sealed bytes of one record
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

type segmentID [16]byte

type fingerprint [16]byte

// keys makes the key of each segment, so that no nonce can meet its like: a
// segment has at most a few million random ones.
type keys struct {
	master      [32]byte
	fingerprint fingerprint // tells a wrong key from a damaged file
}

func newKeys(master [32]byte) (keys, error) {
	k := keys{master: master}
	b, err := hkdf.Key(sha256.New, master[:], nil, "footfall spool key fingerprint", len(k.fingerprint))
	if err != nil {
		return k, fmt.Errorf("make key fingerprint: %w", err)
	}
	copy(k.fingerprint[:], b)
	return k, nil
}

func (k keys) segment(id segmentID) (cipher.AEAD, error) {
	return secret.Cipher(k.master, id[:], "footfall spool segment")
}

// segment is what is known of a segment file.
type segment struct {
	number uint64
	id     segmentID
	aead   cipher.AEAD
	first  time.Time // when the first hit came in
	size   int64     // bytes that hold acknowledged hits; 0 before the first commit
	limit  int64     // size at which it is closed
	hits   int
	index  uint32 // of the next record
	oldest day.Day
	loss   Loss // reported so far
	dirty  bool // the file may be longer than size
}

func (s *Spool) newSegment(number uint64) (*segment, error) {
	g := &segment{number: number, first: s.opt.Clock(), limit: s.opt.SegmentBytes}
	if _, err := rand.Read(g.id[:]); err != nil {
		return nil, fmt.Errorf("make segment id: %w", err)
	}
	var err error
	g.aead, err = s.keys.segment(g.id)
	return g, err
}

func (g *segment) name() string { return hex.EncodeToString(g.id[:]) }

// add counts a record in.
func (g *segment) add(hits int, oldest day.Day) {
	if g.hits == 0 || oldest < g.oldest {
		g.oldest = oldest
	}
	g.hits += hits
}

func fileName(number uint64, ending string) string { return fmt.Sprintf("%016d%s", number, ending) }

// The endings of segment files.
const (
	endOpen   = ".open"
	endClosed = ".seg"
	endBad    = ".bad"
)

var (
	errTorn    = errors.New("header is cut short")
	errDamaged = errors.New("both copies of the header are damaged")
	errNewer   = errors.New("segment was written by a later version of Footfall")
)

// header is the start of a segment file.
type header struct {
	id          segmentID
	fingerprint fingerprint
	first       time.Time // whole seconds
}

func (h header) append(b []byte) []byte {
	for range 2 {
		start := len(b)
		b = append(b, magic...)
		b = append(b, h.id[:]...)
		b = append(b, h.fingerprint[:]...)
		b = binary.LittleEndian.AppendUint64(b, uint64(h.first.Unix()))
		b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli))
	}
	return b
}

func parseHeader(b []byte) (header, error) {
	var h header
	if len(b) < headerBytes {
		return h, errTorn
	}
	for c := b[:headerBytes]; len(c) > 0; c = c[headerCopy:] {
		sum := binary.LittleEndian.Uint32(c[headerCopy-4:])
		if crc32.Checksum(c[:headerCopy-4], castagnoli) != sum {
			continue
		}
		if !bytes.HasPrefix(c, []byte(magic)) {
			return h, errNewer
		}
		copy(h.id[:], c[8:])
		copy(h.fingerprint[:], c[24:])
		h.first = time.Unix(int64(binary.LittleEndian.Uint64(c[40:])), 0)
		return h, nil
	}
	return h, errDamaged
}

// head is the plain part of a record. The checksum makes its length fit to be
// trusted; the seal covers it all.
type head struct {
	length uint32 // of the sealed bytes
	index  uint32
	hits   uint32
}

func (h head) append(b []byte, id segmentID) []byte {
	start := len(b)
	b = binary.LittleEndian.AppendUint32(b, h.length)
	b = binary.LittleEndian.AppendUint32(b, h.index)
	b = binary.LittleEndian.AppendUint32(b, h.hits)
	return binary.LittleEndian.AppendUint32(b, h.sum(b[start:], id))
}

func (head) sum(b []byte, id segmentID) uint32 {
	return crc32.Update(crc32.Checksum(id[:], castagnoli), castagnoli, b)
}

// parseHead reads a head; ok is false if b does not start with one of this
// segment.
func parseHead(b []byte, id segmentID) (h head, ok bool) {
	if len(b) < headBytes || h.sum(b[:12], id) != binary.LittleEndian.Uint32(b[12:]) {
		return h, false
	}
	h.length = binary.LittleEndian.Uint32(b)
	h.index = binary.LittleEndian.Uint32(b[4:])
	h.hits = binary.LittleEndian.Uint32(b[8:])
	return h, h.length >= sealBytes+dayBytes && h.length <= maxRecord
}

// aad is what the seal of a record binds it to: its segment, place and size.
func (h head) aad(id segmentID) []byte {
	var room [16 + headBytes]byte
	return h.append(append(room[:0], id[:]...), id)
}

// seal adds the record of a group to b. It writes the earliest day into the
// room that the group's buffer has for it.
func (g *segment) seal(b []byte, w *group) []byte {
	binary.LittleEndian.PutUint32(w.buf, uint32(w.oldest))
	h := head{length: uint32(sealBytes + len(w.buf)), index: g.index, hits: uint32(w.hits)}
	b = h.append(b, g.id)
	return g.aead.Seal(b, nil, w.buf, h.aad(g.id))
}

// errContents means that an authentic record is not understood: no damage, so
// nothing is skipped.
var errContents = errors.New("record is not understood")

// eachHit calls each for the hits in the contents of a record.
func eachHit(contents string, each func(coarse.Hit) error) error {
	for rest := contents[dayBytes:]; rest != ""; {
		if len(rest) < frameBytes {
			return errContents
		}
		n := frameBytes + int(rest[0]) + int(rest[1])<<8
		if n > len(rest) {
			return errContents
		}
		hit, err := coarse.Parse(rest[frameBytes:n])
		if err != nil {
			return fmt.Errorf("%w: %w", errContents, err)
		}
		if err := each(hit); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}
