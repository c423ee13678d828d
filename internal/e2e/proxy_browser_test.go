package e2e

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestANoOutlivesWhatScriptsKeep says No on a proxied website in a real browser
// and clears the browser's local storage: the cookie that the charity's own
// server has set is still a No, so nothing is asked, sent or counted.
func TestANoOutlivesWhatScriptsKeep(t *testing.T) {
	t.Parallel()
	p := proxied(t, "nginx")
	seen := inBrowser[struct {
		Before, Refused, Forgotten browserSeen
		Kept                       []struct {
			Name, Value, Domain, Path, SameSite string
			Expires                             float64
			HTTPOnly                            bool
		}
		Asks bool
	}](t, "proxy.mjs", map[string]any{"url": "http://" + p.edge.addr})

	for name, c := range map[string]struct {
		got  browserSeen
		want []string // requests beside those of the page
	}{
		"before a choice":      {seen.Before, []string{"GET /footfall/v1/sites/" + p.key + "/banner?lang=en 200"}},
		"No":                   {seen.Refused, []string{"GET /footfall/footfall-screens.js 200", "POST /footfall/v1/decisions 200"}},
		"with the cookie left": {seen.Forgotten, nil},
	} {
		if diff := cmp.Diff(c.want, c.got.lines("GET /", "GET /favicon.ico", "GET /footfall/footfall.js")); diff != "" {
			t.Errorf("%s, requests: %s", name, diff)
		}
	}
	if len(seen.Before.Cookies) > 0 || len(seen.Kept) != 1 {
		t.Fatalf("cookies before the choice %q, after No %+v, want one", seen.Before.Cookies, seen.Kept)
	}
	c := seen.Kept[0]
	days := time.Until(time.Unix(int64(c.Expires), 0)).Hours() / 24
	if c.Name != "footfall" || c.Value != "no" || c.Domain != "127.0.0.1" || c.Path != "/" || c.SameSite != "Lax" || c.HTTPOnly || math.Round(days) != 182 {
		t.Errorf("after No: %+v, for %.1f days", c, days)
	}
	if seen.Asks || len(seen.Forgotten.Cookies) != 1 || len(seen.Forgotten.Local) > 0 {
		t.Errorf("with the cookie left: asks %v, cookies %q, in local storage %v", seen.Asks, seen.Forgotten.Cookies, seen.Forgotten.Local)
	}
	if got := p.metric(verdict("counted")); got != 0 {
		t.Errorf("%d hits were counted", got)
	}
}
