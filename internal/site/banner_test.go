package site

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// own is a wording that keeps the rules.
func own() Wording {
	b := NewBanner(harbour())
	texts := map[string]BannerText{}
	for lang, title := range map[string]string{"en": "May we count this visit?", "cy": "A gawn ni gyfrif?"} {
		t := b.Texts[lang]
		t.Title = title
		texts[lang] = t
	}
	return Wording{Texts: texts}
}

func TestAnUnfairBannerIsRefusedWithItsRule(t *testing.T) {
	edit := func(lang string, change func(*BannerText)) func(*Banner) {
		return func(b *Banner) { t := b.Texts[lang]; change(&t); b.Texts[lang] = t }
	}
	for name, c := range map[string]struct {
		want   string
		change func(*Banner)
	}{
		"41 words":          {"have 41 words: at most 40", edit("en", func(t *BannerText) { t.Body += strings.Repeat(" word", 41-t.Words()) })},
		"Welsh is as short": {"at most 40", edit("cy", func(t *BannerText) { t.Body += strings.Repeat(" gair", 40) })},
		"no No":             {"no is empty", edit("en", func(t *BannerText) { t.No = " " })},
		"no Yes":            {"yes is empty", edit("cy", func(t *BannerText) { t.Yes = "" })},
		"no Welsh":          {"English and Welsh are both needed", func(b *Banner) { delete(b.Texts, "cy") }},
		"nowhere to read":   {"more_url is missing", edit("en", func(t *BannerText) { t.MoreURL = "" })},
		"a script":          {"more_url", edit("en", func(t *BannerText) { t.MoreURL = "javascript:alert(1)" })},
		"small No":          {"more than twice as long", edit("en", func(t *BannerText) { t.Yes, t.No = "Yes, count my visit", "No" })},
		"small Yes":         {"more than twice as long", edit("pl", func(t *BannerText) { t.Yes, t.No = "Tak", "Nie, proszę nie liczyć" })},
		"urging":            {`title says "!"`, edit("en", func(t *BannerText) { t.Title = "Count me in!" })},
		"urging Yes":        {`yes says "please"`, edit("en", func(t *BannerText) { t.Yes = "Yes please" })},
		"missing out":       {`body says "miss out"`, edit("en", func(t *BannerText) { t.Body = "Harbour Young People and its funders: do not miss out." })},
		"shaming":           {`no says "don’t care"`, edit("en", func(t *BannerText) { t.No = "I don't care" })},
		"shaming, Welsh":    {`no says "ddim yn malio"`, edit("cy", func(t *BannerText) { t.No = "Dwi ddim yn malio" })},
		"who":               {"must name who asks", edit("en", func(t *BannerText) { t.Body = "We count visits for our funders." })},
		"funders":           {"must name the funders", edit("cy", func(t *BannerText) { t.Body = "Mae Harbour Young People yn cyfrif." })},
		"third parties":     {"(Example Media)", func(b *Banner) { b.Purposes = append(b.Purposes, video()) }},
		"a month":           {"six months", func(b *Banner) { b.ExpiresDays = 30 }},
		"two years":         {"at most 365", func(b *Banner) { b.ExpiresDays = 730 }},
		"no statistics":     {`must be "statistics"`, func(b *Banner) { b.Purposes = nil }},
		"pre-ticked":        {"on must be false", func(b *Banner) { p := video(); p.On = true; b.Purposes = append(b.Purposes, p) }},
		"audience":          {"all or children", func(b *Banner) { b.Audience = "everybody" }},
		"lines":             {"line break", edit("en", func(t *BannerText) { t.More = "How\nwe count" })},
		"language":          {"want a language", func(b *Banner) { b.Texts["English please"] = b.Texts["en"] }},
		"too hard": {"its reading age is", func(b *Banner) {
			b.Audience = Children
			edit("en", func(t *BannerText) {
				t.Body = "Harbour Young People establishes statistical documentation concerning visitation frequency, supporting organisational improvement and demonstrating accountability towards institutional funders."
			})(b)
		}},
	} {
		b := NewBanner(harbour())
		c.change(&b)
		if err := b.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// Whatever a charity is called and whoever it works with, its standard banner
// keeps every rule, in every language.
func TestTheStandardBannerKeepsItsRules(t *testing.T) {
	name := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.StringMatching(`[A-Z][a-z]{1,9}`), 1, 5).Draw(t, "words"), " ")
	})
	rapid.Check(t, func(t *rapid.T) {
		s := harbour()
		s.Name = name.Draw(t, "name")
		s.Funders = rapid.SliceOfN(name, 0, 8).Draw(t, "funders")
		s.Basis = rapid.SampledFrom([]Basis{"", Consent, Exception}).Draw(t, "basis")
		s.Audience = rapid.SampledFrom([]string{"", Everybody, Children}).Draw(t, "audience")
		if s.Audience != Children {
			for i, label := range rapid.SliceOfN(name, 0, 6).Draw(t, "labels") {
				p := video()
				p.ID, p.Label = string(rune('a'+i)), Words{"en": label, "cy": label}
				p.Services[0].Who = name.Draw(t, "who")
				s.Purposes = append(s.Purposes, p)
			}
		}
		b := NewBanner(s)
		if err := s.Validate(); err == nil {
			err = b.Validate()
			if err != nil {
				t.Fatalf("%v\n%+v", err, b.Texts["en"])
			}
		}
		if diff := cmp.Diff(Langs, b.Langs()); diff != "" {
			t.Fatal(diff)
		}
		for lang, text := range b.Texts {
			if all := reflect.ValueOf(text); strings.ContainsAny(all.Field(0).String()+all.Field(1).String(), "{}") || !strings.Contains(text.Body, s.Name) {
				t.Fatalf("%s: %+v", lang, text)
			}
		}
		if (b.Basis() == Exception) && strings.Contains(b.Texts["en"].Body, "funders") {
			t.Fatal("figures of the exception reach no funder, and the banner says so")
		}
	})
}

