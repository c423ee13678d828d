package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
)

// results are the flat keys of bench/results.json.
type results struct {
	values map[string]float64
}

// target is what docs/performance.md promises of a result.
type target struct {
	key  string
	want float64
	less bool // or equal; otherwise more or equal
	what string
}

const mb = 1e6 // bytes

// targets are in the order of the table.
var targets = []target{
	{"hit_cpu_ratio", 2.0, true, "CPU of a hit, whole way, over bare Fiber; 64 connections"},
	{"hit_cpu_ratio_256", 1.6, true, "the same, 256 connections"},
	{"hit_throughput_ratio", 0.5, false, "hits/s over bare Fiber's; 64 connections"},
	{"hit_throughput_ratio_256", 0.7, false, "the same, 256 connections"},
	{"hit_p99_ms_at_1000", 10, true, "ms, 99th percentile at 1,000 hits/s"},
	{"coarsen_warm_ns", 2500, true, "ns, coarsen, agent seen before"},
	{"coarsen_warm_allocs", 2, true, "allocations of that"},
	{"coarsen_cold_ns", 15000, true, "ns, coarsen, new agent"},
	{"pass_check_ns", 200, true, "ns, pass check"},
	{"count_hit_ns", 1500, true, "ns, counting a hit into its cells"},
	{"collector_rss_mb", 40, true, "MB resident at 10,000 hits/s, database elsewhere"},
	{"embedded_rss_mb", 450, true, "MB resident at 10,000 hits/s, embedded engine"},
	{"bytes_ratio_1e8_to_1e6", 1.5, true, "bytes of a site-year at 10^8 visits over 10^6"},
	{"site_year_bytes", 2 * mb, true, "bytes of a site-year of 10^6 visits before sealing"},
	{"sealed_site_year_bytes", 0.3 * mb, true, "bytes of its ledger"},
	{"seal_1000_sites_month_s", 60, true, "s to seal a month of 1,000 sites"},
	{"report_p99_ms", 50, true, "ms, 99th percentile of a funder's report page; 1,000 sites, 5 years"},
	{"report_first_paint_ms", 1000, true, "ms to its first contentful paint on a CPU slowed down to a quarter"},
	{"report_transferred_bytes", 60e3, true, "bytes transferred for it"},
	{"staff_p99_ms", 100, true, "ms, 99th percentile of the slowest staff page; 1,000 sites, 5 years"},
	{"staff_5_to_1_years", 1.2, true, "median of the slowest staff page, 5 years of figures over 1"},
	{"start_ms", 1000, true, "ms from exec to the first answer, a year of data"},
}

// readResults takes what an earlier run wrote, so that a part can be measured
// alone.
func readResults(path string) (*results, error) {
	r := &results{values: map[string]float64{}}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	var old map[string]any
	if err := json.Unmarshal(text, &old); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	for key, v := range old {
		if n, ok := v.(float64); ok {
			r.values[key] = n
		}
	}
	return r, nil
}

// set keeps a result with the four digits that mean something.
func (r *results) set(key string, v float64) {
	r.values[key] = v
	fmt.Printf("  %-34s %s\n", key, short(v))
}

func (r *results) write(path string) error {
	all := map[string]any{"machine": machine(), "go": runtime.Version()}
	for key, v := range r.values {
		all[key] = json.Number(short(v))
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// short writes a number without digits that mean nothing.
func short(v float64) string {
	if v >= 100 {
		return fmt.Sprintf("%.0f", v)
	}
	return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.3f", v), "0"), ".")
}

func (r *results) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "\n%s, %s\n\nresult\tmeasured\ttarget\tverdict\t\n", machine(), runtime.Version())
	for _, want := range targets {
		got, ok := r.values[want.key]
		if !ok {
			fmt.Fprintf(t, "%s\t-\t\tnot measured\t%s\n", want.key, want.what)
			continue
		}
		sign, held := "at most", got <= want.want
		if !want.less {
			sign, held = "at least", got >= want.want
		}
		verdict := "held"
		if !held {
			verdict = "MISSED"
		}
		fmt.Fprintf(t, "%s\t%s\t%s %s\t%s\t%s\n", want.key, short(got), sign, short(want.want), verdict, want.what)
	}
	return t.Flush()
}

// machine names what was measured on.
func machine() string {
	return fmt.Sprintf("%d cores of %s, %s, load generator on the same machine",
		runtime.NumCPU(), field("/proc/cpuinfo", "model name", ":"), strings.Trim(field("/etc/os-release", "PRETTY_NAME", "="), `"`))
}

// field is the value of the first line of a file with this name.
func field(path, name, sep string) string {
	f, err := os.Open(path)
	if err != nil {
		return "unknown"
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), sep); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted)%2 == 1 {
		return sorted[len(sorted)/2]
	}
	return (sorted[len(sorted)/2-1] + sorted[len(sorted)/2]) / 2
}

// percentile of values, p from 0 to 1.
func percentile(values []float64, p float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(p*float64(len(sorted))))]
}
