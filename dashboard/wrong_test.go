package dashboard

import (
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/dashboard/page"
)

// slip is what somebody may type into a field, and what is said beside it, or
// beside another.
type slip struct{ field, typed, want, beside string }

const (
	noDay    = "want a day that there is, such as 2026-09-17"
	noNumber = "want a whole number such as 1,500"
)

func letters(n int) string { return strings.Repeat("a", n) }

// checkSlips types each into a form in which all else is as it should be: it is
// refused, with the reason beside its field alone, and what was typed is there
// still.
func checkSlips(t *testing.T, amy *person, target string, form url.Values, slips []slip) {
	t.Helper()
	for _, s := range slips {
		if s.beside == "" {
			s.beside = s.field
		}
		sent := url.Values{}
		for name, values := range form {
			sent[name] = values
		}
		res := amy.fill(target, sent, s.field, s.typed)
		name := s.field + "=" + s.typed[:min(len(s.typed), 30)]
		if res.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: status %d", name, res.StatusCode)
			continue
		}
		_, after, _ := strings.Cut(res.body, `<p class="wrong" id="`+s.beside+`-problem">`)
		said, _, _ := strings.Cut(after, "</p>")
		if said = html.UnescapeString(said); !strings.Contains(strings.ToLower(said), strings.ToLower(s.want)) || strings.Count(res.body, `<p class="wrong"`) != 1 {
			t.Errorf("%s: beside the field %q, want %q; in all: %s", name, said, s.want, problemsOf(res.body))
		}
		back := filled(res.body)
		for field, values := range sent {
			if field != "form" && field != "version" && !strings.Contains(res.body, `<select id="`+field+`"`) && strings.TrimSpace(values[0]) != back.Get(field) {
				t.Errorf("%s: %s had %q and has %q", name, field, values[0], back.Get(field))
			}
		}
		if s.want == noDay && s.typed != "" && strings.Contains(res.body, `type="date" autocomplete="off" value="`+html.EscapeString(s.typed)+`"`) {
			t.Errorf("%s: the field of a date shows nothing of it in a browser", name)
		}
	}
}

// problemsOf is the list of problems of a page.
func problemsOf(body string) string {
	_, after, _ := strings.Cut(body, "Please mend this")
	list, _, _ := strings.Cut(after, "</ul>")
	return list
}