// No language of the standard texts lacks a word that another has.
func TestTheStandardWordsAreComplete(t *testing.T) {
	for lang, w := range standard {
		v := reflect.ValueOf(*w)
		for i := range v.NumField() {
			f := v.Field(i)
			if f.IsZero() {
				t.Errorf("%s lacks %s", lang, v.Type().Field(i).Name)
			}
			if f.Kind() != reflect.Struct {
				continue
			}
			for j := range f.NumField() {
				if name := f.Type().Field(j).Name; f.Field(j).String() == "" && name != "MoreURL" {
					t.Errorf("%s lacks %s of %s", lang, name, v.Type().Field(i).Name)
				}
			}
		}
	}
}

// The text for children can be read at nine to eleven, and easier is better.
func TestReadingAge(t *testing.T) {
	s := harbour()
	s.Audience = Children
	easy := NewBanner(s)
	if age := easy.ReadingAge(); age > 9 {
		t.Errorf("children: %.1f", age)
	}
	hard := easy
	hard.Texts = maps.Clone(easy.Texts)
	hard.Texts["en"] = BannerText{Title: "Statistics", Body: "Our organisation analyses aggregated interactions, demonstrating effectiveness."}
	if hard.ReadingAge() < 15 {
		t.Errorf("hard: %.1f", hard.ReadingAge())
	}
	// 9 letters in 3 words of one sentence: 4.71*3 + 0.5*3 - 21.43 + 5
	hard.Texts["en"] = BannerText{Title: "", Body: "The cat sat."}
	if age := hard.ReadingAge(); age != -0.8 {
		t.Errorf("the cat: %.1f", age)
	}
	s.Name = "National Association of Developmental Psychopathology"
	if got := NewBanner(s).ReadingAge(); got > easy.ReadingAge()+1 {
		t.Errorf("a hard name makes the age %.1f, not %.1f", got, easy.ReadingAge())
	}
}

func TestWhatIsMaterial(t *testing.T) {
	s := harbour()
	s.Purposes = []Purpose{video()}
	key, before := s.Key, NewBanner(s)
	for name, c := range map[string]struct {
		change   func(*Site)
		material bool
	}{
		"nothing":            {func(*Site) {}, false},
		"exit":               {func(s *Site) { s.Exit = "#leave" }, false},
		"safeguarding":       {func(s *Site) { s.Safeguarding = true }, false},
		"notice":             {func(s *Site) { s.NoticeURL = "/privacy" }, false},
		"label":              {func(s *Site) { s.Purposes[0].Label["en"] = "Films" }, false},
		"why":                {func(s *Site) { s.Purposes[0].Why["cy"] = "Ffilmiau." }, false},
		"days kept":          {func(s *Site) { s.Purposes[0].Services[0].Keeps[0].Days = 1 }, false},
		"order of funders":   {func(s *Site) { s.Funders = []string{"Second Trust", "Tide Trust"} }, true},
		"funder":             {func(s *Site) { s.Funders = nil }, true},
		"who":                {func(s *Site) { s.Name = "Harbour" }, true},
		"basis":              {func(s *Site) { s.Basis = Exception }, true},
		"purpose":            {func(s *Site) { s.Purposes = nil }, true},
		"basis of a purpose": {func(s *Site) { s.Purposes[0].Basis = Appearance }, true},
		"party":              {func(s *Site) { s.Purposes[0].Services[0].Who = "Another" }, true},
		"host":               {func(s *Site) { s.Purposes[0].Services[0].Hosts = []string{"other.example.org"} }, true},
		"what is kept":       {func(s *Site) { s.Purposes[0].Services[0].Keeps[0].Name = "other" }, true},
		"necessary":          {func(s *Site) { s.Purposes = append(s.Purposes, Purpose{ID: "basket", Basis: Necessary}) }, false},
	} {
		s := harbour()
		s.Key, s.Purposes = key, []Purpose{video()}
		c.change(&s)
		after := NewBanner(s)
		if (after.Material() != before.Material()) != c.material {
			t.Errorf("%s: material %v, want %v", name, !c.material, c.material)
		}
		if (after.Hash() == before.Hash()) != (name == "nothing") {
			t.Errorf("%s: hash", name)
		}
	}
	two, owt := before, before
	two.Funders, owt.Funders = []string{"A", "B"}, []string{"B", "A"}
	if two.Material() != owt.Material() {
		t.Error("the order of funders is material")
	}
}

