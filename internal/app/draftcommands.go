package app

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/record"
	"github.com/footfall-analytics/footfall/internal/report"
)

// DraftCommand is the arguments of the commands that work on one report.
type DraftCommand struct {
	As      string            `json:"as"` // id or e-mail of the user who acts
	Grant   string            `json:"grant"`
	Period  string            `json:"period"`
	Step    string            `json:"step"`    // of stepDraft
	Version uint32            `json:"version"` // that the step is taken from; 0 = the newest
	Text    string            `json:"text"`    // words, or the reason of a step
	Keep    map[string]string `json:"keep"`    // key of a finding -> why it may stay
	Days    int               `json:"days"`    // until the link ends
	Code    bool              `json:"code"`    // the link asks for a code
	Link    string            `json:"link"`    // hash
}

// DraftShown is what commands print of a report that is being made.
type DraftShown struct {
	ID       string            `json:"id"`
	Version  uint32            `json:"draft_version"`
	State    report.State      `json:"state"`
	SavedBy  string            `json:"saved_by,omitempty"`
	Words    []report.Words    `json:"words"`
	Over     []string          `json:"over,omitempty"` // passages that are too long
	Findings []report.Found    `json:"findings,omitempty"`
	Back     string            `json:"sent_back,omitempty"`
	Filled   bool              `json:"filled"`
	Status   report.Status     `json:"status,omitempty"` // that it has, or would have
	Report   string            `json:"report,omitempty"`
	Publish  int               `json:"version,omitempty"` // newest that is published
	SHA256   string            `json:"sha256,omitempty"`
	Progress []report.Progress `json:"progress,omitempty"`
}

// Text is the report for people.
func (d DraftShown) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s", d.ID, d.State)
	if d.SavedBy != "" {
		fmt.Fprintf(&b, ", last saved by %s (version %d of the draft)", d.SavedBy, d.Version)
	}
	b.WriteString("\n")
	if d.Report != "" {
		fmt.Fprintf(&b, "  published as %s, version %d, SHA-256 %s\n", d.Report, d.Publish, d.SHA256)
	}
	if d.Back != "" {
		fmt.Fprintf(&b, "  sent back: %s\n", d.Back)
	}
	if !d.Filled {
		b.WriteString("  no figures yet: its first month is not sealed\n")
	}
	for _, p := range d.Progress {
		fmt.Fprintf(&b, "  %s: %s of %s  (%s)\n", p.Wording, p.Figure, hoped(p.Target), p.Position)
	}
	for _, w := range d.Words {
		fmt.Fprintf(&b, "# %s  (%d words%s)\n%s\n", w.Heading, w.Count(), map[bool]string{true: fmt.Sprintf(" of at most %d", w.Limit)}[w.Limit > 0], w.Text)
	}
	for _, o := range d.Over {
		fmt.Fprintf(&b, "Too long: %s\n", o)
	}
	for _, f := range d.Findings {
		fmt.Fprintf(&b, "Found %s in “%s”: “%s”. %s %s\n", f.Finding.Key, f.Heading, f.Finding.Words, f.Finding.Why, map[bool]string{true: "It stays: " + f.Reason}[f.Reason != ""])
	}
	return b.String()
}

func shownDraft(w report.Work) DraftShown {
	d := DraftShown{
		ID: w.Draft.ID(), Version: w.Draft.Version, State: w.Draft.State, SavedBy: w.SavedBy, Words: w.Draft.Words, Over: w.Draft.Over(),
		Findings: w.Findings, Back: w.Draft.Back, Filled: w.Filled, Status: w.Report.Status, Report: w.Draft.Report, Progress: w.Report.Progress,
	}
	if n := len(w.Versions); n > 0 {
		d.Publish, d.SHA256, d.Status = n, w.Versions[n-1].SHA256, w.Versions[n-1].Status
	}
	return d
}

