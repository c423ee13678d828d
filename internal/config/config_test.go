package config

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestDefaultsAreComplete(t *testing.T) {
	c, err := Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.PublicURL != "http://127.0.0.1:8080" || !filepath.IsAbs(c.DataDir) || c.SecretFile != filepath.Join(c.DataDir, "secret") {
		t.Errorf("defaults: %+v", c)
	}
}

func TestAWrongValueNamesItsVariable(t *testing.T) {
	for _, pair := range []string{
		"FOOTFALL_ADDR=8080",
		"FOOTFALL_METRICS_ADDR=none",
		"FOOTFALL_PUBLIC_URL=stats.example.org",
		"FOOTFALL_PUBLIC_URL=https://example.org/path",
		"FOOTFALL_CLICKHOUSE_DSN=http://h:8123",
		"FOOTFALL_CLICKHOUSE_CLUSTER=c1",
		"FOOTFALL_TRUSTED_PROXIES=10.0.0.0/8,proxy",
		"FOOTFALL_SPOOL_MAX=12",
		"FOOTFALL_SPOOL_MAX=much",
		"FOOTFALL_ADDRS=:80",
	} {
		name, _, _ := strings.Cut(pair, "=")
		_, err := Load([]string{pair})
		if err == nil {
			t.Errorf("%s was accepted", pair)
			continue
		}
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s: the error does not name it: %v", pair, err)
		}
	}
}

func TestAPasswordIsNotInTheError(t *testing.T) {
	_, err := Load([]string{"FOOTFALL_CLICKHOUSE_DSN=http://u:hunter2@h:8123"})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error: %v", err)
	}
}
