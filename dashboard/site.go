package dashboard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/outlet"
	"github.com/footfall-analytics/footfall/internal/site"
)

// staffTables are the tables of a site's page, in its order.
var staffTables = []cell.Table{
	cell.Contact, cell.ContactHour, cell.Issue, cell.Outcome, cell.Page, cell.Entry, cell.Source, cell.Referrer, cell.Campaign,
	cell.Device, cell.Browser, cell.System, cell.Area, cell.Hour, cell.Language, cell.Length, cell.Depth, cell.Signpost, cell.Search, cell.Download,
}

// staffMonths is how many months the page of a site goes back.
const staffMonths = 24

// smallest is the median figure below which a chart goes over to the next
// longer period: shorter ones would be mostly gaps.
const smallest = 50

// site shows the sealed figures of one site.
func (d *Dashboard) site(c *fiber.Ctx, v visitor) error {
	key := utils.CopyString(c.Params("key"))
	if !v.Sees(key) {
		return missing(c)
	}
	s, err := record.Get[site.Site](d.Records, site.Kind, key)
	if err != nil {
		return fmt.Errorf("show site: %w", err)
	}
	view := page.SiteView{Staff: d.staff(v, "sites"), Site: d.line(s), May: v.Writes()}
	view.Counts, err = d.counts(c.UserContext(), s, utils.CopyString(c.Query("month")))
	if errors.Is(err, errMonth) {
		return missing(c)
	}
	if err != nil {
		return fmt.Errorf("show site: %w", err)
	}
	return showForm(c, fiber.StatusOK, func(w io.Writer) error { return page.Site(w, view) })
}

// errMonth says that a month was asked for that is not one of the sealed ones.
var errMonth = errors.New("no such month")

// counts reads the figures of the month with a name, or of the latest one, on
// each basis on which the site has counted.
func (d *Dashboard) counts(ctx context.Context, s site.Site, month string) ([]page.CountView, error) {
	counted, err := site.CountedOn(d.Records.History(site.Kind, s.Key), d.Records.History(site.BannerKind, s.Key))
	if err != nil {
		return nil, err
	}
	found := month == ""
	views := make([]page.CountView, len(counted))
	for i, c := range counted {
		f := figures{d, d.Figures.Once(), s, day.Of(c.Since, s.Location())}
		if c.Basis == cell.BasisException {
			f.Source = d.Own.Once()
		}
		views[i] = page.CountView{Basis: c.Basis, Alone: len(counted) == 1}
		if err := f.fill(ctx, &views[i], month); err != nil {
			return nil, err
		}
		found = found || views[i].Picked.Name != ""
	}
	if !found {
		return nil, errMonth
	}
	return views, nil
}

// figures are those of one site and basis.
type figures struct {
	*Dashboard
	report.Source
	site  site.Site
	since day.Day // first day that was counted
}

// total asks for the visits.
func (f figures) total() disclosure.Query {
	return disclosure.Query{Site: f.site.Key, Table: cell.Total}
}

// fill reads the figures of the month with a name, or of the latest one. If the
// month is not sealed on this basis none is picked.
func (f figures) fill(ctx context.Context, view *page.CountView, month string) error {
	sealed, err := f.sealedMonths(ctx)
	if err != nil {
		return err
	}
	at := len(sealed) - 1
	if month != "" {
		at = slices.IndexFunc(sealed, func(p disclosure.Point) bool { return p.Period.Name == month })
	}
	for i, p := range sealed {
		view.Months = append(view.Months, page.MonthLine{
			Name: p.Period.Name, Label: outlet.Month(p.Period.First), Figure: p.Figure, Picked: i == at,
		})
	}
	slices.Reverse(view.Months) // the latest first
	if at < 0 {
		return nil
	}
	view.Picked, view.Total = sealed[at].Period, sealed[at].Figure
	if view.Chart, err = f.chart(ctx, view.Picked, view.Total); err != nil {
		return err
	}
	view.Chart.ID = "visits-by-" + string(view.Basis)
	return f.fillTables(ctx, view)
}

func (f figures) fillTables(ctx context.Context, view *page.CountView) (err error) {
	tables := report.NewTables(f.Source, f.site, f.Names)
	for _, id := range staffTables {
		t, err := tables.Table(ctx, id, view.Picked)
		if err != nil {
			return err
		}
		if len(t.Rows) > 0 {
			view.Tables = append(view.Tables, t)
		}
	}
	view.Answers, err = tables.Answers(ctx, view.Picked)
	return err
}

// sealedMonths are the months that may be picked, oldest first, from the one in
// which counting began.
func (f figures) sealedMonths(ctx context.Context) (months []disclosure.Point, err error) {
	y, m, _ := day.Of(f.Clock(), f.site.Location()).Time().Date()
	first := max(day.New(y, m-staffMonths, 1), f.since)
	points, err := f.Series(ctx, f.total(), disclosure.Months(first, day.New(y, m, 1)-1))
	if err != nil {
		return nil, err
	}
	for _, p := range points {
		if p.Sealed {
			months = append(months, p)
		}
	}
	return months, nil
}

// chart shows the days of a month; of a small site the weeks up to its end,
// and of a very small one the months.
func (f figures) chart(ctx context.Context, month disclosure.Period, sum disclosure.Figure) (page.Chart, error) {
	last := month.Last
	c := page.Chart{Headline: monthLine(month, sum)}
	for _, cut := range []struct {
		periods []disclosure.Period
		by      string
		column  func(i int, first day.Day) page.Column
	}{
		{disclosure.Days(month.First, last), "day, " + outlet.Month(month.First), dayColumn},
		{disclosure.Weeks(last-13*7, last), "week, the weeks up to " + outlet.Date(last), weekColumn},
		{disclosure.Months(day.New(last.Year(), last.Month()-11, 1), last), "month, the year up to " + outlet.Month(last), page.MonthColumn},
	} {
		q := f.total()
		points, err := f.Series(ctx, q, cut.periods)
		if err != nil {
			return page.Chart{}, err
		}
		c.Columns, c.Subtitle = nil, "Visits by "+cut.by+", rounded to 5"
		for _, p := range points {
			if p.Sealed {
				col := cut.column(len(c.Columns), p.Period.First)
				q.Period = p.Period
				col.Figure, col.Strict = p.Figure, f.IsStrict(q)
				c.Columns = append(c.Columns, col)
			}
		}
		if median(points) >= smallest {
			break
		}
	}
	return c, nil
}

func monthLine(month disclosure.Period, sum disclosure.Figure) string {
	if !sum.IsShown() {
		return "Too few visits in " + outlet.Month(month.First) + " to show"
	}
	return disclosure.English.Figure(sum) + " visits in " + outlet.Month(month.First)
}

func dayColumn(i int, first day.Day) page.Column {
	col := page.Column{Name: first.Time().Format("Monday 2 January")}
	if i == 0 || (i+1)%5 == 0 {
		col.Tick = first.Time().Format("2")
	}
	return col
}

func weekColumn(i int, first day.Day) page.Column {
	col := page.Column{Name: "Week from " + first.Time().Format("2 January"), Tick: first.Time().Format("2")}
	if i == 0 || first.Time().Day() <= 7 {
		col.Under = first.Time().Format("Jan")
	}
	return col
}

// median of the shown figures, hidden ones as 0.
func median(points []disclosure.Point) uint64 {
	var shown []uint64
	for _, p := range points {
		if p.Sealed {
			n, _ := p.Figure.Shown()
			shown = append(shown, n)
		}
	}
	if len(shown) == 0 {
		return 0
	}
	slices.Sort(shown)
	return shown[len(shown)/2]
}
