package intake_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/coarse"
	"github.com/footfall-analytics/footfall/internal/coarsen"
	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/raw"
	"github.com/footfall-analytics/footfall/internal/site"
	"github.com/footfall-analytics/footfall/internal/spool"
)

const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

var charity = site.Site{
	Key: "kx4f9q", Name: "Harbour Young People", Hosts: []string{"www.harbour.example", "127.0.0.1:8080"},
	TimeZone: "Europe/London", QuarterStart: 1, Campaigns: []string{"spring"},
	Vocabulary: map[cell.Table][]site.Choice{cell.Contact: {{ID: "webchat"}, {ID: "phone"}}, cell.Issue: {{ID: "bullying"}}},
	Pages:      []site.PageRule{{Prefix: "/staff", Drop: true}, {Prefix: "/help/abuse", Group: "Help"}},
}

type sites map[string]*intake.Site

func (s sites) Site(key string) (*intake.Site, bool) {
	v, ok := s[key]
	return v, ok
}

// room is an intake on real parts.
type room struct {
	*intake.Intake
	t      *testing.T
	now    time.Time
	signer *consent.Signer
	banner site.Banner
	spool  *spool.Spool
	hits   map[intake.Verdict]int
	mu     sync.Mutex
}

func newRoom(t *testing.T, change func(*intake.Options)) *room {
	t.Helper()
	r := &room{
		t: t, now: time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC), hits: map[intake.Verdict]int{},
		signer: consent.NewSigner([32]byte{7}), banner: site.NewBanner(charity),
	}
	sp, err := spool.Open(spool.Options{Dir: t.TempDir(), Key: [32]byte{1}, Clock: func() time.Time { return r.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sp.Close() })
	r.spool = sp
	o := intake.Options{
		Sites:      sites{"kx4f9q": intake.NewSite(charity, []site.Banner{r.banner})},
		Signer:     r.signer,
		Coarsen:    coarsen.New(coarsen.Options{}),
		Spool:      sp,
		Clock:      func() time.Time { return r.now },
		ObserveHit: func(v intake.Verdict) { r.mu.Lock(); r.hits[v]++; r.mu.Unlock() },
	}
	if change != nil {
		change(&o)
	}
	r.Intake = intake.New(o)
	return r
}

// view is a hit that is counted.
func (r *room) view() *raw.Hit {
	return &raw.Hit{
		Kind: raw.View, Site: "kx4f9q", Path: "/help/bullying", Referrer: "www.google.com", Campaign: "", NewVisit: true, NewPage: true,
		Pass:   r.signer.Pass(consent.Claim{Site: "kx4f9q", Banner: r.banner.Hash(), Choices: []string{site.Statistics}}),
		Origin: "https://www.harbour.example", UserAgent: firefox, Addr: netip.MustParseAddr("192.0.2.1"), Lang: "cy-GB,cy;q=0.9",
	}
}

func (r *room) decision() *raw.Decision {
	return &raw.Decision{
		Site: "kx4f9q", Banner: r.banner.Hash(), Choices: []string{site.Statistics}, Lang: "cy",
		Origin: "https://www.harbour.example", UserAgent: firefox, Addr: netip.MustParseAddr("192.0.2.1"),
	}
}

// stored takes what the spool holds.
func (r *room) stored() (all []coarse.Hit) {
	r.t.Helper()
	if err := r.spool.Rotate(); err != nil {
		r.t.Fatal(err)
	}
	for _, s := range r.spool.Segments() {
		if err := r.spool.Read(s.ID, func(h coarse.Hit) error { all = append(all, h); return nil }); err != nil {
			r.t.Fatal(err)
		}
	}
	return all
}

var ctx = context.Background()

