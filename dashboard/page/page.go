// Package page draws the pages that funders and staff see: HTML templates,
// charts as SVG made on the server, one style sheet. It knows figures that may
// be read and nothing of requests.
package page

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/funder"
	"github.com/footfall-analytics/footfall/internal/report"
	"github.com/footfall-analytics/footfall/internal/report/outlet"
	"github.com/footfall-analytics/footfall/internal/story"
	"github.com/footfall-analytics/footfall/internal/tally"
)

//go:embed template/*.html
var templateFiles embed.FS

//go:embed asset
var assetFiles embed.FS

// Asset is a file that pages load.
type Asset struct {
	Name, Type string
	Body       []byte
}

// Assets are the files that a report loads, and all other pages. Their addresses hold a hash of all of
// them, so they may be cached for ever.
var Assets = []Asset{
	{Name: "style.css", Type: "text/css; charset=utf-8", Body: mustRead("asset/style.css")},
	{Name: "icon.svg", Type: "image/svg+xml", Body: mustRead("asset/icon.svg")},
}

// StaffAssets are files that only pages of the staff load; no page for funders
// has a script.
var StaffAssets = []Asset{
	{Name: "staff.css", Type: "text/css; charset=utf-8", Body: mustRead("asset/staff.css")},
	{Name: "numbers.js", Type: Script, Body: mustRead("asset/numbers.js")},
	{Name: "worker.js", Type: Script, Body: mustRead("asset/worker.js")},
	{Name: "sheet.js", Type: Script, Body: mustRead("asset/sheet.js")},
	{Name: "xlsx.js", Type: Script, Body: mustRead("asset/xlsx.js")},
	{Name: "period.js", Type: Script, Body: mustRead("asset/period.js")},
	{Name: "people.js", Type: Script, Body: mustRead("asset/people.js")},
	{Name: "rules.js", Type: Script, Body: rules()},
}

// Script is the type of an Asset that is a script.
const Script = "text/javascript; charset=utf-8"

// rules makes a module of what the server knows people in a file by.
func rules() []byte {
	text, err := tally.Rules()
	if err != nil {
		panic(err) // lists of words can be encoded
	}
	return slices.Concat([]byte("export default "), text, []byte(";\n"))
}

// AssetPath is where the assets live: /assets/<hash>.
var AssetPath = assetPath()

func assetPath() string {
	h := sha256.New()
	for _, a := range slices.Concat(Assets, StaffAssets) {
		h.Write(a.Body)
	}
	return "/assets/" + hex.EncodeToString(h.Sum(nil))[:12]
}

func mustRead(name string) []byte {
	b, err := assetFiles.ReadFile(name)
	if err != nil {
		panic(err) // the file is embedded: this cannot happen in a program that built
	}
	return b
}

// ReportView is the page of a funder report.
type ReportView struct {
	report.Report
	Path string // of the report, without a slash at the end
	Code string // that opened it, empty if the link asks for none; rides on the downloads
}

// CodeView asks for the code of a link.
type CodeView struct{ Path string }

// LoginView is the login page.
type LoginView struct {
	Refused bool
	Email   string // as typed, so that it need not be typed again
}

// Staff is what every page behind the login shows.
type Staff struct {
	User      account.User
	FormToken string
	Here      string // entry of the menu
}

// SitesView lists the sites a user may see.
type SitesView struct {
	Staff
	Sites []SiteLine
}

// SiteLine is one site of the list.
type SiteLine struct {
	Key, Name, Charity string
	Hosts              []string
	LastHit            string
}

// SiteView is the page of one site's sealed figures.
type SiteView struct {
	Staff
	Site   SiteLine
	May    bool        // choose figures for everybody to see
	Counts []CountView // by basis, the latest first; apart, and never added up
}

// CountView is what was counted of a site on one basis.
type CountView struct {
	Basis   cell.Basis
	Alone   bool        // the site has counted on no other basis
	Months  []MonthLine // sealed, latest first
	Picked  disclosure.Period
	Chart   Chart
	Total   disclosure.Figure // visits of the picked month
	Tables  []report.Table
	Answers report.Answers
}

// Own says that the charity counts for itself alone: no funder sees it.
func (v CountView) Own() bool { return v.Basis == cell.BasisException }

// MonthLine is one row of the table of months, and a choice of the picker.
type MonthLine struct {
	Name, Label string // 2026-11, November 2026
	Figure      disclosure.Figure
	Picked      bool
}

// ErrorView is the page of an error.
type ErrorView struct{ Title, Text string }

var templates = parse()

func parse() map[string]*template.Template {
	base := template.Must(template.New("base.html").Funcs(funcs).ParseFS(templateFiles, "template/base.html", "template/parts.html"))
	all := map[string]*template.Template{}
	for _, name := range []string{"report", "code", "method", "login", "sites", "site", "numbers", "count", "reports", "links", "grants", "grant", "funder", "error", "impact", "impactform"} {
		all[name] = template.Must(template.Must(base.Clone()).ParseFS(templateFiles, "template/"+name+".html"))
	}
	// A draft shows parts of the funder's page; what is defined last is the page.
	all["draft"] = template.Must(template.Must(all["report"].Clone()).ParseFS(templateFiles, "template/draft.html"))
	return all
}

