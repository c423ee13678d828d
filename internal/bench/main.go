// Command bench measures Footfall's performance as ratios in one run: the
// whole way of a hit against a bare Fiber handler on the same machine, and
// memory, start-up, steps, storage and report pages. It prints a table with
// the targets and writes bench/results.json. Everything runs on loopback, with
// the load generator beside the server.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/internal/chdb"
)

// options are the command line.
type options struct {
	binary  string // footfall
	out     string // results.json
	rounds  int
	round   time.Duration // of load
	dir     string        // temporary, for everything that is written
	results *results
	house   *house // nil until somebody needs it
}

// engine opens the embedded engine of a data folder, with the library that
// stands beside the binary.
func (o *options) engine(dir string, key []byte) (*chdb.Engine, error) {
	lib, err := chdb.Find("", filepath.Dir(o.binary))
	if err != nil {
		return nil, err
	}
	return chdb.Open(chdb.Options{Lib: lib, Dir: filepath.Join(dir, "engine"), Key: key})
}

// parts are what can be measured, in order.
var parts = []struct {
	name string
	run  func(context.Context, *options) error
}{
	{"steps", measureSteps},
	{"hits", measureHits},
	{"memory", measureMemory},
	{"collectors", measureCollectors},
	{"start", measureStart},
	{"reading", measureReading},
	{"storage", measureStorage},
	{"sealing", measureSealing},
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == bareMode {
		fail(serveBare(os.Args[2]))
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	fail(run(ctx, os.Args[1:]))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	var o options
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&o.binary, "binary", "bin/footfall", "the binary to measure")
	flags.StringVar(&o.out, "out", "bench/results.json", "where results go; keys that are not measured now are kept")
	flags.IntVar(&o.rounds, "rounds", 5, "rounds of load; medians are taken")
	flags.DurationVar(&o.round, "round", 6*time.Second, "length of a round")
	only := flags.String("only", "", "parts to run, with commas between; empty for all")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if o.binary, err = filepath.Abs(o.binary); err != nil {
		return err
	}
	if o.dir, err = os.MkdirTemp("", "footfall-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(o.dir)) }()
	if o.results, err = readResults(o.out); err != nil {
		return err
	}
	for _, part := range parts {
		if *only != "" && !slices.Contains(strings.Split(*only, ","), part.name) {
			continue
		}
		fmt.Printf("measuring %s, load average %s\n", part.name, loadAverage())
		if err := part.run(ctx, &o); err != nil {
			return fmt.Errorf("measure %s: %w", part.name, err)
		}
	}
	return errors.Join(o.results.write(o.out), o.results.print(os.Stdout))
}
