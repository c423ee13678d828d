package dashboard

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/utils"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/outlet"
)

// errClosed says that a link opens nothing: unknown, expired, revoked, asked
// with a wrong code. Readers see one answer for all of them.
var errClosed = errors.New("link opens no report")

// errCode says that the link needs a code and none was sent.
var errCode = errors.New("link needs a code")

// opened is a report with the link that opened it.
type opened struct {
	report.Report
	path, code string
}

// report shows the report of a link.
func (d *Dashboard) report(c *fiber.Ctx) error {
	return d.answer(c, func(o opened) error {
		return show(c, fiber.StatusOK, func(w io.Writer) error {
			return page.Report(w, page.ReportView{Report: o.Report, Path: o.path, Code: o.code})
		})
	})
}

func (d *Dashboard) reportCSV(c *fiber.Ctx) error {
	return d.file(c, "csv", "text/csv; charset=utf-8", report.WriteCSV)
}

// reportJSON hands out the frozen report as it was frozen.
func (d *Dashboard) reportJSON(c *fiber.Ctx) error {
	return d.answer(c, func(o opened) error {
		download(c, o.Report, "json", fiber.MIMEApplicationJSONCharsetUTF8)
		if err := c.JSON(o.Report); err != nil {
			return fmt.Errorf("write report: %w", err)
		}
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
		return nil
	})
}

func (d *Dashboard) reportXLSX(c *fiber.Ctx) error {
	return d.file(c, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", outlet.WriteXLSX)
}

func (d *Dashboard) reportDOCX(c *fiber.Ctx) error {
	return d.file(c, "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", outlet.WriteDOCX)
}

// file hands out a file of the report; one that cannot be written whole is an
// error and no half of a file.
func (d *Dashboard) file(c *fiber.Ctx, ext, kind string, write func(io.Writer, report.Report) error) error {
	return d.answer(c, func(o opened) error {
		var b bytes.Buffer
		if err := write(&b, o.Report); err != nil {
			return err
		}
		download(c, o.Report, ext, kind)
		return c.Send(b.Bytes())
	})
}

// schema is the form of report.json, for whoever reads it by machine.
func (d *Dashboard) schema(c *fiber.Ctx) error {
	private(c)
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	c.Set(fiber.HeaderContentType, "application/schema+json")
	return c.Send(outlet.Schema)
}

func download(c *fiber.Ctx, r report.Report, ext, kind string) {
	private(c)
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="%s-v%d.%s"`, r.ID, r.Version, ext))
}

// answer opens the link of the request and lets write answer with the report.
func (d *Dashboard) answer(c *fiber.Ctx, write func(opened) error) error {
	token := utils.CopyString(c.Params("token"))
	o, err := d.open(c, token)
	switch {
	case errors.Is(err, errCode):
		return show(c, fiber.StatusOK, func(w io.Writer) error { return page.Code(w, page.CodeView{Path: "/r/" + token}) })
	case errors.Is(err, errClosed), errors.Is(err, record.ErrNotFound):
		return missing(c)
	case err != nil:
		return fmt.Errorf("open report: %w", err)
	}
	if d.Opened != nil && c.Method() != fiber.MethodHead {
		d.Opened(funder.HashToken(token), day.Of(d.Clock(), time.UTC))
	}
	return write(o)
}

// open finds the report that a token opens now. Whenever a code was sent one
// hash is computed, whether there is such a link, and a code, or not: how long
// the answer takes says nothing of either.
func (d *Dashboard) open(c *fiber.Ctx, token string) (opened, error) {
	hash, code := funder.HashToken(token), posted(c, "code")
	link, err := record.Get[funder.Link](d.Records, funder.LinkKind, hash)
	fits := link.Code == ""
	if code != "" && d.desk.Try("link "+hash, d.from(c)) {
		fits = account.Matches(link.Code, code) || fits
	}
	switch {
	case err != nil:
		return opened{}, err
	case !link.Open(d.Clock()):
		return opened{}, errClosed
	case !fits && code == "":
		return opened{}, errCode
	case !fits:
		return opened{}, errClosed
	}
	r, err := d.linked(link)
	return opened{Report: r, path: "/r/" + token, code: code}, err
}

// linked is the one version of the one report that a link opens. It has to be
// for the slice that the link was made for.
func (d *Dashboard) linked(l funder.Link) (report.Report, error) {
	versions, at := d.Records.History(report.Kind, l.Report), max(1, l.Version)
	if len(versions) < at {
		return report.Report{}, errClosed
	}
	r, err := report.Parse(versions[at-1].Body)
	if err != nil {
		return report.Report{}, err
	}
	if r.ID != l.Report || r.Version != at || !reflect.DeepEqual(r.Grant.Slice, l.Slice) {
		return report.Report{}, errClosed
	}
	return r, nil
}
