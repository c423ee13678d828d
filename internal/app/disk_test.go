package app

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// spellings are the ways in which a text could stand in a file: plain, in
// capitals, in hex, and in base64 at each of the three offsets.
func spellings(text string) map[string][]byte {
	all := map[string][]byte{
		"plain": []byte(text), "capitals": []byte(strings.ToUpper(text)), "hex": []byte(hex.EncodeToString([]byte(text))),
		"utf-16": utf16(text),
	}
	for offset := range 3 {
		coded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", offset) + text))
		all["base64 at "+string(rune('0'+offset))] = []byte(coded[(offset*8+5)/6+1 : len(coded)-2])
	}
	return all
}

func utf16(text string) (b []byte) {
	for _, c := range []byte(text) {
		b = append(b, c, 0)
	}
	return b
}

// find returns the files below dir in which a text stands in any spelling.
func find(t *testing.T, dir, text string) (found []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // merged away meanwhile
		}
		for how, spelling := range spellings(text) {
			if bytes.Contains(content, spelling) {
				found = append(found, filepath.Base(path)+" ("+how+")")
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestNothingReadableIsOnDisk(t *testing.T) {
	s := start(t)
	planted := map[string]string{"page": "/help/quokka-lantern", "email": "marigold@staff.example", "word": "periwinkle-talk", "name": "Saffron Kittiwake"}
	vocabulary := `{"contact":[{"id":"` + planted["word"] + `","label":{"en":"Talk","cy":"Sgwrs"}}]}`
	if _, err := s.addSite(t.Context(), NewSite{
		Name: planted["name"], Hosts: []string{"b.example"}, TimeZone: "Europe/London", QuarterStart: 1, Vocabulary: vocabulary,
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.addUser(t.Context(), NewUser{Email: planted["email"], Name: "Staff", Password: "a-long-enough-one", Role: "owner", Sites: []string{"*"}}); err != nil {
		t.Fatal(err)
	}
	s.visit(t, planted["page"], 40)
	search := func(when string) {
		for what, text := range planted {
			if found := find(t, s.cfg.DataDir, text); len(found) > 0 {
				t.Errorf("%s: the %s stands in %v", when, what, found)
			}
		}
	}
	search("in the spool")
	s.count(t)
	search("counted")
	s.at(time.Date(2026, 4, 5, 0, 0, 0, 0, time.UTC))
	s.seal(t)
	search("sealed")

}

func TestTheSearchCanFail(t *testing.T) {
	for how, spelling := range spellings("/help/quokka-lantern") {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "control"), append([]byte("xx"), append(spelling, "yy"...)...), 0o600); err != nil {
			t.Fatal(err)
		}
		if len(find(t, dir, "/help/quokka-lantern")) == 0 {
			t.Errorf("not found: %s", how)
		}
	}
}