func TestAcceptKeepsCoarseFactsAlone(t *testing.T) {
	r := newRoom(t, nil)
	leave := r.view()
	leave.Kind, leave.Path, leave.Referrer, leave.NewVisit, leave.NewPage = raw.Leave, "", "", false, false
	leave.Length, leave.Depth = []string{"10s", "1m"}, []string{"2"}
	event := r.view()
	event.Kind, event.Path, event.NewVisit, event.NewPage, event.Table, event.Value = raw.Event, "", false, false, "contact", "webchat"
	for _, h := range []*raw.Hit{r.view(), leave, event} {
		if v := r.Accept(ctx, h); v != intake.Counted {
			t.Fatalf("verdict %v", v)
		}
	}
	on := day.New(2026, 11, 30)
	want := []coarse.Hit{
		{
			Kind: coarse.View, Basis: coarse.Consent, Site: "kx4f9q", Day: on, NewVisit: true, NewPage: true, Page: "/help/bullying",
			Source: "Search", Browser: "Firefox", System: "Linux", Device: "Computer", Hour: "afternoon", Language: "Welsh",
		},
		{Kind: coarse.Leave, Basis: coarse.Consent, Site: "kx4f9q", Day: on, Length: []string{"10s", "1m"}, Depth: []string{"2"}},
		{Kind: coarse.Event, Basis: coarse.Consent, Site: "kx4f9q", Day: on, Table: "contact", Value: "webchat", Hour: "afternoon"},
	}
	// Whether a browser is current, and what a host is called, is coarsen's business.
	if diff := cmp.Diff(want, r.stored(), cmpopts.IgnoreFields(coarse.Hit{}, "Version", "Referrer")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r.hits[intake.Counted] != 3 {
		t.Errorf("observed %v", r.hits)
	}
}

func TestVerdictsOfHits(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*room, *raw.Hit)
		want   intake.Verdict
	}{
		"counted":              {func(*room, *raw.Hit) {}, intake.Counted},
		"host with a port":     {func(_ *room, h *raw.Hit) { h.Origin = "http://127.0.0.1:8080" }, intake.Counted},
		"no pass":              {func(_ *room, h *raw.Hit) { h.Pass = "" }, intake.NoConsent},
		"objection":            {func(_ *room, h *raw.Hit) { h.GPC = true }, intake.Objected},
		"objection overridden": {func(_ *room, h *raw.Hit) { h.GPC, h.OverrodeGPC = true, true }, intake.Counted},
		"bot":                  {func(_ *room, h *raw.Hit) { h.UserAgent = "ExampleBot/1.0 (+https://bot.example.org)" }, intake.Bot},
		"no agent":             {func(_ *room, h *raw.Hit) { h.UserAgent = "" }, intake.Bot},
		"unknown site":         {func(_ *room, h *raw.Hit) { h.Site = "zzzzzz" }, intake.UnknownSite},
		"other page":           {func(_ *room, h *raw.Hit) { h.Origin = "https://www.example.org" }, intake.WrongOrigin},
		"host that ends alike": {func(_ *room, h *raw.Hit) { h.Origin = "https://evil-www.harbour.example" }, intake.WrongOrigin},
		"other port":           {func(_ *room, h *raw.Hit) { h.Origin = "http://127.0.0.1:9999" }, intake.WrongOrigin},
		"no origin":            {func(_ *room, h *raw.Hit) { h.Origin = "" }, intake.WrongOrigin},
		"hidden origin":        {func(_ *room, h *raw.Hit) { h.Origin = "null" }, intake.WrongOrigin},
		"origin of no page":    {func(_ *room, h *raw.Hit) { h.Origin = "ftp://www.harbour.example" }, intake.WrongOrigin},
		"dropped page":         {func(_ *room, h *raw.Hit) { h.Path = "/staff/rota" }, intake.DroppedPage},
		"undeclared value":     {func(_ *room, h *raw.Hit) { h.Kind, h.Table, h.Value = raw.Event, "contact", "fax" }, intake.UnknownValue},
		"undeclared table":     {func(_ *room, h *raw.Hit) { h.Kind, h.Table, h.Value = raw.Event, "issue", "phone" }, intake.UnknownValue},
		"test":                 {func(_ *room, h *raw.Hit) { h.TestRequest = true }, intake.TestOnly},
		"test without consent": {func(_ *room, h *raw.Hit) { h.TestRequest, h.Pass = true, "" }, intake.NoConsent},
		"spool closed":         {func(r *room, _ *raw.Hit) { _ = r.spool.Close() }, intake.Busy},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, nil)
			hit := r.view()
			c.change(r, hit)
			if got := r.Accept(ctx, hit); got != c.want {
				t.Errorf("verdict %v, want %v", got, c.want)
			}
			if want := map[intake.Verdict]int{c.want: 1}; !cmp.Equal(want, r.hits) {
				t.Errorf("observed %v, want %v", r.hits, want)
			}
			if got := r.LastHit("kx4f9q"); (got == intake.WithinMinute) != (c.want == intake.Counted) {
				t.Errorf("last hit %q", got)
			}
			if c.want != intake.Counted && name != "spool closed" && len(r.stored()) != 0 {
				t.Errorf("stored: %v", r.stored())
			}
		})
	}
}

