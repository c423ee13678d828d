// Package demo has a believable charity, its website and thirteen months of
// visits, made from a seed. Nobody in it exists.
package demo

import (
	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/site"
)

// Key is the public key of the demo site.
const Key = "harb0r"

// Harbour is the demo charity's site. Host is where its website is served.
func Harbour(host string) site.Site {
	return site.Site{
		Key: Key, Name: "Harbour Young People", Charity: "0000000", Hosts: []string{host}, TimeZone: "Europe/London",
		QuarterStart: 1, NoticeURL: "/demo/privacy", Funders: []string{"Tide Trust"},
		Campaigns: []string{"schools-spring", "world-book-day"},
		Vocabulary: map[cell.Table][]site.Choice{
			cell.Contact: {
				choice("webchat", "Web chat", "Sgwrs we"), choice("helpline-call", "Helpline call", "Galwad llinell gymorth"),
				choice("text", "Text message", "Neges destun"), choice("email-form", "Message form", "Ffurflen neges"),
				choice("drop-in", "Drop-in booked", "Sesiwn galw heibio"),
			},
			cell.Issue: {
				choice("bullying", "Bullying", "Bwlio"), choice("family", "Family and home", "Teulu a chartref"),
				choice("loneliness", "Loneliness", "Unigrwydd"), choice("online-safety", "Online safety", "Diogelwch ar-lein"),
				choice("exploitation", "Being pressured or exploited", "Pwysau neu gamfanteisio"), choice("school", "School and exams", "Ysgol ac arholiadau"),
				choice("housing", "Somewhere to live", "Rhywle i fyw"),
			},
			cell.Outcome: {
				choice("found-help", "Found what they needed", "Wedi dod o hyd i help"), choice("next-step", "Know the next step", "Gwybod y cam nesaf"),
				choice("feel-safer", "Feel safer", "Teimlo’n fwy diogel"), choice("not-yet", "Not helped yet", "Heb gael help eto"),
			},
			cell.Signpost: {choice("childline", "Childline", "Childline"), choice("nhs-111", "NHS 111", "GIG 111"), choice("meic", "Meic Cymru", "Meic Cymru")},
			cell.Search:   {choice("feelings", "Feelings", "Teimladau"), choice("safety", "Staying safe", "Cadw’n ddiogel"), choice("money", "Money and home", "Arian a chartref")},
			cell.Download: {choice("safety-plan", "Safety plan", "Cynllun diogelwch"), choice("parents-guide", "Guide for parents", "Canllaw i rieni")},
		},
		Pages: []site.PageRule{
			{Prefix: "/demo", Group: "Front page"}, {Prefix: "/demo/cy", Group: "Hafan (front page in Welsh)"},
			{Prefix: "/demo/help/bullying", Group: "Being bullied"}, {Prefix: "/demo/help/online", Group: "Safe online"},
			{Prefix: "/demo/help/home", Group: "Home and family"}, {Prefix: "/demo/help/lonely", Group: "Feeling alone"},
			{Prefix: "/demo/drop-in", Group: "The drop-in"}, {Prefix: "/demo/parents", Group: "For parents and carers"},
			{Prefix: "/demo/privacy", Group: "Privacy and statistics"}, {Prefix: "/demo/help/urgent", Drop: true},
		},
	}
}

func choice(id, en, cy string) site.Choice {
	return site.Choice{ID: id, Label: site.Text{En: en, Cy: cy}}
}
