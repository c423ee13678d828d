package coarsen

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/raw"
)

const (
	chromeOnWindows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/157.0.0.0 Safari/537.36"
	facebookOnPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 " +
		"[FBAN/FBIOS;FBAV/470.0.0.42.79;FBBV/614;FBDV/iPhone14,5;FBMD/iPhone;FBSN/iOS;FBSV/17.5.1;FBSS/3;FBID/phone;FBLC/en_GB;FBOP/5;FBRV/0]"
)

func view() raw.Hit {
	return raw.Hit{
		Kind: raw.View, Path: "/help/bullying", Referrer: "www.google.co.uk", NewVisit: true, NewPage: true,
		UserAgent: chromeOnWindows, Addr: netip.MustParseAddr("192.0.2.7"), Lang: "cy-GB,cy;q=0.9",
	}
}

func TestFacts(t *testing.T) {
	geo, err := OpenGeo(importTiny(t))
	if err != nil {
		t.Fatal(err)
	}
	c := New(Options{Geo: geo})
	first := coarse.Hit{
		Page: "/help/bullying", Source: Search, Referrer: "Google", Area: Scotland,
		Browser: Chrome, Version: Current, System: Windows, Device: Computer, Language: "Welsh",
	}
	for name, test := range map[string]struct {
		change  func(h *raw.Hit)
		want    coarse.Hit
		outcome Outcome
	}{
		"first view of a visit": {func(*raw.Hit) {}, first, Kept},
		"later view":            {func(h *raw.Hit) { h.NewVisit = false }, coarse.Hit{Page: "/help/bullying"}, Kept},
		"leave":                 {func(h *raw.Hit) { h.Kind, h.Path = raw.Leave, "" }, coarse.Hit{}, Kept},
		"bot":                   {func(h *raw.Hit) { h.UserAgent = "curl/8.5.0" }, coarse.Hit{}, Bot},
		"bot leaves":            {func(h *raw.Hit) { h.Kind, h.UserAgent = raw.Leave, "" }, coarse.Hit{}, Bot},
		"dropped page":          {func(h *raw.Hit) { h.Path = "/staff-only/rota" }, coarse.Hit{}, Dropped},
		"event on dropped page": {func(h *raw.Hit) { h.Kind, h.Path = raw.Event, "/staff-only" }, coarse.Hit{}, Dropped},
	} {
		h := view()
		test.change(&h)
		for _, cache := range []string{"cold", "warm"} {
			got, outcome := c.Facts(h, harbour)
			if diff := cmp.Diff(test.want, got); diff != "" || outcome != test.outcome {
				t.Errorf("%s, %s: outcome %d, want %d; facts (-want +got):\n%s", name, cache, outcome, test.outcome, diff)
			}
		}
	}
}

// known is every text that a hit may have but a page.
func known(r *Rules) map[string]bool {
	all := map[string]bool{"": true}
	for _, list := range [][]string{Browsers, Versions, Systems, Devices, Sources, Areas, Languages, Referrers()} {
		for _, s := range list {
			all[s] = true
		}
	}
	for _, name := range r.sisters {
		all[name] = true
	}
	for _, name := range r.campaigns {
		all[name] = true
	}
	return all
}

// anyHit draws hits that mix what browsers send with anything at all.
func anyHit(t *rapid.T) raw.Hit {
	agents := []string{chromeOnWindows, facebookOnPhone, ""}
	hosts := []string{"www.google.co.uk", "android-app://com.google.android.gm", "t.co", "127.0.0.1:9090", ""}
	paths := []string{"/help", "/private/", "/users/", "/staff-only", ""}
	octets := rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "address")
	addr, _ := netip.AddrFromSlice(octets)
	return raw.Hit{
		Kind: raw.View, NewVisit: true, Addr: addr,
		UserAgent: rapid.SampledFrom(agents).Draw(t, "agent") + rapid.String().Draw(t, "more agent"),
		Referrer:  rapid.SampledFrom(hosts).Draw(t, "referrer") + rapid.String().Draw(t, "more referrer"),
		Path:      rapid.SampledFrom(paths).Draw(t, "path") + rapid.String().Draw(t, "more path"),
		Campaign:  rapid.SampledFrom([]string{"spring", ""}).Draw(t, "campaign") + rapid.String().Draw(t, "more campaign"),
		Mobile:    rapid.SampledFrom([]string{"?0", "?1", ""}).Draw(t, "mobile"),
		Lang:      rapid.SampledFrom([]string{"en-GB,en", "so", ""}).Draw(t, "language") + rapid.String().Draw(t, "more language"),
		Platform:  rapid.SampledFrom([]string{`"Android"`, `"Windows"`, "x", ""}).Draw(t, "platform"),
	}
}

