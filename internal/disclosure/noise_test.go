package disclosure

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/footfall-analytics/footfall/internal/cell"
)

func readJSON(t *testing.T, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}

func TestLawsAreThoseOfTheDesign(t *testing.T) {
	var tables map[string][]string
	readJSON(t, "testdata/sdc1-noise-table.json", &tables)
	for name, l := range map[string]law{"eps1_M40": plainLaw(), "eps0.5_M80": strictLaw()} {
		var got []string
		for _, cut := range l.cuts {
			got = append(got, strconv.FormatUint(cut, 10))
		}
		if diff := cmp.Diff(tables[name], got); diff != "" {
			t.Errorf("%s (-design +computed):\n%s", name, diff)
		}
	}
}

func TestDrawTakesTheSmallestCutAbove(t *testing.T) {
	l := plainLaw()
	for _, c := range []struct {
		u    uint64
		want int64
	}{
		{0, -40}, {56, -40}, {57, -39}, {154, -39}, {155, -38},
		{l.cuts[39] - 1, -1}, {l.cuts[39], 0}, {l.cuts[40] - 1, 0}, {l.cuts[40], 1},
		{l.cuts[79] - 1, 39}, {l.cuts[79], 40}, {math.MaxUint64, 40},
	} {
		if got := l.draw(c.u); got != c.want {
			t.Errorf("draw(%d) = %d, want %d", c.u, got, c.want)
		}
	}
	if got := strictLaw().draw(math.MaxUint64); got != 80 {
		t.Errorf("strict draw of the largest number = %d, want 80", got)
	}
}

func TestVectors(t *testing.T) {
	var vectors []struct {
		Site, Table, Grain, Period, Value string
		Count, Peak                       uint64
		DigestHex                         string
		Noise, Noisy                      int64
		Published                         bool
		Shown                             uint64
	}
	readJSON(t, "testdata/sdc1.json", &vectors)
	if len(vectors) != 27 {
		t.Fatalf("%d vectors, want 27", len(vectors))
	}
	var key [32]byte
	for i := range key {
		key[i] = byte(i)
	}
	m := newMill(key)
	for i, v := range vectors {
		p := period(t, v.Period)
		if string(p.Grain) != v.Grain {
			t.Errorf("vector %d: period %s is a %s, want %s", i, v.Period, p.Grain, v.Grain)
		}
		a := Atom{Site: v.Site, Basis: cell.BasisConsent, Table: cell.Table(v.Table), Period: p, Value: v.Value}
		d := m.digest(a, v.Count)
		if got := hex.EncodeToString(d[:]); got != v.DigestHex {
			t.Errorf("vector %d: digest %s, want %s", i, got, v.DigestHex)
		}
		want := Entry{Atom: a, N: v.Count, Noisy: v.Noisy, Shown: v.Shown, Year: 2025}
		if got := ruleOf(false).seal(m, a, v.Count, v.Peak); got != want {
			t.Errorf("vector %d: entry %+v, want %+v", i, got, want)
		}
		if want.Noisy-int64(want.N) != v.Noise || (v.Shown > 0) != v.Published {
			t.Errorf("vector %d contradicts itself", i)
		}
	}
}

func TestBasesShareNoNoise(t *testing.T) {
	m := newMill(testKey(1))
	a := Atom{Site: testSite, Basis: cell.BasisConsent, Table: cell.Page, Period: period(t, "2025-03"), Value: "/"}
	b := a
	b.Basis = cell.BasisException
	if m.digest(a, 20) == m.digest(b, 20) {
		t.Error("the same noise with and without consent")
	}
	b = Atom{Site: testSite, Basis: cell.BasisConsent, Table: "exception:page", Period: a.Period, Value: "/"}
	a.Basis = cell.BasisException
	if m.digest(a, 20) != m.digest(b, 20) {
		t.Error("the table field without consent is not exception:page")
	}
}

