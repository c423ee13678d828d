package story

import (
	"strings"
	"testing"
)

func TestFindings(t *testing.T) {
	for _, c := range []struct {
		text string
		kind Kind
		want string
	}{
		{"A 14-year-old wrote to us.", Age, "14-year-old"},
		{"A fourteen–year–old wrote to us.", Age, "fourteen–year–old"},
		{"She was aged 9 then.", Age, "aged 9"},
		{"Write to anna@harbour.example for more.", Contact, "anna@harbour.example"},
		{"It began on 3 March 2026.", Date, "3 March 2026"},
	} {
		found := Check(c.text, Context{})
		if len(found) != 1 || found[0].Kind != c.kind || found[0].Words != c.want || c.text[found[0].Start:found[0].End] != c.want {
			t.Errorf("%q: %+v", c.text, found)
		}
	}
	for _, apostrophe := range []string{"'", "’"} {
		for text, want := range map[string]string{
			"The Children's Hospital helped her.":            "",
			"We went to Lantern Children's Hospital by bus.": "Lantern Children's Hospital",
			"She came to us from Bishop's Stortford.":        "Bishop's Stortford",
			"It was on New Year's Eve.":                      "New Year's Eve",
			"Un o'r tri oedd e.":                             "Un o'r tri",
			"Her family are Jehovah's Witnesses.":            "Jehovah's Witnesses",
		} {
			text, want := strings.ReplaceAll(text, "'", apostrophe), strings.ReplaceAll(want, "'", apostrophe)
			got := ""
			for _, f := range Check(text, Context{}) {
				got += f.Words
			}
			if got != want {
				t.Errorf("%q: found %q, want %q", text, got, want)
			}
		}
	}
	two := "It rained. She is the youngest of five."
	if found := Check(two, Context{}); len(found) != 1 || found[0].Words != "the youngest of five" {
		t.Errorf("%q: want the longest of what overlaps: %+v", two, found)
	}
	for _, text := range []string{"Most people who wrote to us felt safer afterwards.", "Forty came to our Summer School and to the Winter Fair."} {
		if found := Check(text, Context{}); len(found) != 0 {
			t.Errorf("clean text: %+v", found)
		}
	}
}

func TestKeyStaysWhileOtherSentencesChange(t *testing.T) {
	one := Check("He is 14 years old.", Context{})
	two := Check("More was said before. He is  14 years old.\n\nAnd more after.", Context{})
	if len(one) != 1 || len(two) != 1 || one[0].Key != two[0].Key {
		t.Errorf("%+v %+v", one, two)
	}
	if other := Check("He is 14 years old now.", Context{}); other[0].Key == one[0].Key {
		t.Error("another sentence has the same key")
	}
}

func TestOwnNamesHideNoChild(t *testing.T) {
	ctx := Context{Own: []string{"The Oliver Lantern Foundation", "Barnsley Young Carers", "Mencap"}}
	for text, want := range map[string]string{
		"We thank the Oliver Lantern Foundation.":           "",
		"Barnsley Young Carers opened a second room.":       "",
		"People from Mencap came to see us.":                "",
		"After that Oliver told a teacher.":                 "Oliver",
		"A girl from Barnsley wrote to us.":                 "Barnsley",
		"Oliver and the Young Carers group went on a trip.": "Oliver",
	} {
		got := ""
		for _, f := range Check(text, ctx) {
			got += f.Words
		}
		if got != want {
			t.Errorf("%q: found %q, want %q", text, got, want)
		}
	}
}

// Every listed name is found in the middle of a sentence and, unless it is a
// word too, at the beginning of one.
func TestEveryListedNameIsFound(t *testing.T) {
	for name := range givenNames {
		said := strings.ToUpper(name[:1]) + name[1:]
		if text := "After that " + said + " told a teacher."; len(Check(text, Context{})) == 0 {
			t.Errorf("not found: %q", text)
		}
		if text := said + " told a teacher."; len(Check(text, Context{})) == 0 && !allowed[name] && !dictionary[name] && name != "mae" { // Welsh for "is"
			t.Errorf("not found: %q", text)
		}
	}
	for name := range bothNames {
		if text := "After that " + strings.ToUpper(name[:1]) + name[1:] + " told a teacher."; len(Check(text, Context{})) == 0 {
			t.Errorf("not found: %q", text)
		}
	}
}
