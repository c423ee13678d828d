package coarse

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/footfall-analytics/footfall/internal/day"
)

// Limits of an encoded hit. Whoever makes hits keeps their texts far shorter;
// these bound what a damaged file can make a reader do.
const (
	MaxText  = 512       // bytes of one text
	MaxBands = 16        // entries of Length or Depth
	MaxSize  = 24 * 1024 // bytes of one encoded hit
)

// ErrVersion is returned for a hit that a later version of Footfall wrote.
var ErrVersion = errors.New("hit is of an unknown version")

// An encoded hit:
//
//	version   1 byte: 2 if one of the last two fields is there, else 1
//	flags     1 byte: kind in bits 0-2, basis in bits 3-4, new visit, new page, 0
//	fields    2 bytes, little endian: which of the fields below are there
//	day       zigzag varint
//	site      text
//	fields    the texts of texts, then Length and Depth as a count byte and texts,
//	          then those of later
//
// A text is its length as a uvarint and its bytes; an absent field takes no
// room. There is one encoding of each hit: Parse refuses any other.
const (
	version1  = 1
	version2  = 2 // knows the fields of later
	flagVisit = 1 << 5
	flagPage  = 1 << 6
	hasLength = 1 << 11
	hasDepth  = 1 << 12
	hourBit   = 13
	fields1   = 1<<13 - 1
	fields2   = 1<<15 - 1
)

// texts lists the optional texts in the order of their bits and bytes.
func texts(h *Hit) [11]*string {
	return [11]*string{
		&h.Page, &h.Source, &h.Referrer, &h.Campaign, &h.Area, &h.Browser,
		&h.Version, &h.System, &h.Device, &h.Table, &h.Value,
	}
}

// later lists the optional texts that version 1 has not, likewise.
func later(h *Hit) [2]*string { return [2]*string{&h.Hour, &h.Language} }

// Append adds the encoded hit to dst. It refuses a hit without a kind, basis
// or site and texts longer than MaxText; dst is then returned unchanged.
func Append(dst []byte, h Hit) ([]byte, error) {
	if err := check(&h); err != nil {
		return dst, fmt.Errorf("encode hit: %w", err)
	}
	flags := byte(h.Kind) | byte(h.Basis)<<3
	if h.NewVisit {
		flags |= flagVisit
	}
	if h.NewPage {
		flags |= flagPage
	}
	optional, added := texts(&h), later(&h)
	fields, version := fieldsOf(optional[:], 0)|fieldsOf(added[:], hourBit), byte(version1)
	if len(h.Length) > 0 {
		fields |= hasLength
	}
	if len(h.Depth) > 0 {
		fields |= hasDepth
	}
	if fields > fields1 {
		version = version2
	}
	b := append(dst, version, flags)
	b = binary.LittleEndian.AppendUint16(b, fields)
	b = binary.AppendVarint(b, int64(h.Day))
	b = appendText(b, h.Site)
	b = appendTexts(b, optional[:])
	b = appendBands(appendBands(b, h.Length), h.Depth)
	return appendTexts(b, added[:]), nil
}

// fieldsOf says which of the texts are there; the first has the bit of that number.
func fieldsOf(texts []*string, bit int) (fields uint16) {
	for i, t := range texts {
		if *t != "" {
			fields |= 1 << (bit + i)
		}
	}
	return fields
}

func appendTexts(b []byte, texts []*string) []byte {
	for _, t := range texts {
		if *t != "" {
			b = appendText(b, *t)
		}
	}
	return b
}

func check(h *Hit) error {
	if err := checkKinds(h.Kind, h.Basis); err != nil {
		return err
	}
	if h.Site == "" {
		return errors.New("no site")
	}
	long := len(h.Site) > MaxText
	for _, t := range texts(h) {
		long = long || len(*t) > MaxText
	}
	for _, t := range later(h) {
		long = long || len(*t) > MaxText
	}
	for _, bands := range [2][]string{h.Length, h.Depth} {
		if len(bands) > MaxBands {
			return fmt.Errorf("%d bands: at most %d", len(bands), MaxBands)
		}
		for _, t := range bands {
			long = long || len(t) > MaxText
		}
	}
	if long {
		return fmt.Errorf("text longer than %d bytes", MaxText)
	}
	return nil
}

