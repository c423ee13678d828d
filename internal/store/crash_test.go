package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/chdb"
	"github.com/footfall-analytics/footfall/internal/store"
	"github.com/footfall-analytics/footfall/internal/store/storetest"
)

// childDir and childFrom make this binary the process that is killed.
const childDir, childFrom, childOnce, childSeals = "FOOTFALL_TEST_DIR", "FOOTFALL_TEST_FROM", "FOOTFALL_TEST_ONCE", "FOOTFALL_TEST_SEALS"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		work := child
		if os.Getenv(childSeals) != "" {
			work = sealingChild
		}
		if err := work(dir); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func numbered(i int) cell.Batch {
	return cell.Batch{ID: fmt.Sprintf("batch-%d", i), Cells: someCells(500)}
}

const batchSum = 500 * 501 / 2

func total(ctx context.Context, s *store.Store) (uint64, error) {
	cells, err := s.Cells(ctx, site, cell.BasisConsent, july, july+30)
	return sum(cells), err
}

// openChild opens the store of a process that is to be killed.
func openChild(ctx context.Context, dir string) (*store.Store, *chdb.Engine, error) {
	lib, err := chdb.Find("", "")
	if err != nil {
		return nil, nil, err
	}
	engine, err := chdb.Open(chdb.Options{Lib: lib, Dir: dir, Key: []byte("0123456789abcdefghijklmnopqrstuv")})
	if err != nil {
		return nil, nil, err
	}
	s, err := store.Open(ctx, store.Options{Transport: engine})
	return s, engine, err
}

// child adds batches without end, from the one that the environment says, and
// reports "has <sum>" before the first and the number of each that is acknowledged.
func child(dir string) error {
	ctx := context.Background()
	s, engine, err := openChild(ctx, dir)
	if err != nil {
		return err
	}
	n, err := total(ctx, s)
	if err != nil {
		return err
	}
	fmt.Println("has", n)
	from, err := strconv.Atoi(os.Getenv(childFrom))
	if err != nil {
		return err
	}
	for i := from; ; i++ {
		if err := s.Add(ctx, numbered(i)); err != nil {
			return err
		}
		fmt.Println(i)
		if os.Getenv(childOnce) != "" {
			return errors.Join(s.Close(), engine.Close())
		}
	}
}

// TestKilledProcess kills a process in the middle of its inserts, again and
// again; each next one sends the batch once more that was not acknowledged.
func TestKilledProcess(t *testing.T) {
	dir := t.TempDir()
	next, lost, kept := 0, 0, 0
	run := func(once string) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childDir+"="+dir, childFrom+"="+strconv.Itoa(next), childOnce+"="+once, "GORACE=atexit_sleep_ms=0")
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		if !lines.Scan() || !strings.HasPrefix(lines.Text(), "has ") {
			t.Fatalf("child says %q", lines.Text())
		}
		switch has := strings.TrimPrefix(lines.Text(), "has "); has {
		case strconv.Itoa(next * batchSum):
			lost++
		case strconv.Itoa((next + 1) * batchSum):
			kept++
		default:
			t.Fatalf("after %d acknowledged batches the sum is %s, want %d or one batch of %d more", next, has, next*batchSum, batchSum)
		}
		soon := func() {
			time.AfterFunc(time.Duration(rand.IntN(60))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		}
		early := rand.IntN(2) == 0 // in the insert that may be a repetition
		if once == "" && early {
			soon()
		}
		for lines.Scan() {
			if once == "" && !early {
				soon()
			}
			i, err := strconv.Atoi(lines.Text())
			if err != nil || i != next {
				t.Fatalf("child says %q, want %d", lines.Text(), next)
			}
			next++
		}
		_ = cmd.Wait() // "signal: killed"
	}
	for range 12 {
		run("")
	}
	run("once")
	run("once")
	if next < 2 {
		t.Errorf("%d batches: every life was too short to tell anything", next)
	}
	t.Logf("%d batches in 14 lives; the unacknowledged one had been stored %d times and not %d times", next, kept, lost)
}

