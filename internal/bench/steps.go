package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// steps are Go benchmarks of the parts of a hit, and the keys of their results.
var steps = []struct{ pkg, name, key string }{
	{"./internal/coarsen", "BenchmarkFactsWarm", "coarsen_warm"},
	{"./internal/coarsen", "BenchmarkFactsCold", "coarsen_cold"},
	{"./internal/consent", "BenchmarkDecide", "pass_check"},
	{"./internal/counter", "BenchmarkSum", "count_hit"},
	{"./collector", "BenchmarkDecodeHit", "decode_hit"},
	{"./internal/intake", "BenchmarkAccept", "accept_hit"},
	{"./collector", "BenchmarkHit", "handler"},
	{"./collector", "BenchmarkBareFiber", "bare_handler"},
}

func measureSteps(ctx context.Context, o *options) error {
	for _, s := range steps {
		cmd := exec.CommandContext(ctx, "go", "test", "-run=^$", "-bench=^"+s.name+"$", "-benchmem", "-benchtime=0.5s", fmt.Sprintf("-count=%d", o.rounds), s.pkg)
		cmd.Stderr = os.Stderr
		text, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("benchmark %s: %w", s.name, err)
		}
		ns, allocs := column(string(text), "ns/op"), column(string(text), "allocs/op")
		if len(ns) == 0 || len(allocs) == 0 {
			return fmt.Errorf("benchmark %s: no result in %q", s.name, text)
		}
		o.results.set(s.key+"_ns", median(ns))
		o.results.set(s.key+"_allocs", median(allocs))
	}
	return nil
}

// column is the numbers before a unit in what `go test -bench` prints.
func column(text, unit string) (values []float64) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		for i := 1; i < len(fields); i++ {
			if v, err := strconv.ParseFloat(fields[i-1], 64); err == nil && fields[i] == unit {
				values = append(values, v)
			}
		}
	}
	return values
}
