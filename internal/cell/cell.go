// Package cell is the vocabulary of aggregates: which tables exist and what a
// cell of one is. A cell is a number of visits (or events) and names nobody.
package cell

import "github.com/footfall-analytics/footfall/internal/day"

// Basis is the ground in PECR on which a visit was counted. Only figures with
// BasisConsent can reach a funder.
type Basis string

// The bases of a count.
const (
	BasisConsent   Basis = "consent"
	BasisException Basis = "exception"

	// BasisRecords is no ground in PECR: figures of the charity's case records,
	// which no visit to a website is in. What is sealed at once is one indicator,
	// so the ledger has a basis for each: see OfIndicator.
	BasisRecords Basis = "records"
)

// OfIndicator is the basis in the ledger of one indicator of case records, such
// as records/families: each is sealed apart, as each comes in by itself.
func OfIndicator(id string) Basis { return BasisRecords + "/" + Basis(id) }

// Scope is what is counted apart: the visits of a site on one basis.
type Scope struct {
	Site  string
	Basis Basis
}

// Table names one count of a site, for example visits by page.
type Table string

// The tables of every site.
const (
	Total    Table = "total"  // visits; its only value is ""
	Page     Table = "page"   // visits that saw the page
	Entry    Table = "entry"  // visits by their first page
	Source   Table = "source" // visits by class of source
	Referrer Table = "referrer"
	Campaign Table = "campaign"
	Area     Table = "area"
	Browser  Table = "browser"
	Version  Table = "version" // current or older
	System   Table = "system"
	Device   Table = "device"
	Hour     Table = "hour"     // visits by the part of the day in which they began
	Language Table = "language" // visits by the family of the browser's first language
	Length   Table = "length"   // visits that lasted at least this long
	Depth    Table = "depth"    // visits that saw at least this many pages
	Search   Table = "search"
	Signpost Table = "signpost"
	Download Table = "download"
	Decision Table = "decision" // answers given in the banner: yes, no
	Banner   Table = "banner"   // answers by banner version and language
	Contact  Table = "contact"
	Issue    Table = "issue"
	Outcome  Table = "outcome"

	ContactHour Table = "contact-hour" // contacts by the part of the day in which they came
)

// Indicator is the table of what a charity defines itself; its values are ids of
// indicators, or id/value. No hit is counted in it, so it is not one of Tables.
const Indicator Table = "indicator"

// Tables lists every table in the order in which pages and reports show them.
var Tables = []Table{
	Total, Page, Entry, Source, Referrer, Campaign, Area, Browser, Version, System, Device,
	Hour, Language, Length, Depth, Search, Signpost, Download, Decision, Banner, Contact, ContactHour, Issue, Outcome,
}

// Cell is a count of visits (or events) of one site, basis, day, table and value.
type Cell struct {
	Site  string
	Basis Basis
	Day   day.Day
	Table Table
	Value string
	N     uint64
}

// Batch is a set of cells that is added once, however often it is sent. The ID
// is the same whenever the same hits are summed again.
type Batch struct {
	ID    string
	Cells []Cell
}
