package check

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// example is a site that declares one purpose of each basis.
func example(t *testing.T, basis string) subject {
	t.Helper()
	d := declared{Basis: basis, Purposes: []string{"video"}}
	text := `[
		{"id":"statistics","basis":"` + basis + `","services":[{"name":"Counter","hosts":["counter.example"],"keeps":[{"kind":"cookie","name":"seen","days":30}]}]},
		{"id":"contrast","basis":"appearance","services":[{"name":"This website","keeps":[{"kind":"local","name":"contrast"}]}]},
		{"id":"donate","basis":"necessary","services":[{"name":"Payments","hosts":["pay.example"],"keeps":[{"kind":"cookie","name":"pay_*","days":1},{"kind":"cookie","name":"pay_long*","days":9}]}]},
		{"id":"video","basis":"consent","services":[{"name":"YouTube","hosts":["www.youtube-nocookie.com","www.youtube.com"],"keeps":[{"kind":"database","name":"yt"}]}]}]`
	if err := json.Unmarshal([]byte(text), &d.Items); err != nil {
		t.Fatal(err)
	}
	return subject{host: "www.example.org", collector: "stats.example.org.uk", declared: d}
}

// everywhere sees one thing in all states.
func everywhere(s sighting) map[State][]sighting {
	return map[State][]sighting{Before: {s}, No: {s}, Yes: {s}}
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		basis string
		seen  sighting
		want  string // before, no, yes
		mend  string // words of the advice
	}{
		{"consent", sighting{kind: Cookie, name: "seen", host: "www.example.org", days: 30}, "before a choice, after No, allowed", `declared under "statistics", which waits for a yes`},
		{"statistics", sighting{kind: Cookie, name: "seen", host: "www.example.org", days: 30}, "allowed, after No, allowed", `which a No switches off`},
		{"statistics", sighting{kind: Cookie, name: "seen", host: "www.example.org", days: 400}, "not declared, after No, not declared", "declared for 30 days but kept for 400 days"},
		{"consent", sighting{kind: Cookie, name: "pay_1", host: "pay.example", days: 1}, "allowed, allowed, allowed", ""},
		{"consent", sighting{kind: Cookie, name: "pay_1", host: "pay.example", days: 5}, "not declared, not declared, not declared", "declared for 1 day but kept for 5 days"},
		{"consent", sighting{kind: Cookie, name: "pay_long_1", host: "pay.example", days: 9}, "allowed, allowed, allowed", ""},
		{"consent", sighting{kind: Local, name: "pay_1", host: "www.example.org"}, "before a choice, after No, not declared", "declare it under a necessary purpose"},
		{"consent", sighting{kind: Local, name: "contrast", host: "www.example.org"}, "allowed, after No, allowed", "which a No switches off"},
		{"consent", sighting{kind: Request, host: "js.pay.example", via: "script"}, "allowed, allowed, allowed", ""},
		{"consent", sighting{kind: Request, host: "notpay.example", via: "script"}, "before a choice, after No, not declared", `data-footfall-purpose="…"`},
		{"consent", sighting{kind: Request, host: "www.youtube.com", via: "frame"}, "before a choice, after No, allowed", `Embed from www.youtube-nocookie.com. Hold back what brings it until the visitor says yes: <iframe data-footfall-purpose="video"`},
		{"consent", sighting{kind: Global, name: "YT", host: "www.example.org"}, "before a choice, after No, allowed", "waits for a yes"},
		{"consent", sighting{kind: Global, name: "fbq", host: "www.example.org"}, "before a choice, after No, not declared", "Declare Meta Pixel"},
		{"consent", sighting{kind: Request, host: "stats.example.org.uk", via: "fetch"}, "allowed, allowed, allowed", ""},
		{"consent", sighting{kind: Local, name: "ff", host: "www.example.org"}, "before a choice, allowed, allowed", "Please report it"},
		{"consent", sighting{kind: Cookie, name: "footfall", host: "www.example.org", days: 182}, "before a choice, allowed, allowed", "Please report it"},
		{"consent", sighting{kind: Session, name: "fv", host: "www.example.org"}, "before a choice, after No, allowed", "Please report it"},
		{"statistics", sighting{kind: Session, name: "fv", host: "www.example.org"}, "allowed, after No, allowed", "Please report it"},
		{"consent", sighting{kind: Cookie, name: "server", host: "example.org", httpOnly: true}, "before a choice, after No, not declared", "Your server sets it"},
		{"consent", sighting{kind: Database, name: "yt", host: "www.youtube-nocookie.com"}, "before a choice, after No, allowed", "waits for a yes"},
		{"consent", sighting{kind: Request, host: "fonts.gstatic.com", via: "font"}, "before a choice, after No, not declared", "from your own website"},
	} {
		things := example(t, c.basis).judge(everywhere(c.seen))
		if len(things) != 1 {
			t.Fatalf("%+v gave %+v", c.seen, things)
		}
		var got []string
		for _, s := range things[0].Seen {
			got = append(got, string(s.Verdict))
		}
		if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s: %+v (-want +got)\n%s", c.basis, c.seen, diff)
		}
		if mend := things[0].Mend; !strings.Contains(mend, c.mend) || mend == "" != (c.mend == "") {
			t.Errorf("%s: %+v: advice %q lacks %q", c.basis, c.seen, mend, c.mend)
		}
	}
}

func TestOneThingIsOneRow(t *testing.T) {
	call := sighting{kind: Request, host: "cdn.example", via: "script", count: 1}
	image := sighting{kind: Request, host: "cdn.example", via: "image", count: 1}
	own := sighting{kind: Request, host: "static.example.org", via: "image", count: 1}
	things := example(t, "consent").judge(map[State][]sighting{Before: {call, image, own}, Yes: {call}})
	want := []Thing{{
		Kind: Request, Host: "cdn.example", Party: "third", Via: []string{"image", "script"},
		Seen: []Seen{{Before, 2, BeforeChoice}, {Yes, 1, NotDeclared}}, Mend: things[0].Mend,
	}}
	got, wanted := must(json.Marshal(things))(t), must(json.Marshal(want))(t)
	if diff := cmp.Diff(string(wanted), string(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestAfterYesAloneNothingIsTooEarly(t *testing.T) {
	s := sighting{kind: Cookie, name: "extra", host: "www.example.org"}
	things := example(t, "consent").judge(map[State][]sighting{Yes: {s}})
	if things[0].Seen[0].Verdict != NotDeclared || !strings.HasPrefix(things[0].Mend, "Declare it: under which purpose") {
		t.Errorf("%+v", things[0])
	}
}

func TestSameSite(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"www.example.org", "static.example.org", true},
		{"example.org.uk", "other.org.uk", false},
		{"a.github.io", "b.github.io", false},
		{"127.0.0.1", "127.0.0.1", true},
		{"127.0.0.1", "127.0.0.2", false},
		{"localhost", "localhost", true},
		{"WWW.example.org", "example.org", true},
	} {
		if got := sameSite(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}

func TestDaysOfACookie(t *testing.T) {
	for seconds, want := range map[float64]int{30: 1, 86400: 1, 86401: 1, 90000: 2, 400 * 86400: 400, 399.5 * 86400: 400} {
		if got := days(seconds); got != want {
			t.Errorf("%v s are %d days, want %d", seconds, got, want)
		}
	}
}
