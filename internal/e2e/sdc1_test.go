package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// rule is sdc1 written a second time, from its design and its table of noise,
// for consent.
type rule struct {
	site         string
	key          [32]byte
	cuts, strict []uint64 // of -40 to 40; of strict tables -80 to 80
}

// alwaysStrict are the tables that are strict at every site.
var alwaysStrict = []cell.Table{cell.Banner, cell.ContactHour}

// newRule takes the key of a counting year out of a data folder.
func (i *installation) newRule(site string, year int) *rule {
	i.t.Helper()
	keys := must(disclosure.OpenKeys(filepath.Join(i.dir, "keys"), i.ring(i.dir).Noise))(i.t)
	r := &rule{site: site, key: must(keys.Key(site, year))(i.t)}
	r.readCuts(i.t)
	return r
}

func (r *rule) readCuts(t testing.TB) {
	t.Helper()
	var table struct {
		Cuts   []string `json:"eps1_M40"`
		Strict []string `json:"eps0.5_M80"`
	}
	check(t, json.Unmarshal(must(os.ReadFile("testdata/noise-table.json"))(t), &table))
	if len(table.Cuts) != 81 || len(table.Strict) != 161 {
		t.Fatalf("%d and %d cuts", len(table.Cuts), len(table.Strict))
	}
	for _, text := range table.Cuts {
		r.cuts = append(r.cuts, must(strconv.ParseUint(text, 10, 64))(t))
	}
	for _, text := range table.Strict {
		r.strict = append(r.strict, must(strconv.ParseUint(text, 10, 64))(t))
	}
}

// noisy is the count of an atom with its noise.
func (r *rule) noisy(table cell.Table, grain, period, value string, n int) int {
	text := []byte("sdc1")
	for _, field := range []string{r.site, string(table), grain, period, value} {
		text = binary.BigEndian.AppendUint32(text, uint32(len(field)))
		text = append(text, field...)
	}
	mac := hmac.New(sha256.New, r.key[:])
	mac.Write(binary.BigEndian.AppendUint64(text, uint64(n)))
	u := binary.BigEndian.Uint64(mac.Sum(nil))
	e, cuts := 0, r.cuts
	if slices.Contains(alwaysStrict, table) {
		cuts = r.strict
	}
	for e < len(cuts)-1 && u >= cuts[e] {
		e++
	}
	return n + e - len(cuts)/2
}

// shown is what is published of a count: 0 is nothing.
func shown(n, noisy, threshold int) int {
	if n < 5 || noisy < threshold {
		return 0
	}
	return (noisy + 2) / 5 * 5
}

// month is the figure of a value in a month.
func (r *rule) month(table cell.Table, month, value string, n int) int {
	threshold := 10
	if slices.Contains(alwaysStrict, table) {
		threshold = 20
	}
	return shown(n, r.noisy(table, "month", month, value, n), threshold)
}

// TestTheSecondRuleKeepsToTheVectors makes sure that the yardstick is right.
func TestTheSecondRuleKeepsToTheVectors(t *testing.T) {
	var vectors []struct {
		Site, Table, Grain, Period, Value string
		Count, Noisy, Shown               int
		Published                         bool
	}
	check(t, json.Unmarshal(must(os.ReadFile("../disclosure/testdata/sdc1.json"))(t), &vectors))
	for _, v := range vectors {
		r := &rule{site: v.Site}
		for i := range r.key {
			r.key[i] = byte(i)
		}
		r.readCuts(t)
		noisy := r.noisy(cell.Table(v.Table), v.Grain, v.Period, v.Value, v.Count)
		if got := shown(v.Count, noisy, 10); noisy != v.Noisy || got != v.Shown || (got > 0) != v.Published {
			t.Errorf("%+v: got %d, %d", v, noisy, got)
		}
	}
	if len(vectors) != 27 {
		t.Errorf("%d vectors", len(vectors))
	}
}
