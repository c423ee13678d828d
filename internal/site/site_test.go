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

func TestTheStandardBannerKeepsItsRules(t *testing.T) {
	s := harbour()
	for _, funders := range [][]string{nil, {"Tide Trust"}, {"A very long name of a very generous charitable trust", "Another of them"}} {
		s.Funders = funders
		if err := NewBanner(s).Validate(); err != nil {
			t.Errorf("funders %v: %v", funders, err)
		}
	}
}

func TestAnUnfairBannerIsRefusedWithItsRule(t *testing.T) {
	for want, change := range map[string]func(*Banner){
		"words":           func(b *Banner) { b.Texts["en"] = longer(b.Texts["en"]) },
		"no is empty":     func(b *Banner) { t := b.Texts["en"]; t.No = " "; b.Texts["en"] = t },
		"Welsh":           func(b *Banner) { delete(b.Texts, "cy") },
		"six months":      func(b *Banner) { b.ExpiresDays = 30 },
		"purposes":        func(b *Banner) { b.Purposes = nil },
		"all or children": func(b *Banner) { b.Audience = "everybody" },
	} {
		b := NewBanner(harbour())
		change(&b)
		if err := b.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v", want, err)
		}
	}
}

func longer(t BannerText) BannerText {
	t.Body += strings.Repeat(" word", maxWords("en"))
	return t
}

func TestACopyEditAsksNobodyAgain(t *testing.T) {
	b := NewBanner(harbour())
	hash, material := b.Hash(), b.Material()
	edited := NewBanner(harbour())
	edited.Site = b.Site
	text := edited.Texts["en"]
	text.Title = "May we count your visit?"
	edited.Texts["en"] = text
	if edited.Hash() == hash || edited.Material() != material {
		t.Error("a copy edit must change the version and not what was agreed to")
	}
	edited.Funders = append(edited.Funders, "Second Trust")
	if edited.Material() == material {
		t.Error("a new recipient is a material change")
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
