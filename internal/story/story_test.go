package story

import "testing"

func TestFindings(t *testing.T) {
	for _, c := range []struct {
		text string
		kind Kind
		want string
	}{
		{"A 14-year-old wrote to us.", Age, "14-year-old"},
		{"She was aged 9 then.", Age, "aged 9"},
		{"Write to anna@harbour.example for more.", Contact, "anna@harbour.example"},
		{"It began on 3 March 2026.", Date, "3 March 2026"},
	} {
		found := Check(c.text, Context{})
		if len(found) != 1 || found[0].Kind != c.kind || found[0].Words != c.want || c.text[found[0].Start:found[0].End] != c.want {
			t.Errorf("%q: %+v", c.text, found)
		}
	}
	two := "It rained. She is the youngest of five."
	if found := Check(two, Context{}); len(found) != 1 || found[0].Words != "the youngest of five" {
		t.Errorf("%q: want the longest of what overlaps: %+v", two, found)
	}
	if found := Check("Most people who wrote to us felt safer afterwards.", Context{}); len(found) != 0 {
		t.Errorf("clean text: %+v", found)
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
