package campaign

import (
	"bufio"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/chdb"
	"github.com/footfall-analytics/footfall/internal/counter"
	"github.com/footfall-analytics/footfall/internal/spool"
	"github.com/footfall-analytics/footfall/internal/store"
)

// childDir makes this binary the process that is killed; childFirst is the
// number of its first hit.
const childDir, childFirst = "CAMPAIGN_DIR", "CAMPAIGN_FIRST"

// writePath is the write path of one process, on the embedded engine.
type writePath struct {
	engine *chdb.Engine
	db     *store.Store
	spool  *spool.Spool
}

func openWritePath(dir string) (*writePath, error) {
	lib, err := chdb.Find("", "")
	if err != nil {
		return nil, err
	}
	engine, err := chdb.Open(chdb.Options{Lib: lib, Dir: filepath.Join(dir, "engine"), Key: []byte("0123456789abcdefghijklmnopqrstuv")})
	if err != nil {
		return nil, err
	}
	db, err := store.Open(context.Background(), store.Options{Transport: engine})
	if err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	s, err := openSpool(filepath.Join(dir, "spool"), small)
	if err != nil {
		return nil, errors.Join(err, db.Close(), engine.Close())
	}
	return &writePath{engine, db, s}, nil
}

// child puts and counts hits without end and prints the number of each that is
// acknowledged. It returns only if something fails.
func child(dir string) error {
	from, err := strconv.Atoi(os.Getenv(childFirst))
	if err != nil {
		return err
	}
	w, err := openWritePath(dir)
	if err != nil {
		return err
	}
	count(context.Background(), w.spool, w.db, 2*time.Millisecond, slog.Default())
	var next atomic.Int64
	next.Store(int64(from))
	fail := make(chan error)
	for range putters {
		go func() {
			for {
				n := int(next.Add(1))
				err := w.spool.Put(context.Background(), hit(n))
				if err == nil {
					// One write a line: a kill cannot mix two.
					_, err = os.Stdout.WriteString(strconv.Itoa(n) + "\n")
				}
				if err != nil {
					fail <- err
				}
			}
		}()
	}
	return <-fail
}

// TestKilledProcess kills a process that puts and counts hits; the next one
// goes on with what it left.
func TestKilledProcess(t *testing.T) {
	dir := t.TempDir()
	acked := map[int]bool{}
	silent := 0
	for i := range *processKills {
		before := len(acked)
		killChild(t, dir, i*1_000_000, acked)
		if len(acked) == before {
			silent++
		}
	}
	w, err := openWritePath(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(w.spool.Close(), w.db.Close(), w.engine.Close()); err != nil {
			t.Error(err)
		}
	}()
	t.Logf("%d kills, %d of them before the first hit", *processKills, silent)
	drain(t, counter.New(counter.Options{Spool: w.spool, Sink: w.db}), w.spool)
	compare(t, w.db, acked, *processKills*putters)
	if len(acked) < 16*(*processKills-silent) {
		t.Error("the processes lived too short to tell anything")
	}
}

// killChild runs a child and kills it: at some moment of its start, in which
// it mends what the last one left, or of its work.
func killChild(t *testing.T, dir string, from int, acked map[int]bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir, childFirst+"="+strconv.Itoa(from))
	var trouble strings.Builder
	cmd.Stderr = &trouble
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killWithin := func(d time.Duration) {
		time.AfterFunc(rand.N(d), func() { _ = cmd.Process.Kill() })
	}
	early := rand.IntN(4) == 0
	if early {
		killWithin(500 * time.Millisecond)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatal(err)
		}
		if !early && n == from+1 {
			killWithin(400 * time.Millisecond)
		}
		acked[n] = true
	}
	err = cmd.Wait()
	if end := new(exec.ExitError); !errors.As(err, &end) || end.Exited() {
		t.Fatalf("the child was not killed but says %v: %s", err, trouble.String())
	}
	if strings.Contains(trouble.String(), "ERROR") {
		t.Errorf("child: %s", trouble.String())
	}
}