// failing is a disk that gives up.
type failing struct{ err error }

func (f failing) Put(context.Context, coarse.Hit) error { return f.err }

func TestNothingIsCountedThatIsNotStored(t *testing.T) {
	for err, want := range map[error]intake.Verdict{
		spool.ErrFull:                      intake.Full,
		fmt.Errorf("x: %w", spool.ErrBusy): intake.Busy,
		spool.ErrClosed:                    intake.Busy,
		errors.New("input/output error"):   intake.Failed,
	} {
		r := newRoom(t, func(o *intake.Options) { o.Spool = failing{err} })
		if got := r.Accept(ctx, r.view()); got != want {
			t.Errorf("%v: verdict %v, want %v", err, got, want)
		}
		if a, got := r.Decide(ctx, r.decision()); got != want || a != (intake.Answer{}) {
			t.Errorf("%v: decision %v %+v, want %v", err, got, a, want)
		}
		if r.LastHit("kx4f9q") != intake.Before {
			t.Errorf("%v: a hit is shown as counted", err)
		}
	}
}

// The day of a hit is the site's own: in summer London is an hour ahead.
func TestDayIsTheSites(t *testing.T) {
	r := newRoom(t, nil)
	for _, c := range []struct {
		now  time.Time
		want day.Day
	}{
		{time.Date(2026, 7, 1, 22, 59, 59, 0, time.UTC), day.New(2026, 7, 1)},
		{time.Date(2026, 7, 1, 23, 0, 0, 0, time.UTC), day.New(2026, 7, 2)},
		{time.Date(2026, 12, 1, 23, 30, 0, 0, time.UTC), day.New(2026, 12, 1)},
	} {
		r.now = c.now
		if v := r.Accept(ctx, r.view()); v != intake.Counted {
			t.Fatal(v)
		}
		got := r.stored()
		if d := got[len(got)-1].Day; d != c.want {
			t.Errorf("at %v: day %v, want %v", c.now, d, c.want)
		}
		a, _ := r.Decide(ctx, r.decision())
		if _, d, err := r.signer.ParseReceipt(a.Receipt); err != nil || d != c.want {
			t.Errorf("at %v: day of receipt %v (%v), want %v", c.now, d, err, c.want)
		}
	}
}