func TestEveryFactIsOfTheVocabulary(t *testing.T) {
	geo, err := OpenGeo(importTiny(t))
	if err != nil {
		t.Fatal(err)
	}
	c, words := New(Options{Geo: geo}), known(harbour)
	rapid.Check(t, func(t *rapid.T) {
		h := anyHit(t)
		got, _ := c.Facts(h, harbour)
		for _, s := range []string{got.Source, got.Referrer, got.Campaign, got.Area, got.Browser, got.Version, got.System, got.Device, got.Language} {
			if !words[s] {
				t.Fatalf("%q is not in the vocabulary", s)
			}
		}
		checkPage(t, got.Page)
		again, _ := c.Facts(h, harbour)
		if diff := cmp.Diff(got, again); diff != "" {
			t.Fatalf("seen before it is read differently: %s", diff)
		}
	})
}

// checkPage holds for every page that is kept.
func checkPage(t interface{ Fatalf(string, ...any) }, page string) {
	if !utf8.ValidString(page) || len(page) > maxPage+len("/…") {
		t.Fatalf("page %q", page)
	}
	if strings.ContainsAny(page, "?#@=<>\"%\\\x00\r\n") {
		t.Fatalf("page %q has what no title has", page)
	}
	digits := 0
	for _, c := range page {
		if c >= '0' && c <= '9' {
			digits++
		} else {
			digits = 0
		}
		if digits > 4 {
			t.Fatalf("page %q has a number", page)
		}
	}
}

// TestNothingOfAgentOrAddressIsKept looks for runs of four characters of the
// agent and of the address in what is kept, beyond the words of the vocabularies.
func TestNothingOfAgentOrAddressIsKept(t *testing.T) {
	geo, err := OpenGeo(importTiny(t))
	if err != nil {
		t.Fatal(err)
	}
	c, words := New(Options{Geo: geo}), known(harbour)
	rapid.Check(t, func(t *rapid.T) {
		h := anyHit(t)
		mark := rapid.StringMatching(`[a-z0-9./ ]{4,40}`).Draw(t, "mark")
		at := rapid.IntRange(0, len(h.UserAgent)).Draw(t, "at")
		h.UserAgent = h.UserAgent[:at] + mark + h.UserAgent[at:]
		got, _ := c.Facts(h, harbour)
		path := strings.ToLower(h.Path)
		for _, kept := range []string{got.Page, got.Source, got.Referrer, got.Campaign, got.Area, got.Browser, got.Version, got.System, got.Device, got.Language} {
			for _, secret := range []string{mark, strings.ToLower(h.UserAgent), strings.ToLower(h.Lang), h.Addr.String()} {
				for i := 0; i+4 <= len(secret); i++ {
					if run := secret[i : i+4]; !words[kept] && strings.Contains(kept, run) && !strings.Contains(path, run) && kept != "Sensitive pages" {
						t.Fatalf("%q of the agent or address is in %q", run, kept)
					}
				}
			}
		}
		same := h
		same.UserAgent, same.Addr = chromeOnWindows, netip.MustParseAddr("192.0.2.7")
		if other, outcome := c.Facts(same, harbour); got.Page != "" && outcome == Kept && other.Page != got.Page {
			t.Fatalf("the page is %q, with another agent %q", got.Page, other.Page)
		}
	})
}

