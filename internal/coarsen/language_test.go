package coarsen

import (
	"slices"
	"strings"
	"testing"
)

func TestLanguage(t *testing.T) {
	for header, want := range map[string]string{
		"en-GB,en-US;q=0.9,en;q=0.8": "English", "EN": "English", "en_GB": "English", "cy-GB,cy;q=0.9,en-GB;q=0.8": "Welsh",
		"pl": "Polish", "ur-PK,ur;q=0.9": "Urdu", "ar-SA": "Arabic", "ro-RO,ro": "Romance", "pa-IN": "Other South Asian",
		"lt": "Other Slavic or Baltic", "gd": "Other Celtic", "zh-Hant-HK": "Chinese", "yue": "Chinese", "so-SO": Other, "tlh": Other,
		"": "", "*": "", "*;q=0.5": "", "e": "", "english": "", "12": "", "-en": "", strings.Repeat("x", 64): "", "sam@example.org": "",
	} {
		if got := readLanguage(header); got != want {
			t.Errorf("%q is %q, want %q", header, got, want)
		}
	}
	for _, family := range familyOf {
		if !slices.Contains(Languages, family) {
			t.Errorf("%q is not listed", family)
		}
	}
}

func TestHour(t *testing.T) {
	for hour, want := range map[int]string{0: "night", 5: "night", 6: "morning", 11: "morning", 12: "afternoon", 17: "afternoon", 18: "evening", 23: "evening"} {
		if got := Hour(hour); got != want {
			t.Errorf("%d is %q, want %q", hour, got, want)
		}
	}
}

func FuzzLanguage(f *testing.F) {
	f.Add("en-GB,en;q=0.9")
	f.Fuzz(func(t *testing.T, header string) {
		if got := readLanguage(header); got != "" && !slices.Contains(Languages, got) {
			t.Fatalf("%q is not of the vocabulary", got)
		}
	})
}
