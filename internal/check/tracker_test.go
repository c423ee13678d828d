package check

import (
	"slices"
	"strings"
	"testing"
)

func TestTrackersAreRecognised(t *testing.T) {
	for _, c := range []struct {
		seen sighting
		want string
	}{
		{sighting{kind: Request, host: "www.google-analytics.com"}, "Google Analytics"},
		{sighting{kind: Request, host: "region1.analytics.google.com"}, "Google Analytics"},
		{sighting{kind: Request, host: "www.googletagmanager.com"}, "Google Tag Manager"},
		{sighting{kind: Request, host: "stats.g.doubleclick.net"}, "Google Ads"},
		{sighting{kind: Request, host: "connect.facebook.net"}, "Meta Pixel"},
		{sighting{kind: Request, host: "script.hotjar.com"}, "Hotjar"},
		{sighting{kind: Request, host: "www.clarity.ms"}, "Microsoft Clarity"},
		{sighting{kind: Request, host: "px.ads.linkedin.com"}, "LinkedIn Insight"},
		{sighting{kind: Request, host: "analytics.tiktok.com"}, "TikTok Pixel"},
		{sighting{kind: Request, host: "www.tiktok.com"}, "TikTok embed"},
		{sighting{kind: Request, host: "t.co"}, "X (Twitter) Pixel"},
		{sighting{kind: Request, host: "platform.twitter.com"}, "X (Twitter) embed"},
		{sighting{kind: Request, host: "js.hs-scripts.com"}, "HubSpot"},
		{sighting{kind: Request, host: "cdn.segment.com"}, "Segment"},
		{sighting{kind: Request, host: "api2.amplitude.com"}, "Amplitude"},
		{sighting{kind: Request, host: "api-js.mixpanel.com"}, "Mixpanel"},
		{sighting{kind: Request, host: "dpm.demdex.net"}, "Adobe Analytics"},
		{sighting{kind: Request, host: "www.youtube.com"}, "YouTube"},
		{sighting{kind: Request, host: "www.youtube-nocookie.com"}, "YouTube (nocookie)"},
		{sighting{kind: Request, host: "fonts.gstatic.com"}, "Google Fonts"},
		{sighting{kind: Request, host: "maps.googleapis.com"}, "Google Maps"},
		{sighting{kind: Request, host: "notyoutube.com"}, ""},
		{sighting{kind: Request, host: "www.example.org"}, ""},
		{sighting{kind: Cookie, name: "_ga_ABC123", host: "example.org"}, "Google Analytics"},
		{sighting{kind: Cookie, name: "_gallery", host: "example.org"}, ""},
		{sighting{kind: Cookie, name: "_fbp", host: "example.org"}, "Meta Pixel"},
		{sighting{kind: Cookie, name: "_hjSessionUser_1", host: "example.org"}, "Hotjar"},
		{sighting{kind: Cookie, name: "_pk_id.1.1fff", host: "example.org"}, "Matomo"},
		{sighting{kind: Cookie, name: "fr", host: "example.org"}, ""}, // a language, more likely
		{sighting{kind: Cookie, name: "fr", host: "facebook.com"}, "Meta Pixel"},
		{sighting{kind: Local, name: "ajs_anonymous_id", host: "example.org"}, "Segment"},
		{sighting{kind: Global, name: "fbq", host: "example.org"}, "Meta Pixel"},
		{sighting{kind: Global, name: "Piwik", host: "example.org"}, "Matomo"},
		{sighting{kind: Global, name: "_ga", host: "www.google-analytics.com"}, ""},
	} {
		got := ""
		if tracker, ok := recognise(c.seen); ok {
			got = tracker.name
		}
		if got != c.want {
			t.Errorf("%s %s of %s is %q, want %q", c.seen.kind, c.seen.name, c.seen.host, got, c.want)
		}
	}
}

// Each row must be found by each of its own marks: a mark in two rows would be
// told as the wrong company.
func TestEveryMarkNamesItsOwnRow(t *testing.T) {
	if len(trackers) < 60 {
		t.Errorf("the table has %d rows", len(trackers))
	}
	for _, row := range trackers {
		if row.does == "" || strings.HasSuffix(row.does, ".") || !slices.Contains([]string{script, embed, fonts}, row.use) {
			t.Errorf("%s does not say what it does and how it comes: %q %q", row.name, row.does, row.use)
		}
		var marks []sighting
		for host := range strings.FieldsSeq(row.hosts) {
			marks = append(marks, sighting{kind: Request, host: "sub." + host})
		}
		for name := range strings.FieldsSeq(row.kept) {
			marks = append(marks, sighting{kind: Cookie, name: strings.Replace(name, "*", "1", 1), host: "example.org"})
		}
		for name := range strings.FieldsSeq(row.globals) {
			marks = append(marks, sighting{kind: Global, name: name, host: "example.org"})
		}
		for _, mark := range marks {
			if found, ok := recognise(mark); !ok || found.name != row.name {
				t.Errorf("%+v of %s is told as %+v", mark, row.name, found)
			}
		}
	}
}
