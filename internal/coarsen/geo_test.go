package coarsen

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
)

// Records of the schemas that are read, with documentation ranges.
func nested(country, subdivision string) mmdbtype.Map {
	m := mmdbtype.Map{
		"country": mmdbtype.Map{"iso_code": mmdbtype.String(country), "names": mmdbtype.Map{"en": mmdbtype.String("somewhere")}},
		"city":    mmdbtype.Map{"names": mmdbtype.Map{"en": mmdbtype.String("Port Example")}},
	}
	if subdivision != "" {
		m["subdivisions"] = mmdbtype.Slice{mmdbtype.Map{"iso_code": mmdbtype.String(subdivision)}, mmdbtype.Map{"iso_code": mmdbtype.String("XYZ")}}
	}
	return m
}

func flat(country string) mmdbtype.Map {
	return mmdbtype.Map{"country_code": mmdbtype.String(country)}
}

// writeDatabase writes an mmdb file of the type, and returns its path.
func writeDatabase(t *testing.T, kind string, networks map[string]mmdbtype.DataType) string {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: kind, IncludeReservedNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	for network, record := range networks {
		if err := tree.Insert(ipNet(netip.MustParsePrefix(network)), record); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), kind+".mmdb")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.WriteTo(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func cityNetworks() map[string]mmdbtype.DataType {
	return map[string]mmdbtype.DataType{
		"192.0.2.0/26":       nested("GB", "SCT"),
		"192.0.2.64/26":      nested("GB", "WLS"),
		"192.0.2.128/26":     nested("GB", ""),
		"192.0.2.192/26":     nested("GB", "LND"), // no nation
		"198.51.100.0/26":    nested("IM", ""),
		"198.51.100.64/26":   nested("FR", "IDF"),
		"198.51.100.128/26":  nested("LU", ""),
		"198.51.100.192/26":  mmdbtype.Map{"city": mmdbtype.Map{}},
		"2001:db8::/36":      nested("GB", "NIR"),
		"2001:db8:4000::/36": nested("GB", "ENG"),
	}
}

// importTiny makes a coarse file of a small city database.
func importTiny(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), GeoFile)
	report, err := ImportGeo(context.Background(), []string{writeDatabase(t, "GeoLite2-City", cityNetworks())}, out)
	if err != nil {
		t.Fatal(err)
	}
	if !report.Nations || report.Networks != 9 || report.Areas != 7 || report.Bytes == 0 {
		t.Fatalf("report %+v", report)
	}
	return out
}

func wantAreas(t *testing.T, g *Geo, areas map[string]string) {
	t.Helper()
	for addr, want := range areas {
		if got := g.Area(netip.MustParseAddr(addr)); got != want {
			t.Errorf("area of %s is %q, want %q", addr, got, want)
		}
	}
}