// TestLongInputsCostNoMore compares 64 KiB with the length that is read.
func TestLongInputsCostNoMore(t *testing.T) {
	long := func(s string, n int) string { return s + strings.Repeat("(/@a%41", n/7) }
	c := New(Options{})
	cost := func(n int) float64 {
		h := view()
		h.UserAgent, h.Path, h.Referrer, h.Campaign = long(chromeOnWindows, n), long("/", n), long("www.google.com.", n), long("s", n)
		return testing.AllocsPerRun(100, func() {
			c.Facts(h, harbour)
			ReadAgent(h.UserAgent, h.Mobile, h.Platform)
		})
	}
	// Above 512 bytes nothing more is read; one allocation is room for the cut.
	if short, most := cost(512), cost(64<<10); most > short+1 {
		t.Errorf("64 KiB cost %v allocations, 512 bytes %v", most, short)
	}
	if a, b := ReadAgent(long(chromeOnWindows, 64<<10), "", ""), ReadAgent(long(chromeOnWindows, 64<<10)[:maxAgent], "", ""); a != b {
		t.Errorf("read beyond the cut: %+v, %+v", a, b)
	}
}

func TestAgentCacheHoldsNoText(t *testing.T) {
	c := newAgentCache()
	for i := range 3 * cacheSlots { // more than fit
		agent := strings.Replace(chromeOnWindows, "157", string(rune('a'+i%26))+strings.Repeat("7", i%9), 1)
		if got, want := c.read(agent, "?0", ""), ReadAgent(agent, "?0", ""); got != want {
			t.Fatalf("read %+v, want %+v", got, want)
		}
	}
}

func TestClassRoundTrip(t *testing.T) {
	for _, b := range Browsers {
		for _, s := range Systems {
			for _, d := range Devices {
				for _, v := range append([]string{""}, Versions...) {
					a := Agent{Browser: b, Version: v, System: s, Device: d}
					if got := agentOf(a.class()); got != a || a.class() <= 1 {
						t.Fatalf("%+v becomes %+v", a, got)
					}
				}
			}
		}
	}
	if got := agentOf(Agent{Bot: true}.class()); got != (Agent{Bot: true}) {
		t.Errorf("a bot becomes %+v", got)
	}
}

func TestHostTable(t *testing.T) {
	n := 0
	seen := map[string]bool{}
	for i, line := range strings.Split(strings.TrimSpace(hostsText), "\n") {
		parts := strings.SplitN(line, " ", 3)
		if line == "" || parts[0] == "#" || line == "#" {
			continue
		}
		n++
		if len(parts) != 3 || classOf[parts[0]] == "" || !isHost(strings.TrimSuffix(parts[1], ".*")) || seen[parts[1]] {
			t.Errorf("hosts.txt:%d: %q is no class, host and name, or there twice", i+1, line)
		}
		seen[parts[1]] = true
	}
	if n < 200 {
		t.Errorf("%d hosts", n)
	}
}

func FuzzAgent(f *testing.F) {
	for _, e := range readExamples(f, "agents.txt") {
		f.Add(e.input[0], "?0", `"Android"`)
	}
	f.Fuzz(func(t *testing.T, agent, mobile, platform string) {
		a := ReadAgent(agent, mobile, platform)
		if a.Bot {
			if a != (Agent{Bot: true}) {
				t.Fatalf("bot says %+v", a)
			}
			return
		}
		if !slices.Contains(Browsers, a.Browser) || !slices.Contains(Systems, a.System) || !slices.Contains(Devices, a.Device) ||
			a.Version != "" && !slices.Contains(Versions, a.Version) {
			t.Fatalf("%+v is not of the vocabulary", a)
		}
	})
}

func FuzzPage(f *testing.F) {
	for _, e := range readExamples(f, "pages.txt") {
		f.Add(e.input[0])
	}
	f.Fuzz(func(t *testing.T, path string) {
		page, kept := harbour.Page(path)
		if !kept {
			return
		}
		checkPage(t, page)
		if page == "Sensitive pages" {
			return
		}
		if again, _ := NewRules(Settings{}).Page(strings.TrimSuffix(page, "/…")); again != strings.TrimSuffix(page, "/…") && !strings.Contains(page, ID) {
			t.Fatalf("%q is kept as %q, and that as %q", path, page, again)
		}
	})
}

func FuzzSource(f *testing.F) {
	for _, e := range readExamples(f, "sources.txt") {
		f.Add(e.input[0], e.input[1])
	}
	words := known(harbour)
	f.Fuzz(func(t *testing.T, referrer, campaign string) {
		o := harbour.Source(referrer, campaign)
		if !slices.Contains(Sources, o.Class) || !words[o.Referrer] || !words[o.Campaign] {
			t.Fatalf("%+v is not of the vocabulary", o)
		}
	})
}
