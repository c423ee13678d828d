package collector

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/intake"
)

// What a visitor brings along is found nowhere afterwards: not in an answer, the
// log, a coarse hit or a file of the spool; not in plain, hex or base64; not for
// hits that are counted nor for any that are refused.
func TestCanary(t *testing.T) {
	h := newHouse(t, nil)
	canaries := []string{"192.0.2.231", "2001:db8::ca:1", "CanaryToken", "jane.canary@example.org", "canary-query", "canary.example.net", "canarykey", "canarycookie"}
	agent := firefox + " CanaryToken/1.0"
	var out strings.Builder
	n := 0
	for _, path := range []string{
		"/help/jane.canary@example.org", "/help/jane.canary%40example.org", "/help/JANE.CANARY@example.org/x", "/help?email=canary-query", "/canary-query-0123456789abcdef0123456789abcdef",
	} {
		for _, body := range []string{
			strings.Replace(view(h.pass(h.now)), "/help/bullying", path, 1),
			strings.Replace(view("canarykey"), "/help/bullying", path, 1),
			strings.Replace(view(h.pass(h.now)), `"new_page"`, `"referrer":"canary.example.net","campaign":"jane.canary@example.org","new_page"`, 1),
			strings.Replace(view(h.pass(h.now)), `"new_page"`, `"jane.canary@example.org"`, 1),
			strings.Replace(view(h.pass(h.now)), "kx4f9q", "canary", 1),
			strings.Replace(view(h.pass(h.now)), "view", "canarykey", 1),
			view(h.pass(h.now)) + "jane.canary@example.org",
			strings.Repeat("jane.canary@example.org", 200),
			`{"v":1,"site":"kx4f9q","banner":"` + h.now.Hash() + `","choices":["canarykey"],"lang":"en"}`,
			decide(h.now.Hash()),
		} {
			for _, target := range []string{"/v1/hits?email=canary-query", "/v1/decisions?email=canary-query", "/v1/nothing/canary-query"} {
				for _, addr := range []string{"192.0.2.231", "2001:db8::ca:1"} {
					resp, answer := h.send(request{"POST", target, body, map[string]string{
						"X-Forwarded-For": addr, "User-Agent": agent, "Referer": "https://canary.example.net/canary-query", "Cookie": "id=canarycookie",
						"Sec-CH-UA-Platform": `"canarykey"`,
					}})
					fmt.Fprintln(&out, resp.Status, resp.Header, answer)
					n++
				}
			}
		}
	}
	for _, target := range []string{"/v1/sites/canarykey/banner?lang=canarykey", "/v1/receipts/canarykey", "/canarykey", "/footfall.js?canary-query"} {
		resp, answer := h.send(request{"GET", target, "", map[string]string{"User-Agent": agent, "X-Forwarded-For": "192.0.2.231"}})
		fmt.Fprintln(&out, resp.Status, resp.Header, answer)
	}
	stored := h.stored()
	if len(stored) < 20 || len(h.verdicts) < n/2 {
		t.Fatalf("the test does not reach the disk: %d stored, verdicts %v", len(stored), h.verdicts)
	}
	type fields coarse.Hit // every field, whatever methods a hit may get
	for _, hit := range stored {
		fmt.Fprintf(&out, "%+v\n", fields(hit))
	}
	search(t, "answers and hits", out.String(), canaries)
	search(t, "log", h.log.String(), canaries)
	search(t, "verdicts", fmt.Sprintf("%v %v", h.verdicts, intake.Verdicts()), canaries)
	for _, f := range files(t, h.dir) {
		search(t, filepath.Base(f.name), f.text, canaries)
	}
}

func search(t *testing.T, where, text string, canaries []string) {
	t.Helper()
	for _, c := range canaries {
		if i := position(text, c); i >= 0 {
			t.Errorf("%s: %q: …%s…", where, c, text[max(0, i-60):min(len(text), i+60)])
		}
	}
}

// position returns where text has c in plain, in an address, in hex or in base64.
func position(text, c string) int {
	text = strings.ToLower(text)
	for _, form := range []string{
		c, url.QueryEscape(c), hex.EncodeToString([]byte(c)),
		base64.RawStdEncoding.EncodeToString([]byte(c))[:len(c)], // the end depends on what follows
	} {
		if i := strings.Index(text, strings.ToLower(form)); i >= 0 {
			return i
		}
	}
	return -1
}

func TestCanarySearchFinds(t *testing.T) {
	const c = "jane.canary@example.org"
	for _, text := range []string{c, "x" + url.QueryEscape(c) + "x", hex.EncodeToString([]byte(c)), base64.StdEncoding.EncodeToString([]byte(c + "!"))} {
		if position(text, c) < 0 {
			t.Errorf("%q is not found", text)
		}
	}
}

type file struct{ name, text string }

func files(t *testing.T, dir string) (all []file) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) == 0 {
		t.Fatal("no files of the spool", err)
	}
	for _, n := range names {
		text, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, file{n, string(text)})
	}
	return all
}
