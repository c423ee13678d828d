package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
)

// chrome is the agent of a browser that millions have.
const chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36"

// website is a charity's website as a visitor over HTTP sees it.
type website struct {
	*installation
	key, origin, pass string
}

// website says yes in the banner of a site and returns where to send hits from.
func (i *installation) website(key, origin string) *website {
	i.t.Helper()
	w := &website{installation: i, key: key, origin: origin}
	status, text := i.get("/v1/sites/" + key + "/banner?lang=en")
	var banner struct{ Hash string }
	if err := json.Unmarshal([]byte(text), &banner); status != http.StatusOK || err != nil {
		i.t.Fatalf("banner: %d %s", status, text)
	}
	r := must(w.post("/v1/decisions", fmt.Sprintf(`{"v":1,"site":%q,"banner":%q,"choices":["statistics"],"lang":"en"}`, key, banner.Hash)))(i.t)
	var answer struct{ Pass string }
	if err := json.Unmarshal([]byte(r.body), &answer); r.status != http.StatusOK || err != nil || answer.Pass == "" {
		i.t.Fatalf("decision: %d %s", r.status, r.body)
	}
	w.pass = answer.Pass
	return w
}

// reply is an answer with all its bytes.
type reply struct {
	status       int
	header, body string
}

// post sends a body as a page of the website does. Headers come in pairs and
// win over the usual.
func (w *website) post(path, body string, headers ...string) (reply, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, w.url(path), strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	usual := []string{"Content-Type", "text/plain;charset=UTF-8", "Origin", w.origin, "User-Agent", chrome}
	for i, all := 0, append(usual, headers...); i < len(all); i += 2 {
		req.Header.Set(all[i], all[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{}, err
	}
	var header strings.Builder
	if err := resp.Header.Write(&header); err != nil {
		return reply{}, err
	}
	return reply{resp.StatusCode, header.String(), string(text)}, nil
}

// view is the body of a first page view of a visit.
func (w *website) view(path, more string) string {
	return fmt.Sprintf(`{"v":1,"kind":"view","site":%q,"pass":%q,"path":%q%s,"new_visit":true,"new_page":true}`, w.key, w.pass, path, more)
}

// event is the body of a declared event.
func (w *website) event(table, value string) string {
	return fmt.Sprintf(`{"v":1,"kind":"event","site":%q,"pass":%q,"table":%q,"value":%q}`, w.key, w.pass, table, value)
}

// nth is an address of a range, from its first on.
func nth(first netip.Addr, n int) string {
	b := first.As16()
	for i := 15; n > 0; i-- {
		n += int(b[i])
		b[i], n = byte(n), n>>8
	}
	return netip.AddrFrom16(b).Unmap().String()
}

// metric reads one metric; the name has its labels, if any.
func (i *installation) metric(name string) int {
	i.t.Helper()
	return readMetric(i.t, i.scrape(), name)
}

func (i *installation) scrape() string {
	i.t.Helper()
	status, text := fetch("http://" + i.metrics + "/metrics")
	if status != http.StatusOK {
		i.t.Fatalf("metrics: %d %s", status, text)
	}
	return text
}

func readMetric(t testing.TB, text, name string) int {
	t.Helper()
	for lines := bufio.NewScanner(strings.NewReader(text)); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			return int(must(strconv.ParseFloat(value, 64))(t))
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

// verdict is the metric of the hits of which v became.
func verdict(v string) string { return `footfall_hits_total{verdict="` + v + `"}` }
