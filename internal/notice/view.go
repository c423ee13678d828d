package notice

import (
	"slices"

	"github.com/footfall-analytics/footfall/internal/site"
)

// view is the facts as text/<lang>.txt asks for them.
type view struct {
	Facts
	Contact   site.Contact
	Consent   bool // statistics wait for a yes
	Area      bool // where visits come from is counted
	Purposes  []Purpose
	Declared  []declared // what the site counts beside visits
	Contacts  bool       // ways of getting in touch are among it
	Services  []string   // that are called elsewhere
	Regulator string     // name, telephone and address of its page
	Guernsey  bool
	Session   bool     // the choice itself goes with the tab
	Keeping   []string // how long what is counted is kept
}

// declared is a table of which a site has named the values.
type declared struct {
	Table  string
	Values []string
}

func newView(f Facts, lang string) view {
	w := texts[lang]
	v := view{
		Facts: f, Contact: f.Site.Contact, Consent: f.Banner.Basis() != site.Exception, Area: f.Site.Audience != site.Children, Purposes: Declare(f, lang).Purposes, Keeping: w.keeping(f.Retention),
		Guernsey: f.Site.Contact.Regulator == "odpa", Regulator: w.Regulator["ico"], Session: f.Site.Safeguarding,
	}
	if v.Guernsey {
		v.Regulator = w.Regulator["odpa"]
	}
	for _, table := range site.Declared {
		d := declared{Table: w.Tables[string(table)]}
		for _, c := range f.Site.Vocabulary[table] {
			label := c.Label.En
			if lang == "cy" {
				label = c.Label.Cy
			}
			d.Values = append(d.Values, label)
		}
		if len(d.Values) > 0 {
			v.Contacts = v.Contacts || table == "contact"
			v.Declared = append(v.Declared, d)
		}
	}
	for _, p := range v.Purposes {
		for _, s := range p.Services {
			if len(s.Hosts) > 0 && !slices.Contains(v.Services, s.Name) {
				v.Services = append(v.Services, s.Name)
			}
		}
	}
	return v
}