func checkKinds(k Kind, b Basis) error {
	if k < View || k > Decision {
		return fmt.Errorf("kind %d is unknown", k)
	}
	if b < Consent || b > Exception {
		return fmt.Errorf("basis %d is unknown", b)
	}
	return nil
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendBands(b []byte, bands []string) []byte {
	if len(bands) == 0 {
		return b
	}
	b = append(b, byte(len(bands)))
	for _, s := range bands {
		b = appendText(b, s)
	}
	return b
}

// Parse reads exactly one encoded hit. The texts of the result share the memory
// of s: clone what outlives it. It returns ErrVersion for a later version.
func Parse(s string) (Hit, error) {
	if len(s) == 0 {
		return Hit{}, errors.New("parse hit: empty")
	}
	if s[0] != version1 && s[0] != version2 {
		return Hit{}, fmt.Errorf("parse hit: %w: %d", ErrVersion, s[0])
	}
	r := reader{s: s[1:]}
	h, err := r.hit(s[0])
	if err != nil {
		return Hit{}, fmt.Errorf("parse hit: %w", err)
	}
	return h, nil
}

// reader takes an encoded hit apart; once it has failed it stays failed.
type reader struct {
	s   string
	err error
}

func (r *reader) hit(version byte) (Hit, error) {
	flags := r.byte()
	fields := uint16(r.byte()) | uint16(r.byte())<<8
	h := Hit{
		Kind:     Kind(flags & 7),
		Basis:    Basis(flags >> 3 & 3),
		NewVisit: flags&flagVisit != 0,
		NewPage:  flags&flagPage != 0,
		Day:      r.day(),
		Site:     r.text(),
	}
	optional, added := texts(&h), later(&h)
	r.texts(optional[:], fields, 0)
	if fields&hasLength != 0 {
		h.Length = r.bands()
	}
	if fields&hasDepth != 0 {
		h.Depth = r.bands()
	}
	r.texts(added[:], fields, hourBit)
	switch {
	case r.err != nil:
	case len(r.s) > 0:
		r.fail("bytes after the end")
	case flags&0x80 != 0 || fields > fields2 || (version == version1) != (fields <= fields1):
		r.fail("unknown field")
	case h.Site == "":
		r.fail("no site")
	default:
		r.err = checkKinds(h.Kind, h.Basis)
	}
	return h, r.err
}

// texts reads those of the texts that are there.
func (r *reader) texts(texts []*string, fields uint16, bit int) {
	for i, t := range texts {
		if fields&(1<<(bit+i)) == 0 {
			continue
		}
		if *t = r.text(); *t == "" {
			r.fail("empty text")
		}
	}
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = errors.New(what)
	}
	r.s = ""
}

func (r *reader) byte() byte {
	if len(r.s) == 0 {
		r.fail("cut short")
		return 0
	}
	c := r.s[0]
	r.s = r.s[1:]
	return c
}

// uvarint reads a number of at most 32 bits in its shortest form.
func (r *reader) uvarint() uint64 {
	var v uint64
	for shift := 0; shift < 35; shift += 7 {
		c := r.byte()
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			if c == 0 && shift > 0 {
				break
			}
			return v
		}
	}
	r.fail("bad number")
	return 0
}

func (r *reader) day() day.Day {
	u := r.uvarint()
	if u > 1<<32-1 {
		r.fail("bad day")
		return 0
	}
	return day.Day(int64(u>>1) ^ -int64(u&1))
}

func (r *reader) text() string {
	n := r.uvarint()
	if n > MaxText || n > uint64(len(r.s)) {
		r.fail("bad length")
		return ""
	}
	t := r.s[:n]
	r.s = r.s[n:]
	return t
}

func (r *reader) bands() []string {
	n := int(r.byte())
	if n == 0 || n > MaxBands {
		r.fail("bad number of bands")
		return nil
	}
	bands := make([]string, n)
	for i := range bands {
		bands[i] = r.text()
	}
	return bands
}
