package app

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	_ "embed" // the page and the words beside it
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strings"
	texttemplate "text/template"
	"time"

	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// Evidence is a pack in one ZIP file. The same records give the same bytes.
type Evidence struct {
	Zip    []byte   `json:"zip,omitempty"`
	SHA256 string   `json:"sha256"` // of the ZIP file
	Files  []string `json:"files"`
}

// Text is the pack for people.
func (e Evidence) Text() string {
	return fmt.Sprintf("%d files, SHA-256 of the whole %s.\nREADME.txt in it says what they are. Unpacked, `sha256sum -c SHA256SUMS` checks them.\n", len(e.Files), e.SHA256)
}

//go:embed evidence.html
var evidenceHTML string

//go:embed evidence.txt
var evidenceReadme string

var (
	evidenceFuncs  = map[string]any{"time": evidenceTime, "figure": disclosure.English.Figure, "few": disclosure.Figure{}.String, "langs": func(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }}
	evidencePage   = template.Must(template.New("evidence").Funcs(evidenceFuncs).Parse(evidenceHTML))
	evidenceSimple = texttemplate.Must(texttemplate.New("readme").Funcs(evidenceFuncs).Parse(evidenceReadme))
)

// evidenceTime writes a time so that it sorts and can be part of a file's name.
func evidenceTime(t time.Time) string { return t.UTC().Format("2006-01-02T150405Z") }

// pack makes the file. Entries are in the order of their names, have the time
// of the period's end and are not compressed, since compressors change.
func (e evidence) pack() (Evidence, error) {
	files, err := e.files()
	if err != nil {
		return Evidence{}, err
	}
	names := slices.Sorted(maps.Keys(files))
	var sums strings.Builder
	for _, name := range names {
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(files[name]), name)
	}
	files["SHA256SUMS"] = []byte(sums.String())
	names = slices.Sorted(maps.Keys(files))
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: e.end})
		if err != nil {
			return Evidence{}, fmt.Errorf("pack evidence: %w", err)
		}
		if _, err := w.Write(files[name]); err != nil {
			return Evidence{}, fmt.Errorf("pack evidence: %w", err)
		}
	}
	if err := z.Close(); err != nil {
		return Evidence{}, fmt.Errorf("pack evidence: %w", err)
	}
	return Evidence{Zip: b.Bytes(), SHA256: fmt.Sprintf("%x", sha256.Sum256(b.Bytes())), Files: names}, nil
}

func (e evidence) files() (map[string][]byte, error) {
	documents := map[string]any{"decisions.json": e.Decisions, "keys.json": e.Keys}
	files := map[string][]byte{}
	for _, b := range e.Banners {
		documents[fmt.Sprintf("banners/%s-version-%d.json", evidenceTime(b.From), b.Version)] = b
	}
	for _, d := range e.History {
		documents[fmt.Sprintf("history/%s-%04d.json", d.Kind, d.Version)] = d
	}
	for _, n := range e.Notices {
		at := evidenceTime(n.From)
		documents["notice/"+at+".cookies.json"] = n.Declaration
		for lang, text := range n.Texts {
			files["notice/"+at+"."+lang+".txt"] = []byte(text)
		}
	}
	for name, v := range documents {
		text, err := encodePlainly(v)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", name, err)
		}
		files[name] = text
	}
	var page, readme bytes.Buffer
	if err := evidencePage.Execute(&page, e); err != nil {
		return nil, fmt.Errorf("write evidence.html: %w", err)
	}
	if err := evidenceSimple.Execute(&readme, e); err != nil {
		return nil, fmt.Errorf("write README.txt: %w", err)
	}
	files["evidence.html"], files["README.txt"] = page.Bytes(), readme.Bytes()
	return files, nil
}

// encodePlainly writes JSON with sorted keys, one to a line, so that two versions can
// be compared line by line.
func encodePlainly(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var plain any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&plain); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err = enc.Encode(plain)
	return b.Bytes(), err
}
