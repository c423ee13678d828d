package collector

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/day"
)

// A receipt tells what was said yes and no to by the labels of that banner, with
// all that the banner said, in the language of whoever reads it.
func TestReceiptOfAnAnswerInPart(t *testing.T) {
	h := newHouse(t, nil)
	part := h.signer.Receipt(consent.Claim{Site: "vx4f9q", Banner: h.video.Hash(), Choices: []string{"video"}}, day.New(2026, 5, 3))
	for lang, want := range map[string][]string{
		"en": {
			`<html lang="en">`, "said yes to this:</p>\n<ul><li><bdi>Videos</bdi></li></ul>",
			"They said no to the rest:</p><ul><li><bdi>Counting visits</bdi></li><li><bdi>Text size</bdi></li></ul>",
			"<bdi>Example Video</bdi> (<bdi>Example Media</bdi>) <code>video.example</code>", "kept for at most 400 days", "It is off until the visitor says yes.",
		},
		"cy-GB": {`<html lang="cy">`, "ie i hyn:</p>\n<ul><li><bdi>Fideos</bdi></li></ul>", "rhif i’ch porwr", "hysbysiad preifatrwydd"},
		"ur":    {`<html lang="en">`, `</h2>` + "\n" + `<article class="banner" lang="ur" dir="rtl">`, h.video.Texts["ur"].Body},
		"fr":    {`<html lang="en">`, `</h2>` + "\n" + `<article class="banner" lang="en" dir="ltr">`},
	} {
		_, page := h.send(request{"GET", "/v1/receipts/" + part + "?lang=" + lang, "", map[string]string{"Accept": "text/html"}})
		for _, w := range append(want, `lang="ar" dir="rtl"`, h.video.Texts["pl"].Title) {
			if !strings.Contains(page, w) {
				t.Errorf("%s: page lacks %q:\n%s", lang, w, page)
			}
		}
		if strings.Contains(page, "basket") || strings.Contains(page, "Basket") {
			t.Errorf("%s: what nobody is asked for is shown", lang)
		}
	}
	_, text := h.send(request{"GET", "/v1/receipts/" + part + "?lang=cy", "", map[string]string{"Accept": "application/json"}})
	var got struct {
		Choices []string
		Banner  struct{ Items []itemJSON }
	}
	if err := json.Unmarshal([]byte(text), &got); err != nil || !slices.Equal(got.Choices, []string{"video"}) {
		t.Fatalf("%v: %s", err, text)
	}
	if diff := cmp.Diff(items(&h.video, "cy"), got.Banner.Items); diff != "" {
		t.Errorf("(-banner +receipt):\n%s", diff)
	}
}

func TestReceiptOfAnObjection(t *testing.T) {
	h := newHouse(t, nil)
	no := h.signer.Receipt(consent.Claim{Site: "ex4f9q", Banner: h.excepted.Hash()}, day.New(2026, 5, 3))
	_, page := h.send(request{"GET", "/v1/receipts/" + no, "", map[string]string{"Accept": "text/html"}})
	for _, want := range []string{"said no.", "They said no to this:</p><ul><li><bdi>Counting visits</bdi></li></ul>", "It is on until the visitor objects."} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %q:\n%s", want, page)
		}
	}
}