// acting is the user in whose name a command is given. What is done to a report
// is always done by somebody.
func (a *App) acting(as string) (account.User, error) {
	for _, doc := range a.records.List(account.Kind) {
		u, err := record.As[account.User](doc)
		if err != nil {
			return u, err
		}
		if (u.ID == as || u.Email == strings.ToLower(strings.TrimSpace(as))) && !u.Disabled {
			return u, nil
		}
	}
	if as == "" {
		return account.User{}, fmt.Errorf("name who acts with --as and the e-mail or id of a user: `footfall user add` adds one")
	}
	return account.User{}, fmt.Errorf("no user has the e-mail or id %q: `footfall user add` adds one", as)
}

// everybody sees all sites and may do nothing: commands that only look.
var everybody = account.User{Sites: []string{account.AllSites}}

func (c DraftCommand) id() string { return report.DraftID(c.Grant, c.Period) }

func (a *App) showDraft(ctx context.Context, c DraftCommand) (DraftShown, error) {
	w, err := reports{a}.Draft(ctx, everybody, c.id())
	return shownDraft(w), err
}

// newestVersion is that of the draft which a command means that names none.
func (a *App) newestVersion(c DraftCommand) uint32 {
	return cmp.Or(c.Version, uint32(len(a.records.History(report.DraftKind, c.id()))))
}

// writeDraft puts the passages of a text in the place of those that have the
// same heading, and adds others.
func (a *App) writeDraft(ctx context.Context, c DraftCommand) (DraftShown, error) {
	by, err := a.acting(c.As)
	if err != nil {
		return DraftShown{}, err
	}
	w, err := reports{a}.Draft(ctx, by, c.id())
	if err != nil {
		return DraftShown{}, err
	}
	e := report.Edit{Words: slices.Clone(w.Draft.Words), Kept: maps.Clone(w.Draft.Kept)}
	given, err := passages(c.Text)
	if err != nil {
		return DraftShown{}, err
	}
	for _, g := range given {
		at := slices.IndexFunc(e.Words, func(old report.Words) bool {
			return g.Kind != "" && old.Kind == g.Kind || g.Kind == "" && strings.EqualFold(old.Heading, g.Heading)
		})
		if at < 0 {
			e.Words = append(e.Words, g)
		} else {
			e.Words[at].Text = g.Text
		}
	}
	if e.Kept == nil {
		e.Kept = map[string]string{}
	}
	maps.Copy(e.Kept, c.Keep)
	if _, err = (reports{a}).Save(ctx, by, c.id(), a.newestVersion(c), e); err != nil {
		return DraftShown{}, err
	}
	return a.showDraft(ctx, c)
}

// passages reads a text in which each passage begins with a line "# Heading".
func passages(text string) (all []report.Words, err error) {
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, maxRequest)
	for lines.Scan() {
		line := lines.Text()
		if heading, ok := strings.CutPrefix(line, "# "); ok {
			all = append(all, report.AboutOf(strings.TrimSpace(heading)))
			continue
		}
		if len(all) == 0 {
			if strings.TrimSpace(line) == "" {
				continue
			}
			return nil, fmt.Errorf(`words: begin each passage with a line such as "# What happened", and the first with it too`)
		}
		all[len(all)-1].Text += line + "\n"
	}
	for i := range all {
		all[i].Text = strings.TrimSpace(all[i].Text)
	}
	return all, lines.Err()
}

// stepDraft takes a report one step on.
func (a *App) stepDraft(ctx context.Context, c DraftCommand) (DraftShown, error) {
	by, err := a.acting(c.As)
	if err != nil {
		return DraftShown{}, err
	}
	r, id, version := reports{a}, c.id(), a.newestVersion(c)
	switch c.Step {
	case "submit":
		_, err = r.Submit(ctx, by, id, version)
	case "approve":
		_, err = r.Approve(ctx, by, id, version)
	case "back":
		_, err = r.SendBack(ctx, by, id, version, c.Text)
	case "publish":
		_, err = r.Publish(ctx, by, id, version)
	case "correct":
		_, err = r.Correct(ctx, by, id, version, c.Text)
	default:
		err = fmt.Errorf("there is no step %q of a report", c.Step)
	}
	if err != nil {
		return DraftShown{}, err
	}
	return a.showDraft(ctx, c)
}