func TestDecide(t *testing.T) {
	r := newRoom(t, nil)
	yes, v := r.Decide(ctx, r.decision())
	if v != intake.Counted {
		t.Fatal(v)
	}
	claim, err := r.signer.CheckPass("kx4f9q", yes.Pass)
	if err != nil || claim.Banner != r.banner.Hash() {
		t.Errorf("pass says %+v, %v", claim, err)
	}
	refused := r.decision()
	refused.Choices, refused.Lang = nil, "en"
	no, v := r.Decide(ctx, refused)
	if v != intake.Counted || no.Pass != "" {
		t.Errorf("no: %v, pass %q", v, no.Pass)
	}
	if claim, _, err := r.signer.ParseReceipt(no.Receipt); err != nil || len(claim.Choices) != 0 {
		t.Errorf("receipt of no says %+v, %v", claim, err)
	}
	on := day.New(2026, 11, 30)
	want := []coarse.Hit{
		{Kind: coarse.Decision, Basis: coarse.Consent, Site: "kx4f9q", Day: on, Table: "banner", Value: "1 yes cy"},
		{Kind: coarse.Decision, Basis: coarse.Consent, Site: "kx4f9q", Day: on, Table: "banner", Value: "1 no en"},
	}
	if diff := cmp.Diff(want, r.stored()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestVerdictsOfDecisions(t *testing.T) {
	old := site.NewBanner(charity)
	old.Funders = []string{"Somebody Else"}
	for name, c := range map[string]struct {
		change func(*raw.Decision)
		want   intake.Verdict
	}{
		"necessary":        {func(d *raw.Decision) { d.Choices = []string{"basket"} }, intake.UnknownValue},
		"unknown site":     {func(d *raw.Decision) { d.Site = "zzzzzz" }, intake.UnknownSite},
		"other page":       {func(d *raw.Decision) { d.Origin = "https://www.example.org" }, intake.WrongOrigin},
		"withdrawn banner": {func(d *raw.Decision) { d.Banner = old.Hash() }, intake.NoConsent},
		"no such banner":   {func(d *raw.Decision) { d.Banner = "0123456789abcdef" }, intake.NoConsent},
		"other language":   {func(d *raw.Decision) { d.Lang = "fr" }, intake.UnknownValue},
		"not asked":        {func(d *raw.Decision) { d.Choices = []string{"statistics", "video"} }, intake.UnknownValue},
	} {
		s := charity
		s.Purposes = []site.Purpose{{ID: "basket", Basis: site.Necessary}}
		r := newRoom(t, func(o *intake.Options) {
			o.Sites = sites{"kx4f9q": intake.NewSite(s, []site.Banner{old, site.NewBanner(s)})}
		})
		d := r.decision()
		d.Banner = site.NewBanner(s).Hash()
		c.change(d)
		if a, got := r.Decide(ctx, d); got != c.want || a != (intake.Answer{}) {
			t.Errorf("%s: %v %+v, want %v", name, got, a, c.want)
		}
		if s := r.stored(); len(s) != 0 {
			t.Errorf("%s: stored %v", name, s)
		}
	}
}

// A machine that answers a banner is told the same as a person, and not counted.
func TestDecisionsOfBotsAreNotCounted(t *testing.T) {
	r := newRoom(t, nil)
	d := r.decision()
	d.UserAgent = "ExampleBot/1.0"
	a, v := r.Decide(ctx, d)
	b, _ := r.Decide(ctx, r.decision())
	if v != intake.Bot || a != b || len(r.stored()) != 1 {
		t.Errorf("%v %+v, person %+v, stored %v", v, a, b, r.stored())
	}
}

func TestVerdictsHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for _, v := range intake.Verdicts() {
		if v.String() == "" || seen[v.String()] {
			t.Errorf("verdict %d is called %q", v, v)
		}
		seen[v.String()] = true
	}
	if intake.Verdict(200).String() != "unknown" {
		t.Error("a verdict out of range has a name")
	}
}

func TestAcceptFromManyAtOnce(t *testing.T) {
	r := newRoom(t, nil)
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			for range 5 {
				h := r.view()
				h.Addr = netip.AddrFrom4([4]byte{192, 0, 2, byte(i)})
				if v := r.Accept(ctx, h); v != intake.Counted {
					t.Error(v)
				}
			}
		})
	}
	all.Wait()
	if got := len(r.stored()); got != 320 {
		t.Errorf("%d stored, want 320", got)
	}
}

// The part of the day is the site's, not the server's; only the first page of a
// visit and a contact have one.
func TestHourIsOfTheSite(t *testing.T) {
	r := newRoom(t, nil)
	r.now = time.Date(2026, 7, 1, 23, 30, 0, 0, time.UTC) // half past midnight in London
	second := r.view()
	second.NewVisit = false
	event := func(table, value string) *raw.Hit {
		h := r.view()
		h.Kind, h.Path, h.NewVisit, h.NewPage, h.Table, h.Value = raw.Event, "", false, false, table, value
		return h
	}
	for _, h := range []*raw.Hit{r.view(), second, event("contact", "phone"), event("issue", "bullying")} {
		if v := r.Accept(ctx, h); v != intake.Counted {
			t.Fatal(v)
		}
	}
	var hours []string
	for _, h := range r.stored() {
		hours = append(hours, h.Hour)
	}
	if diff := cmp.Diff([]string{"night", "", "night", ""}, hours); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
