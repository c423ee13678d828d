package spool

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"os"
	"strings"
	"testing"
)

// No text of a hit can be found in the files, whatever it is looked for in.
func TestFilesTellNothing(t *testing.T) {
	const planted = "/planted/harbour-young-people"
	o := testOptions(t.TempDir())
	var logged bytes.Buffer
	o.Log = slog.New(slog.NewTextHandler(&logged, nil))
	s := mustOpen(t, o)
	for range 3 {
		h := testHit(1)
		h.Page, h.Value, h.Length = planted, planted, []string{planted}
		mustDo(t, s.Put(t.Context(), h))
	}
	mustDo(t, s.Rotate())
	put(t, s, 1)
	mustDo(t, s.Close())
	mustDo(t, os.Truncate(s.path(2, endOpen), 150))
	mustOpen(t, o)
	if logged.Len() == 0 {
		t.Error("the torn tail was not logged")
	}
	files := snapshot(t, o.Dir)
	files["log"] = logged.String()
	for name, content := range files {
		for _, text := range []string{planted, "planted", "kx4f9q"} {
			if form := findForm(content, text); form != "" {
				t.Errorf("%s has %s", name, form)
			}
		}
	}
	for _, control := range []string{"x" + planted, hex.EncodeToString([]byte(planted)), base64.StdEncoding.EncodeToString([]byte("x" + planted))} {
		if findForm(control, planted) == "" {
			t.Errorf("the search does not find %s", control)
		}
	}
}

// findForm returns the form in which content has text: plain, hex or base64 at
// any of its three alignments.
func findForm(content, text string) string {
	forms := []string{text, hex.EncodeToString([]byte(text)), strings.ToUpper(hex.EncodeToString([]byte(text)))}
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for pad := range 3 {
			// Characters that also depend on the neighbours are left out.
			e := enc.EncodeToString([]byte(strings.Repeat("\x00", pad) + text))
			forms = append(forms, e[(pad*8+5)/6:(pad+len(text))*8/6])
		}
	}
	for _, f := range forms {
		if strings.Contains(content, f) {
			return f
		}
	}
	return ""
}

// The keys that are made of the master key are those of earlier versions, which
// may have left files behind.
func TestOldSegmentsOpen(t *testing.T) {
	k, err := newKeys([32]byte{1})
	mustDo(t, err)
	if got := hex.EncodeToString(k.fingerprint[:]); got != "9fe732e1226402fe175d1eeb86ebe021" {
		t.Errorf("fingerprint %s", got)
	}
	box, err := k.segment(segmentID{2})
	mustDo(t, err)
	sealed, err := hex.DecodeString("5e7eed2f5cf082378bfac684f9f9104ed313b24090db7280bba432b3af3038188a922a1308a0f1568c4600")
	mustDo(t, err)
	if text, err := box.Open(nil, nil, sealed, []byte("head")); err != nil || string(text) != "a group of hits" {
		t.Errorf("%q %v", text, err)
	}
}
