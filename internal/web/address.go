package web

import (
	"net"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Proxies are the networks whose word about a client's address is taken.
type Proxies []netip.Prefix

// ClientAddr is the address of whoever sent the request: that of the socket, or
// behind trusted proxies the last address in X-Forwarded-For that is not one of
// them. It is about a person: never log or keep it. The zero Addr means unknown.
func (p Proxies) ClientAddr(c *fiber.Ctx) netip.Addr {
	tcp, ok := c.Context().RemoteAddr().(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	addr := tcp.AddrPort().Addr().Unmap().WithZone("")
	if !p.contains(addr) {
		return addr // what others claim in headers is not believed
	}
	lines := c.Request().Header.PeekAll(fiber.HeaderXForwardedFor)
	for i := len(lines) - 1; i >= 0; i-- {
		rest := string(lines[i])
		for more := true; more; {
			var hop string
			hop, rest, more = lastHop(rest)
			next, err := parseHop(hop)
			if err != nil {
				return addr // a hop that hides its client is as far as we can see
			}
			if addr = next; !p.contains(addr) {
				return addr
			}
		}
	}
	return addr
}

func (p Proxies) contains(a netip.Addr) bool {
	for _, network := range p {
		if network.Contains(a) {
			return true
		}
	}
	return false
}

// lastHop cuts the last of a list with commas off.
func lastHop(list string) (hop, rest string, more bool) {
	if i := strings.LastIndexByte(list, ','); i >= 0 {
		return strings.TrimSpace(list[i+1:]), list[:i], true
	}
	return strings.TrimSpace(list), "", false
}

// parseHop reads an address with or without a port.
func parseHop(s string) (netip.Addr, error) {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), nil
	}
	a, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return a.Unmap().WithZone(""), err
}
