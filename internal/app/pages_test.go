package app

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/site"
)

func TestCheckPages(t *testing.T) {
	s := site.Site{
		Hosts: []string{"www.harbour.example"},
		Pages: []site.PageRule{{Prefix: "/private", Group: "Sensitive pages", Sensitive: true}, {Prefix: "/staff", Drop: true}, {Prefix: "/abuse", Sensitive: true}},
	}
	got := checkPages(s, []string{
		"https://www.harbour.example/Help/", "/help", "https://www.harbour.example/cases/48213?x=1", "https://www.harbour.example",
		"/private/diary", "/staff/rota", "/abuse/help", "https://elsewhere.example/help", "mailto:team@harbour.example",
	})
	want := PagesChecked{Kept: 4, Hidden: 1, Pages: []PageChecked{
		{"https://www.harbour.example/Help/", "/help", whyAsIs}, {"/help", "/help", whyAsIs},
		{"https://www.harbour.example/cases/48213?x=1", "/cases/:id", whyHidden}, {"https://www.harbour.example", "/", whyAsIs},
		{"/private/diary", "Sensitive pages", whyGroup}, {"/staff/rota", "", whyDropped}, {"/abuse/help", "", whyDropped},
		{"https://elsewhere.example/help", "", whyOther}, {"mailto:team@harbour.example", "", whyOther},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("checked (-want +got):\n%s", diff)
	}
	if text := got.Text(); !strings.Contains(text, "nothing (a rule of the site: not counted)") || !strings.Contains(text, "9 addresses, kept as 4 different pages; of 1 a part is not kept.") {
		t.Errorf("text:\n%s", text)
	}
}

const sitemap = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc> https://www.harbour.example/help?a=1&amp;b=2 </loc><priority>1</priority></url>
<url><loc>https://www.harbour.example/about</loc></url></urlset>`

func TestReadAddresses(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(sitemap)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	two := []string{"https://www.harbour.example/help?a=1&b=2", "https://www.harbour.example/about"}
	for name, test := range map[string]struct {
		content string
		want    []string
		ok      bool
	}{
		"lines":           {"# pages\n/help\r\n\n /about \n", []string{"/help", "/about"}, true},
		"sitemap":         {"\ufeff" + sitemap, two, true},
		"packed":          {packed.String(), two, true},
		"cut short":       {sitemap[:150], nil, false},
		"packed, cut":     {packed.String()[:40], nil, false},
		"a page":          {"<html><body>please log in</body></html>", nil, false},
		"list of lists":   {"<sitemapindex><sitemap><loc>https://www.harbour.example/a.xml</loc></sitemap></sitemapindex>", nil, false},
		"larger than all": {strings.Repeat("/help\n", maxSitemap/6+2), nil, false},
	} {
		path := filepath.Join(t.TempDir(), "list")
		if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readAddresses(t.Context(), path)
		if (err == nil) != test.ok || test.ok && !cmp.Equal(got, test.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := readAddresses(t.Context(), filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("read a file that is not there")
	}
}

func TestFetchSitemaps(t *testing.T) {
	other := "https://elsewhere.example/sitemap.xml"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answers := map[string]string{
			"/pages.xml": sitemap,
			"/list.xml":  "<sitemapindex><sitemap><loc>http://" + r.Host + "/pages.xml</loc></sitemap><sitemap><loc>http://" + r.Host + "/pages.xml</loc></sitemap></sitemapindex>",
			"/other.xml": "<sitemapindex><sitemap><loc>" + other + "</loc></sitemap></sitemapindex>",
		}
		if answers[r.URL.Path] == "" {
			w.WriteHeader(http.StatusNotFound)
		}
		if _, err := w.Write([]byte(answers[r.URL.Path])); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	for path, n := range map[string]int{"/pages.xml": 2, "/list.xml": 4} {
		if got, err := readAddresses(t.Context(), server.URL+path); err != nil || len(got) != n {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	for _, path := range []string{"/none.xml", "/other.xml"} {
		if got, err := readAddresses(t.Context(), server.URL+path); err == nil {
			t.Errorf("%s: %q", path, got)
		}
	}
}