func TestRule(t *testing.T) {
	plain, gated := ruleOf(false), ruleOf(false)
	gated.peakGate = 3
	for _, c := range []struct {
		name  string
		rule  rule
		n     uint64
		noisy int64
		want  uint64
	}{
		{"nothing", plain, 0, 0, 0},
		{"negative", plain, 0, -40, 0},
		{"true count below the floor, much noise", plain, 4, 44, 0},
		{"at the floor", plain, 5, 10, 10},
		{"noisy count below the threshold", plain, 49, 9, 0},
		{"at the threshold", plain, 49, 10, 10},
		{"rounds down", plain, 12, 12, 10},
		{"rounds up", plain, 13, 13, 15},
		{"even", plain, 15, 15, 15},
		{"strict, below", ruleOf(true), 40, 19, 0},
		{"strict, at", ruleOf(true), 40, 20, 20},
		{"sum of 3, below", ruleOfSum(traffic, false, 3), 40, 14, 0},
		{"sum of 3, at", ruleOfSum(traffic, false, 3), 40, 15, 15},
		{"strict sum of 4", ruleOfSum(sensitive, true, 4), 40, 39, 0},
	} {
		if got := c.rule.shown(c.n, c.noisy); got != c.want {
			t.Errorf("%s: shown(%d, %d) = %d, want %d", c.name, c.n, c.noisy, got, c.want)
		}
	}
	m := newMill(testKey(1))
	a := Atom{Site: testSite, Basis: cell.BasisConsent, Table: cell.Page, Period: period(t, "2025-03"), Value: "/"}
	if e := gated.seal(m, a, 100, 2); e.Shown != 0 {
		t.Errorf("shown %d with a peak below the gate", e.Shown)
	}
	if e := gated.seal(m, a, 100, 3); e.Shown == 0 {
		t.Error("nothing shown with a peak at the gate")
	}
}

