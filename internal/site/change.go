package site

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Changed returns the site with the settings of change, a JSON object, in place
// of its own. What change does not name stays; what it names is replaced whole.
func (s Site) Changed(change []byte) (Site, error) {
	var next Site
	if err := strict(change, &next); err != nil {
		return Site{}, fmt.Errorf("site: %w", err)
	}
	if next.Key != "" && next.Key != s.Key {
		return Site{}, fmt.Errorf("site: key is %q: the key of a site stays what it is, %q", next.Key, s.Key)
	}
	var all, given map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(encode(s), &all), json.Unmarshal(change, &given)); err != nil {
		return Site{}, fmt.Errorf("site: %w", err)
	}
	for name, value := range given {
		if _, ok := all[name]; !ok { // the decoder takes "Exit" for "exit"
			return Site{}, fmt.Errorf("site: %w %q", errUnknown, name)
		}
		all[name] = value
	}
	next = Site{} // an old list must not shine through a new one
	return next, json.Unmarshal(encode(all), &next)
}

// Wording is what a charity may choose of its banner: how long an answer lasts,
// and texts of its own. All else follows from the facts of the site.
type Wording struct {
	ExpiresDays int                   `json:"expires_days"` // 0 leaves it
	Texts       map[string]BannerText `json:"texts"`        // by language; English comes with Welsh
}

// ParseWording reads a Wording.
func ParseWording(text []byte) (w Wording, err error) {
	switch err := strict(text, &w); {
	case errors.Is(err, errUnknown):
		return Wording{}, fmt.Errorf("banner: %w: what it says can be set, colours, sizes and places cannot, since both buttons always look the same", err)
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

var errUnknown = errors.New("there is no setting")

// strict decodes one JSON value and refuses fields that v does not have.
func strict(text []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return fmt.Errorf("%w %s", errUnknown, field)
		}
		return fmt.Errorf("want JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("want one JSON object and nothing after it")
	}
	return nil
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings, numbers and lists of them
	}
	return text
}
