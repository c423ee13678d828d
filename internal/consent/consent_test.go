package consent_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/footfall-analytics/footfall/internal/consent"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/raw"
	"github.com/footfall-analytics/footfall/internal/site"
)

const on = day.Day(20787)

func signer() *consent.Signer { return consent.NewSigner([32]byte{1, 2, 3}) }

func banner(change func(*site.Banner)) site.Banner {
	b := site.NewBanner(site.Site{Key: "kx4f9q", Name: "Harbour Young People", Funders: []string{"Example Trust"}})
	if change != nil {
		change(&b)
	}
	return b
}

func claim(b site.Banner, choices ...string) consent.Claim {
	return consent.Claim{Site: "kx4f9q", Banner: b.Hash(), Choices: choices}
}

func TestDecide(t *testing.T) {
	old := banner(func(b *site.Banner) { b.Funders = nil })
	worded := banner(func(b *site.Banner) { b.Exit = "#exit" })
	now := banner(nil)
	unknown := banner(func(b *site.Banner) { b.Exit = "#never-published" })
	banners := consent.NewBanners([]site.Banner{old, worded, now})
	s := signer()
	yes := s.Pass(claim(now, site.Statistics))
	elsewhere := claim(now, site.Statistics)
	elsewhere.Site = "zzzzzz"

	for name, c := range map[string]struct {
		hit  raw.Hit
		want consent.Ground
	}{
		"yes":                            {raw.Hit{Pass: yes}, consent.Agreed},
		"yes to the same in other words": {raw.Hit{Pass: s.Pass(claim(worded, site.Statistics))}, consent.Agreed},
		"no pass":                        {raw.Hit{}, consent.None},
		"yes to a banner withdrawn":      {raw.Hit{Pass: s.Pass(claim(old, site.Statistics))}, consent.None},
		"yes to a banner never shown":    {raw.Hit{Pass: s.Pass(claim(unknown, site.Statistics))}, consent.None},
		"yes to something else":          {raw.Hit{Pass: s.Pass(claim(now, "video"))}, consent.None},
		"yes to more than was asked":     {raw.Hit{Pass: s.Pass(claim(now, site.Statistics, "video"))}, consent.None},
		"no, signed":                     {raw.Hit{Pass: s.Pass(claim(now))}, consent.None},
		"pass of another site":           {raw.Hit{Pass: s.Pass(elsewhere)}, consent.None},
		"pass of another installation":   {raw.Hit{Pass: consent.NewSigner([32]byte{9}).Pass(claim(now, site.Statistics))}, consent.None},
		"tampered pass":                  {raw.Hit{Pass: strings.Replace(yes, site.Statistics, "statistic", 1)}, consent.None},
		"receipt for a pass":             {raw.Hit{Pass: s.Receipt(claim(now, site.Statistics), on)}, consent.None},
		"objection":                      {raw.Hit{Pass: yes, GPC: true}, consent.Objected},
		"objection without a pass":       {raw.Hit{GPC: true}, consent.Objected},
		"objection overridden":           {raw.Hit{Pass: yes, GPC: true, OverrodeGPC: true}, consent.Agreed},
		"override is no yes":             {raw.Hit{GPC: true, OverrodeGPC: true}, consent.None},
	} {
		t.Run(name, func(t *testing.T) {
			c.hit.Site = "kx4f9q"
			for range 2 { // the second time from memory
				if got := consent.Decide(&c.hit, banners, s); got != c.want {
					t.Errorf("ground %v, want %v", got, c.want)
				}
			}
		})
	}
}

func TestNoBannerNoGround(t *testing.T) {
	s := signer()
	hit := raw.Hit{Site: "kx4f9q", Pass: s.Pass(claim(banner(nil), site.Statistics))}
	for name, b := range map[string]consent.Banners{"zero": {}, "empty": consent.NewBanners(nil)} {
		if got := consent.Decide(&hit, b, s); got != consent.None {
			t.Errorf("%s: ground %v, want None", name, got)
		}
		if _, ok := b.Current(); ok {
			t.Errorf("%s: has a current version", name)
		}
	}
}

func TestVersionsAreNumberedFromOne(t *testing.T) {
	first, second := banner(nil), banner(func(b *site.Banner) { b.ExpiresDays = 365 })
	b := consent.NewBanners([]site.Banner{first, second})
	if v, ok := b.Find(first.Hash()); !ok || v.Number != 1 {
		t.Errorf("first version: %+v, %v", v, ok)
	}
	if _, ok := b.InForce(first.Hash()); ok {
		t.Error("the first version is in force though the second asks for something else")
	}
	if v, ok := b.Current(); !ok || v.Number != 2 || v.Hash != second.Hash() {
		t.Errorf("current version: %+v, %v", v, ok)
	}
}

// What names its content must say the same for good.
func TestContentPublishedAgainKeepsItsNumber(t *testing.T) {
	first, second := banner(nil), banner(func(b *site.Banner) { b.ExpiresDays = 365 })
	b := consent.NewBanners([]site.Banner{first, second, first})
	if v, ok := b.Current(); !ok || v.Number != 1 || v.Hash != first.Hash() {
		t.Errorf("current version: %+v, %v", v, ok)
	}
	if _, ok := b.InForce(second.Hash()); ok {
		t.Error("the second version is still in force")
	}
}

func claims(t *rapid.T) consent.Claim {
	return consent.Claim{
		Site:    rapid.StringMatching(`[0-9a-z]{6}`).Draw(t, "site"),
		Banner:  rapid.StringMatching(`[0-9a-f]{16}`).Draw(t, "banner"),
		Choices: rapid.SliceOfN(rapid.StringMatching(`[a-z][a-z-]{0,9}`), 0, 4).Draw(t, "choices"),
	}
}

