// Package config reads the settings of the process from its environment.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Prefix begins the name of every variable.
const Prefix = "FOOTFALL_"

// Config is the settings of one process. Each is the variable of its env name
// with Prefix before it.
type Config struct {
	Addr              string   `env:"ADDR" envDefault:"127.0.0.1:8080"`         // host:port of the public service
	MetricsAddr       string   `env:"METRICS_ADDR" envDefault:"127.0.0.1:9090"` // host:port of /metrics; "off" for none
	PublicURL         string   `env:"PUBLIC_URL"`                               // address that visitors and funders use; default http://ADDR
	DataDir           string   `env:"DATA_DIR" envDefault:"footfall-data"`      // made absolute by Load
	ClickHouseDSN     string   `env:"CLICKHOUSE_DSN,unset"`                     // clickhouse://…; empty for the embedded engine
	ClickHouseCluster string   `env:"CLICKHOUSE_CLUSTER"`
	SecretFile        string   `env:"SECRET_FILE"` // default DATA_DIR/secret
	TrustedProxies    []string `env:"TRUSTED_PROXIES" envSeparator:","`
	GeoFile           string   `env:"GEO_FILE"` // default DATA_DIR/geo.mmdb
	LibCHDB           string   `env:"LIBCHDB"`
	SpoolMax          int64    `env:"SPOOL_MAX" envDefault:"1073741824"` // bytes

	Proxies []netip.Prefix `env:"-"` // TrustedProxies, parsed
}

// Load reads the environment (as os.Environ gives it). An error names each
// wrong variable and what is allowed.
func Load(environ []string) (Config, error) {
	var c Config
	if err := env.ParseWithOptions(&c, env.Options{Prefix: Prefix, Environment: env.ToMap(environ)}); err != nil {
		return c, fmt.Errorf("read environment: %w", err)
	}
	return c, errors.Join(c.unknown(environ), c.complete())
}

func (c *Config) complete() error {
	var errs []error
	bad := func(name, want string) { errs = append(errs, fmt.Errorf("%s%s: want %s", Prefix, name, want)) }
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		bad("ADDR", "host:port, such as 127.0.0.1:8080 or :8080")
	}
	if _, _, err := net.SplitHostPort(c.MetricsAddr); err != nil && c.MetricsAddr != "off" {
		bad("METRICS_ADDR", "host:port, such as 127.0.0.1:9090, or off")
	}
	if c.PublicURL == "" {
		c.PublicURL = "http://" + c.Addr
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	if u, err := url.Parse(c.PublicURL); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") || u.Path != "" {
		bad("PUBLIC_URL", "an address without a path, such as https://stats.example.org.uk")
	}
	if u, err := url.Parse(c.ClickHouseDSN); c.ClickHouseDSN != "" && (err != nil || u.Scheme != "clickhouse" || u.Host == "") {
		bad("CLICKHOUSE_DSN", "clickhouse://user:password@host:9000/database (not shown here: it may hold a password)")
	}
	if c.ClickHouseCluster != "" && c.ClickHouseDSN == "" {
		bad("CLICKHOUSE_CLUSTER", "a FOOTFALL_CLICKHOUSE_DSN beside it: the embedded engine has no cluster")
	}
	for _, text := range c.TrustedProxies {
		p, err := prefix(strings.TrimSpace(text))
		if err != nil {
			bad("TRUSTED_PROXIES", "addresses or ranges with commas between, such as 127.0.0.1,10.0.0.0/8")
			continue
		}
		c.Proxies = append(c.Proxies, p)
	}
	if c.SpoolMax < 1<<20 {
		bad("SPOOL_MAX", "at least 1048576 bytes")
	}
	dir, err := filepath.Abs(c.DataDir)
	if err != nil {
		bad("DATA_DIR", "a folder")
	}
	c.DataDir = dir
	if c.SecretFile == "" {
		c.SecretFile = filepath.Join(dir, "secret")
	}
	if c.GeoFile == "" {
		c.GeoFile = filepath.Join(dir, "geo.mmdb")
	}
	return errors.Join(errs...)
}

// unknown finds misspelt variables, which would otherwise be ignored in silence.
func (c *Config) unknown(environ []string) error {
	known := map[string]bool{}
	params, err := env.GetFieldParamsWithOptions(c, env.Options{Prefix: Prefix})
	if err != nil {
		return fmt.Errorf("read environment: %w", err)
	}
	for _, p := range params {
		known[p.Key] = true
	}
	var errs []error
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, Prefix) && !known[name] {
			errs = append(errs, fmt.Errorf("%s is not a setting of Footfall: see docs/operations.md for the list", name))
		}
	}
	return errors.Join(errs...)
}

func prefix(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.ParsePrefix(s)
}
