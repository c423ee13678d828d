package outlet

import (
	"fmt"
	"strings"

	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
)

// facts are the lines of a cover.
func facts(r report.Report) (lines [][2]string) {
	status := string(r.Status)
	if r.Status == report.Provisional {
		status += ": figures so far are to " + Date(r.Period.CountedTo) + ". The final report follows when the period has closed."
	}
	agreed := ""
	if r.Period.Agreed.First != 0 {
		agreed = funder.Dates(r.Period.Agreed.First, r.Period.Agreed.Last)
	}
	for _, l := range [][2]string{
		{"Charity", r.Charity.Name}, {"Registered charity", r.Charity.Number}, {"Website", r.Charity.Website},
		{"Funder", r.Funder}, {"Grant", r.Grant.Title}, {"Funder’s reference", r.Grant.FunderRef}, {"Our reference", r.Grant.CharityRef},
		{"360Giving grant id", r.Grant.Giving}, {"Charity’s organisation id", r.Grant.CharityOrg}, {"Funder’s organisation id", r.Grant.FunderOrg},
		{"Areas (ONS codes)", strings.Join(r.Grant.Areas, ", ")},
		{"Period", r.Period.Label}, {"Dates", r.Period.Dates()}, {"Dates in the agreement", agreed}, {"About the dates", r.Period.Note},
		{"Published", Date(r.Published)}, {"Version", fmt.Sprint(r.Version)}, {"Status", status}, {"Corrected", r.Correction},
		{"Report", r.ID}, {"Content checksum", r.SHA256},
	} {
		if l[1] != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// notesOf are the notes of a workbook: how it was counted, and what the charity
// says itself.
func notesOf(r report.Report) (lines [][2]string) {
	for _, s := range Sections(r) {
		for _, p := range s.Passages {
			lines = append(lines, [2]string{p.Heading, p.Text})
		}
		for _, p := range append(s.Before, s.After...) {
			lines = append(lines, [2]string{s.Heading, p})
		}
	}
	return lines
}
