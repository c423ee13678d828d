package raw_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"testing"

	"github.com/footfall-analytics/footfall/internal/raw"
)

// Whatever is done to write a request down gives its type's name at most.
func TestNothingIsPrinted(t *testing.T) {
	addr := netip.MustParseAddr("192.0.2.231")
	hit := raw.Hit{Site: "canary", Path: "/canary", UserAgent: "canary", Length: []string{"canary"}, Addr: addr}
	decision := raw.Decision{Site: "canary", Choices: []string{"canary"}, UserAgent: "canary", Addr: addr}
	type holder struct{ In any }
	for _, v := range []any{hit, &hit, []raw.Hit{hit}, holder{hit}, map[string]any{"k": hit}, decision, &decision, []raw.Decision{decision}, holder{decision}} {
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		out.WriteString(fmt.Sprint(v) + fmt.Errorf("accept: %v", v).Error())
		slog.New(slog.NewJSONHandler(&out, nil)).Info("hit", "it", v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("hit", "it", v)
		_ = json.NewEncoder(&out).Encode(v)
		_ = xml.NewEncoder(&out).Encode(v)
		_ = gob.NewEncoder(&out).Encode(v)
		for _, secret := range []string{"canary", "192.0.2.231", "63616e617279"} {
			if strings.Contains(strings.ToLower(out.String()), secret) {
				t.Errorf("%T shows %s:\n%s", v, secret, out.String())
			}
		}
	}
}
