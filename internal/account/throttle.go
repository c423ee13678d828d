package account

import "time"

// Tries within a window, after which more are refused until it is over.
const (
	triesByName    = 8
	triesByAddress = 40
	tryWindow      = 15 * time.Minute
	maxTries       = 50_000 // names and addresses remembered at one time
)

// throttle counts tries by the hash of who makes them.
type throttle map[[32]byte]tries

type tries struct {
	n     int
	since time.Time
}

// allow counts one try and says whether it is within the limit.
func (t throttle) allow(who [32]byte, now time.Time, limit int) bool {
	e, ok := t[who]
	if !ok || now.Sub(e.since) >= tryWindow {
		t.makeRoom(now)
		e = tries{since: now}
	}
	e.n++
	t[who] = e
	return e.n <= limit
}

// forget clears the tries of somebody who got in.
func (t throttle) forget(who [32]byte) { delete(t, who) }

// makeRoom drops windows that are over, once the map is full; if none is, it
// starts afresh, which bounds memory under attack.
func (t throttle) makeRoom(now time.Time) {
	if len(t) < maxTries {
		return
	}
	for who, e := range t {
		if now.Sub(e.since) >= tryWindow {
			delete(t, who)
		}
	}
	if len(t) >= maxTries {
		clear(t)
	}
}
