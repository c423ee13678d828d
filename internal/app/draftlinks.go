package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
)

// Publish implements dashboard.Reports: what was approved is frozen as the next
// version of the report. Links that open it follow to that version. Tried again
// after a fault, it goes on where it came to.
func (a reports) Publish(ctx context.Context, by account.User, id string, version uint32) (report.Draft, error) {
	if err := mayWrite(by); err != nil && !by.Approves() {
		return report.Draft{}, err
	}
	d, err := a.publish(ctx, by, id, version)
	var late *record.ConflictError
	if errors.As(err, &late) { // what another try has stored is known by now
		d, err = a.publish(ctx, by, id, version)
	}
	var moved *report.ConflictError
	if errors.As(err, &moved) {
		if f, wrong := a.open(by, id); wrong == nil && f.saved.Version == version+1 && f.draft.State == report.Published {
			return f.draft, nil // another try published this very version
		}
	}
	return d, err
}

func (a reports) publish(ctx context.Context, by account.User, id string, version uint32) (report.Draft, error) {
	return a.step(ctx, by, id, version, func(f file) (report.Draft, error) {
		r, err := a.fill(ctx, f)
		if err != nil {
			return f.draft, err
		}
		content, err := r.Content()
		if err != nil {
			return f.draft, err
		}
		d, err := f.draft.Publish(cmp.Or(f.draft.Report, report.IDOf(f.draft.ID(), content)), content)
		if err != nil {
			return d, err
		}
		// The links before the draft: after a crash between them no reader is left
		// with a version that somebody has found to be wrong.
		f.draft = d
		frozen, err := a.freeze(ctx, by, f, r)
		if err == nil {
			err = a.followLinks(ctx, by, frozen)
		}
		return d, err
	})
}

// freeze makes what was approved the next version of its report, unless the
// newest says the same: then a try before this one has frozen it.
func (a reports) freeze(ctx context.Context, by account.User, f file, r report.Report) (report.Report, error) {
	id := f.draft.Report
	versions := a.records.History(report.Kind, id)
	if len(versions) > 0 {
		newest, err := report.Parse(versions[len(versions)-1].Body)
		if err != nil {
			return newest, err
		}
		if content, err := newest.Content(); err != nil || content == f.draft.Seen {
			return newest, err
		}
	}
	r.Checks, r.Approved = checks(f.draft), f.draft.ApprovedOn
	r, err := report.Freeze(r, id, len(versions)+1, a.today(f))
	if err == nil {
		_, err = a.records.Put(ctx, report.Kind, id, uint32(len(versions)), by.ID, r)
	}
	return r, err
}

// checks says in words what was checked before publication.
func checks(d report.Draft) []string {
	text := "The text was checked for names, ages, places, days and other details that could lead to a person; none were left."
	switch n := len(d.Kept); {
	case len(d.Said()) == 0:
		text = ""
	case n == 1:
		text = "The text was checked for names, ages, places, days and other details that could lead to a person; one was left, for a reason that is on record."
	case n > 1:
		text = fmt.Sprintf("The text was checked for names, ages, places, days and other details that could lead to a person; %d were left, for reasons that are on record.", n)
	}
	all := []string{"Every figure was rounded, and small ones were hidden, before anybody saw it.", text, "A second person, who wrote no part of this version, approved it."}
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

// followLinks lets the open links of a report open its new version, and no
// longer the old one. A link for another slice than the report's ends: it was
// not made for what the new version shows.
func (a reports) followLinks(ctx context.Context, by account.User, r report.Report) error {
	for _, doc := range a.records.List(funder.LinkKind) {
		link, err := record.As[funder.Link](doc)
		if err != nil {
			return err
		}
		if link.Report != r.ID || link.Revoked || link.Version == r.Version {
			continue
		}
		if link.Version = r.Version; !reflect.DeepEqual(link.Slice, r.Grant.Slice) {
			link.Revoked = true
		}
		if _, err := a.records.Put(ctx, funder.LinkKind, doc.ID, doc.Version, by.ID, link); err != nil {
			return err
		}
	}
	return nil
}

// Links implements dashboard.Reports.
func (a reports) Links(by account.User, id string) ([]report.LinkLine, error) {
	f, err := a.open(by, id)
	if err != nil {
		return nil, err
	}
	all := []report.LinkLine{}
	for _, doc := range a.records.List(funder.LinkKind) {
		link, err := record.As[funder.Link](doc)
		if err != nil {
			return nil, err
		}
		if link.Report == f.draft.Report && f.draft.Report != "" {
			all = append(all, a.linkLine(doc, link))
		}
	}
	opened, err := a.openings()
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Opened = opened[all[i].Hash]
		slices.Sort(all[i].Opened)
	}
	slices.SortStableFunc(all, func(x, y report.LinkLine) int { return y.Made.Compare(x.Made) })
	return all, nil
}

