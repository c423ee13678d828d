package check

import (
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/network"
)

// calls follows the requests of a page. Of an address it keeps the host, and
// in memory alone what is needed to find the snippet's own.
type calls struct {
	mu     sync.Mutex
	list   []call
	status int64 // of the page itself; 0 until it has answered
}

// call is one request.
type call struct {
	id      network.RequestID
	url     *url.URL
	via     string
	blocked network.BlockedReason
	policy  string // directive of the page's Content-Security-Policy that refused it
	failed  bool
	status  int64
}

// vias are the kinds of requests in plain words.
var vias = map[network.ResourceType]string{
	network.ResourceTypeStylesheet: "style sheet", network.ResourceTypeImage: "image", network.ResourceTypeMedia: "media",
	network.ResourceTypeFont: "font", network.ResourceTypeScript: "script", network.ResourceTypeXHR: "fetch",
	network.ResourceTypeFetch: "fetch", network.ResourceTypeEventSource: "fetch", network.ResourceTypePing: "beacon",
	network.ResourceTypeWebSocket: "socket", network.ResourceTypeDocument: "frame", network.ResourceTypePreflight: "fetch",
}

// hear takes an event of the browser.
func (c *calls) hear(event any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		c.add(e.RequestID, e.Request.URL, e.Type)
	case *network.EventWebSocketCreated:
		c.add(e.RequestID, e.URL, network.ResourceTypeWebSocket)
	case *network.EventResponseReceived:
		if i := c.last(e.RequestID); i >= 0 {
			c.list[i].status = e.Response.Status
		}
		if c.status == 0 && e.Type == network.ResourceTypeDocument {
			c.status = e.Response.Status
		}
	case *network.EventLoadingFailed:
		if i := c.last(e.RequestID); i >= 0 {
			c.list[i].failed, c.list[i].blocked = true, e.BlockedReason
		}
	case *audits.EventIssueAdded:
		c.refuse(e.Issue.Details.ContentSecurityPolicyIssueDetails)
	}
}

func (c *calls) add(id network.RequestID, address string, kind network.ResourceType) {
	u, err := url.Parse(address)
	if err != nil || !slices.Contains([]string{"http", "https", "ws", "wss"}, u.Scheme) {
		return
	}
	via := vias[kind]
	if via == "" {
		via = "other"
	}
	c.list = append(c.list, call{id: id, url: u, via: via})
}

// refuse notes what the page's own policy did not let it call.
func (c *calls) refuse(d *audits.ContentSecurityPolicyIssueDetails) {
	if d == nil || d.IsReportOnly || d.BlockedURL == "" {
		return
	}
	if u, err := url.Parse(d.BlockedURL); err == nil {
		c.list = append(c.list, call{url: u, policy: strings.TrimSuffix(d.ViolatedDirective, "-elem"), failed: true})
	}
}

func (c *calls) last(id network.RequestID) int {
	for i := len(c.list) - 1; i >= 0; i-- {
		if c.list[i].id == id {
			return i
		}
	}
	return -1
}

// forget drops what was heard so far, but for the answer of the page.
func (c *calls) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = nil
}

// answered returns the status of the first page, 0 if it has not answered.
func (c *calls) answered() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status
}

// all returns what was heard so far.
func (c *calls) all() []call {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.list)
}

// sightings returns the hosts that were called. What the page's own policy
// stopped was not sent; what we held back ourselves would have been.
func (c *calls) sightings() []sighting {
	var seen []sighting
	for _, one := range c.all() {
		if one.policy != "" || one.blocked != "" && one.blocked != network.BlockedReasonInspector {
			continue
		}
		seen = append(seen, sighting{kind: Request, host: strings.ToLower(one.url.Hostname()), via: one.via, count: 1})
	}
	return seen
}
