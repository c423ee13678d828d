package collector

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/site"
)

func answerTo(b site.Banner, choices ...string) string {
	quoted := make([]string, len(choices))
	for i, c := range choices {
		quoted[i] = fmt.Sprintf("%q", c)
	}
	return fmt.Sprintf(`{"v":1,"site":%q,"banner":%q,"choices":[%s],"lang":"en"}`, b.Site, b.Hash(), strings.Join(quoted, ","))
}

// An objection is kept by the charity's own server where it can be, and nowhere
// where a trace could harm.
func TestTheObjectionCookie(t *testing.T) {
	const kept, cleared = "footfall=no; Max-Age=15724800; Path=/; SameSite=Lax", "footfall=no; Max-Age=0; Path=/; SameSite=Lax"
	h := newHouse(t, func(o *intake.Options) {
		now := site.NewBanner(charity)
		guarded := charity
		guarded.Key, guarded.Safeguarding = "sx4f9q", true
		before := site.NewBanner(guarded)
		before.Safeguarding = false // the same question as now: an answer to it holds
		o.Sites.(sites)["sx4f9q"] = intake.NewSite(guarded, []site.Banner{before, site.NewBanner(guarded)})
		o.Sites.(sites)["px4f9q"] = intake.NewSite(site.Site{Hosts: []string{"127.0.0.1:8080"}, Key: "px4f9q"}, []site.Banner{now})
	})
	guarded := charity
	guarded.Key, guarded.Safeguarding = "sx4f9q", true
	unguarded := site.NewBanner(guarded)
	unguarded.Safeguarding = false
	plain := h.now
	plain.Site = "px4f9q"

	for name, c := range map[string]struct {
		body, fetchSite, want string
	}{
		"no":                              {answerTo(h.now), "same-origin", kept + "; Secure"},
		"yes":                             {answerTo(h.now, "statistics"), "same-origin", cleared + "; Secure"},
		"some with statistics":            {answerTo(h.video, "statistics"), "same-origin", cleared + "; Secure"},
		"some without statistics":         {answerTo(h.video, "video"), "same-origin", kept + "; Secure"},
		"no from another origin":          {answerTo(h.now), "cross-site", ""},
		"no from a sister host":           {answerTo(h.now), "same-site", ""},
		"no from a browser that is quiet": {answerTo(h.now), "", ""},
		"no on a safeguarding site":       {answerTo(h.excepted), "same-origin", ""},
		"yes on a safeguarding site":      {answerTo(h.excepted, "statistics"), "same-origin", ""},
		"no to a banner from before":      {answerTo(unguarded), "same-origin", ""},
		"not asked":                       {answerTo(h.now, "video"), "same-origin", ""},
		"banner never shown":              {strings.ReplaceAll(answerTo(h.now), h.now.Hash(), "0123456789abcdef"), "same-origin", ""},
	} {
		resp, body := h.send(request{"POST", "/v1/decisions", c.body, map[string]string{"Sec-Fetch-Site": c.fetchSite}})
		if got := resp.Header.Get("Set-Cookie"); got != c.want {
			t.Errorf("%s: cookie %q, want %q (%d %s)", name, got, c.want, resp.StatusCode, body)
		}
		if name == "no to a banner from before" && resp.StatusCode != 200 {
			t.Errorf("%s: %d %s", name, resp.StatusCode, body)
		}
	}
	body := strings.Replace(answerTo(h.now), "kx4f9q", "px4f9q", 1)
	resp, text := h.send(request{"POST", "/v1/decisions", body, map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8080"}})
	if got := resp.Header.Get("Set-Cookie"); got != kept {
		t.Errorf("on plain http: cookie %q, want %q (%s)", got, kept, text)
	}
}

// A visit is counted by the exception with the banner's own pass, and not as one
// that anybody agreed to.
func TestAVisitByTheException(t *testing.T) {
	h := newHouse(t, nil)
	pass := h.signer.ExceptionPass("ex4f9q", h.excepted.Hash())
	if _, banner := h.send(request{method: "GET", path: "/v1/sites/ex4f9q/banner"}); !strings.Contains(banner, `"pass":"`+pass+`"`) || !strings.Contains(banner, `"purposes":[]`) {
		t.Fatalf("banner: %s", banner)
	}
	for _, key := range []string{"kx4f9q", "vx4f9q"} {
		if _, banner := h.send(request{method: "GET", path: "/v1/sites/" + key + "/banner"}); strings.Contains(banner, `"pass"`) {
			t.Errorf("a site that asks gives a pass away: %s", banner)
		}
	}
	body := strings.Replace(view(pass), "kx4f9q", "ex4f9q", 1)
	h.send(request{"POST", "/v1/hits", body, nil})
	h.send(request{"POST", "/v1/hits", body, map[string]string{"Sec-GPC": "1"}})
	h.send(request{"POST", "/v1/hits", body, map[string]string{"DNT": "1"}})
	h.send(request{"POST", "/v1/hits", view(pass), nil})
	if want := []intake.Verdict{intake.Counted, intake.Objected, intake.Objected, intake.NoConsent}; !slices.Equal(h.verdicts, want) {
		t.Errorf("verdicts %v, want %v", h.verdicts, want)
	}
	if got := h.stored(); len(got) != 1 || got[0].Basis != coarse.Exception {
		t.Errorf("stored %+v", got)
	}
}
