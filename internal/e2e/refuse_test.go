package e2e

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/app"
	"github.com/footfall-analytics/footfall/internal/porttest"
)

func TestAWrongSettingIsNamed(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]string{
		"ADDR=8080":                                   "FOOTFALL_ADDR: want host:port",
		"METRICS_ADDR=yes":                            "FOOTFALL_METRICS_ADDR: want host:port",
		"PUBLIC_URL=stats.example.org":                "FOOTFALL_PUBLIC_URL: want an address",
		"CLICKHOUSE_DSN=http://amy:lantern@db/":       "FOOTFALL_CLICKHOUSE_DSN: want clickhouse://",
		"CLICKHOUSE_CLUSTER=main":                     "FOOTFALL_CLICKHOUSE_CLUSTER: want",
		"TRUSTED_PROXIES=10.0.0.0/8,the-other-server": "FOOTFALL_TRUSTED_PROXIES: want addresses",
		"SPOOL_MAX=1":                                 "FOOTFALL_SPOOL_MAX: want a number of bytes, at least",
		"DATADIR=/srv/footfall":                       "FOOTFALL_DATADIR is not a setting",
	} {
		i := install(t, setting)
		got := i.do("site", "list")
		if got.code == 0 || !strings.Contains(got.err, want) || strings.Contains(got.err, "lantern") {
			t.Errorf("%s: %+v", setting, got)
		}
		if _, err := os.Stat(i.dir); err == nil {
			t.Errorf("%s: a data folder was made", setting)
		}
	}
}

func TestASecondProcessIsTurnedAway(t *testing.T) {
	t.Parallel()
	i := install(t)
	p := i.start("serve")
	other := *i
	other.addr, other.metrics = porttest.Addr(t), porttest.Addr(t)
	got := other.do("serve")
	if got.code == 0 || !strings.Contains(got.err, "data directory is in use by another process: stop that one first") {
		t.Errorf("a second service: %+v", got)
	}
	if got := i.do("site", "add", "Harbour Test", "--host", "www.example.org"); got.code != 0 {
		t.Errorf("the first service has been harmed: %+v", got)
	}
	p.stop()
}

// tree is what a folder holds, to the byte.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	check(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		info, statErr := d.Info()
		if err == nil {
			err = statErr
		}
		files[path] = fmt.Sprintf("%s %x", info.Mode(), data)
		return err
	}))
	return files
}

func TestAWrongSecretRefusesAndChangesNothing(t *testing.T) {
	t.Parallel()
	i := install(t)
	key := ask[app.SiteShown](i, "site", "add", "Harbour Test", "--host", "www.example.org").Site.Key
	secret, elsewhere := filepath.Join(i.dir, "secret"), filepath.Join(i.base, "elsewhere")
	right := must(os.ReadFile(secret))(t)
	i.env = []string{"SECRET_FILE=" + elsewhere}
	for name, c := range map[string]struct {
		prepare func()
		want    string
	}{
		"another secret": {func() { check(t, os.WriteFile(elsewhere, []byte(strings.Repeat("ab", 32)), 0o600)) }, "does not open this installation's key ring"},
		"no secret":      {func() { check(t, os.RemoveAll(elsewhere)) }, "is missing: put back the file"},
		"half a secret":  {func() { check(t, os.WriteFile(elsewhere, right[:40], 0o600)) }, "want 64 hex digits"},
	} {
		c.prepare()
		before := tree(t, i.base)
		for _, command := range []string{"serve", "seal"} {
			got := i.do(command)
			if got.code == 0 || !strings.Contains(got.err, c.want) || strings.Contains(got.err, string(right[:16])) {
				t.Errorf("%s with %s: %+v", command, name, got)
			}
		}
		if diff := cmp.Diff(before, tree(t, i.base)); diff != "" {
			t.Errorf("%s has changed something: %s", name, diff)
		}
	}
	check(t, os.WriteFile(elsewhere, right, 0o600))
	if got := ask[app.SiteShown](i, "site", "show", key); got.Site.Key != key {
		t.Errorf("with the right secret: %+v", got)
	}
}

// TestALostKeyRingRefusesAndChangesNothing: data without its keys is a backup
// that was not put back whole, and no fresh start.
func TestALostKeyRingRefusesAndChangesNothing(t *testing.T) {
	t.Parallel()
	install(t).checkLost("keyring")
}

func (i *installation) checkLost(names ...string) {
	i.t.Helper()
	ask[app.SiteShown](i, "site", "add", "Harbour Test", "--host", "www.example.org")
	for _, name := range names {
		check(i.t, os.Remove(filepath.Join(i.dir, name)))
	}
	before := tree(i.t, i.dir)
	if got := i.do("serve"); got.code == 0 || !strings.Contains(got.err, "nothing was changed") {
		i.t.Errorf("without %v: %+v", names, got)
	}
	if diff := cmp.Diff(before, tree(i.t, i.dir)); diff != "" {
		i.t.Errorf("without %v something was changed: %s", names, diff)
	}
}

func TestAMissingEngineSaysWhereItIsToBeHad(t *testing.T) {
	t.Parallel()
	for name, setting := range map[string]string{"named": "LIBCHDB=/nowhere/libchdb.so", "not named": "LIBCHDB="} {
		got := install(t, setting).do("serve")
		if got.code == 0 || !strings.Contains(got.err, "no libchdb.so") || !strings.Contains(got.err, "npm ci") || !strings.Contains(got.err, "FOOTFALL_LIBCHDB") {
			t.Errorf("%s: %+v", name, got)
		}
	}
	other := install(t)
	file := filepath.Join(other.base, "libchdb.so")
	check(t, os.WriteFile(file, []byte("another library"), 0o600))
	other.env = []string{"LIBCHDB=" + file}
	if got := other.do("serve"); got.code == 0 || !strings.Contains(got.err, "is not the pinned release") {
		t.Errorf("another library: %+v", got)
	}
}
