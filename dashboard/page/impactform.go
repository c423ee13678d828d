package page

import (
	"io"
	"net/url"
	"strings"

	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
)

// ImpactTitle is the heading of a block that nobody has named yet.
const ImpactTitle = "What we did, in numbers"

// ImpactFormView is the form in which staff choose the figures of the block on
// their own website.
type ImpactFormView struct {
	Staff
	report.ImpactSheet
	Form
	Origin string // of the block, for a website's security policy
}

// figureTick begins the name of the tick of a figure.
const figureTick = "figure-"

// FigureTick names the tick of a figure. It says itself which it is: by its
// place in the list, a report published meanwhile would make it another.
func FigureTick(c report.Chosen) string { return figureTick + url.PathEscape(c.String()) }

// Figure is the figure that a tick is of.
func Figure(name string) (c report.Chosen, ok bool) {
	escaped, ok := strings.CutPrefix(name, figureTick)
	if !ok {
		return c, false
	}
	text, err := url.PathUnescape(escaped)
	if err == nil {
		c, err = report.ParseChosen(text)
	}
	return c, err == nil
}

// ImpactFields are the fields of the form; those of the part of a report's id
// are its figures, of which those that may not be chosen are locked.
func ImpactFields(reports []report.Report) []Field {
	all := []Field{needed(text("title", "title", "Heading", "It stands above the figures, and names the frame for people who cannot see it."))}
	for _, r := range reports {
		for _, o := range r.Offers() {
			f := Field{Part: r.ID, Name: FigureTick(o.Chosen), Label: o.Label + ": " + added(o.Figure, o.Added).Text, Type: "tick", Locked: o.Why != nil}
			var hints []string
			if span := spanOf(o.Public); span != r.Period.Dates() {
				hints = append(hints, span+".")
			}
			if o.Source == funder.Records {
				hints = append(hints, "From case records.")
			}
			if o.Why != nil {
				hints = append(hints, "It cannot be chosen: "+o.Why.Error()+".")
			}
			f.Hint = strings.Join(hints, " ")
			all = append(all, f)
		}
	}
	return all
}

// ImpactForm draws the form.
func ImpactForm(w io.Writer, v ImpactFormView) error { return draw(w, "impactform", v) }
