package dashboard

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	pdf "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// printed is the report's page as Chromium prints it, a tagged PDF.
func printed(t *testing.T, h *house) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go func() { _ = h.app.Listener(ln) }() // Shutdown ends it
	t.Cleanup(func() { must(t, h.app.Shutdown()) })
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	ctx, closeAll := chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath("/usr/bin/chromium"), chromedp.NoSandbox)...)
	defer closeAll()
	ctx, closeTab := chromedp.NewContext(ctx)
	defer closeTab()
	must(t, chromedp.Do(ctx, chromedp.Navigate("http://"+ln.Addr().String()+"/r/"+h.token)))
	yes := true
	file, err := chromedp.Run(ctx, chromedp.PrintToPDF(func(p *pdf.PrintToPDFParams) {
		p.GenerateTaggedPDF, p.PreferCSSPageSize, p.PrintBackground = &yes, &yes, &yes
	}))
	must(t, err)
	path := filepath.Join(t.TempDir(), "report.pdf")
	must(t, os.WriteFile(path, file, 0o600))
	return path
}

// poppler asks one of Debian's tools about a PDF.
func poppler(t *testing.T, tool string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), tool, args...).Output()
	if err != nil {
		t.Fatalf("%s: %v (.ci/install pdf brings it)", tool, err)
	}
	return string(out)
}

// On paper there is what is on the page: A4, tagged, each page numbered and with
// the report's id and version, the head of a table on each page that it is on,
// and each figure in the cell that the tags say.
func TestPrint(t *testing.T) {
	h := build(t, "http://127.0.0.1")
	path := printed(t, h)
	info := poppler(t, "pdfinfo", path)
	for _, want := range []string{"Tagged:          yes", "(A4)", "Title:           Harbour Young People: report to The Lantern Foundation"} {
		if !strings.Contains(info, want) {
			t.Errorf("%q is missing in:\n%s", want, info)
		}
	}
	pages := strings.Split(strings.TrimSuffix(poppler(t, "pdftotext", "-layout", path, "-"), "\f"), "\f")
	if len(pages) < 3 {
		t.Errorf("%d pages", len(pages))
	}
	for i, text := range pages {
		if !strings.Contains(text, "Report FR-7KQ2M9XD, version 1 (Final)") || !strings.Contains(text, fmt.Sprintf("Page %d of %d", i+1, len(pages))) {
			t.Errorf("page %d does not say what it is of:\n%s", i+1, text)
		}
		if strings.Contains(text, "Copy for your form") {
			t.Errorf("page %d has what is for screens alone", i+1)
		}
	}
	tables, checked := readPDF(poppler(t, "pdfinfo", "-struct-text", path)), 0
	for _, f := range h.report.Facts() {
		at := placeOf(h.report, f)
		if at.cards || at.sheetOnly {
			continue
		}
		if got, want := onPaper(tables, at), squeezed(spoken(disclosure.English, f)); !slices.Equal(got, []string{want}) {
			t.Errorf("paper says of %s %q: %q, want %s", f.Part, f.Label, got, want)
		}
		checked++
	}
	if checked < 50 {
		t.Errorf("only %d figures were compared", checked)
	}
}

// onPaper is what the tables of a PDF have at a place. There, a caption and a
// label have their small print with them; a caption that is for screen readers
// alone is not there, and neither is the name of a column that is.
func onPaper(all grids, at place) (said []string) {
	for _, g := range all {
		if len(g.rows) == 0 || !strings.HasPrefix(g.caption, squeezed(at.caption)) && g.caption != "" {
			continue
		}
		col := slices.Index(g.rows[0], squeezed(at.column))
		for _, row := range g.rows[1:] {
			if i := col + len(row) - len(g.rows[0]); col >= 0 && i < len(row) && strings.HasPrefix(row[0], squeezed(at.row)) {
				said = append(said, row[i])
			}
		}
	}
	return said
}

// squeezed leaves spaces out: where a line breaks, the structure of a PDF has none.
func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }
