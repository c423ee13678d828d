package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/dashboard/page"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/tally"
	"github.com/footfall-analytics/footfall/internal/totals"
)

// errForm says that a form lacks what every one of ours has.
var errForm = errors.New("form is not one of ours")

// sent is what a form of the page has: fields, and perhaps a file.
type sent struct {
	fields map[string]string
	file   []byte
}

// readForm reads a form, also one with a file. Nothing of it goes to disk.
func readForm(c *fiber.Ctx) (s sent, err error) {
	s.fields = map[string]string{}
	if !strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm) {
		c.Request().PostArgs().VisitAll(func(k, v []byte) { s.fields[string(k)] = string(v) })
		return s, nil
	}
	form, err := c.MultipartForm()
	if err != nil {
		return s, errForm
	}
	for name, values := range form.Value {
		s.fields[name] = values[0]
	}
	for _, header := range form.File["file"] {
		f, err := header.Open()
		if err != nil {
			return s, errForm
		}
		s.file, err = io.ReadAll(f)
		if err := errors.Join(err, f.Close()); err != nil {
			return s, errForm
		}
	}
	return s, nil
}

// enterNumbers takes the forms of the page.
func (d *Dashboard) enterNumbers(c *fiber.Ctx) error {
	n, ok, err := d.atNumbers(c)
	if !ok {
		return err
	}
	s, err := readForm(c)
	if err != nil || !d.sameOrigin(c) || !d.desk.FormOK(n.token, s.fields["form"]) || !n.mayEnter() {
		return refuseForm(c)
	}
	done, preview, err := n.do(c.UserContext(), s)
	if errors.Is(err, errForm) {
		return refuseForm(c)
	}
	refused := tally.AsRefusal(err)
	if err != nil && refused == nil {
		return err
	}
	view, err := n.view(c.UserContext())
	if err != nil {
		return err
	}
	view.Done, view.Preview = done, preview
	if refused == nil {
		return n.show(c, fiber.StatusOK, view)
	}
	view.Problems = strings.Split(refused.Error(), "\n")
	if s.fields["do"] == "enter" {
		view.Enter, view.Typed, view.Problems = view.indicator(s.fields["indicator"]), s.fields, inForm(refused)
	}
	return n.show(c, http.StatusUnprocessableEntity, view)
}

