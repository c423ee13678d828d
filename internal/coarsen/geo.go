package coarsen

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/oschwald/maxminddb-golang/v2"
)

// GeoFile is the name of the coarse geo file in the data directory.
const GeoFile = "geo.mmdb"

// geoType marks a file that holds areas of our vocabulary and nothing finer.
const geoType = "Footfall-Area"

// Geo tells the area of an address from a coarse geo file.
type Geo struct {
	path   string
	loaded atomic.Pointer[geoTable]
}

// geoTable is one version of the file. It is never closed by hand: a lookup may
// be under way, and the reader unmaps its file once nobody refers to it.
type geoTable struct {
	reader *maxminddb.Reader
	areas  map[uintptr]string // by offset of the record, so that a lookup decodes nothing
	source string
	made   time.Time
}

// OpenGeo reads the coarse geo file at path. A missing file is no error: areas
// are unknown until Reload finds one. A file that is damaged, or holds anything
// but areas (a GeoLite2 file, say), is refused.
func OpenGeo(path string) (*Geo, error) {
	g := &Geo{path: path}
	if err := g.Reload(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return g, nil
}

// Reload reads the file again and swaps it in at once. On error the version in
// use stays in use. The error wraps fs.ErrNotExist if there is no file.
func (g *Geo) Reload() error {
	table, err := readGeo(g.path)
	if err != nil {
		return fmt.Errorf("open geo file: %w", err)
	}
	g.loaded.Store(table)
	return nil
}

// Area is the area code of an address, empty if it is not known. A nil Geo knows
// none.
func (g *Geo) Area(addr netip.Addr) string {
	if g == nil {
		return ""
	}
	table := g.loaded.Load()
	if table == nil || !addr.IsValid() {
		return ""
	}
	return table.area(addr)
}

// Source names the files that the areas in use were made from and the time of
// that; empty if there is no file. A page that shows areas must carry the
// Attribution for it.
func (g *Geo) Source() (string, time.Time) {
	if g == nil {
		return "", time.Time{}
	}
	table := g.loaded.Load()
	if table == nil {
		return "", time.Time{}
	}
	return table.source, table.made
}

// Attribution is the text and link that the licence of a geo source asks for;
// empty if we know of none.
func Attribution(source string) (text, link string) {
	source = strings.ToLower(source)
	switch {
	case strings.Contains(source, "dbip") || strings.Contains(source, "db-ip"):
		return "IP Geolocation by DB-IP", "https://db-ip.com"
	case strings.Contains(source, "geolite"):
		return "Includes GeoLite2 data created by MaxMind", "https://www.maxmind.com"
	}
	return "", ""
}

func (t *geoTable) area(addr netip.Addr) string {
	result := t.reader.Lookup(addr.Unmap())
	if !result.Found() {
		return ""
	}
	return t.areas[result.Offset()]
}

// readGeo opens a coarse file and looks at every record in it. That brings the
// whole file into memory, so what serves afterwards is a fresh mapping, of which
// only the parts that are asked for become resident.
func readGeo(path string) (*geoTable, error) {
	before, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	t, err := checkGeo(path)
	if err != nil {
		return nil, err
	}
	if t.reader, err = openDatabase(path); err != nil {
		return nil, err
	}
	after, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !os.SameFile(before, after) || before.ModTime() != after.ModTime() || before.Size() != after.Size() {
		return nil, errors.New("it was replaced while it was read: read it again")
	}
	return t, nil
}

// checkGeo reads a coarse file from end to end and returns its areas.
func checkGeo(path string) (t *geoTable, err error) {
	reader, err := openDatabase(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	if reader.Metadata.DatabaseType != geoType {
		return nil, fmt.Errorf("it is of type %q: make a coarse file of it first (footfall geo import)", reader.Metadata.DatabaseType)
	}
	t = &geoTable{
		areas:  map[uintptr]string{},
		source: reader.Metadata.Description["en"], made: reader.Metadata.BuildTime(),
	}
	for result := range reader.Networks() {
		if err := result.Err(); err != nil {
			return nil, fmt.Errorf("it is damaged: %w", err)
		}
		if _, ok := t.areas[result.Offset()]; ok {
			continue
		}
		var area string
		if err := result.Decode(&area); err != nil {
			return nil, fmt.Errorf("it is damaged: %w", err)
		}
		i := slices.Index(Areas, area)
		if i < 0 {
			return nil, errors.New("it holds something that is no area")
		}
		t.areas[result.Offset()] = Areas[i]
	}
	if len(t.areas) == 0 {
		return nil, errors.New("it holds no area")
	}
	return t, nil
}

// openDatabase opens any mmdb file, with a reason that people understand.
func openDatabase(path string) (*maxminddb.Reader, error) {
	reader, err := maxminddb.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err != nil {
		return nil, fmt.Errorf("it is damaged, cut short or no mmdb file: %w", err)
	}
	return reader, nil
}
