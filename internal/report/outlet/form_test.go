package outlet

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A form gets a plain number or, where it is hidden, the next one up that is
// published, or a sentence; never a number that the page does not have.
func TestForm(t *testing.T) {
	r := frozen(t, 1, time.December)
	of := func(label string) Entry {
		for _, e := range Form(r) {
			if e.Label == label {
				return e
			}
		}
		t.Fatalf("there is no field for %q", label)
		return Entry{}
	}
	soFar := "Too few in this period to publish: this is the grant so far, from 1 January 2026 to 31 December 2026."
	rare := r.Progress[4].Wording
	for name, c := range map[string]struct{ got, want Entry }{
		"shown":        {of("Visits to the website"), Entry{"Visits to the website", "8000", ""}},
		"at a glance":  {of("Issues"), Entry{"Issues", "1585", ""}},
		"all together": {of(rare), Entry{rare, "1715", "Too few to publish by themselves: this is “Contacts” together, in this period."}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	r.Progress[4].SoFar = r.Progress[3].SoFar
	if diff := cmp.Diff(Entry{rare, "140", soFar}, of(rare)); diff != "" {
		t.Error(diff)
	}
	r = frozen(t, .0001, time.December)
	for _, e := range Form(r) {
		if e.Value != tooFew || e.Why != "" {
			t.Errorf("%+v where nothing is shown", e)
		}
	}
}
