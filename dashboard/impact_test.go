package dashboard

import (
	"net/http"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
)

// The block shows what was chosen and nothing else, in frames of the charity's
// own hosts alone, without cookie, script or store.
func TestImpact(t *testing.T) {
	h := build(t, public)
	if res := h.get("/impact/kx4f9q"); res.StatusCode != http.StatusNotFound {
		t.Errorf("status %d before anything was chosen", res.StatusCode)
	}
	h.put(report.ImpactKind, "kx4f9q", report.Impact{Title: "What we did", Figures: []report.Chosen{
		{Report: h.report.ID, Indicator: funder.Indicator{Table: cell.Contact}}, {Report: h.report.ID, Indicator: funder.Indicator{Table: cell.Total}},
	}})
	res := h.get("/impact/kx4f9q")
	if res.StatusCode != http.StatusOK {
		t.Fatalf("status %d: %s", res.StatusCode, res.body)
	}
	for _, want := range []string{"What we did", "1,715", "Young people reach somebody to talk to", "8,000", "1 October to 31 December 2026", "We count visits, not people."} {
		if !strings.Contains(res.body, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, never := range []string{"390", "Lantern", "LF-2025-0417", h.report.ID, h.token, "<script", "staff.css", "skip", "style=", "http:", "https:"} {
		if strings.Contains(res.body, never) {
			t.Errorf("%q must not be there", never)
		}
	}
	csp := res.Header.Get("Content-Security-Policy")
	if !strings.HasSuffix(csp, "frame-ancestors www.harbour.example") || !strings.Contains(csp, "default-src 'none'") || res.Header.Get("X-Frame-Options") != "" ||
		len(res.Header.Values("Set-Cookie")) > 0 || res.Header.Get("Referrer-Policy") != "no-referrer" || !strings.HasPrefix(res.Header.Get("Cache-Control"), "public, max-age=300") {
		t.Errorf("header %v", res.Header)
	}
	if res := h.get("/r/" + h.token); res.Header.Get("X-Frame-Options") != "DENY" || strings.Contains(res.body, "staff.css") {
		t.Error("a report may be framed, or has the style of staff")
	}
	for _, key := range []string{"zz9zz9", "nothing"} {
		if res := h.get("/impact/" + key); res.StatusCode != http.StatusNotFound || res.Header.Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: status %d", key, res.StatusCode)
		}
	}
	if css := h.get(page.AssetPath + "/style.css"); css.Header.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
		t.Error("a sandboxed frame may not load its style sheet")
	}
	h.put(report.ImpactKind, "kx4f9q", report.Impact{Title: "What we did"})
	res = h.get("/impact/kx4f9q")
	if res.StatusCode != http.StatusNotFound || !strings.Contains(res.body, "No figures are shown here at present.") || res.Header.Get("X-Frame-Options") != "" {
		t.Errorf("after it was taken away: status %d, %v, %s", res.StatusCode, res.Header, res.body)
	}
}