func TestAreas(t *testing.T) {
	path := importTiny(t)
	g, err := OpenGeo(path)
	if err != nil {
		t.Fatal(err)
	}
	wantAreas(t, g, map[string]string{
		"192.0.2.1": Scotland, "192.0.2.65": Wales, "192.0.2.129": UK, "192.0.2.200": UK,
		"198.51.100.1": Other, "198.51.100.65": "FR", "198.51.100.129": Other, "198.51.100.200": "",
		"2001:db8::1": NorthernIreland, "2001:db8:4000::1%eth0": England, "::ffff:192.0.2.1": Scotland,
		"203.0.113.1": "", "10.0.0.1": "",
	})
	if g.Area(netip.Addr{}) != "" || (*Geo)(nil).Area(netip.MustParseAddr("192.0.2.1")) != "" {
		t.Error("an area of no address or without a file")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, finer := range []string{"Port Example", "somewhere", "LND", "IDF", "IM"} {
		if strings.Contains(string(text), finer) {
			t.Errorf("the coarse file holds %q", finer)
		}
	}
	source, made := g.Source()
	if made.IsZero() || !strings.Contains(source, "GeoLite2-City") {
		t.Errorf("made from %q at %v", source, made)
	}
	if text, link := Attribution(source); !strings.Contains(text, "MaxMind") || link == "" {
		t.Errorf("attribution %q %q", text, link)
	}
}

func TestNationsOnlyFromFilesThatKnowThem(t *testing.T) {
	networks := map[string]mmdbtype.DataType{"192.0.2.0/24": nested("GB", "ENG"), "198.51.100.0/24": nested("IE", "")}
	for kind, want := range map[string]string{
		"GeoIP2-City": England, "GeoLite2-City": England, "GeoLite2-Country": UK,
		"DBIP-City-Lite": UK, "DBIP-Location (compat=City)": UK, "Footfall": UK,
	} {
		out := filepath.Join(t.TempDir(), GeoFile)
		report, err := ImportGeo(context.Background(), []string{writeDatabase(t, kind, networks)}, out)
		if err != nil {
			t.Fatal(err)
		}
		g, err := OpenGeo(out)
		if err != nil {
			t.Fatal(err)
		}
		if got := g.Area(netip.MustParseAddr("192.0.2.1")); got != want || report.Nations != (want == England) {
			t.Errorf("%s: area %q, want %q; report %+v", kind, got, want, report)
		}
	}
}

func TestLaterFilesOverrule(t *testing.T) {
	dir := t.TempDir()
	first := writeDatabase(t, "country ipv4", map[string]mmdbtype.DataType{"192.0.2.0/24": flat("GB"), "198.51.100.0/24": flat("IE")})
	second := writeDatabase(t, "country ipv6", map[string]mmdbtype.DataType{"2001:db8::/32": flat("uk"), "192.0.2.128/25": flat("FR")})
	if _, err := ImportGeo(context.Background(), []string{first, second}, filepath.Join(dir, GeoFile)); err != nil {
		t.Fatal(err)
	}
	g, err := OpenGeo(filepath.Join(dir, GeoFile))
	if err != nil {
		t.Fatal(err)
	}
	wantAreas(t, g, map[string]string{"192.0.2.1": UK, "192.0.2.129": "FR", "198.51.100.1": "IE", "2001:db8::1": UK})
}

func TestReload(t *testing.T) {
	path := filepath.Join(t.TempDir(), GeoFile)
	g, err := OpenGeo(path) // nothing there yet
	if err != nil {
		t.Fatal(err)
	}
	scot := map[string]string{"192.0.2.1": Scotland}
	wantAreas(t, g, map[string]string{"192.0.2.1": ""})
	if err := g.Reload(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("reload of nothing: %v", err)
	}
	good := importTiny(t)
	if err := os.Rename(good, path); err != nil {
		t.Fatal(err)
	}
	if err := g.Reload(); err != nil {
		t.Fatal(err)
	}
	wantAreas(t, g, scot)

	for name, spoil := range spoilers(t) {
		other := filepath.Join(t.TempDir(), GeoFile)
		if err := os.WriteFile(other, spoil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(other, path); err != nil { // as ImportGeo does; never written in place
			t.Fatal(err)
		}
		if err := g.Reload(); err == nil {
			t.Errorf("%s: opened", name)
		}
		if _, err := OpenGeo(path); err == nil {
			t.Errorf("%s: opened anew", name)
		}
		wantAreas(t, g, scot)
	}
}

// spoilers are files that neither OpenGeo nor ImportGeo take.
func spoilers(t *testing.T) map[string][]byte {
	t.Helper()
	read := func(path string) []byte {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	good := read(writeDatabase(t, "GeoLite2-City", cityNetworks()))
	return map[string][]byte{
		"empty":     {},
		"text":      []byte("<html>please log in</html>"),
		"truncated": good[:len(good)/2],
		"no front":  good[len(good)/2:],
		"ASN": read(writeDatabase(t, "GeoLite2-ASN", map[string]mmdbtype.DataType{
			"192.0.2.0/24": mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(64496)},
		})),
		"other types": read(writeDatabase(t, "odd", map[string]mmdbtype.DataType{"192.0.2.0/24": mmdbtype.Map{"country": mmdbtype.Uint32(44)}})),
		"finer than areas": read(writeDatabase(t, geoType+"s", map[string]mmdbtype.DataType{
			"192.0.2.0/24": mmdbtype.String("Port Example"),
		})),
	}
}

func TestRefusedImportKeepsTheOldFile(t *testing.T) {
	out := importTiny(t)
	before, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	good := writeDatabase(t, "GeoLite2-City", cityNetworks())
	stopped, stop := context.WithCancel(context.Background())
	stop()
	refused := func(name string, ctx context.Context, in ...string) {
		t.Helper()
		if _, err := ImportGeo(ctx, in, out); err == nil {
			t.Errorf("%s: imported", name)
		}
		after, err := os.ReadFile(out)
		if err != nil || string(after) != string(before) {
			t.Errorf("%s: the old file is gone: %v", name, err)
		}
		if left, _ := filepath.Glob(out + ".new-*"); len(left) > 0 {
			t.Errorf("%s: left behind %v", name, left)
		}
	}
	for name, spoil := range spoilers(t) {
		path := filepath.Join(t.TempDir(), "in.mmdb")
		if err := os.WriteFile(path, spoil, 0o600); err != nil {
			t.Fatal(err)
		}
		refused(name, context.Background(), path)
		refused(name+" after a good one", context.Background(), good, path)
	}
	refused("nothing", context.Background())
	refused("missing", context.Background(), filepath.Join(t.TempDir(), "none.mmdb"))
	refused("coarse already", context.Background(), out)
	refused("stopped", stopped, good)
}

// TestOpenGeoWantsAreas keeps finer files out even if they claim to be coarse.
func TestOpenGeoWantsAreas(t *testing.T) {
	for _, record := range []mmdbtype.DataType{mmdbtype.String("Port Example"), nested("GB", "ENG")} {
		path := writeDatabase(t, geoType, map[string]mmdbtype.DataType{"192.0.2.0/24": record})
		if _, err := OpenGeo(path); err == nil {
			t.Errorf("opened a file with %v", record)
		}
	}
}

func TestAreaNames(t *testing.T) {
	if len(Areas) < 150 || len(Areas) > 180 {
		t.Errorf("%d areas", len(Areas))
	}
	seen := map[string]bool{}
	for _, code := range Areas {
		name := AreaName(code)
		if name == code || len(name) < 4 || seen[name] || code != Other && !strings.HasPrefix(code, "GB") && len(code) != 2 {
			t.Errorf("area %q is called %q", code, name)
		}
		seen[name] = true
	}
}

func FuzzImportGeo(f *testing.F) {
	f.Add([]byte("\xab\xcd\xefMaxMind.com"))
	f.Fuzz(func(t *testing.T, file []byte) {
		dir := t.TempDir()
		in, out := filepath.Join(dir, "in.mmdb"), filepath.Join(dir, GeoFile)
		if err := os.WriteFile(in, file, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ImportGeo(context.Background(), []string{in}, out); err != nil {
			return
		}
		if _, err := OpenGeo(out); err != nil {
			t.Errorf("imported a file that does not open: %v", err)
		}
	})
}