func (a reports) linkLine(doc record.Doc, l funder.Link) report.LinkLine {
	made := a.records.History(funder.LinkKind, doc.ID)[0]
	return report.LinkLine{
		Hash: l.Hash, Report: l.Report, Version: max(1, l.Version), By: a.person(made.Author), Made: made.Time,
		Expires: l.Expires, Revoked: l.Revoked, Code: l.Code != "",
	}
}

// NewLink implements dashboard.Reports.
func (a reports) NewLink(ctx context.Context, by account.User, id string, terms report.Terms) (report.NewLink, error) {
	if terms.To != "" {
		return a.send(ctx, by, id, terms)
	}
	f, err := a.open(by, id)
	if err != nil {
		return report.NewLink{}, err
	}
	if err := mayWrite(by); err != nil {
		return report.NewLink{}, err
	}
	frozen, err := a.newest(f)
	if err != nil {
		return report.NewLink{}, err
	}
	if terms.Days < 1 || terms.Days > maxLinkDays {
		return report.NewLink{}, &report.RefusedError{Why: fmt.Sprintf("days: want 1 to %d until the link ends", maxLinkDays)}
	}
	link, token, err := f.grant.NewLink(frozen.ID, a.clock().AddDate(0, 0, terms.Days))
	if err != nil {
		return report.NewLink{}, &report.RefusedError{Why: err.Error()}
	}
	// It is a link to what the version shows, whatever the grant says by now.
	link.Version, link.Slice = frozen.Version, frozen.Grant.Slice
	secret := ""
	if terms.Code {
		secret = rand.Text()[:12]
		link.Code = account.Hash(secret)
	}
	doc, err := a.records.Put(ctx, funder.LinkKind, link.Hash, 0, by.ID, link)
	if err != nil {
		return report.NewLink{}, err
	}
	return report.NewLink{LinkLine: a.linkLine(doc, link), URL: a.cfg.PublicURL + "/r/" + token, Secret: secret}, nil
}

// maxLinkDays bounds how long a link opens.
const maxLinkDays = 3 * 366

// newest is the version of a report that links open.
func (a reports) newest(f file) (report.Report, error) {
	if f.draft.Report == "" {
		return report.Report{}, &report.RefusedError{Why: "this report is not published yet: a link opens what is published"}
	}
	return report.Newest(a.records, f.draft.Report)
}

// Revoke implements dashboard.Reports.
func (a reports) Revoke(ctx context.Context, by account.User, hash string) error {
	unknown := fmt.Errorf("no link is named %q: `footfall report links` shows them: %w", hash, record.ErrNotFound)
	doc, err := a.records.Get(funder.LinkKind, hash)
	if err != nil {
		return unknown
	}
	link, err := record.As[funder.Link](doc)
	if err != nil {
		return err
	}
	if _, g, err := a.grantDoc(link.Grant); err != nil || !by.Sees(g.Site) {
		return unknown
	}
	if err := mayWrite(by); err != nil || link.Revoked {
		return err
	}
	link.Revoked = true
	_, err = a.records.Put(ctx, funder.LinkKind, hash, doc.Version, by.ID, link)
	return err
}

// linkNamed finds the hash of which a text is the beginning.
func (a *App) linkNamed(text string) (hash string, err error) {
	for _, doc := range a.records.List(funder.LinkKind) {
		if len(text) >= 8 && strings.HasPrefix(doc.ID, text) {
			if hash != "" {
				return "", fmt.Errorf("several links are named %q: give more of the name", text)
			}
			hash = doc.ID
		}
	}
	if hash == "" {
		return "", fmt.Errorf("no link is named %q: `footfall report links` shows them", text)
	}
	return hash, nil
}
