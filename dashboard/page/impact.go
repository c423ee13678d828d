package page

import (
	"io"

	"github.com/footfall-analytics/footfall/internal/report"
)

// ImpactView is the block of figures on a charity's own website.
type ImpactView struct {
	Charity, Title string
	Figures        []report.Public
}

// Impact draws the block of figures.
func Impact(w io.Writer, v ImpactView) error { return draw(w, "impact", v) }