// A banner is named by its content, whatever record it went through.
func TestTheHashOutlivesTheRecord(t *testing.T) {
	s := harbour()
	s.Purposes = []Purpose{video()}
	b := NewBanner(s).Worded(own())
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	var read Banner
	if err := json.Unmarshal(text, &read); err != nil || read.Hash() != b.Hash() || read.Material() != b.Material() {
		t.Errorf("%v\n%s", err, cmp.Diff(b, read))
	}
}

func TestWording(t *testing.T) {
	standard := NewBanner(harbour())
	b := standard.Worded(own())
	if err := b.Validate(); err != nil || !slices.Equal(b.Langs(), []string{"en", "cy"}) || !slices.Equal(b.Own, []string{"cy", "en"}) {
		t.Errorf("own English: %v, languages %v, own %v", err, b.Langs(), b.Own)
	}
	if b.Material() != standard.Material() || b.Hash() == standard.Hash() {
		t.Error("a copy edit must change the version and not what was agreed to")
	}
	if again := standard.Worded(b.Wording()); again.Hash() != b.Hash() {
		t.Error("the same wording makes another banner")
	}
	half := own()
	half.Texts["cy"] = standard.Texts["cy"]
	if b := standard.Worded(half); b.Validate() != nil || !slices.Equal(b.Langs(), []string{"en", "cy"}) {
		t.Errorf("standard Welsh beside own English: %v, %v", b.Langs(), b.Validate())
	}
	lone := own()
	delete(lone.Texts, "cy")
	if err := standard.Worded(lone).Validate(); err == nil || !strings.Contains(err.Error(), "both needed") {
		t.Errorf("English alone: %v", err)
	}
	text := standard.Texts["pl"]
	text.Title = "Czy wolno nam liczyć?"
	polish := standard.Worded(Wording{Texts: map[string]BannerText{"pl": text, "en": standard.Texts["en"]}, ExpiresDays: 365})
	if !slices.Equal(polish.Langs(), Langs) || !slices.Equal(polish.Own, []string{"pl"}) || polish.ExpiresDays != 365 || polish.Validate() != nil {
		t.Errorf("own Polish: languages %v, own %v, %v", polish.Langs(), polish.Own, polish.Validate())
	}
	french := standard.Worded(Wording{Texts: map[string]BannerText{"fr": standard.Texts["en"]}})
	if !slices.Equal(french.Langs(), append(slices.Clone(Langs), "fr")) {
		t.Errorf("French besides: %v", french.Langs())
	}

	for text, want := range map[string]string{
		`{"texts":{}}`:     "",
		`{"colour":"red"}`: `; what it says can be set, colours, sizes and places cannot, since both buttons always look the same`,
		`{"texts":{"en":{"title":"x","yes_colour":"red"}}}`: `"yes_colour"`,
		`{"purposes":[]}`: `"purposes"`,
		`[]`:              "want one JSON object",
		`{} {}`:           "nothing after it",
	} {
		_, err := ParseWording([]byte(text))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// Whatever is asked for, a site keeps its key, and what it is can be written and
// read again.
func FuzzChanged(f *testing.F) {
	s := harbour()
	s.Purposes = []Purpose{video()}
	f.Add([]byte(`{"exit":"#leave","purposes":null}`))
	f.Add([]byte(`{"key":null}`))
	f.Add(encode(s))
	f.Fuzz(func(t *testing.T, change []byte) {
		got, err := s.Changed(change)
		if err != nil || got.Validate() != nil {
			return
		}
		again, err := got.Changed(encode(got))
		if err != nil || !reflect.DeepEqual(again, got) || got.Key != s.Key {
			t.Errorf("%s: %v\n%s", change, err, cmp.Diff(got, again))
		}
	})
}

func TestChanged(t *testing.T) {
	s := harbour()
	s.Purposes = []Purpose{video()}
	s.Purposes[0].Basis, s.Purposes[0].On = Appearance, true
	got, err := s.Changed([]byte(`{"exit":"#leave","purposes":[{"id":"maps","basis":"consent"}],"contact":{"dpo":"Data officer"}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := s
	want.Exit, want.Contact = "#leave", Contact{DPO: "Data officer"}
	want.Purposes = []Purpose{{ID: "maps", Basis: Consent}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for text, want := range map[string]string{
		`{"key":"zzzzzz"}`:                  "stays what it is",
		`{"Exit":"#leave"}`:                 `no setting "Exit"`,
		`{"shade":"red"}`:                   `no setting "shade"`,
		`{"purposes":[{"preticked":true}]}`: `no setting "preticked"`,
		`{"purposes":"video"}`:              `"purposes": want a list`,
		`null null`:                         "want one JSON object",
	} {
		if _, err := s.Changed([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