func TestWrongEntriesOfAGrant(t *testing.T) {
	h := build(t, public)
	amy := h.as("amy")
	form := filled(amy.see(newGrant).body)
	for field, value := range map[string]string{
		"funder": "lantern", "title": "Somebody to talk to", "funder_ref": "T-1", "start": "2026-10-01", "end": "2027-09-30", "due_count": "28",
		"target0-indicator": "indicator/families", "target0-period": "1,500", "target1-indicator": "contact", "target1-whole": "9000",
	} {
		form.Set(field, value)
	}
	slips := []slip{
		{"funder", "", "name the funder", ""}, {"new_funder", "Tide Trust", "not both", ""},
		{"title", "", "give it a title", ""}, {"title", letters(201), "at most 200 letters", ""}, {"funder_ref", " ", "give the funder's reference", ""}, {"funder_ref", letters(101), "at most 100 letters", ""},
		{"charity_ref", letters(101), "at most 100 letters", ""}, {"recipient", "anybody", "want funder, partner or researcher", ""},
		{"start", "2027-02-29", noDay, ""}, {"start", "", noDay, ""}, {"start", "1/10/2026", noDay, ""}, {"start", "0026-10-01", "from 2000 on", ""}, {"start", "2027-10-01", "must be after its start", "end"},
		{"end", "2027-02-29", noDay, ""}, {"end", "", noDay, ""}, {"end", "2026-09-30", "must be after its start", ""}, {"end", "2026-10-05", "covers no whole month", ""}, {"end", "2066-10-05", "at most 30 years", ""},
		{"pattern", "sometimes", "want one of", ""}, {"nation", "france", "want one of", ""},
		{"due_count", "ten", noNumber, ""}, {"due_count", "-3", noNumber, ""}, {"due_count", "1.5", noNumber, ""}, {"due_count", "400", "want", ""}, {"due_rule", "whenever", "want", "due_count"},
		{"own", "2026-10-01 to 2027-02-29", "want the first and the last day", ""}, {"own", "soon", "want the first and the last day", ""},
		{"pages", "help", "want a path", ""}, {"pages", "/" + letters(200), "want a path", ""},
		{"agreement", letters(101), "at most 100 letters", ""}, {"assessment", letters(101), "at most 100 letters", ""}, {"approval", letters(101), "at most 100 letters", ""}, {"approval_ends", "2027-02-29", noDay, ""},
		{"areas", "Cardiff", "want an ONS code", ""}, {"giving_id", "417", "want a 360Giving id", ""}, {"charity_org_id", "12", "want an organisation's id", ""},
		{"target0-indicator", "contact/telepathy", "no such contact", ""}, {"target0-indicator", "", "choose what is counted", ""}, {"target1-indicator", "indicator/families", "two targets", "target0-indicator"},
		{"target0-wording", letters(201), "at most 200 letters", ""}, {"target0-definition", letters(501), "at most 500", ""}, {"target0-how", letters(201), "at most 200", ""}, {"target0-out_of", "contact/phone", "same list", ""},
		{"target1-wording", letters(201), "at most 200 letters", ""}, {"target1-definition", letters(501), "at most 500", ""},
	}
	for _, field := range []string{"target0-period", "target0-whole", "target1-period", "target1-whole"} {
		for _, typed := range []string{"ten", "-3", "1.5", "1,5", "1,0000", "10 a week"} {
			slips = append(slips, slip{field, typed, noNumber, ""})
		}
		slips = append(slips, slip{field, "99999999999", "want at most", ""})
	}
	checkSlips(t, amy, newGrant, form, slips)
	form.Set("funder", "")
	checkSlips(t, amy, newGrant, form, []slip{{"new_funder", letters(201), "at most 200 letters", ""}, {"new_funder", "ŵŷ", "no short name can be made of it", ""}})
	form.Set("new_funder", "Tide Trust")
	for _, f := range page.GrantFields() {
		if f.Type != "tick" && !has(slips, f.Name) {
			t.Errorf("nothing wrong was typed into %s", f.Name)
		}
	}
	if len(h.deeds.all) != 1 {
		t.Error("a grant was stored")
	}
	for typed, want := range map[string]uint64{"1,000": 1000, "1 000": 1000, "12 345,678": 12345678, "0": 0, "": 0, " 7 ": 7} {
		h.deeds.all = h.deeds.all[:1]
		if res := amy.fill(newGrant, form, "target0-period", typed); res.StatusCode != http.StatusSeeOther || h.deeds.all[1].Grant.Targets[0].Period != want {
			t.Errorf("%q: status %d", typed, res.StatusCode)
		}
	}
}

func has(slips []slip, field string) bool {
	for _, s := range slips {
		if s.field == field {
			return true
		}
	}
	return false
}

func TestWrongEntriesOfAFunder(t *testing.T) {
	h := build(t, public)
	amy := h.as("amy")
	slips := []slip{{"name", "", "say who it is", ""}, {"name", letters(201), "at most 200 letters", ""}, {"org_id", "12", "want an organisation's id", ""}, {"org_id", "GB-CHC-" + letters(200), "want an organisation's id", ""}}
	for _, field := range []string{"happened", "learned", "changed", "next", "story"} {
		for _, typed := range []string{"ten", "-3", "1.5", "1,5"} {
			slips = append(slips, slip{field, typed, noNumber, ""})
		}
		slips = append(slips, slip{field, "10,001", "up to 10000", ""})
	}
	checkSlips(t, amy, funderPath, filled(amy.see(funderPath).body), slips)
	fresh := filled(amy.see("/funders").body)
	fresh.Set("name", "Tide Trust")
	slips = append(slips, slip{"id", "Tide Trust", "lower-case letters", ""}, slip{"id", letters(101), "at most 100", ""}, slip{"id", "lantern", "is there already", ""})
	checkSlips(t, amy, "/funders", fresh, slips)
	for _, f := range page.NewFunderFields() {
		if !has(slips, f.Name) {
			t.Errorf("nothing wrong was typed into %s", f.Name)
		}
	}
	if h.deeds.giver.Version != 1 {
		t.Error("a funder was stored")
	}
}
