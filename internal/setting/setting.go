// Package setting reads settings that people write as JSON: what it does not
// know it refuses, so that nothing misspelt is lost without a word.
package setting

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"unicode/utf8"
)

// ErrUnknown is returned for a setting that there is not.
var ErrUnknown = errors.New("there is no setting")

var errNoObject = errors.New(`want one JSON object such as {"title": "Open doors"}`)

// Read reads one JSON object. It refuses settings that T does not have
// (ErrUnknown), have another case, or come twice.
func Read[T any](text []byte) (T, error) {
	var read, none T
	if err := strict(text, &read); err != nil {
		return none, err
	}
	return read, nil
}

// Change returns old with the settings of change, a JSON object, in place of
// its own. What change does not name stays; what it names is replaced whole,
// and emptied by null.
func Change[T any](old T, change []byte) (T, error) {
	var none T
	if _, err := Read[T](change); err != nil {
		return none, err
	}
	var all, given map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(encode(old), &all), json.Unmarshal(change, &given)); err != nil {
		return none, fmt.Errorf("want one JSON object of settings: %w", err)
	}
	maps.Copy(all, given)
	return Read[T](encode(all))
}

func strict(text []byte, v any) error {
	if !utf8.Valid(text) {
		return errors.New("the settings are not UTF-8: save the file as UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return wrongJSON(err)
	}
	return distinct(json.NewDecoder(bytes.NewReader(text)))
}

// wrongJSON words for people what the decoder refused.
func wrongJSON(err error) error {
	var kind *json.UnmarshalTypeError
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return unknown(field)
	}
	if errors.As(err, &kind) && kind.Field == "" {
		return errNoObject
	}
	if errors.As(err, &kind) {
		return fmt.Errorf("setting %q: want %s, found %s", kind.Field, wanted[kind.Type.Kind().String()], kind.Value)
	}
	return fmt.Errorf("read settings: %w", err)
}

// wanted is how people call the kinds of JSON values.
var wanted = map[string]string{
	"string": "a text in quotes", "uint64": "a whole number, 0 or more", "int": "a whole number", "slice": "a list in [ ]", "struct": "an object in { } or a text of the form that is asked for", "int32": "a day such as \"2026-11-30\"",
}

func unknown(field string) error {
	return fmt.Errorf("%w %s: mend its name or leave it out (names are in lower case)", ErrUnknown, field)
}

// distinct reads one JSON object to its end, and nothing after it, and refuses
// names that are there twice or that the decoder would take for another.
func distinct(d *json.Decoder) error {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return errNoObject
	}
	if err := members(d); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("want one JSON object and nothing after it")
	}
	return nil
}

// members reads the inside of an object that has been opened.
func members(d *json.Decoder) error {
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return fmt.Errorf("read settings: %w", err)
		}
		name, _ := t.(string)
		switch {
		case name != strings.ToLower(name):
			return unknown(fmt.Sprintf("%q", name))
		case seen[name]:
			return fmt.Errorf("setting %q is there twice: keep one of them", name)
		}
		seen[name] = true
		if err := value(d); err != nil {
			return err
		}
	}
	return closing(d)
}

// value reads one value, with all that is in it.
func value(d *json.Decoder) error {
	t, err := d.Token()
	switch {
	case err != nil:
		return fmt.Errorf("read settings: %w", err)
	case t == json.Delim('{'):
		return members(d)
	case t == json.Delim('['):
		for d.More() {
			if err := value(d); err != nil {
				return err
			}
		}
		return closing(d)
	}
	return nil
}

func closing(d *json.Decoder) error {
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("read settings: %w", err)
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
