package e2e

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// search finds planted texts in any bytes, in every form that they are likely
// to have been written in.
type search struct {
	forms map[uint64][]form // by their first eight bytes
}

// form is one way of writing a planted text.
type form struct {
	planted string
	bytes   string
}

// prefix is how much of a form is looked up; a form is at least as long.
const prefix = 8

func newSearch(t testing.TB, planted ...string) *search {
	t.Helper()
	s := &search{forms: map[uint64][]form{}}
	for _, text := range planted {
		for _, written := range writings(text) {
			if len(written) < prefix {
				t.Fatalf("%q is too short to be looked for", written)
			}
			at := binary.NativeEndian.Uint64([]byte(written))
			s.forms[at] = append(s.forms[at], form{text, written})
		}
	}
	return s
}

// writings are the forms of a text: plain, upper and lower case, hex, UTF-16,
// base64 wherever it begins in what was encoded; those of an address also for its bytes.
func writings(text string) []string {
	all := map[string]bool{}
	for _, plain := range []string{text, strings.ToUpper(text), strings.ToLower(text)} {
		all[plain] = true
		inHex := hex.EncodeToString([]byte(plain))
		all[inHex], all[strings.ToUpper(inHex)], all[wide(plain)] = true, true, true
		for shift := range 3 {
			all[inBase64(base64.StdEncoding, plain, shift)], all[inBase64(base64.URLEncoding, plain, shift)] = true, true
		}
	}
	if a, err := netip.ParseAddr(text); err == nil {
		b := a.AsSlice()
		inHex := hex.EncodeToString(b)
		all[inHex], all[strings.ToUpper(inHex)], all[a.StringExpanded()] = true, true, true
		if a.Is6() { // four bytes alone are found by chance
			all[string(b)] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// wide is UTF-16.
func wide(text string) string {
	return strings.TrimSuffix(strings.Join(strings.Split(text, ""), "\x00"), "\x00")
}

// inBase64 is what base64 makes of text that begins shift bytes into a group
// of three, without the characters that its neighbours have a part in.
func inBase64(e *base64.Encoding, text string, shift int) string {
	whole := e.WithPadding(base64.NoPadding).EncodeToString([]byte("\x00\x00"[:shift] + text))
	return whole[(8*shift+5)/6 : 8*(shift+len(text))/6]
}

// in says which planted texts are in the bytes, and how they are written.
func (s *search) in(where string, data []byte) (found []string) {
	for at := range len(data) - prefix + 1 {
		for _, f := range s.forms[binary.NativeEndian.Uint64(data[at:])] {
			if strings.HasPrefix(string(data[at:min(len(data), at+len(f.bytes))]), f.bytes) {
				found = append(found, fmt.Sprintf("%s: %q, in %q", where, f.planted, data[max(0, at-60):min(len(data), at+len(f.bytes)+20)]))
			}
		}
	}
	return found
}

// inTree searches all files below a folder, and their names. Files that go
// while it looks are of a running process. It says how many bytes it has read.
func (s *search) inTree(t testing.TB, dir string) (found []string, read int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			var data []byte
			data, err = os.ReadFile(path)
			read += len(data)
			found = append(found, s.in(path, data)...)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		found = append(found, s.in("name of a file", []byte(path))...)
		return err
	})
	check(t, err)
	return found, read
}

// TestTheSearchFindsWhatIsPlanted is the proof that a search without a find
// means something.
func TestTheSearchFindsWhatIsPlanted(t *testing.T) {
	planted := []string{"Vaultmoth/7.3", "quillfern@planted.example", "192.0.2.7", "2001:db8:5::1f"}
	s := newSearch(t, planted...)
	forms := 0
	for _, text := range planted {
		for _, written := range writings(text) {
			forms++
			if found := s.in("bytes", []byte("\x00\xffabc"+written+"xyz\n")); len(found) == 0 {
				t.Errorf("%q, written %q, is not found", text, written)
			}
			if found := s.in("bytes", []byte(written[:len(written)-1]+"\x00")); len(found) > 0 && written == text {
				t.Errorf("%q is found where it is cut short: %v", text, found)
			}
		}
		for shift := range 3 { // as part of something larger
			whole := base64.StdEncoding.EncodeToString([]byte("abc"[:shift] + text + " and what follows"))
			if len(s.in("base64", []byte(whole))) == 0 {
				t.Errorf("%q is not found in %q", text, whole)
			}
		}
	}
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, "of-VAULTMOTH/7.3"[:12]), []byte("a hit of 192.0.2.7 came"), 0o600))
	if found, read := s.inTree(t, dir); len(found) != 1 || read != 23 {
		t.Errorf("in a folder: %v in %d bytes", found, read)
	}
	t.Logf("%d forms of %d texts are found", forms, len(planted))
}
