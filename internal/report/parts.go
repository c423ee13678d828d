package report

import "github.com/footfall-analytics/footfall/internal/cell"

// Part is a part of reports that a grant's slice can have or leave out.
type Part struct {
	Table cell.Table
	Title string
}

// Parts lists them in the order of the page; downloads are in reports as
// targets alone.
func Parts() []Part {
	all := []Part{{cell.Total, "Visits, by month"}}
	for _, id := range reported {
		all = append(all, Part{id, kinds[id].title})
	}
	return append(all, Part{cell.Download, kinds[cell.Download].title}, Part{cell.Decision, "How many said yes in the banner"})
}
