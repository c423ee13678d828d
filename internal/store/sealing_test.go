package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/store"
	"github.com/footfall-analytics/footfall/internal/store/storetest"
)

// attempt is a Sealing of days of July, all numbers of which are n.
func attempt(n uint64, days ...int) disclosure.Sealing {
	var parts []disclosure.Sealed
	for _, d := range days {
		p := dayPeriod(july + day.Day(d))
		parts = append(parts, disclosure.Sealed{Period: p, Entries: entries(p, n)})
	}
	return sealing(parts...)
}

// sealedDays reads by which attempt each day is sealed; it refuses a day that is
// made of two attempts or of a part of one.
func sealedDays(ctx context.Context, s *store.Store) (map[string]uint64, error) {
	got, err := s.Entries(ctx, days(july, july+60))
	if err != nil {
		return nil, err
	}
	by, rows := map[string]uint64{}, map[string]int{}
	for _, e := range got {
		name := e.Atom.Period.Name
		if n, ok := by[name]; ok && n != e.N {
			return nil, fmt.Errorf("%s is of the attempts %d and %d", name, n, e.N)
		}
		by[name] = e.N
		rows[name]++
	}
	for name, n := range rows {
		if n != 6 {
			return nil, fmt.Errorf("%s has %d entries, want 6", name, n)
		}
	}
	return by, nil
}

// unlike lists the days that were sealed before and are not the same now.
func unlike(before, now map[string]uint64) (changed []string) {
	for name, n := range before {
		if now[name] != n {
			changed = append(changed, fmt.Sprintf("%s was of attempt %d and is of %d", name, n, now[name]))
		}
	}
	return changed
}

