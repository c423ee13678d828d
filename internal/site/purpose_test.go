package site

import (
	"fmt"
	"strings"
	"testing"
)

func video() Purpose {
	both := func(en, cy string) Words { return Words{"en": en, "cy": cy} }
	return Purpose{
		ID: "video", Basis: Consent, Label: both("Videos", "Fideos"), Why: both("So that you can watch films here.", "Er mwyn i chi wylio ffilmiau yma."),
		Services: []Service{{
			Name: "Example Video", Who: "Example Media", Hosts: []string{"video.example.org"}, Notice: "https://video.example.org/privacy",
			Keeps: []Kept{{Kind: "cookie", Name: "_ev*", Days: 400, Holds: both("a number for your browser", "rhif i’ch porwr")}},
		}},
	}
}

func TestAPurposeSaysWhatToMend(t *testing.T) {
	s := harbour()
	s.Purposes = []Purpose{video()}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Purpose){
		"want a basis":                func(p *Purpose) { p.Basis = "" },
		"or consent":                  func(p *Purpose) { p.Basis = "legitimate interest" },
		"off until the visitor":       func(p *Purpose) { p.On = true },
		"want an id":                  func(p *Purpose) { p.ID = "Video clips" },
		"Footfall's own":              func(p *Purpose) { p.ID = Statistics },
		"label in English and Welsh":  func(p *Purpose) { delete(p.Label, "cy") },
		"a label":                     func(p *Purpose) { p.Label["en"] = strings.Repeat("x", 41) },
		"why in English and Welsh":    func(p *Purpose) { p.Why["en"] = " " },
		"a why":                       func(p *Purpose) { p.Why["pl"] = "two\nlines" },
		"a why in":                    func(p *Purpose) { p.Why["Polish"] = "x" },
		"who is behind it":            func(p *Purpose) { p.Services[0].Who = "" },
		"name the hosts":              func(p *Purpose) { p.Services[0].Hosts, p.Services[0].Keeps = nil, nil },
		`host "https://a.b/"`:         func(p *Purpose) { p.Services[0].Hosts = []string{"https://a.b/"} },
		`host "localhost"`:            func(p *Purpose) { p.Services[0].Hosts = []string{"localhost"} },
		`host "-a.example.org"`:       func(p *Purpose) { p.Services[0].Hosts = []string{"-a.example.org"} },
		"notice must start":           func(p *Purpose) { p.Services[0].Notice = "http://video.example.org" },
		"want cookie, local, session": func(p *Purpose) { p.Services[0].Keeps[0].Kind = "pixel" },
		`kept name "_e*v"`:            func(p *Purpose) { p.Services[0].Keeps[0].Name = "_e*v" },
		`kept name "a b"`:             func(p *Purpose) { p.Services[0].Keeps[0].Name = "a b" },
		`kept name ""`:                func(p *Purpose) { p.Services[0].Keeps[0].Name = "" },
		"kept for -1 days":            func(p *Purpose) { p.Services[0].Keeps[0].Days = -1 },
		"for session":                 func(p *Purpose) { p.Services[0].Keeps[0].Kind = "session" },
		"what it holds in":            func(p *Purpose) { delete(p.Services[0].Keeps[0].Holds, "cy") },
	} {
		p := video()
		change(&p)
		s.Purposes = []Purpose{p}
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", want, err)
		}
	}
	s.Purposes = []Purpose{video(), video()}
	if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "there twice") {
		t.Errorf("twice: %v", err)
	}
	s.Purposes = nil
	for i := range maxPurposes + 1 {
		p := video()
		p.ID = fmt.Sprint("video-", i)
		s.Purposes = append(s.Purposes, p)
	}
	if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "more than 15") {
		t.Errorf("many: %v", err)
	}
}

// A purpose of any other basis may be on from the start.
func TestOnlyConsentWaits(t *testing.T) {
	for _, basis := range []Basis{Necessary, Exception, Appearance} {
		s, p := harbour(), video()
		p.Basis, p.On = basis, true
		s.Purposes = []Purpose{p}
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", basis, err)
		}
		if b := NewBanner(s); len(b.Asks()) != 1 || (len(b.Offers()) == 1) != (basis == Necessary) {
			t.Errorf("%s: asks %v, offers %v", basis, b.Asks(), b.Offers())
		}
	}
}
