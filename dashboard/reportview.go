package dashboard

import (
	"slices"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/report"
)

// draftView is what a user sees of a draft.
func (d *Dashboard) draftView(v visitor, work report.Work) page.DraftView {
	view := page.DraftView{Staff: d.staff(v, "reports"), Work: work, Offers: offers(v.User, work.Draft)}
	for i, w := range work.Draft.Words {
		p := page.PassageView{Words: w, N: i}
		seen := map[string]bool{}
		for _, f := range work.Findings {
			if f.Heading == w.Heading && !seen[f.Finding.Key] {
				seen[f.Finding.Key] = true
				p.Found = append(p.Found, f)
			}
		}
		view.Passages = append(view.Passages, p)
	}
	for _, id := range work.Draft.Authors {
		view.Writers = append(view.Writers, work.People[id])
	}
	view.Second = work.People[work.Draft.SubmittedBy]
	return view
}

// offers are the steps that a user may take now: what would be refused is not
// offered.
func offers(u account.User, d report.Draft) page.Offers {
	writes, approves := u.Writes(), u.Approves()
	second := u.ID != d.SubmittedBy && !slices.Contains(d.Authors, u.ID)
	var o page.Offers
	switch d.State {
	case report.Submitted:
		o.Approve, o.SendBack = approves && second, approves || writes
	case report.Approved:
		o.Publish, o.SendBack = approves || writes, approves || writes
	case report.Published:
		o.Correct, o.Share = writes, writes
	default:
		o.Write = writes
	}
	return o
}