// Report draws a funder report.
func Report(w io.Writer, v ReportView) error { return draw(w, "report", v) }

// Code draws the question for a link's code.
func Code(w io.Writer, v CodeView) error { return draw(w, "code", v) }

// Method draws the page that says how we count.
func Method(w io.Writer) error { return draw(w, "method", nil) }

// Login draws the login page.
func Login(w io.Writer, v LoginView) error { return draw(w, "login", v) }

// Sites draws the list of sites.
func Sites(w io.Writer, v SitesView) error { return draw(w, "sites", v) }

// Site draws one site's sealed figures.
func Site(w io.Writer, v SiteView) error { return draw(w, "site", v) }

// Error draws the page of an error.
func Error(w io.Writer, v ErrorView) error { return draw(w, "error", v) }

func draw(w io.Writer, name string, view any) error {
	if err := templates[name].Execute(w, view); err != nil {
		return fmt.Errorf("draw page %s: %w", name, err)
	}
	return nil
}

var funcs = template.FuncMap{
	"assets": func() string { return AssetPath },
	"inc":    func(i int) int { return i + 1 },
	"few":    func() string { return said(disclosure.Figure{}).Text },
	"hidden": func() string { return added(disclosure.Figure{}, true).Text },
	"said":   said,
	"added":  added,
	"shown":  disclosure.Figure.IsShown,
	"number": words.Number,
	"date":   outlet.Date,
	"month":  outlet.Month,
	"on":     on,
	"sort":   func(k story.Kind) string { return sorts[k] },
	"bar":    bar,
	"track":  track,
	"glyph":  func(p report.Position) string { return glyphs[p] },
	"paragraphs": func(s string) []string {
		return strings.Split(strings.TrimSpace(s), "\n\n")
	},
	"files":          func() []file { return files },
	"method":         outlet.Method,
	"glossary":       outlet.Glossary,
	"creed":          func() string { return outlet.Creed },
	"answered":       outlet.Answered,
	"heading":        outlet.Heading,
	"remark":         outlet.Remark,
	"source":         outlet.Source,
	"onTrack":        outlet.OnTrack,
	"seal":           outlet.Seal,
	"approval":       outlet.Approval,
	"estimated":      func() string { return outlet.Estimated },
	"form":           outlet.Form,
	"dates":          funder.Dates,
	"sections":       parts,
	"monthlyCaption": func() string { return outlet.Monthly },
	"oneSource":      oneSource,

	"comparedColumns": outlet.ComparedColumns,
	"then": func(t report.Then, added bool) Said {
		return Said{outlet.Then(t, added).Say(words), t.Figure.IsShown()}
	},
	"visitChart": visitChart,
	"json":       inJSON,
	"per":        func(t report.Table) tableView { return tableView{Table: t, Peak: peak(t.Rows)} },
}

// file is a file that a report can be kept as.
type file struct{ Ext, Name string }

var files = []file{{"xlsx", "Excel"}, {"docx", "Word"}, {"csv", "CSV"}, {"json", "JSON"}}

// glyphs stand beside the words of a position, never instead of them.
var glyphs = map[report.Position]string{
	report.Ahead: "▲", report.OnTrack: "●", report.Behind: "▼", report.NoTarget: "–", report.TooFew: "○", report.NotIn: "○",
}

type tableView struct {
	report.Table
	Peak uint64
}

// HasShares says whether a row has a percentage.
func (t tableView) HasShares() bool {
	return slices.ContainsFunc(t.Rows, func(r report.Row) bool { return r.Share != nil })
}

// words is how the pages write figures.
var words = disclosure.English

// Said is a figure in words.
type Said struct {
	Text  string
	Shown bool
}

func said(f disclosure.Figure) Said { return Said{words.Figure(f), f.IsShown()} }

// added is said for what may be a sum of rows, or of a strict table.
func added(f disclosure.Figure, sum bool) Said {
	if sum {
		return Said{words.Added(f), f.IsShown()}
	}
	return said(f)
}

// peak is the largest shown figure of rows.
func peak(rows []report.Row) (most uint64) {
	for _, r := range rows {
		n, _ := r.Figure.Shown()
		most = max(most, n)
	}
	return most
}

// bar is the length of a figure's bar: a percentage of the longest.
func bar(f disclosure.Figure, peak uint64) string {
	n, ok := f.Shown()
	if !ok || peak == 0 {
		return "0"
	}
	return width(float64(n) / float64(peak) * 100)
}

// Track is a figure's bar with the place of its target; whichever is larger
// takes the whole width.
type Track struct{ Fill, Mark string }

func track(f disclosure.Figure, target uint64) Track {
	n, _ := f.Shown()
	whole := max(n, target, 1)
	return Track{Fill: bar(f, whole), Mark: width(float64(target) / float64(whole) * 100)}
}

// width is a part of a whole width, for SVG.
func width(p float64) string {
	return strconv.FormatFloat(min(p, 100), 'f', 1, 64) + "%"
}