func TestReceiptTellsWhatWasSigned(t *testing.T) {
	s := signer()
	rapid.Check(t, func(t *rapid.T) {
		c := claims(t)
		when := day.Day(rapid.Int32Range(0, 40000).Draw(t, "day"))
		r := s.Receipt(c, when)
		got, gotDay, err := s.ParseReceipt(r)
		if err != nil {
			t.Fatal(err)
		}
		if again := s.Receipt(got, gotDay); again != r {
			t.Fatalf("receipt %q says what makes %q", r, again)
		}
		if gotDay != when || got.Site != c.Site || got.Banner != c.Banner {
			t.Fatalf("got %+v on %v, want %+v on %v", got, gotDay, c, when)
		}
	})
}

func TestAnyChangeIsNoticed(t *testing.T) {
	s := signer()
	c := claim(banner(nil), site.Statistics)
	pass, receipt := s.Pass(c), s.Receipt(c, on)
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(receipt)-1).Draw(t, "at")
		by := rapid.Byte().Draw(t, "by")
		if changed := receipt[:at] + string([]byte{by}) + receipt[at+1:]; changed != receipt {
			if _, _, err := s.ParseReceipt(changed); !errors.Is(err, consent.ErrForged) {
				t.Fatalf("receipt %q: %v", changed, err)
			}
		}
		at %= len(pass)
		if changed := pass[:at] + string([]byte{by}) + pass[at+1:]; changed != pass {
			if _, err := s.CheckPass(c.Site, changed); !errors.Is(err, consent.ErrForged) {
				t.Fatalf("pass %q: %v", changed, err)
			}
		}
	})
}

func TestTheSameChoiceIsSignedTheSame(t *testing.T) {
	b := banner(nil)
	one, two := claim(b, "video", "statistics"), claim(b, "statistics", "video", "video")
	if diff := cmp.Diff(signer().Pass(one), signer().Pass(two)); diff != "" {
		t.Errorf("order of choices matters (-one +two):\n%s", diff)
	}
	if diff := cmp.Diff(signer().Receipt(one, on), signer().Receipt(two, on)); diff != "" {
		t.Errorf("order of choices matters (-one +two):\n%s", diff)
	}
	if signer().Receipt(one, on) == signer().Receipt(one, on+1) {
		t.Error("the day of a receipt does not matter")
	}
}

func TestPassesFitAURLAndHaveNoDay(t *testing.T) {
	s := signer()
	for _, text := range []string{s.Pass(claim(banner(nil), site.Statistics)), s.Receipt(claim(banner(nil)), on)} {
		if i := strings.IndexFunc(text, func(r rune) bool {
			return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~", r)
		}); i >= 0 || len(text) > 100 {
			t.Errorf("%q (%d bytes) cannot stand in an address as it is", text, len(text))
		}
	}
}

func TestFingerprintNamesTheKey(t *testing.T) {
	a, b := consent.NewSigner([32]byte{1}).Fingerprint(), consent.NewSigner([32]byte{2}).Fingerprint()
	if len(a) != 16 || a == b || a != consent.NewSigner([32]byte{1}).Fingerprint() {
		t.Errorf("fingerprints %q, %q", a, b)
	}
}

func TestKnownPassesAreBounded(t *testing.T) {
	s := signer()
	b := banner(nil)
	for i := range 50_000 { // far more than there is room for
		c := claim(b, site.Statistics)
		c.Site = strings.Repeat("a", i%7) + string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676%26))
		if got, err := s.CheckPass(c.Site, s.Pass(c)); err != nil || got.Site != c.Site {
			t.Fatalf("pass of %q: %+v, %v", c.Site, got, err)
		}
	}
}

func FuzzCheckPass(f *testing.F) {
	s := signer()
	c := claim(banner(nil), site.Statistics)
	f.Add("kx4f9q", s.Pass(c))
	f.Add("", "p1...")
	f.Add("kx4f9q", "p1.0123456789abcdef.-.AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("kx4f9q", s.Receipt(c, on))
	f.Add("kx4f9q", s.ExceptionPass("kx4f9q", c.Banner))
	f.Fuzz(func(t *testing.T, siteKey, pass string) {
		got, err := s.CheckPass(siteKey, pass)
		if err == nil && (s.Pass(got) != pass || got.Site != siteKey) {
			t.Errorf("pass %q of %q was taken for that of %+v", pass, siteKey, got)
		}
	})
}

func FuzzParseReceipt(f *testing.F) {
	s := signer()
	f.Add(s.Receipt(claim(banner(nil), site.Statistics), on))
	f.Add(s.Receipt(claim(banner(nil)), on))
	f.Add("r1.kx4f9q.0123456789abcdef.2026-11-30.-.AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("r1.....")
	f.Fuzz(func(t *testing.T, receipt string) {
		got, when, err := s.ParseReceipt(receipt)
		if err == nil && s.Receipt(got, when) != receipt {
			t.Errorf("receipt %q was taken for that of %+v on %v", receipt, got, when)
		}
	})
}

func BenchmarkDecide(b *testing.B) {
	s := signer()
	now := banner(nil)
	banners := consent.NewBanners([]site.Banner{now})
	hit := raw.Hit{Site: "kx4f9q", Pass: s.Pass(claim(now, site.Statistics))}
	b.ReportAllocs()
	for b.Loop() {
		if consent.Decide(&hit, banners, s) != consent.Agreed {
			b.Fatal("not agreed")
		}
	}
}

func BenchmarkCheckForgedPass(b *testing.B) {
	s := signer()
	pass := s.Pass(claim(banner(nil), site.Statistics))
	forged := pass[:len(pass)-1] + "!"
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.CheckPass("kx4f9q", forged); err == nil {
			b.Fatal("forged pass is good")
		}
	}
}
