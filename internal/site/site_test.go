package site

import (
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/cell"
)

func harbour() Site {
	return Site{
		Key: NewKey(), Name: "Harbour Young People", Hosts: []string{"www.harbour.example"}, TimeZone: "Europe/London",
		QuarterStart: 1, Funders: []string{"Tide Trust"}, NoticeURL: "https://www.harbour.example/privacy",
		Vocabulary: map[cell.Table][]Choice{cell.Contact: {{ID: "webchat", Label: Text{En: "Web chat", Cy: "Sgwrs we"}}}},
	}
}

func TestValidateSaysWhatToMend(t *testing.T) {
	if err := harbour().Validate(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Site){
		"six of":       func(s *Site) { s.Key = "A" },
		"name":         func(s *Site) { s.Name = "" },
		"at least one": func(s *Site) { s.Hosts = nil },
		"lower-case":   func(s *Site) { s.Hosts = []string{"https://www.harbour.example/"} },
		"time_zone":    func(s *Site) { s.TimeZone = "London" },
		"month":        func(s *Site) { s.QuarterStart = 0 },
		"vocabulary":   func(s *Site) { s.Vocabulary[cell.Page] = nil },
		"hyphens":      func(s *Site) { s.Vocabulary[cell.Contact][0].ID = "Web chat" },
		"Welsh":        func(s *Site) { s.Vocabulary[cell.Contact][0].Label.Cy = "" },
		"strict must":  func(s *Site) { s.Strict = []cell.Table{"issues"} },
		"each once":    func(s *Site) { s.Strict = []cell.Table{cell.Issue, cell.Page, cell.Issue} },
		"basis must":   func(s *Site) { s.Basis = Appearance },
		"audience":     func(s *Site) { s.Audience = "everybody" },
		"children":     func(s *Site) { s.Audience = Children; s.Purposes = []Purpose{video()} },
		"CSS selector": func(s *Site) { s.Exit = "<b>" },
		"one address":  func(s *Site) { s.Contact.Email = "write to us" },
		"complaints":   func(s *Site) { s.Contact.Complaints = "complain" },
		"regulator":    func(s *Site) { s.Contact.Regulator = "cnil" },
		"one line":     func(s *Site) { s.Contact.Address = "1 Quay\n2 Quay" },
		"starts with":  func(s *Site) { s.Pages = []PageRule{{Prefix: "help", Group: "Help"}} },
		"sensitive":    func(s *Site) { s.Pages = []PageRule{{Prefix: "/help", Sensitive: true}} },
		`"/help/a" is`: func(s *Site) {
			s.Pages = []PageRule{{Prefix: "/help", Group: "Help", Sensitive: true}, {Prefix: "/help/a"}}
		},
	} {
		s := harbour()
		change(&s)
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", want, err)
		}
	}
}

func TestParseHost(t *testing.T) {
	for in, want := range map[string]string{
		"https://www.Harbour.example/": "www.harbour.example", "harbour.example": "harbour.example",
		"127.0.0.1:8080": "127.0.0.1:8080", " www.harbour.example/ ": "www.harbour.example",
		"two words": "", "": "", "http://": "", "a/b": "",
	} {
		got, err := ParseHost(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v", in, got, err)
		}
	}
}
