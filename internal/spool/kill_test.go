package spool

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// childDir is the environment variable that turns the test binary into a
// process which puts hits until it is killed.
const childDir = "SPOOL_TEST_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		first, err := strconv.Atoi(os.Getenv(childDir + "_FIRST"))
		if err == nil {
			err = putForever(dir, first)
		}
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// putForever puts the numbers from first on and prints each that is
// acknowledged. Segments are small and closed often, so that a kill meets every
// step.
func putForever(dir string, first int) error {
	s, err := Open(Options{Dir: dir, Key: testKey, Clock: time.Now, SegmentBytes: 20_000})
	if err != nil {
		return err
	}
	var next atomic.Int64
	next.Store(int64(first))
	fail := make(chan error)
	for range 32 {
		go func() {
			for {
				n := int(next.Add(1))
				if err := s.Put(context.Background(), testHit(n)); err != nil {
					fail <- err
				}
				// One write a line: a kill cannot mix two.
				if _, err := os.Stdout.WriteString(strconv.Itoa(n) + "\n"); err != nil {
					fail <- err
				}
			}
		}()
	}
	go func() {
		for {
			time.Sleep(3 * time.Millisecond)
			if err := s.Rotate(); err != nil {
				fail <- err
			}
		}
	}()
	return <-fail
}

// Killed at random moments, every acknowledged hit is there exactly once.
func TestKill(t *testing.T) {
	rounds := 30
	if testing.Short() {
		rounds = 10
	}
	dir := t.TempDir()
	acked := map[int]bool{}
	for round := range rounds {
		killChild(t, dir, round*1_000_000, acked)
	}
	s := mustOpen(t, testOptions(dir))
	stored := map[int]bool{}
	for _, n := range readAll(t, s) {
		if stored[n] {
			t.Errorf("%d is there twice", n)
		}
		stored[n] = true
	}
	lost := 0
	for n := range acked {
		if !stored[n] {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d acknowledged hits are lost", lost, len(acked))
	}
	t.Logf("%d kills, %d hits acknowledged, %d stored", rounds, len(acked), len(stored))
}

func killChild(t *testing.T, dir string, first int, acked map[int]bool) {
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
		n, err := strconv.Atoi(lines.Text())
		mustDo(t, err)
		acked[n] = true
	}
	_ = cmd.Wait() // killed
	if kill == nil || strings.Contains(trouble.String(), "lost") {
		t.Fatalf("child: %s", trouble.String())
	}
}
