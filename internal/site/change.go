package site

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/footfall-analytics/footfall/internal/setting"
)

// Changed returns the site with the settings of change, a JSON object, in place
// of its own. What change does not name stays; what it names is replaced whole.
func (s Site) Changed(change []byte) (Site, error) {
	next, err := setting.Change(s, change)
	if err != nil {
		return Site{}, fmt.Errorf("site: %w", err)
	}
	if next.Key == "" {
		next.Key = s.Key
	}
	if next.Key != s.Key {
		return Site{}, fmt.Errorf("site: key is %q: the key of a site stays what it is, %q", next.Key, s.Key)
	}
	return next, nil
}

// Wording is what a charity may choose of its banner: how long an answer lasts,
// and texts of its own. All else follows from the facts of the site.
type Wording struct {
	ExpiresDays int                   `json:"expires_days"` // 0 leaves it
	Texts       map[string]BannerText `json:"texts"`        // by language; English comes with Welsh
}

// ParseWording reads a Wording.
func ParseWording(text []byte) (w Wording, err error) {
	switch w, err = setting.Read[Wording](text); {
	case errors.Is(err, setting.ErrUnknown):
		return Wording{}, fmt.Errorf("banner: %w; what it says can be set, colours, sizes and places cannot, since both buttons always look the same", err)
	case err != nil:
		return Wording{}, fmt.Errorf("banner: %w", err)
	}
	return w, nil
}

// Wording is what the charity has chosen of this banner.
func (b Banner) Wording() Wording {
	w := Wording{ExpiresDays: b.ExpiresDays, Texts: map[string]BannerText{}}
	for _, lang := range b.Own {
		w.Texts[lang] = b.Texts[lang]
	}
	return w
}

// Worded returns a standard banner with the charity's wording. Next to English
// of its own, no standard text stays: it would say something else in another
// language.
func (b Banner) Worded(w Wording) Banner {
	own, texts := maps.Clone(w.Texts), map[string]BannerText{}
	if english := needed[0]; own[english] == (BannerText{}) || own[english] == b.Texts[english] {
		maps.DeleteFunc(own, func(lang string, t BannerText) bool { return t == b.Texts[lang] })
		texts = maps.Clone(b.Texts)
	}
	maps.Copy(texts, own)
	b.Own, b.Texts = slices.Sorted(maps.Keys(own)), texts
	if w.ExpiresDays != 0 {
		b.ExpiresDays = w.ExpiresDays
	}
	return b
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings, numbers and lists of them
	}
	return text
}