// ReportList is what `report list` prints.
type ReportList []report.Line

// Text is the list for people.
func (l ReportList) Text() string {
	if len(l) == 0 {
		return "No reports yet: no period of a grant has begun. Add a grant with: footfall grant add SITE --funder ID --title TITLE\n"
	}
	var b strings.Builder
	for _, r := range l {
		fmt.Fprintf(&b, "%-12s %s %s  %s for %s", cmp.Or(r.State, "not begun"), r.Grant, r.Period.Name(), r.Period, r.Funder)
		if r.Due != 0 {
			fmt.Fprintf(&b, ", due %s", r.Due.Time().Format("Monday 2 January 2006"))
		}
		if r.Late {
			b.WriteString(" (late)")
		}
		if r.Report != "" {
			fmt.Fprintf(&b, ", %s version %d", r.Report, r.Versions)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// listReports lists the reports of a site's grants, or of all.
func (a *App) listReports(_ context.Context, key string) (ReportList, error) {
	who := everybody
	if key != "" {
		who = account.User{Sites: []string{key}}
	}
	lines, err := reports{a}.Due(who)
	return append(ReportList{}, lines...), err
}

// ReportLinked is what `report link` prints. The link and its code are told once.
type ReportLinked struct{ report.NewLink }

// Text is the link for people.
func (r ReportLinked) Text() string {
	text := fmt.Sprintf("Report %s, version %d. Its link opens until %s and is not shown again:\n  %s\n", r.Report, r.Version, r.Expires.Format("2 January 2006"), r.URL)
	if r.Secret != "" {
		text += fmt.Sprintf("It asks for this code; send it another way than the link:\n  %s\n", r.Secret)
	}
	return text
}

func (a *App) linkReport(ctx context.Context, c DraftCommand) (ReportLinked, error) {
	by, err := a.acting(c.As)
	if err != nil {
		return ReportLinked{}, err
	}
	l, err := reports{a}.NewLink(ctx, by, c.id(), report.Terms{Days: c.Days, Code: c.Code})
	return ReportLinked{l}, err
}

// LinkList is what `report links` prints.
type LinkList []report.LinkLine

// Text is the list for people.
func (l LinkList) Text() string {
	if len(l) == 0 {
		return "No links.\n"
	}
	var b strings.Builder
	for _, k := range l {
		state := "opens until " + k.Expires.Format("2 January 2006")
		if k.Revoked {
			state = "revoked"
		}
		days := make([]string, len(k.Opened))
		for i, d := range k.Opened {
			days[i] = d.String()
		}
		fmt.Fprintf(&b, "%s  %s version %d, %s, made by %s on %s; opened on: %s\n", k.Hash[:hashShown], k.Report, k.Version, state, k.By, k.Made.Format("2 January 2006"),
			cmp.Or(strings.Join(days, ", "), "no day"))
	}
	return b.String()
}

// hashShown is how much of a link's hash people need to name it.
const hashShown = 12

func (a *App) listLinks(_ context.Context, c DraftCommand) (LinkList, error) {
	all, err := reports{a}.Links(everybody, c.id())
	return append(LinkList{}, all...), err
}

// LinkRevoked is what `report revoke` prints.
type LinkRevoked struct {
	Hash string `json:"hash"`
}

// Text says for people what was done.
func (l LinkRevoked) Text() string { return "The link opens nothing any more.\n" }

func (a *App) revokeLink(ctx context.Context, c DraftCommand) (LinkRevoked, error) {
	by, err := a.acting(c.As)
	if err != nil {
		return LinkRevoked{}, err
	}
	hash, err := a.linkNamed(c.Link)
	if err != nil {
		return LinkRevoked{}, err
	}
	return LinkRevoked{hash}, reports{a}.Revoke(ctx, by, hash)
}
