package page

import (
	"io"
	"strings"

	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
)

// ImpactView is the block of figures on a charity's own website.
type ImpactView struct {
	Charity, Title string
	Figures        []report.Public
}

// Impact draws the block of figures.
func Impact(w io.Writer, v ImpactView) error { return draw(w, "impact", v) }

// Same is the time of all figures if they have one, to be said once.
func (v ImpactView) Same() string {
	if len(v.Figures) == 0 {
		return ""
	}
	for _, f := range v.Figures {
		if spanOf(f) != spanOf(v.Figures[0]) {
			return ""
		}
	}
	return spanOf(v.Figures[0])
}

// Small is what is said below a figure: its time, unless it is that of all, and
// whether it was counted elsewhere than on the website.
func (v ImpactView) Small(f report.Public) string {
	var said []string
	if v.Same() == "" {
		said = append(said, spanOf(f))
	}
	if f.Source == funder.Records {
		said = append(said, "from case records")
	}
	return strings.Join(said, ", ")
}

func spanOf(f report.Public) string {
	said := funder.Dates(f.First, f.Last)
	if f.Status == report.Provisional {
		said += " so far"
	}
	return said
}
