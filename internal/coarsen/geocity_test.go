package coarsen

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
)

// No GeoLite2-City file may be handed on, so tests make one of its schema: names
// in eight languages, places, postcodes, two levels of subdivisions.

var cityLanguages = []string{"de", "en", "es", "fr", "ja", "pt-BR", "ru", "zh-CN"}

func cityNames(name string) mmdbtype.Map {
	m := mmdbtype.Map{}
	for _, l := range cityLanguages {
		m[mmdbtype.String(l)] = mmdbtype.String(name)
	}
	return m
}

func cityPlace(id uint32, code, name string) mmdbtype.Map {
	m := mmdbtype.Map{"geoname_id": mmdbtype.Uint32(id), "names": cityNames(name)}
	if code != "" {
		m["iso_code"] = mmdbtype.String(code)
	}
	return m
}

// cityRecord is a place, one of n, in a country.
func cityRecord(n uint32, country, nation string) mmdbtype.Map {
	m := mmdbtype.Map{
		"city":               cityPlace(n, "", fmt.Sprintf("Port Example %d", n)),
		"continent":          mmdbtype.Map{"code": mmdbtype.String("EU"), "geoname_id": mmdbtype.Uint32(1), "names": cityNames("Somewhere")},
		"country":            cityPlace(2, country, "Exampleland"),
		"registered_country": cityPlace(3, "US", "Elsewhere"),
		"location": mmdbtype.Map{
			"accuracy_radius": mmdbtype.Uint16(20), "latitude": mmdbtype.Float64(51 + float64(n%1000)/1000),
			"longitude": mmdbtype.Float64(-2), "time_zone": mmdbtype.String("Europe/London"),
		},
		"postal": mmdbtype.Map{"code": mmdbtype.String(fmt.Sprintf("ZZ%d", n%90))},
	}
	if nation != "" {
		m["subdivisions"] = mmdbtype.Slice{cityPlace(4, nation, "Exampleshire"), cityPlace(5, "EXC", "Example County")}
	}
	return m
}

var cityCountries = []struct{ country, nation, area string }{
	{"GB", "ENG", England}, {"GB", "SCT", Scotland}, {"GB", "WLS", Wales}, {"GB", "NIR", NorthernIreland}, {"GB", "", UK},
	{"IE", "L", "IE"}, {"FR", "IDF", "FR"}, {"IM", "", Other}, {"JE", "", Other}, {"US", "CA", "US"},
}

// writeCity writes a file of n /24 networks and some of IPv6, and returns the
// areas of their first addresses.
func writeCity(tb testing.TB, path string, n int) map[netip.Addr]string {
	tb.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: "GeoLite2-City", RecordSize: 28, Languages: cityLanguages, IncludeReservedNetworks: true})
	if err != nil {
		tb.Fatal(err)
	}
	random, areas := rand.New(rand.NewPCG(1, 2)), map[netip.Addr]string{}
	for i := range n {
		c := cityCountries[random.IntN(len(cityCountries))]
		addr := netip.AddrFrom4([4]byte{byte(11 + i>>16), byte(i >> 8), byte(i), 0})
		prefix := netip.PrefixFrom(addr, 24)
		if i%10 == 9 {
			addr = netip.AddrFrom16([16]byte{0x2a, 0, byte(i >> 16), byte(i >> 8), byte(i)})
			prefix = netip.PrefixFrom(addr, 40)
		}
		if err := tree.Insert(ipNet(prefix), cityRecord(uint32(i%2000), c.country, c.nation)); err != nil {
			tb.Fatal(err)
		}
		areas[addr] = c.area
	}
	f, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := tree.WriteTo(f); err != nil {
		tb.Fatal(err)
	}
	if err := f.Close(); err != nil {
		tb.Fatal(err)
	}
	return areas
}

func TestImportOfCitySchema(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "GeoLite2-City.mmdb"), filepath.Join(dir, GeoFile)
	areas := writeCity(t, in, 3000)
	report, err := ImportGeo(context.Background(), []string{in}, out)
	if err != nil {
		t.Fatal(err)
	}
	if !report.Nations || report.Areas != 9 {
		t.Errorf("report %+v", report)
	}
	g, err := OpenGeo(out)
	if err != nil {
		t.Fatal(err)
	}
	for addr, want := range areas {
		if got := g.Area(addr.Next()); got != want {
			t.Fatalf("%s is in %q, want %q", addr, got, want)
		}
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, finer := range []string{"Port", "Example", "EXC", "ZZ1", "Europe/London", "Elsewhere", "latitude"} {
		if strings.Contains(string(text), finer) {
			t.Errorf("the coarse file holds %q", finer)
		}
	}
}

// TestDamagedBitsNeverGiveAnythingButAreas turns bits of a file over. Either it is
// refused, with a reason and the file's name, or what comes out is areas.
func TestDamagedBitsNeverGiveAnythingButAreas(t *testing.T) {
	dir := t.TempDir()
	good, bad, out := filepath.Join(dir, "good.mmdb"), filepath.Join(dir, "bad.mmdb"), filepath.Join(dir, GeoFile)
	areas := writeCity(t, good, 300)
	content, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	random, refused := rand.New(rand.NewPCG(3, 4)), 0
	for range 150 {
		damaged := slices.Clone(content)
		for range 1 + random.IntN(200) {
			damaged[random.IntN(len(damaged))] ^= 1 << random.IntN(8)
		}
		if err := os.WriteFile(bad, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ImportGeo(context.Background(), []string{bad}, out); err != nil {
			if !strings.Contains(err.Error(), "bad.mmdb") {
				t.Errorf("no file in %q", err)
			}
			refused++
			continue
		}
		g, err := OpenGeo(out)
		if err != nil {
			t.Fatal(err)
		}
		for addr := range areas {
			if got := g.Area(addr); got != "" && !slices.Contains(Areas, got) {
				t.Fatalf("%q is no area", got)
			}
		}
	}
	if refused < 50 {
		t.Errorf("%d of 150 refused", refused)
	}
}

// BenchmarkImportCity has a tenth of the networks of a GeoLite2-City file.
func BenchmarkImportCity(b *testing.B) {
	dir := b.TempDir()
	in, out := filepath.Join(dir, "GeoLite2-City.mmdb"), filepath.Join(dir, GeoFile)
	writeCity(b, in, 400_000)
	info, err := os.Stat(in)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		report, err := ImportGeo(context.Background(), []string{in}, out)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/1e6, "MB-in")
		b.ReportMetric(float64(report.Bytes)/1e6, "MB-out")
	}
}
