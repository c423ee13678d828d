package coarsen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/oschwald/maxminddb-golang/v2"
)

// GeoReport says what an import made.
type GeoReport struct {
	Source   string `json:"source"`   // the files it was made from, with their types
	Networks int    `json:"networks"` // networks read whose area is known
	Areas    int    `json:"areas"`    // different areas in the new file
	Nations  bool   `json:"nations"`  // the nations of the UK are told apart
	Bytes    int64  `json:"bytes"`    // size of the new file
}

// ImportGeo makes the coarse geo file out from mmdb files: GeoLite2 or GeoIP2
// (City or Country), DB-IP, or flat files with country_code. A later file of in
// overrules an earlier one. Nations of the UK are taken from GeoLite2 and GeoIP2
// City files alone; DB-IP puts most British addresses in London.
// The new file is checked against the last of in, then put in place of out at
// once. On any error out is left as it was.
func ImportGeo(ctx context.Context, in []string, out string) (GeoReport, error) {
	report, err := importGeo(ctx, in, out)
	if err != nil {
		return GeoReport{}, fmt.Errorf("import geo: %w", err)
	}
	return report, nil
}

func importGeo(ctx context.Context, in []string, out string) (GeoReport, error) {
	if len(in) == 0 {
		return GeoReport{}, errors.New("no file named")
	}
	var report GeoReport
	var names []string
	var sources []*geoSource
	for _, path := range in {
		s, err := openSource(path)
		if err != nil {
			return GeoReport{}, fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
		defer s.reader.Close() //nolint:errcheck // a read-only map
		sources = append(sources, s)
		names = append(names, s.name)
		report.Nations = report.Nations || s.nations
	}
	report.Source = strings.Join(names, ", ")
	tree, err := newTree(report.Source)
	if err != nil {
		return GeoReport{}, err
	}
	for _, s := range sources {
		n, err := s.copyTo(ctx, tree)
		if err != nil {
			return GeoReport{}, fmt.Errorf("%s: %w", s.name, err)
		}
		report.Networks += n
	}
	check := func(path string) error {
		table, err := readGeo(path)
		if err != nil {
			return err
		}
		report.Areas = len(table.areas)
		return sources[len(sources)-1].compare(ctx, table)
	}
	report.Bytes, err = replaceFile(out, tree, check)
	return report, err
}

func newTree(source string) (*mmdbwriter.Tree, error) {
	return mmdbwriter.New(mmdbwriter.Options{
		DatabaseType: geoType,
		Description:  map[string]string{"en": source},
		Languages:    []string{"en"},
		RecordSize:   24, // the smallest; enough for 16 million nodes, ten times what country files need
		// Reserved networks are where the source puts them, or nowhere.
		IncludeReservedNetworks: true,
		KeyGenerator:            areaKey{},
	})
}

// areaKey keys a value by itself; the default hashes each with SHA-256.
type areaKey struct{}

// Key returns the bytes of an area code.
func (areaKey) Key(v mmdbtype.DataType) ([]byte, error) {
	s, ok := v.(mmdbtype.String)
	if !ok {
		return nil, fmt.Errorf("key area: %T", v)
	}
	return []byte(s), nil
}

// geoSource is a file to import.
type geoSource struct {
	name    string
	nations bool
	reader  *maxminddb.Reader
	areas   map[uintptr]string // by offset of the record
}

// geoRecord has the two schemas that we read: nested (MaxMind, DB-IP) and flat.
type geoRecord struct {
	Country struct {
		Code string `maxminddb:"iso_code"`
	} `maxminddb:"country"`
	Subdivisions []struct {
		Code string `maxminddb:"iso_code"`
	} `maxminddb:"subdivisions"`
	Flat string `maxminddb:"country_code"`
}

func openSource(path string) (*geoSource, error) {
	reader, err := openDatabase(path)
	if err != nil {
		return nil, err
	}
	kind := reader.Metadata.DatabaseType
	if kind == geoType {
		return nil, errors.New("it is a coarse file already")
	}
	return &geoSource{
		name:    fmt.Sprintf("%s (%s)", filepath.Base(path), kind),
		nations: strings.HasPrefix(kind, "GeoLite2-City") || strings.HasPrefix(kind, "GeoIP2-City") || strings.HasPrefix(kind, "GeoIP2-Enterprise"),
		reader:  reader,
		areas:   map[uintptr]string{},
	}, nil
}

// area decodes each record once, however many networks share it.
func (s *geoSource) area(result maxminddb.Result) (string, error) {
	if err := result.Err(); err != nil {
		return "", fmt.Errorf("it is damaged: %w", err)
	}
	if area, ok := s.areas[result.Offset()]; ok {
		return area, nil
	}
	var r geoRecord
	if err := result.Decode(&r); err != nil {
		return "", fmt.Errorf("its records are damaged or of another kind: %w", err)
	}
	country, subdivision := r.Country.Code, ""
	if country == "" {
		country = r.Flat
	}
	if len(r.Subdivisions) > 0 {
		subdivision = r.Subdivisions[0].Code
	}
	area := areaOf(country, subdivision, s.nations)
	s.areas[result.Offset()] = area
	return area, nil
}

// copyTo puts the areas of all networks into tree and counts them.
func (s *geoSource) copyTo(ctx context.Context, tree *mmdbwriter.Tree) (int, error) {
	known, all := 0, 0
	for result := range s.reader.Networks() {
		if all++; all%8192 == 1 && ctx.Err() != nil {
			return 0, ctx.Err()
		}
		area, err := s.area(result)
		if err != nil {
			return 0, err
		}
		if area == "" {
			continue
		}
		known++
		var aliased *mmdbwriter.AliasedNetworkError // 6to4 and Teredo follow the IPv4 address inside
		if err := tree.Insert(ipNet(result.Prefix()), mmdbtype.String(area)); err != nil && !errors.As(err, &aliased) {
			return 0, fmt.Errorf("insert network: %w", err)
		}
	}
	if known*2 <= all { // an ASN or proxy file, or a city file without countries
		return 0, fmt.Errorf("only %d of its %d networks have a country: not a country or city file", known, all)
	}
	return known, nil
}

// compare looks up every network of the source in the new table.
func (s *geoSource) compare(ctx context.Context, table *geoTable) error {
	n := 0
	for result := range s.reader.Networks() {
		if n++; n%8192 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		want, err := s.area(result)
		if err != nil {
			return err
		}
		first := result.Prefix().Addr()
		if got := table.area(first); want != "" && got != want && !isAliased(first) {
			return fmt.Errorf("the new file differs from %s", s.name)
		}
	}
	return nil
}

var aliases = []netip.Prefix{netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("2002::/16")}

func isAliased(addr netip.Addr) bool { return aliases[0].Contains(addr) || aliases[1].Contains(addr) }

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}

// replaceFile writes beside path, checks, makes it durable and renames. It
// returns the size.
func replaceFile(path string, content io.WriterTo, check func(path string) error) (int64, error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return 0, fmt.Errorf("create file: %w", err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // gone already when all went well
	size, err := content.WriteTo(f)
	err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close())
	if err != nil {
		return 0, fmt.Errorf("write file: %w", err)
	}
	if err := check(f.Name()); err != nil {
		return 0, fmt.Errorf("check file: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return 0, fmt.Errorf("put file in place: %w", err)
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return 0, fmt.Errorf("open folder: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return 0, fmt.Errorf("sync folder: %w", err)
	}
	return size, nil
}