// Attempts over sets of days that overlap, at once and through two connections:
// each day is sealed whole by one of them, and stays so.
func testOverlappingAttempts(t *testing.T, fresh rig) {
	o := fresh(t)
	stores := []*store.Store{storetest.OpenWith(t, o), storetest.OpenWith(t, o)}
	for round, offset := range []int{0, 8, 8} { // the last round meets sealed days alone
		sets := [][]int{{0, 1, 2, 3}, {2, 3, 4, 5}, {5, 1, 6}, {0, 6}, {3}, {7, 2, 4}}
		seen := make([]map[string]uint64, len(sets))
		var wg sync.WaitGroup
		for i, set := range sets {
			s := stores[i%2]
			for j := range set {
				set[j] += offset
			}
			wg.Go(func() {
				err := s.Seal(t.Context(), attempt(uint64(100*round+i+1), set...))
				if err == nil {
					seen[i], err = sealedDays(t.Context(), s)
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		final, err := sealedDays(t.Context(), stores[0])
		if err != nil || len(final) != 8+offset {
			t.Fatalf("%d days are sealed, %v", len(final), err)
		}
		for i, s := range seen {
			for _, d := range sets[i] {
				if _, ok := s[dayPeriod(july+day.Day(d)).Name]; !ok {
					t.Errorf("attempt %d came back before day %d was sealed", i, d)
				}
			}
			for _, changed := range unlike(s, final) {
				t.Error(changed)
			}
		}
	}
}

// Sites that are sealed at once, some through one connection and some through
// another, share attempts; each has its own figures, once.
func testManySites(t *testing.T, fresh rig) {
	o := fresh(t)
	stores := []*store.Store{storetest.OpenWith(t, o), storetest.OpenWith(t, o)}
	const sites = 30
	of := func(i int, basis cell.Basis) disclosure.Sealing {
		what := attempt(uint64(i+1), i%3, i%3+1)
		what.Site, what.Basis = fmt.Sprintf("s%02d", i), basis
		for _, part := range what.Parts {
			for j := range part.Entries {
				part.Entries[j].Atom.Site, part.Entries[j].Atom.Basis = what.Site, basis
			}
		}
		return what
	}
	var wg sync.WaitGroup
	for i := range sites {
		for _, basis := range []cell.Basis{cell.BasisConsent, cell.BasisException} {
			for _, s := range stores {
				wg.Go(func() {
					if err := s.Seal(t.Context(), of(i, basis)); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
	wg.Wait()
	for i := range sites {
		for _, basis := range []cell.Basis{cell.BasisConsent, cell.BasisException} {
			r := days(july, july+60)
			r.Site, r.Basis = fmt.Sprintf("s%02d", i), basis
			got, err := stores[0].Entries(t.Context(), r)
			missing := map[disclosure.Entry]bool{}
			for _, part := range of(i, basis).Parts {
				for _, e := range part.Entries {
					missing[e] = true
				}
			}
			want := len(missing)
			for _, e := range got {
				delete(missing, e)
			}
			if err != nil || len(got) != want || len(missing) > 0 {
				t.Errorf("site %s, %s: %d entries, %v; want %d, missing %v", r.Site, basis, len(got), err, want, missing)
			}
		}
	}
}

// An attempt that dies between its rows and its claim leaves nothing to be seen,
// of days that are open and of days that are sealed.
func testDeathBeforeTheClaim(t *testing.T, fresh rig) {
	s := storetest.OpenWith(t, fresh(t))
	check := func(want map[string]uint64) {
		t.Helper()
		if got, err := sealedDays(t.Context(), s); err != nil || !maps.Equal(got, want) {
			t.Errorf("sealed %v, %v, want %v", got, err, want)
		}
	}
	name := func(d int) string { return dayPeriod(july + day.Day(d)).Name }
	if err := s.Seal(t.Context(), attempt(1, 0, 1)); err != nil {
		t.Fatal(err)
	}
	if err := store.WriteOnly(t.Context(), s, attempt(2, 1, 2, 3)); err != nil {
		t.Fatal(err)
	}
	check(map[string]uint64{name(0): 1, name(1): 1})
	if err := s.Seal(t.Context(), attempt(3, 1, 2)); err != nil {
		t.Fatal(err)
	}
	check(map[string]uint64{name(0): 1, name(1): 1, name(2): 3})
	if err := store.WriteOnly(t.Context(), s, attempt(4, 0, 2, 3)); err != nil {
		t.Fatal(err)
	}
	check(map[string]uint64{name(0): 1, name(1): 1, name(2): 3})
	if err := s.Seal(t.Context(), attempt(5, 0, 3)); err != nil {
		t.Fatal(err)
	}
	check(map[string]uint64{name(0): 1, name(1): 1, name(2): 3, name(3): 5})
}

// sealingChild seals sets of days without end and prints each that it is told is
// sealed; first it prints what is sealed when it begins.
func sealingChild(dir string) error {
	ctx := context.Background()
	s, _, err := openChild(ctx, dir)
	if err != nil {
		return err
	}
	for n := uint64(rand.Uint32()); ; n++ {
		by, err := sealedDays(ctx, s)
		if err != nil {
			return err
		}
		fmt.Println(encodeDays(by))
		first := len(by) - rand.IntN(3)
		if err := s.Seal(ctx, attempt(n, max(first, 0), max(first, 0)+1, max(first, 0)+2)); err != nil {
			return err
		}
	}
}

func encodeDays(by map[string]uint64) string {
	words := []string{"sealed"}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		words = append(words, name+"="+strconv.FormatUint(by[name], 10))
	}
	return strings.Join(words, " ")
}

func decodeDays(line string) (map[string]uint64, error) {
	by := map[string]uint64{}
	words := strings.Fields(line)
	if len(words) == 0 || words[0] != "sealed" {
		return nil, errors.New(line)
	}
	for _, w := range words[1:] {
		name, number, _ := strings.Cut(w, "=")
		n, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			return nil, err
		}
		by[name] = n
	}
	return by, nil
}

// TestKilledSealer kills a process in the middle of its sealing, again and
// again, once it has sealed something. What was sealed once, as far as anybody could read it, never changes.
func TestKilledSealer(t *testing.T) {
	dir := t.TempDir()
	before, lives := map[string]uint64{}, 0
	for range 8 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childDir+"="+dir, childSeals+"=1", "GORACE=atexit_sleep_ms=0")
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		born := -1 // days sealed when this life begins
		for lines := bufio.NewScanner(out); lines.Scan(); {
			now, err := decodeDays(lines.Text())
			if err != nil {
				t.Fatal(err)
			}
			for _, changed := range unlike(before, now) {
				t.Error(changed)
			}
			if born < 0 {
				born = len(now)
			}
			if len(now) > born {
				time.AfterFunc(time.Duration(20+rand.IntN(100))*time.Millisecond, func() { _ = cmd.Process.Kill() })
			}
			before = now
			if len(before) > 55 { // days of the test's two months
				_ = cmd.Process.Kill()
			}
		}
		_ = cmd.Wait() // "signal: killed"
		lives++
	}
	if len(before) < lives {
		t.Errorf("%d days sealed in %d lives", len(before), lives)
	}
	t.Logf("%d days were sealed in %d lives", len(before), lives)
}

// columns are all that is stored of counts, and none of them has a value of one
// hit: a day, never a time, but for the time of sealing, which is the sealer's.
var columns = map[string][]string{
	"cells":  {"basis", "day", "n", "site", "table_name", "value"},
	"ledger": {"basis", "first_day", "grain", "last_day", "n", "noisy", "period", "seal", "sealed", "shown", "site", "table_name", "value", "year"},
	"seals":  {"basis", "first_day", "grain", "last_day", "period", "seal", "sealed", "site"},
}

func otherColumns(ctx context.Context, s *store.Store) (found []string, err error) {
	all, err := store.Columns(ctx, s)
	for table, want := range columns {
		if len(all[table]) < len(want) {
			return nil, fmt.Errorf("table %s has the columns %v", table, all[table])
		}
		for column := range all[table] {
			if column != "" && !slices.Contains(want, column) {
				found = append(found, table+"."+column)
			}
		}
	}
	return found, err
}

func testColumnsOfCounts(t *testing.T, fresh rig) {
	s := storetest.OpenWith(t, fresh(t))
	if found, err := otherColumns(t.Context(), s); err != nil || len(found) > 0 {
		t.Errorf("columns %v, %v: say here that they carry nothing of a single hit", found, err)
	}
	mutant := fstest.MapFS{"schema/99_time.sql": {Data: []byte("ALTER TABLE cells ADD COLUMN hit_time DateTime\n")}}
	if err := store.MigrateWith(t.Context(), s, mutant); err != nil {
		t.Fatal(err)
	}
	if found, err := otherColumns(t.Context(), s); err != nil || !slices.Equal(found, []string{"cells.hit_time"}) {
		t.Errorf("mutant \"a time for each hit\" is not found: %v %v", found, err)
	}
}
