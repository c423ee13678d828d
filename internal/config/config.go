// Package config reads the settings of the process from its environment.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
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
	SpoolMaxText      string   `env:"SPOOL_MAX" envDefault:"1073741824"`
	SMTPURL           string   `env:"SMTP_URL,unset"`             // smtp://… or smtps://…; empty for no mail
	MailFrom          string   `env:"MAIL_FROM"`                  // who letters are from
	RemindDays        int      `env:"REMIND_DAYS" envDefault:"7"` // before a report is due; 0 for no reminders

	Proxies  []netip.Prefix `env:"-"` // TrustedProxies, parsed
	SpoolMax int64          `env:"-"` // bytes: SpoolMaxText, parsed
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
	if c.PublicURL == "" {
		c.PublicURL = "http://" + c.Addr
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	var errs []error
	for _, rule := range []struct {
		name, want string
		ok         bool
	}{
		{"ADDR", "host:port, such as 127.0.0.1:8080 or :8080", hostPort(c.Addr)},
		{"METRICS_ADDR", "host:port, such as 127.0.0.1:9090, or off", c.MetricsAddr == "off" || hostPort(c.MetricsAddr)},
		{"PUBLIC_URL", "an address without a path, such as https://stats.example.org.uk", address(c.PublicURL)},
		{"CLICKHOUSE_DSN", "clickhouse://user:password@host:9000/database (not shown here: it may hold a password)", server(c.ClickHouseDSN)},
		{"CLICKHOUSE_CLUSTER", "a FOOTFALL_CLICKHOUSE_DSN beside it: the embedded engine has no cluster", c.ClickHouseCluster == "" || c.ClickHouseDSN != ""},
		{"TRUSTED_PROXIES", "addresses or ranges with commas between, such as 127.0.0.1,10.0.0.0/8", c.readProxies()},
		{"SPOOL_MAX", "a number of bytes, at least 1048576", c.readSpoolMax()},
		{"SMTP_URL", "smtp://user:password@host:587 or smtps://user:password@host:465 (not shown here: it may hold a password)", mailServer(c.SMTPURL)},
		{"MAIL_FROM", "who letters are from, such as reports@example.org, beside a FOOTFALL_SMTP_URL", (c.SMTPURL == "") == (c.MailFrom == "")},
		{"REMIND_DAYS", "days before a report is due, 0 (no reminders) to 60", c.RemindDays >= 0 && c.RemindDays <= 60},
		{"DATA_DIR", "a folder", c.placeFiles()},
	} {
		if !rule.ok {
			errs = append(errs, fmt.Errorf("%s%s: want %s", Prefix, rule.name, rule.want))
		}
	}
	return errors.Join(errs...)
}

func hostPort(s string) bool {
	_, _, err := net.SplitHostPort(s)
	return err == nil
}

func address(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && u.Path == "" && (u.Scheme == "http" || u.Scheme == "https")
}

func server(dsn string) bool {
	u, err := url.Parse(dsn)
	return dsn == "" || err == nil && u.Scheme == "clickhouse" && u.Host != ""
}

func mailServer(text string) bool {
	u, err := url.Parse(text)
	return text == "" || err == nil && (u.Scheme == "smtp" || u.Scheme == "smtps") && u.Host != ""
}

func (c *Config) readSpoolMax() (ok bool) {
	n, err := strconv.ParseInt(c.SpoolMaxText, 10, 64)
	c.SpoolMax = n
	return err == nil && n >= 1<<20
}

func (c *Config) readProxies() bool {
	for _, text := range c.TrustedProxies {
		p, err := prefix(strings.TrimSpace(text))
		if err != nil {
			return false
		}
		c.Proxies = append(c.Proxies, p)
	}
	return true
}

func (c *Config) placeFiles() bool {
	dir, err := filepath.Abs(c.DataDir)
	if err != nil {
		return false
	}
	c.DataDir = dir
	if c.SecretFile == "" {
		c.SecretFile = filepath.Join(dir, "secret")
	}
	if c.GeoFile == "" {
		c.GeoFile = filepath.Join(dir, "geo.mmdb")
	}
	return true
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
