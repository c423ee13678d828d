package main

import (
	"fmt"
	"net/netip"
	"strings"
)

// agents are the public strings of common browsers.
var agents = []string{
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Mobile Safari/537.36",
	"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36 Edg/146.0.0.0",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
}

var (
	paths     = []string{"/", "/help/bullying", "/help/online-safety", "/help/home", "/help/feeling-lonely", "/about-us", "/drop-in", "/parents/what-to-say"}
	referrers = []string{"www.google.com", "www.bing.com", "l.instagram.com", "www.childline.org.uk", "school.example.org"}
)

// clients is how many addresses the load comes from. They are in 198.18.0.0/15,
// which is kept for benchmarks (RFC 2544), and many, as one may send 20 hits/s.
const clients = 8192

// requests are what clients' browsers send: each opens a visit, which is the
// kind of hit that costs most. A proxy in front adds X-Forwarded-For.
func requests(addr, site, pass string) [][]byte {
	all := make([][]byte, clients)
	for i := range all {
		client := netip.AddrFrom4([4]byte{198, 18 + byte(i>>12), byte(i >> 4), byte(i<<4) + 1})
		body := fmt.Sprintf(`{"v":1,"kind":"view","site":%q,"pass":%q,"path":%q,"referrer":%q,"new_visit":true,"new_page":true}`,
			site, pass, paths[i%len(paths)], referrers[i%len(referrers)])
		all[i] = fmt.Appendf(nil, "POST /v1/hits HTTP/1.1\r\nHost: %s\r\n%s%d\r\nX-Forwarded-For: %s\r\n\r\n%s",
			addr, strings.ReplaceAll(headers, "AGENT", agents[i%len(agents)]), len(body), client, body)
	}
	return all
}

// headers are those of Chrome.
const headers = "Content-Type: text/plain;charset=UTF-8\r\nUser-Agent: AGENT\r\nOrigin: https://" + host + "\r\nReferer: https://" + host + "/\r\n" +
	"Accept: */*\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-GB,en;q=0.9\r\nSec-CH-UA-Mobile: ?1\r\nSec-CH-UA-Platform: \"Android\"\r\n" +
	"Sec-Fetch-Dest: empty\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Site: cross-site\r\nContent-Length: "
