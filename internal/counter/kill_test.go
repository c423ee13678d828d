package counter

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/spool"
)

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// fileSink adds a batch as one file, named by its id, in one step.
type fileSink struct{ dir string }

func (s fileSink) Add(_ context.Context, b cell.Batch) error {
	path := filepath.Join(s.dir, b.ID+".json")
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	j, err := json.Marshal(b.Cells)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", j, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

func (fileSink) Closed(context.Context, day.Day) (map[cell.Scope]day.Day, error) {
	return nil, nil
}

// childDir is the environment variable that turns the test binary into a
// process which puts and counts hits until it is killed.
const childDir = "COUNTER_TEST_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		first, err := strconv.Atoi(os.Getenv(childDir + "_FIRST"))
		if err == nil {
			err = countForever(dir, first)
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func countForever(dir string, first int) error {
	s, err := spool.Open(spool.Options{Dir: filepath.Join(dir, "spool"), Key: [32]byte{7}, Clock: time.Now, SegmentBytes: 50_000})
	if err != nil {
		return err
	}
	go New(Options{Spool: s, Sink: fileSink{dir}, Until: atOnce, Every: time.Millisecond}).Run(context.Background())
	var next atomic.Int64
	next.Store(int64(first))
	fail := make(chan error)
	for range 16 {
		go func() {
			for {
				h := view
				h.Page = strconv.FormatInt(next.Add(1), 10)
				if err := s.Put(context.Background(), h); err != nil {
					fail <- err
				}
				// One write a line: a kill cannot mix two.
				if _, err := os.Stdout.WriteString(h.Page + "\n"); err != nil {
					fail <- err
				}
			}
		}()
	}
	return <-fail
}

// Killed at random moments between a visit's request and the removal of its
// segment, every acknowledged visit is counted exactly once.
func TestKill(t *testing.T) {
	rounds := 30
	if testing.Short() {
		rounds = 10
	}
	dir := t.TempDir()
	acked := map[string]bool{}
	for round := range rounds {
		killChild(t, dir, round*1_000_000, acked)
	}
	s := openSpool(t, filepath.Join(dir, "spool"))
	mustDo(t, New(Options{Spool: s, Sink: fileSink{dir}, Log: quiet}).Drain(t.Context()))

	counted := map[string]uint64{}
	batches, err := filepath.Glob(filepath.Join(dir, "*.json"))
	mustDo(t, err)
	for _, path := range batches {
		j, err := os.ReadFile(path)
		mustDo(t, err)
		var cells []cell.Cell
		mustDo(t, json.Unmarshal(j, &cells))
		for _, c := range cells {
			if c.Table == cell.Page {
				counted[c.Value] += c.N
			}
		}
	}
	lost, twice := 0, 0
	for n := range acked {
		if counted[n] == 0 {
			lost++
		}
	}
	for _, n := range counted {
		if n > 1 {
			twice++
		}
	}
	if lost > 0 || twice > 0 {
		t.Errorf("of %d acknowledged visits %d are lost, %d counted twice", len(acked), lost, twice)
	}
	t.Logf("%d kills, %d visits acknowledged, %d counted in %d batches", rounds, len(acked), len(counted), len(batches))
}

func killChild(t *testing.T, dir string, first int, acked map[string]bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir, childDir+"_FIRST="+strconv.Itoa(first))
	var trouble strings.Builder
	cmd.Stderr = &trouble
	out, err := cmd.StdoutPipe()
	mustDo(t, err)
	mustDo(t, cmd.Start())
	lines := bufio.NewScanner(out)
	var kill *time.Timer
	for lines.Scan() {
		if kill == nil { // it works: from now on it may die at any moment
			kill = time.AfterFunc(time.Duration(rand.IntN(50_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
		}
		acked[lines.Text()] = true
	}
	_ = cmd.Wait() // killed
	if kill == nil || strings.Contains(trouble.String(), "ERROR") {
		t.Fatalf("child: %s", trouble.String())
	}
}