func TestSumThresholds(t *testing.T) {
	want := map[string][]int64{
		"traffic":   {10, 13, 15, 17, 18, 19, 20, 21, 22, 23, 24, 25, 27},
		"sensitive": {10, 14, 17, 20, 20, 20, 20, 21, 22, 23, 24, 25, 27},
		"two-way":   {10, 14, 17, 20, 20, 20, 20, 21, 22, 23, 24, 25, 27},
		"margin":    {10, 14, 17, 20, 20, 20, 20, 21, 22, 23, 24, 25, 27},
		"total":     {10, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25, 25},
	}
	got := map[string][]int64{}
	for name, p := range map[string]profile{"traffic": traffic, "sensitive": sensitive, "two-way": twoWay, "margin": margin, "total": total} {
		for m := 1; m <= 13; m++ {
			got[name] = append(got[name], p.sumThreshold(m))
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("thresholds of sums of 1, 2, ... atoms (-want +got):\n%s", diff)
	}
}

func TestProfiles(t *testing.T) {
	for table, want := range map[cell.Table]profile{
		cell.Total: total, cell.Page: traffic, cell.Signpost: traffic, cell.Decision: traffic,
		cell.Contact: sensitive, cell.Issue: sensitive, cell.Outcome: sensitive, cell.Indicator: sensitive,
		cell.Banner: twoWay, "issue by area": twoWay, cell.ContactHour: margin,
	} {
		if got := profileOf(table); got != want {
			t.Errorf("profile of %q = %d, want %d", table, got, want)
		}
	}
	var none Strictness
	if !none.of("s", 2025, cell.Banner) || !none.of("s", 2025, cell.ContactHour) || !strictly(cell.Issue).of("s", 2025, "issue by area") || none.of("s", 2025, cell.Contact) {
		t.Error("tables of two ways and margins, and no others, are always strict")
	}
	for _, table := range cell.Tables {
		p, chosen := profiles[table]
		if !chosen {
			t.Errorf("table %s has no profile: choose one", table)
		}
		if n := len(p.atoms()); n > 2 {
			t.Errorf("a visit meets %d atoms of %s", n, table)
		}
	}
	if len(profiles) != len(cell.Tables)+1 { // case records have a table of their own
		t.Errorf("%d tables have a profile, and there are %d", len(profiles), len(cell.Tables))
	}
}

// lawMisses tells how draws differ from what the law promises: mean, variance
// and chi-square, each in standard deviations.
func lawMisses(l law, draws map[int64]int) (mean, variance, chiSquare float64) {
	last := len(l.cuts) - 1
	prob := func(i int) float64 {
		if i == 0 {
			return float64(l.cuts[0]) / (1 << 64)
		}
		return float64(l.cuts[i]-l.cuts[i-1]) / (1 << 64)
	}
	var n, m1, m2, v, fourth float64
	for e, count := range draws {
		c, x := float64(count), float64(e)
		n, m1, m2 = n+c, m1+c*x, m2+c*x*x
	}
	for i := range l.cuts {
		x := float64(i - last/2)
		v, fourth = v+prob(i)*x*x, fourth+prob(i)*x*x*x*x
	}
	var chi, cells, restWant, restGot float64
	for i := range l.cuts {
		want, got := n*prob(i), float64(draws[int64(i-last/2)])
		if want < 10 { // too few to tell: all such values together
			restWant, restGot = restWant+want, restGot+got
			continue
		}
		chi, cells = chi+(got-want)*(got-want)/want, cells+1
	}
	if restWant >= 5 {
		chi, cells = chi+(restGot-restWant)*(restGot-restWant)/restWant, cells+1
	}
	dof := cells - 1
	return m1 / n / math.Sqrt(v/n), (m2/n - v) / math.Sqrt((fourth-v*v)/n), (chi - dof) / math.Sqrt(2*dof)
}

func drawMany(digest func(Atom, uint64) [32]byte, l law, n int) map[int64]int {
	draws := map[int64]int{}
	a := Atom{Site: testSite, Basis: cell.BasisConsent, Table: cell.Page, Period: Period{Grain: Month, Name: "2025-03"}}
	value := []byte("/help/00000000")
	for i := range n {
		binary.BigEndian.PutUint64(value[6:], uint64(i))
		a.Value = string(value)
		d := digest(a, uint64(i%50))
		draws[l.draw(binary.BigEndian.Uint64(d[:8]))]++
	}
	return draws
}

func TestNoiseFollowsTheLaw(t *testing.T) {
	m := newMill(testKey(7))
	for name, l := range map[string]law{"plain": plainLaw(), "strict": strictLaw()} {
		atoms := 2_000_000
		if name == "strict" || testing.Short() {
			atoms = 200_000
		}
		draws := drawMany(m.digest, l, atoms)
		mean, variance, chi := lawMisses(l, draws)
		if math.Abs(mean) > 4 || math.Abs(variance) > 4 || math.Abs(chi) > 4 {
			t.Errorf("%s: mean %.1f, variance %.1f, chi-square %.1f standard deviations off", name, mean, variance, chi)
		}
		// The same draws against the other law, and with one noise in a hundred
		// left out, must be seen.
		other := plainLaw()
		if name == "plain" {
			other = strictLaw()
		}
		if _, _, chi := lawMisses(other, draws); chi < 100 {
			t.Errorf("%s: chi-square cannot tell it from the other law (%.1f)", name, chi)
		}
		for e, n := range draws {
			if e != 0 {
				draws[e] -= n / 100
				draws[0] += n / 100
			}
		}
		if _, _, chi := lawMisses(l, draws); chi < 10 {
			t.Errorf("%s: chi-square does not see that a hundredth of the noise is missing (%.1f)", name, chi)
		}
	}
}

// sharedDigest looks for two atoms with one digest: those that differ in where
// a letter stands, before or behind the border of two fields.
func sharedDigest(_ testing.TB, off mutant) error {
	digest := newMill(testKey(3)).digest
	if off.digest != nil {
		digest = off.digest
	}
	seen := map[[32]byte]Atom{}
	whole := "abcdefgh"
	for i := 0; i <= len(whole); i++ {
		for j := i; j <= len(whole); j++ {
			for k := j; k <= len(whole); k++ {
				a := Atom{Site: whole[:i], Basis: cell.BasisConsent, Table: cell.Table(whole[i:j]), Value: whole[k:]}
				a.Period.Name = whole[j:k]
				d := digest(a, 20)
				if b, ok := seen[d]; ok {
					return fmt.Errorf("%+v and %+v have one digest", a, b)
				}
				seen[d] = a
			}
		}
	}
	return nil
}

func BenchmarkSealAtom(b *testing.B) {
	m, r := newMill(testKey(1)), ruleOf(false)
	a := Atom{
		Site: testSite, Basis: cell.BasisConsent, Table: cell.Page, Value: "/help/bullying",
		Period: Period{Grain: Month, Name: "2025-03"},
	}
	b.ReportAllocs()
	for i := range b.N {
		r.seal(m, a, uint64(i), 9)
	}
}
