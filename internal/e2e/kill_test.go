package e2e

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/app"
	"github.com/footfall-analytics/footfall/internal/cell"
)

// rounds is how often the service is ended under load; the last one leaves
// hits in the spool.
const rounds = 9

// clients send hits at the same time.
const clients = 24

// TestEveryAcknowledgedHitIsCountedOnce ends the service again and again under
// a stream of hits: killed, or asked to stop, and every other time while hits
// are being counted. Each round has a value of its own, so that no round can
// make up for another.
func TestEveryAcknowledgedHitIsCountedOnce(t *testing.T) {
	t.Parallel()
	farFromMidnight(t)
	i := install(t, "TRUSTED_PROXIES=127.0.0.1")
	key := i.siteWithRounds()
	sent := make([]*sum, rounds)
	for n := range sent {
		if n > 0 {
			i.age() // so that the hits of the last round are counted in this one
		}
		p := i.start("serve")
		w := i.website(key, "http://www.example.org")
		sent[n] = i.round(w, p, n)
	}
	i.age()
	p := i.start("serve")
	// The new process may have counted them by now.
	if left := i.metric("footfall_spool_hits") + i.metric("footfall_batch_seconds_count"); left == 0 {
		t.Error("no hit was left in the spool: the last round proves nothing")
	}
	ask[app.Sealed](i, "seal")
	if got := i.metric("footfall_spool_hits"); got >= 20 {
		t.Errorf("%d hits are left in the spool", got)
	}
	p.stop()
	cells := i.cells(key)
	for n, s := range sent {
		counted := count(cells, cell.Contact, fmt.Sprintf("round-%d", n))
		t.Logf("round %d (%s): %d acknowledged, %d counted, %d without an answer, %d refused", n, how(n), s.acked.Load(), counted, s.lost.Load(), s.refused.Load())
		if acked := int(s.acked.Load()); acked < 200 || counted < acked || counted > acked+int(s.lost.Load()) {
			t.Errorf("round %d (%s): %d acknowledged and %d unanswered hits became %d", n, how(n), acked, s.lost.Load(), counted)
		}
	}
}

func how(round int) string {
	return [...]string{"killed", "killed while counting", "stopped", "stopped while counting"}[round%4]
}

// siteWithRounds adds a site with a value for each round, before any service runs.
func (i *installation) siteWithRounds() string {
	var choices []string
	for n := range rounds {
		choices = append(choices, fmt.Sprintf(`{"id":"round-%d","label":{"en":"Round %[1]d","cy":"Rownd %[1]d"}}`, n))
	}
	file := filepath.Join(i.base, "vocabulary.json")
	check(i.t, os.WriteFile(file, []byte(`{"contact":[`+strings.Join(choices, ",")+`]}`), 0o600))
	return ask[app.SiteShown](i, "site", "add", "Harbour Test", "--host", "www.example.org", "--vocabulary", file).Site.Key
}

// sum is what became of a round's hits, as its senders know.
type sum struct{ acked, lost, refused atomic.Int64 }

// round sends hits until the process has ended.
func (i *installation) round(w *website, p *process, n int) *sum {
	s := new(sum)
	var senders, sealers sync.WaitGroup
	var ended atomic.Bool
	for c := range clients {
		senders.Go(func() { w.stream(n, c, s, &ended) })
	}
	if n%2 == 1 { // hits are counted all the time, by the running process or, once that is gone, by the command
		sealers.Go(func() {
			for !ended.Load() {
				i.do("seal")
			}
		})
	}
	for s.acked.Load() < 200 {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(time.Duration(rand.IntN(600)) * time.Millisecond)
	if n%4 < 2 {
		p.kill()
	} else {
		p.stop()
	}
	ended.Store(true)
	senders.Wait()
	sealers.Wait()
	return s
}

// stream sends hits of one round, one after the other.
func (w *website) stream(n, c int, s *sum, ended *atomic.Bool) {
	body := w.event("contact", fmt.Sprintf("round-%d", n))
	first := netip.AddrFrom4([4]byte{198, 18, byte(n), 0})
	for hit := c; !ended.Load(); hit += clients {
		r, err := w.post("/v1/hits", body, "X-Forwarded-For", nth(first, hit%4096))
		switch {
		case err != nil && strings.Contains(err.Error(), "connection refused"):
			return // it was never sent
		case err != nil:
			s.lost.Add(1)
		case r.status == http.StatusAccepted:
			s.acked.Add(1)
		default:
			s.refused.Add(1)
		}
	}
}
