package app

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/raw"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/site"
)

// answer lets n visitors answer the banner.
func (s *service) answer(t *testing.T, n int, choices ...string) {
	t.Helper()
	view, _ := s.Site(s.site.Key)
	banner, ok := view.Banners.Current()
	if !ok {
		t.Fatal("no banner")
	}
	for i := range n {
		_, v := s.intake.Decide(t.Context(), &raw.Decision{
			Site: s.site.Key, Banner: banner.Hash, Choices: choices, Lang: "cy",
			Origin: "https://www.harbour.example", UserAgent: agent, Addr: netip.AddrFrom4([4]byte{198, 18, 1, byte(i)}),
		})
		if v != intake.Counted {
			t.Fatal(v)
		}
	}
}

// rewrite stores a new version of the site and its banner.
func (s *service) rewrite(t *testing.T, edit func(*site.Site)) {
	t.Helper()
	edit(&s.site)
	for kind, body := range map[record.Kind]any{site.Kind: s.site, site.BannerKind: site.NewBanner(s.site)} {
		if err := s.replace(t.Context(), kind, s.site.Key, body); err != nil {
			t.Fatal(err)
		}
	}
}

// share opens a report to a funder until a time.
func (s *service) share(t *testing.T, name string, until time.Time) {
	t.Helper()
	g := funder.Grant{ID: "g-" + slug(name), Site: s.site.Key, Funder: slug(name), Title: "Open doors", Agreement: "DSA-1", Assessment: "DPIA-1"}
	link, _, err := g.NewLink("r1", until)
	if err != nil {
		t.Fatal(err)
	}
	for kind, doc := range map[record.Kind]struct {
		id   string
		body any
	}{funder.Kind: {g.Funder, funder.Funder{ID: g.Funder, Name: name}}, funder.GrantKind: {g.ID, g}} {
		if err := s.replace(t.Context(), kind, doc.id, doc.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.replace(t.Context(), funder.LinkKind, link.Hash, link); err != nil {
		t.Fatal(err)
	}
}

func (s *service) packed(t *testing.T, from, to string) (map[string]string, Evidence) {
	t.Helper()
	pack, err := s.packEvidence(t.Context(), EvidenceAsked{Site: s.site.Key, From: from, To: to})
	if err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(pack.Zip), int64(len(pack.Zip)))
	if err != nil {
		t.Fatal(err)
	}
	files, names := map[string]string{}, []string{}
	for _, f := range z.File {
		text, err := fs.ReadFile(z, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name], names = string(text), append(names, f.Name)
	}
	if !slices.IsSorted(names) || !slices.Equal(names, pack.Files) {
		t.Errorf("%q is not %q in order", names, pack.Files)
	}
	return files, pack
}

func at(month time.Month, d int) time.Time { return time.Date(2026, month, d, 12, 0, 0, 0, time.UTC) }

func TestEvidence(t *testing.T) {
	s := start(t) // on 2 March
	s.answer(t, 60, site.Statistics)
	s.answer(t, 30)
	s.count(t)
	s.at(at(3, 20))
	s.rewrite(t, func(c *site.Site) { c.Funders, c.Contact.DPO = []string{"Example Trust"}, "the Head of Services" })
	s.at(at(4, 10))
	s.share(t, "Example Trust", at(4, 20))
	s.at(at(5, 15))
	s.rewrite(t, func(c *site.Site) { c.Name = "Harbour after the period" })
	s.seal(t)

	files, pack := s.packed(t, "2026-03", "2026-04")
	if again, same := s.packed(t, "2026-03", "2026-04"); pack.SHA256 != same.SHA256 || !cmp.Equal(files, again) {
		t.Error("made again, the pack is another")
	}
	s.close(t)
	same, err := Do[Evidence](t.Context(), s.options, "evidence", EvidenceAsked{Site: s.site.Key, From: "2026-03", To: "2026-04"})
	if err != nil || pack.SHA256 != same.SHA256 || !bytes.Equal(pack.Zip, same.Zip) {
		t.Errorf("by command and after a restart, the pack is another: %v", err)
	}
	s.open(t)
	checkSums(t, files)

	var names []string
	for _, name := range pack.Files {
		if !strings.HasSuffix(name, ".cy.txt") {
			names = append(names, name)
		}
	}
	want := []string{
		"README.txt", "SHA256SUMS", "banners/2026-03-02T120000Z-version-1.json", "banners/2026-03-20T120000Z-version-2.json",
		"decisions.json", "evidence.html", "history/banner-0001.json", "history/banner-0002.json", "history/site-0001.json", "history/site-0002.json", "keys.json",
		"notice/2026-03-02T120000Z.cookies.json", "notice/2026-03-02T120000Z.en.txt", "notice/2026-03-20T120000Z.cookies.json", "notice/2026-03-20T120000Z.en.txt",
		"notice/2026-04-10T120000Z.cookies.json", "notice/2026-04-10T120000Z.en.txt", "notice/2026-04-20T120000Z.cookies.json", "notice/2026-04-20T120000Z.en.txt",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	for name, words := range map[string][]string{
		"notice/2026-03-20T120000Z.en.txt": {"Our data protection officer: the Head of Services.", "At present nobody outside", "Version 2 of 20 March 2026"},
		"notice/2026-04-10T120000Z.en.txt": {"Example Trust, for “Open doors”, until 20 April 2026"},
		"notice/2026-04-20T120000Z.en.txt": {"At present nobody outside", "20 April 2026"},
		"notice/2026-03-02T120000Z.cy.txt": {"Preifatrwydd ar wefan Harbour"},
		"keys.json":                        {s.signer.Fingerprint()},
		"history/site-0002.json":           {`"author": "command"`, `"time": "2026-03-20T12:00:00Z"`, `"Example Trust"`},
		"evidence.html":                    {"Shown from 2026-03-02T120000Z until 2026-03-20T120000Z", `<article lang="ar" dir="auto">`, "Gawn ni gyfrif"},
		"README.txt":                       {"Period: 2026-03 to 2026-04"},
	} {
		for _, w := range words {
			if !strings.Contains(files[name], w) {
				t.Errorf("%s: no %q in\n%s", name, w, files[name])
			}
		}
	}
	for name, text := range files {
		if strings.Contains(text, "after the period") {
			t.Errorf("%s is of a later time", name)
		}
		if strings.Contains(text, "198.18.") || strings.Contains(text, "Mozilla") {
			t.Errorf("%s tells of a visitor", name)
		}
	}
	s.checkDecisions(t, files["decisions.json"])
}

// checkDecisions holds the pack's answers against the ledger's figures: the
// pack has them as they are published, and never a count.
func (s *service) checkDecisions(t *testing.T, text string) {
	t.Helper()
	var months []struct {
		Month   string
		Basis   string
		Sealed  bool
		Answers []struct {
			Value  string
			Figure *uint64
		}
	}
	if err := json.Unmarshal([]byte(text), &months); err != nil {
		t.Fatal(err)
	}
	if len(months) != 2 || !months[0].Sealed || months[0].Month != "2026-03" || months[0].Basis != "consent" {
		t.Fatalf("%+v", months)
	}
	shown := map[string]uint64{}
	for _, a := range months[0].Answers {
		if a.Figure != nil {
			if shown[a.Value] = *a.Figure; *a.Figure%5 != 0 {
				t.Errorf("%s: %d was never published", a.Value, *a.Figure)
			}
		}
	}
	if shown["yes"] < 30 || shown["yes"] > 95 || shown["no"] < 5 || shown["no"] > 65 {
		t.Errorf("60 and 30 answers are shown as %v", shown)
	}
	if cells, err := s.store.Cells(t.Context(), s.site.Key, cell.BasisConsent, 0, 1<<20); err != nil || len(cells) == 0 {
		t.Errorf("the test has counted nothing: %v", err)
	}
}

func checkSums(t *testing.T, files map[string]string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(files["SHA256SUMS"]), "\n")
	for _, line := range lines {
		sum, name, _ := strings.Cut(line, "  ")
		if fmt.Sprintf("%x", sha256.Sum256([]byte(files[name]))) != sum {
			t.Errorf("%s has another sum", name)
		}
	}
	if len(lines) != len(files)-1 {
		t.Errorf("%d files have a sum, want %d", len(lines), len(files)-1)
	}
}

func TestEvidenceRefuses(t *testing.T) {
	s := start(t)
	for _, asked := range []EvidenceAsked{
		{Site: "zzzzzz", From: "2026-01", To: "2026-03"}, {Site: s.site.Key, From: "2026-03", To: "2026-01"},
		{Site: s.site.Key, From: "2026-Q1", To: "2026-03"}, {Site: s.site.Key, From: "2026-01-01", To: "2026-03"}, {Site: s.site.Key, From: "", To: "2026-03"},
	} {
		if _, err := s.packEvidence(t.Context(), asked); err == nil {
			t.Errorf("%+v was packed", asked)
		}
	}
	files, _ := s.packed(t, "2026-03", "2026-03")
	if !strings.Contains(files["evidence.html"], "not sealed yet") {
		t.Error("an open month does not say so")
	}
	files, _ = s.packed(t, "2025-01", "2025-01")
	if len(files) != 5 {
		t.Errorf("a time before the site: %d files", len(files))
	}
}
