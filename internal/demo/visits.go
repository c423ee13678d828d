package demo

import (
	"iter"
	"math"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/raw"
)

// Visit is what one browser does on the demo website on one day.
type Visit struct {
	Lang    string // of the banner
	Answers bool   // the banner is answered in this visit
	Yes     bool
	Hits    []raw.Hit // without a pass
}

// Days yields the visits of each day from first to last; the same seed gives
// the same visits. Host is where the website is.
func Days(seed uint64, host string, first, last day.Day) iter.Seq2[day.Day, []Visit] {
	return func(yield func(day.Day, []Visit) bool) {
		for d := first; d <= last; d++ {
			r := rand.New(rand.NewPCG(seed, uint64(d)))
			visits := make([]Visit, busyness(r, d, first))
			for i := range visits {
				visits[i] = visit(r, host)
			}
			if !yield(d, visits) {
				return
			}
		}
	}
}

// busyness is how many visits a day has: fewer at weekends and in the summer,
// more each month, and never the same twice.
func busyness(r *rand.Rand, d, first day.Day) int {
	mean := 88 + 0.11*float64(d-first)
	switch d.Weekday() {
	case time.Saturday, time.Sunday:
		mean *= 0.62
	case time.Monday:
		mean *= 1.12
	}
	switch d.Month() {
	case time.August:
		mean *= 0.7
	case time.January, time.November:
		mean *= 1.15
	}
	return max(0, int(math.Round(mean+r.NormFloat64()*math.Sqrt(mean))))
}

// Hour is the hour at which all visits of a day come. Every day has another, so
// that a month has some at all times of day; no figure is of hours and of days.
func Hour(d day.Day) int { return [...]int{15, 20, 9, 15, 2, 20, 15, 9, 20, 15}[d%10] }

// weighted is a choice and how often it is made, in parts of the sum.
type weighted[T any] struct {
	v T
	w int
}

func pick[T any](r *rand.Rand, from []weighted[T]) T {
	sum := 0
	for _, c := range from {
		sum += c.w
	}
	n := r.IntN(sum)
	for _, c := range from {
		if n -= c.w; n < 0 {
			return c.v
		}
	}
	panic("unreachable")
}

func visit(r *rand.Rand, host string) Visit {
	v := Visit{Lang: pick(r, []weighted[string]{{"en", 93}, {"cy", 7}}), Answers: r.IntN(100) < 70, Yes: r.IntN(100) < 58}
	base := raw.Hit{
		Site: Key, Origin: "http://" + host, UserAgent: pick(r, agents), Addr: address(r),
	}
	path := pick(r, paths)
	if v.Lang == "cy" {
		path = "/demo/cy"
	}
	seen := map[string]bool{}
	for n := range pick(r, []weighted[int]{{1, 46}, {2, 24}, {3, 14}, {4, 8}, {5, 5}, {9, 3}}) {
		h := base
		h.Kind, h.Path, h.NewVisit, h.NewPage = raw.View, path, n == 0, !seen[path]
		if n == 0 {
			h.Referrer, h.Campaign = pick(r, referrers), pick(r, campaigns)
		}
		seen[path] = true
		v.Hits = append(v.Hits, h)
		path = pick(r, paths)
	}
	v.Hits = append(v.Hits, events(r, base, seen)...)
	if h := leave(r, base, len(seen)); len(h.Length)+len(h.Depth) > 0 {
		v.Hits = append(v.Hits, h)
	}
	return v
}

// events presses some of the buttons of the pages seen, each at most once.
func events(r *rand.Rand, base raw.Hit, seen map[string]bool) (hits []raw.Hit) {
	done := map[Event]bool{}
	for _, p := range website {
		if !seen[wirePath(p)] {
			continue
		}
		for i, e := range p.Events {
			e.Label = ""
			if done[e] || r.IntN(100) >= 16-4*i {
				continue
			}
			done[e] = true
			h := base
			h.Kind, h.Table, h.Value = raw.Event, e.Table, e.Value
			hits = append(hits, h)
		}
	}
	return hits
}

func leave(r *rand.Rand, base raw.Hit, pages int) raw.Hit {
	base.Kind = raw.Leave
	seconds := r.ExpFloat64() * 60 * float64(pages)
	for _, b := range []weighted[string]{{"10s", 10}, {"1m", 60}, {"3m", 180}, {"10m", 600}} {
		if seconds >= float64(b.w) {
			base.Length = append(base.Length, b.v)
		}
	}
	for _, b := range []weighted[string]{{"2", 2}, {"4", 4}, {"8", 8}} {
		if pages >= b.w {
			base.Depth = append(base.Depth, b.v)
		}
	}
	return base
}

func wirePath(p Page) string {
	if p.Path == "" {
		return "/demo/"
	}
	return "/demo/" + p.Path
}

// Areas gives the demo's address ranges (198.18.0.0/15, kept for benchmarks by
// RFC 2544) their countries and nations.
var Areas = []Range{
	{netip.MustParsePrefix("198.18.0.0/17"), "GB-ENG"}, {netip.MustParsePrefix("198.18.128.0/18"), "GB-WLS"},
	{netip.MustParsePrefix("198.18.192.0/19"), "GB-SCT"}, {netip.MustParsePrefix("198.18.224.0/20"), "GB-NIR"},
	{netip.MustParsePrefix("198.18.240.0/20"), "GB"}, {netip.MustParsePrefix("198.19.0.0/17"), "IE"},
	{netip.MustParsePrefix("198.19.128.0/17"), "US"},
}

// Range is an address range and the area it is taken to be in.
type Range struct {
	Prefix netip.Prefix
	Area   string
}

func address(r *rand.Rand) netip.Addr {
	p := pick(r, []weighted[netip.Prefix]{
		{Areas[0].Prefix, 70}, {Areas[1].Prefix, 14}, {Areas[2].Prefix, 6}, {Areas[3].Prefix, 3},
		{Areas[4].Prefix, 4}, {Areas[5].Prefix, 2}, {Areas[6].Prefix, 1},
	})
	b := p.Addr().As4()
	host := r.Uint32N(1 << (32 - p.Bits()))
	for i := range 4 {
		b[3-i] |= byte(host >> (8 * i))
	}
	return netip.AddrFrom4(b)
}

var paths = []weighted[string]{
	{"/demo/", 30}, {"/demo/help/bullying", 16}, {"/demo/help/online", 15}, {"/demo/help/home", 11}, {"/demo/help/lonely", 12},
	{"/demo/drop-in", 8}, {"/demo/parents", 7}, {"/demo/privacy", 1}, {"/demo/help/urgent", 1},
}

var referrers = []weighted[string]{
	{"", 30}, {"www.google.com", 34}, {"www.bing.com", 5}, {"duckduckgo.com", 3}, {"l.instagram.com", 9}, {"www.tiktok.com", 4},
	{"chatgpt.com", 4}, {"www.childline.org.uk", 5}, {"www.youngminds.org.uk", 2}, {"mail.google.com", 1}, {"school.example.org", 3},
}

var campaigns = []weighted[string]{{"", 95}, {"schools-spring", 4}, {"world-book-day", 1}}

// agents are the public strings of common browsers.
var agents = slices.Concat(phones, computers)

var phones = []weighted[string]{
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1", 34},
	{"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Mobile Safari/537.36", 20},
	{"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", 7},
	{"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 390.0.0.27.85", 5},
	{"Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1", 4},
}

var computers = []weighted[string]{
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36", 14},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36 Edg/146.0.0.0", 7},
	{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15", 4},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", 3},
	{"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0 Safari/537.36", 4},
}