// inForm says what is wrong with the fields of a form, which has no rows and
// columns.
func inForm(r *tally.Refusal) (all []string) {
	for _, p := range r.Problems {
		text := p.Text
		if name := map[string]string{"A": "Month or quarter", "D": "How many"}[p.Column]; name != "" {
			text = name + ": " + text
		}
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// do does what the button of a form says. What stands in its way is a
// *tally.Refusal.
func (n numbersDesk) do(ctx context.Context, s sent) (done string, preview *page.NumbersPreview, err error) {
	switch s.fields["do"] {
	case "preview":
		preview, err = n.preview(ctx, "file", s.file, tally.Parse)
	case "enter":
		preview, err = n.preview(ctx, "form", n.typed(s.fields), tally.ParseJSON)
	case "counted":
		preview, err = n.preview(ctx, "browser", []byte(s.fields["totals"]), tally.Parse)
	case "save":
		done, err = n.save(ctx, s.fields)
	case "undo":
		done, err = n.undo(ctx)
	case "final":
		done, err = n.final(ctx)
	case "template":
		done, err = n.template(ctx, s.fields["template"])
	default:
		err = errForm
	}
	return done, preview, err
}

// typed makes a message of what was typed into the form of one indicator.
func (n numbersDesk) typed(fields map[string]string) []byte {
	rows := []map[string]string{}
	row := func(value, count string) {
		if strings.TrimSpace(count) != "" {
			rows = append(rows, map[string]string{"period": fields["period"], "indicator": fields["indicator"], "value": value, "count": count})
		}
	}
	row("", fields["count"])
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if value, ok := strings.CutPrefix(name, "value-"); ok {
			row(value, fields[name])
		}
	}
	body, err := json.Marshal(map[string]any{"totals": rows})
	if err != nil {
		return nil // texts can always be encoded
	}
	return body
}

type parser = func([]byte, tally.Options) (tally.File, error)

func (n numbersDesk) upload(from string, content []byte, read parser) (u totals.Upload, err error) {
	o, err := n.Totals.Options(n.site.Key)
	if err != nil {
		return u, err
	}
	file, err := read(content, o)
	return totals.Upload{Site: n.site.Key, Author: n.ID, From: from, File: file, Hash: totals.Hash(content)}, err
}

func (n numbersDesk) preview(ctx context.Context, from string, content []byte, read parser) (*page.NumbersPreview, error) {
	u, err := n.upload(from, content, read)
	if err != nil {
		return nil, err
	}
	p, err := n.Totals.Preview(ctx, u)
	if err != nil {
		return nil, err
	}
	view := &page.NumbersPreview{Notes: p.Notes, From: from, Same: true}
	var rows []map[string]string
	for _, l := range p.Lines {
		view.Same = view.Same && l.Change == totals.Same
		line := page.PreviewLine{Period: periodLabel(l.Period), Indicator: l.Indicator, Count: l.Whole, Added: l.Added, Change: changeText(l)}
		row := func(value string, count uint64) {
			rows = append(rows, map[string]string{"period": l.Name, "indicator": l.Indicator, "value": value, "count": strconv.FormatUint(count, 10)})
		}
		if !l.Added {
			row("", l.Whole)
		}
		for _, def := range n.defined {
			if def.ID != l.Indicator {
				continue
			}
			line.Indicator = def.Label.En
			for _, value := range def.Values {
				if count, ok := l.Parts[value.ID]; ok {
					line.Values = append(line.Values, page.PreviewValue{Label: value.Label.En, Count: count})
					row(value.ID, count)
				}
			}
		}
		view.Lines = append(view.Lines, line)
	}
	body, err := json.Marshal(map[string]any{"totals": rows})
	view.Body = string(body)
	return view, err
}

func changeText(l totals.Line) string {
	switch l.Change {
	case totals.Same:
		return "Nothing: it is there already"
	case totals.Replaces:
		return "Replaces " + disclosure.English.Number(*l.Was)
	default:
		return "New"
	}
}

func (n numbersDesk) save(ctx context.Context, fields map[string]string) (string, error) {
	from := fields["from"]
	if !slices.Contains([]string{"form", "file", "browser"}, from) {
		return "", errForm
	}
	u, err := n.upload(from, []byte(fields["totals"]), tally.ParseJSON)
	if err != nil {
		return "", err
	}
	p, err := n.Totals.Save(ctx, u)
	changed := 0
	for _, l := range p.Lines {
		if l.Change != totals.Same {
			changed++
		}
	}
	if err != nil || changed == 0 {
		return "All of it was there already.", err
	}
	return fmt.Sprintf("Stored: %s. They are sealed in two days at the earliest; until then they can be replaced and undone.", plural(changed, "total")), nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// inWords makes of what a user can be told a refusal in words.
func inWords(err error) error {
	return &tally.Refusal{Problems: []tally.Problem{{Text: err.Error()}}}
}

func (n numbersDesk) undo(ctx context.Context) (string, error) {
	u, err := n.Totals.Undo(ctx, n.site.Key, "", n.ID)
	if errors.Is(err, totals.ErrNothing) {
		return "", inWords(err)
	}
	return "Undone: " + plural(len(u.Periods), "total") + ". What stood before stands again.", err
}

func (n numbersDesk) final(ctx context.Context) (string, error) {
	count, err := n.Totals.Final(ctx, n.site.Key, "", "", n.ID)
	if errors.Is(err, totals.ErrNothing) {
		return "", inWords(err)
	}
	if err == nil && n.SealTotals != nil {
		err = n.SealTotals(ctx)
	}
	return "Sealed: " + plural(count, "total") + ".", err
}

func (n numbersDesk) template(ctx context.Context, id string) (string, error) {
	if _, err := funder.FindTemplate(id); err != nil {
		return "", errForm
	}
	count, err := n.Totals.TakeTemplate(ctx, n.site.Key, id, n.ID)
	if errors.Is(err, totals.ErrNothing) {
		return "", inWords(err)
	}
	return fmt.Sprintf("You can now enter %s.", plural(count, "indicator")), err
}