// TestKilledServer does the same to a server under the process.
func TestKilledServer(t *testing.T) {
	server := storetest.Server(t)
	s := storetest.OpenWith(t, store.Options{DSN: server.DSN("crash")})
	next, failed := 0, 0
	for range 6 {
		var down atomic.Bool
		kill := time.AfterFunc(time.Duration(20+rand.IntN(100))*time.Millisecond, func() {
			server.Kill()
			down.Store(true)
		})
		for {
			if err := s.Add(t.Context(), numbered(next)); err != nil {
				break
			}
			next++
		}
		failed++
		for kill.Stop(); !down.Load(); time.Sleep(time.Millisecond) {
		}
		server.Start(t)
		addUntilStored(t, s, numbered(next))
		next++
		if n, err := total(t.Context(), s); err != nil || n != uint64(next*batchSum) {
			t.Fatalf("after %d batches the sum is %d, %v, want %d", next, n, err, next*batchSum)
		}
	}
	t.Logf("%d batches, %d kills", next, failed)
}

// addUntilStored repeats a batch, as the counter does: the first statements
// meet connections that died with the server.
func addUntilStored(t *testing.T, s *store.Store, b cell.Batch) {
	t.Helper()
	var err error
	for range 50 {
		if err = s.Add(t.Context(), b); err == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal(err)
}

// deaf is a transport that loses the answers to some requests.
type deaf struct {
	http.RoundTripper
	loses func(url.Values) bool
}

func (d *deaf) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := d.RoundTripper.RoundTrip(req)
	if err == nil && d.loses(req.URL.Query()) {
		res.Body.Close()
		return nil, errors.New("the answer is lost")
	}
	return res, err
}

func TestLostAnswerEmbedded(t *testing.T) {
	on := false
	transport := &deaf{storetest.Engine(t), func(q url.Values) bool { return on && strings.HasPrefix(q.Get("query"), "INSERT") }}
	s := storetest.OpenWith(t, store.Options{Transport: transport, Database: storetest.Database(t)})
	testLostAnswer(t, s, s, func(losing bool) { on = losing })
}

// A version that is in, but whose writer did not hear it, is not a conflict.
func TestLostAnswerOfRecord(t *testing.T) {
	lost := 0
	transport := &deaf{storetest.Engine(t), func(q url.Values) bool {
		now := lost == 0 && strings.HasSuffix(q.Get("query_id"), "/record/site/a")
		if now {
			lost++
		}
		return now
	}}
	s := storetest.OpenWith(t, store.Options{Transport: transport, Database: storetest.Database(t)})
	if err := s.Append(t.Context(), doc("a", 1, `{}`)); err != nil || lost != 1 {
		t.Errorf("%v, %d answers lost", err, lost)
	}
	if n, err := s.DocCount(t.Context()); n != 1 || err != nil {
		t.Errorf("%d versions, %v", n, err)
	}
}

func testLostAnswer(t *testing.T, s, healthy *store.Store, lose func(bool)) {
	batch := cell.Batch{ID: "b1", Cells: someCells(5000)}
	lose(true)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := s.Add(ctx, batch); err == nil {
		t.Fatal("the answer was not lost")
	}
	lose(false)
	addUntilStored(t, healthy, batch)
	if n, err := total(t.Context(), healthy); err != nil || n != sum(batch.Cells) {
		t.Errorf("sum %d, %v, want %d", n, err, sum(batch.Cells))
	}
}

func TestLostAnswerServer(t *testing.T) {
	server := storetest.Server(t)
	w := &wire{to: server.Addr}
	addr := w.listen(t)
	s := storetest.OpenWith(t, store.Options{DSN: "clickhouse://" + addr + "/lost"})
	testLostAnswer(t, s, storetest.OpenWith(t, store.Options{DSN: server.DSN("lost")}), w.losing.Store)
}

// wire carries connections to a server. While it is losing, a connection on
// which a large block was sent falls silent, and is cut a little later.
type wire struct {
	to     string
	losing atomic.Bool
}

func (w *wire) listen(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", w.to)
			if err != nil {
				client.Close()
				continue
			}
			go w.carry(client, server)
		}
	}()
	return l.Addr().String()
}

func (w *wire) carry(client, server net.Conn) {
	defer client.Close()
	defer server.Close()
	var sent atomic.Int64
	go func() {
		_, _ = io.Copy(io.MultiWriter(server, counting{&sent}), client)
		server.Close()
	}()
	buf := make([]byte, 1<<16)
	for {
		n, err := server.Read(buf)
		if err != nil {
			return
		}
		if w.losing.Load() && sent.Load() > 100_000 {
			time.Sleep(200 * time.Millisecond)
			return
		}
		if _, err := client.Write(buf[:n]); err != nil {
			return
		}
	}
}

type counting struct{ n *atomic.Int64 }

func (c counting) Write(p []byte) (int, error) {
	c.n.Add(int64(len(p)))
	return len(p), nil
}
