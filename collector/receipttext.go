package collector

import (
	"fmt"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/site"
)

// receiptWords is the wording of the receipt page in one language.
type receiptWords struct {
	OtherLang, OtherName string // the other language and its own name for itself
	Title                string
	Yes, No              string // with the day and the site's name
	Nobody               string
	Asked                string
	InForce, Ended       string // InForce with the days that an answer lasts
	Facts                string
	Site, Day            string
	Version, Key         string
	Months               [12]string
	NoTo, NotTo          string // before the purposes that were refused: all, or the rest
	Purposes             string
	Basis                map[site.Basis]string
	Notice               string
	Days, Session        string // how long something is kept; Days with their number
}

// date writes a day as people of the language do.
func (w *receiptWords) date(d day.Day) string {
	return fmt.Sprintf("%d %s %d", d.Time().Day(), w.Months[d.Month()-1], d.Year())
}

var receiptTexts = map[string]*receiptWords{
	"en": {
		OtherLang: "cy", OtherName: "Cymraeg",
		Title:   "What this receipt proves",
		Yes:     "On %s a visitor to the website of %s said yes to this:",
		No:      "On %s a visitor to the website of %s said no. Nothing may be counted.",
		Nobody:  "It does not say who. Everybody who gave the same answer on that day holds the same receipt, and we keep no list of receipts.",
		Asked:   "This is what they were asked",
		InForce: "The website asks for the same today. The answer holds for %d days from that day, or until it is changed.",
		Ended:   "The website asks for something else today, so the answer no longer holds.",
		Facts:   "The facts that are signed",
		Site:    "Website", Day: "Day", Version: "Version of the question", Key: "Signing key",
		Months: [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
		NoTo:   "They said no to this:", NotTo: "They said no to the rest:",
		Purposes: "What it was for, and who else has a part in it",
		Basis: map[site.Basis]string{
			site.Necessary: "The website cannot do without it.", site.Exception: "It is on until the visitor objects.",
			site.Appearance: "It is on until the visitor turns it off.", site.Consent: "It is off until the visitor says yes.",
		},
		Notice: "privacy notice", Days: "kept for at most %d days", Session: "not kept for a set time",
	},
	"cy": {
		OtherLang: "en", OtherName: "English",
		Title:   "Beth mae’r dderbynneb hon yn ei brofi",
		Yes:     "Ar %s dywedodd ymwelydd â gwefan %s ie i hyn:",
		No:      "Ar %s dywedodd ymwelydd â gwefan %s na. Ni chaniateir cyfrif dim.",
		Nobody:  "Nid yw’n dweud pwy. Mae gan bawb a roddodd yr un ateb ar y diwrnod hwnnw yr un dderbynneb, ac nid ydym yn cadw rhestr o dderbynebau.",
		Asked:   "Dyma’r hyn a ofynnwyd iddynt",
		InForce: "Mae’r wefan yn gofyn am yr un peth heddiw. Mae’r ateb yn para am %d o ddyddiau o’r diwrnod hwnnw, neu nes iddo gael ei newid.",
		Ended:   "Mae’r wefan yn gofyn am rywbeth arall heddiw, felly nid yw’r ateb yn sefyll mwyach.",
		Facts:   "Y ffeithiau sydd wedi’u llofnodi",
		Site:    "Gwefan", Day: "Diwrnod", Version: "Fersiwn y cwestiwn", Key: "Allwedd llofnodi",
		Months: [12]string{"Ionawr", "Chwefror", "Mawrth", "Ebrill", "Mai", "Mehefin", "Gorffennaf", "Awst", "Medi", "Hydref", "Tachwedd", "Rhagfyr"},
		NoTo:   "Dywedwyd na i hyn:", NotTo: "Dywedwyd na i’r gweddill:",
		Purposes: "Beth oedd ei ddiben, a phwy arall sydd â rhan ynddo",
		Basis: map[site.Basis]string{
			site.Necessary: "Ni all y wefan wneud hebddo.", site.Exception: "Mae ymlaen nes i’r ymwelydd wrthwynebu.",
			site.Appearance: "Mae ymlaen nes i’r ymwelydd ei ddiffodd.", site.Consent: "Mae i ffwrdd nes i’r ymwelydd ddweud ie.",
		},
		Notice: "hysbysiad preifatrwydd", Days: "yn cael ei gadw am hyd at %d o ddyddiau", Session: "dim amser penodol",
	},
}
