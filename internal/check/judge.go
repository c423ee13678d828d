package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// sighting is one thing that a page was seen to keep or to call.
type sighting struct {
	kind     Kind
	name     string // of a cookie, a key, a database or a global
	host     string // that keeps it or was called
	days     int    // until a cookie expires; 0 is until the browser closes
	httpOnly bool
	via      string // what a request was for, such as script or image
	count    int
}

// subject is what sightings are judged against.
type subject struct {
	host      string // of the page
	collector string // host of the collector; empty if there is none
	declared  declared
}

// judge gives each sighting of each state its verdict, merged into one Thing
// for what is the same in several states.
func (p subject) judge(seen map[State][]sighting) []Thing {
	things := map[string]*Thing{}
	for _, state := range States {
		for _, s := range seen[state] {
			if s.kind == Request && sameSite(p.host, s.host) {
				continue
			}
			key := fmt.Sprint(s.kind, " ", s.name, " ", s.host)
			t := things[key]
			if t == nil {
				t = p.thing(s)
				things[key] = t
			}
			p.add(t, state, s)
		}
	}
	sorted := make([]Thing, 0, len(things))
	for _, t := range things {
		slices.Sort(t.Via)
		t.Mend = t.mend()
		sorted = append(sorted, *t)
	}
	slices.SortFunc(sorted, func(a, b Thing) int {
		return cmp.Or(cmp.Compare(order(a.Kind), order(b.Kind)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Host, b.Host))
	})
	return sorted
}

func order(k Kind) int { return slices.Index(kinds, k) }

// thing makes the row of a sighting, yet without the states it was seen in.
func (p subject) thing(s sighting) *Thing {
	t := &Thing{Kind: s.kind, Name: s.name, Host: s.host, Party: "third"}
	if sameSite(p.host, s.host) {
		t.Party = "first"
	}
	if known, ok := recognise(s); ok && !p.ours(s) {
		t.Tracker, t.Does, t.use = known.name, known.does, known.use
	}
	if p.ours(s) {
		t.Purpose = ourselves
	} else if i, ok := p.itemOf(s); ok {
		t.Purpose, t.basis, t.declaredDays = i.ID, i.Basis, i.daysOf(s)
	}
	return t
}

func (p subject) add(t *Thing, state State, s sighting) {
	t.HTTPOnly = t.HTTPOnly || s.httpOnly
	if s.kind == Cookie && (t.Days == nil || *t.Days < s.days) {
		t.Days = &s.days
	}
	if s.via != "" && !slices.Contains(t.Via, s.via) {
		t.Via = append(t.Via, s.via)
	}
	if n := len(t.Seen); n > 0 && t.Seen[n-1].State == state {
		t.Seen[n-1].Count += s.count
		return
	}
	t.Seen = append(t.Seen, Seen{State: state, Count: s.count, Verdict: p.verdict(state, s)})
}

// itemOf returns the purpose that declares a sighting; of several the one that
// may run earliest.
func (p subject) itemOf(s sighting) (item, bool) {
	for _, state := range []State{No, Before, Yes} {
		for _, i := range p.declared.Items {
			if i.permits(state) && i.covers(s) {
				return i, true
			}
		}
	}
	return item{}, false
}

func (p subject) verdict(state State, s sighting) Verdict {
	if p.ours(s) {
		return p.ownVerdict(state, s)
	}
	i, ok := p.itemOf(s)
	if ok && i.permits(state) {
		if s.kind == Cookie && s.days > i.daysOf(s)+1 { // a day for the hour at which it was set
			return NotDeclared
		}
		return Allowed
	}
	return tooEarly(state)
}

// tooEarly is the verdict on what nothing declared allows in a state.
func tooEarly(state State) Verdict {
	switch state {
	case Before:
		return BeforeChoice
	case No:
		return AfterNo
	default:
		return NotDeclared
	}
}

// own are the names under which the snippet keeps the choice, and visit the
// one for what of the visit was counted.
var own = []string{"footfall", "ff", visit}

const visit = "fv"

// ours says whether Footfall's own snippet is what was seen.
func (p subject) ours(s sighting) bool {
	switch s.kind {
	case Request:
		return s.host == p.collector
	case Cookie, Local, Session:
		return p.collector != "" && slices.Contains(own, s.name) && sameSite(p.host, s.host)
	default:
		return false
	}
}

// ownVerdict holds Footfall to what it promises: nothing kept before a choice
// unless visits are counted under the exception, and after No the choice alone.
func (p subject) ownVerdict(state State, s sighting) Verdict {
	counted := state == Yes || state == Before && p.declared.Basis == byException
	choice := state == No && s.name != visit
	if s.kind == Request || counted || choice {
		return Allowed
	}
	return tooEarly(state)
}

// sameSite says whether two hosts belong to one registrable domain.
func sameSite(a, b string) bool {
	if a == b {
		return true
	}
	a, errA := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(a))
	b, errB := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(b))
	return errA == nil && errB == nil && a == b
}
