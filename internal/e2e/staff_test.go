package e2e

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/internal/app"
)

// staffSeen is what staff.mjs prints.
type staffSeen struct {
	Stopped, Submitted, Reason, Published, Opened, Wrong, Revoked, Unknown, Read string
	Found, Left, Broken                                                          []string
	MayApproveOwn, MayLink                                                       bool
	Files                                                                        map[string]string
}

// checkStaff takes a report of the demo from its first word to a funder's
// phone, in a browser without JavaScript.
func (i *installation) checkStaff() {
	i.t.Helper()
	s := inBrowser[staffSeen](i.t, "staff.mjs", map[string]any{
		"url": i.url(""), "email": demoEmail, "second": demoSecond, "password": demoPassword, "draft": i.unwritten(),
	})
	for _, b := range s.Broken {
		i.t.Error(b)
	}
	found := strings.Join(s.Found, "\n")
	for _, planted := range []string{"“Priya” name", "“14-year-old” age", "“Doncaster” place", "“last Tuesday” day", "Write “a teenager”"} {
		if !strings.Contains(strings.ReplaceAll(found, "Write “a child”, “a teenager”", "Write “a teenager”"), planted) {
			i.t.Errorf("%q was not found, or not explained: %s", planted, found)
		}
	}
	for what, ok := range map[string]bool{
		"a child's name was submitted":           strings.Contains(s.Stopped, "not submitted yet"),
		"the mended text is stopped":             strings.Join(s.Left, " ") == "“Zephyr Room”" && s.Submitted == "Waiting for a second person",
		"who wrote it may approve it":            !s.MayApproveOwn,
		"the second person sees no reason":       strings.Contains(s.Reason, "It is the name of our meeting room"),
		"it was not published":                   s.Published == "Published",
		"an approver may make links":             !s.MayLink,
		"the funder reads something else":        strings.Contains(s.Read, "A teenager wrote to us.") && strings.Contains(s.Read, "More young people came to us than before."),
		"a child can be read of":                 !strings.Contains(s.Read+s.Files["csv"]+s.Files["json"], "Priya"),
		"the files are not of this report":       strings.Contains(s.Files["json"], "A teenager wrote to us.") && strings.Contains(s.Files["csv"], "Tide Trust"),
		"the day of opening is not told":         strings.Contains(s.Opened, "Opened on "),
		"a wrong code is told apart":             s.Wrong == s.Unknown,
		"a revoked link is told apart, or opens": s.Revoked == s.Unknown && strings.Contains(s.Revoked, "There is nothing here"),
	} {
		if !ok {
			i.t.Error(what)
		}
	}
}

// demoSecond is the demo's second person.
const demoSecond = "trustee@harbour.example"

// unwritten is a draft of the demo that nobody has begun, and that has figures.
func (i *installation) unwritten() string {
	i.t.Helper()
	inner := *i
	inner.dir = filepath.Join(i.dir, "demo")
	for _, l := range ask[app.ReportList](&inner, "report", "list") {
		if l.State == "" && l.Sealed.Before(time.Now()) {
			return l.Draft
		}
	}
	i.t.Fatal("all reports of the demo are written")
	return ""
}
