package app

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/site"
)

// Limits of what `pages check` reads.
const (
	maxSitemap  = 50 << 20 // bytes of one list, unpacked; what sitemaps.org allows
	maxSitemaps = 500      // lists that a list of lists may name
)

// PagesChecked is what `pages check` prints.
type PagesChecked struct {
	Pages  []PageChecked `json:"pages"`
	Kept   int           `json:"kept"`   // different pages that are counted
	Hidden int           `json:"hidden"` // addresses of which a part is not kept
}

// PageChecked is one address and what is kept of it.
type PageChecked struct {
	Address string `json:"address"`
	Kept    string `json:"kept"` // empty: not counted
	Why     string `json:"why"`
}

// Whys say what was done to an address.
const (
	whyAsIs    = "as it is"
	whyHidden  = "a part may point at a person"
	whyGroup   = "a rule of the site"
	whyDropped = "a rule of the site: not counted"
	whyOther   = "not a page of the site"
)

// Text is the list for people.
func (c PagesChecked) Text() string {
	var b strings.Builder
	for _, p := range c.Pages {
		fmt.Fprintf(&b, "%s\n  %s (%s)\n", p.Address, cmp.Or(p.Kept, "nothing"), p.Why)
	}
	fmt.Fprintf(&b, "%d addresses, kept as %d different pages; of %d a part is not kept.\n", len(c.Pages), c.Kept, c.Hidden)
	return b.String()
}

// CheckPages says what would be kept of the addresses in a file, or in a sitemap
// at an http address: by the rules of the site with the key, or by none. Nothing
// is stored or sent.
func CheckPages(ctx context.Context, o Options, source, key string) (PagesChecked, error) {
	var s site.Site
	if key != "" {
		shown, err := Do[SiteShown](ctx, o, "site show", key)
		if err != nil {
			return PagesChecked{}, err
		}
		s = shown.Site
	}
	addresses, err := readAddresses(ctx, source)
	if err != nil {
		return PagesChecked{}, fmt.Errorf("check pages: %w", err)
	}
	return checkPages(s, addresses), nil
}

func checkPages(s site.Site, addresses []string) PagesChecked {
	rules, kept := intake.NewSite(s, nil), map[string]bool{}
	c := PagesChecked{Pages: make([]PageChecked, 0, len(addresses))}
	for _, address := range addresses {
		p := PageChecked{Address: address, Why: whyOther}
		if path, ok := pathOf(s, address); ok {
			p.Kept, p.Why = keptOf(rules, path)
		}
		if p.Why == whyHidden {
			c.Hidden++
		}
		if p.Kept != "" {
			kept[p.Kept] = true
		}
		c.Pages = append(c.Pages, p)
	}
	c.Kept = len(kept)
	return c
}

// pathOf cuts scheme and host from an address; an address may be a path alone.
// False of other websites' pages.
func pathOf(s site.Site, address string) (string, bool) {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return address, strings.HasPrefix(address, "/")
	}
	host, path := rest, "/"
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host, path = rest[:i], rest[i:]
	}
	own := len(s.Hosts) == 0 || slices.Contains(s.Hosts, strings.ToLower(host))
	return path, own && (scheme == "https" || scheme == "http")
}

func keptOf(rules *intake.Site, path string) (kept, why string) {
	kept, counted := rules.Page(path)
	switch {
	case !counted:
		return "", whyDropped
	case !strings.HasPrefix(kept, "/"):
		return kept, whyGroup
	case strings.Contains(kept, ":id"):
		return kept, whyHidden
	}
	return kept, whyAsIs
}

// readAddresses reads a file, or fetches a sitemap and those that it lists.
func readAddresses(ctx context.Context, source string) ([]string, error) {
	if !strings.HasPrefix(source, "https://") && !strings.HasPrefix(source, "http://") {
		f, err := os.Open(source)
		if err != nil {
			return nil, fmt.Errorf("read list: %w", err)
		}
		defer f.Close()
		list, err := parseList(f)
		if err == nil && len(list.sitemaps) > 0 {
			err = errors.New("it lists sitemaps, not pages: give one of these, or the address of the list")
		}
		return list.pages, err
	}
	list, err := fetchList(ctx, source)
	if err != nil {
		return nil, err
	}
	if len(list.sitemaps) > maxSitemaps {
		return nil, fmt.Errorf("it lists %d sitemaps: at most %d", len(list.sitemaps), maxSitemaps)
	}
	for _, address := range list.sitemaps {
		if !sameHost(source, address) {
			return nil, fmt.Errorf("it lists a sitemap of another host: %s", address)
		}
		more, err := fetchList(ctx, address)
		if err != nil {
			return nil, err
		}
		list.pages = append(list.pages, more.pages...)
	}
	return list.pages, nil
}

func sameHost(a, b string) bool {
	first, err := url.Parse(a)
	if err != nil {
		return false
	}
	second, err := url.Parse(b)
	return err == nil && first.Host == second.Host
}

func fetchList(ctx context.Context, address string) (list, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return list{}, fmt.Errorf("fetch sitemap: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return list{}, fmt.Errorf("fetch sitemap: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return list{}, fmt.Errorf("fetch sitemap %s: %s", address, res.Status)
	}
	return parseList(res.Body)
}

// list is what a file lists.
type list struct{ pages, sitemaps []string }

// parseList reads a sitemap, or one address a line; either may be packed by gzip.
func parseList(r io.Reader) (list, error) {
	in := bufio.NewReader(r)
	if magic, _ := in.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		packed, err := gzip.NewReader(in)
		if err != nil {
			return list{}, fmt.Errorf("unpack list: %w", err)
		}
		in = bufio.NewReader(packed)
	}
	text, err := io.ReadAll(io.LimitReader(in, maxSitemap+1))
	if err != nil {
		return list{}, fmt.Errorf("read list: %w", err)
	}
	if len(text) > maxSitemap {
		return list{}, fmt.Errorf("list is larger than %d MB: split it", maxSitemap>>20)
	}
	if trimmed := bytes.TrimLeft(text, "\ufeff \t\r\n"); bytes.HasPrefix(trimmed, []byte("<")) {
		return parseSitemap(trimmed)
	}
	var l list
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			l.pages = append(l.pages, line)
		}
	}
	return l, nil
}

func parseSitemap(text []byte) (list, error) {
	var doc struct {
		Pages    []string `xml:"url>loc"`
		Sitemaps []string `xml:"sitemap>loc"`
	}
	if err := xml.Unmarshal(text, &doc); err != nil {
		return list{}, fmt.Errorf("read sitemap: %w", err)
	}
	for _, locs := range [][]string{doc.Pages, doc.Sitemaps} {
		for i := range locs {
			locs[i] = strings.TrimSpace(locs[i])
		}
	}
	if len(doc.Pages)+len(doc.Sitemaps) == 0 {
		return list{}, errors.New("read sitemap: it lists no pages")
	}
	return list{doc.Pages, doc.Sitemaps}, nil
}
