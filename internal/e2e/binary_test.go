package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

const (
	root    = "../.."
	library = "node_modules/@chdb/lib-linux-x64-gnu/libchdb.so"
)

// raceFlags make the binary look for races if the tests do.
var raceFlags []string

// built is where the binaries of this run are; TestMain removes it.
var built string

// atOnce is how many tests run at the same time, whatever the machine: most of
// their time they wait for a disk or a browser.
const atOnce = "4"

func TestMain(m *testing.M) {
	err := flag.Set("test.parallel", atOnce)
	if err != nil {
		panic(err)
	}
	if built, err = os.MkdirTemp("", "footfall-e2e-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(built)
	os.Exit(code)
}

// testBinary is footfall as the tests of most things want it.
var testBinary = sync.OnceValues(func() (string, error) { return build("footfall", raceFlags...) })

// plainBinary is footfall as it ships, for what has to be fast.
var plainBinary = sync.OnceValues(func() (string, error) {
	if len(raceFlags) == 0 {
		return testBinary()
	}
	return build("footfall-plain")
})

func build(name string, flags ...string) (string, error) {
	path := filepath.Join(built, name)
	args := append([]string{"build", "-o", path, "-ldflags", "-X main.version=e2e"}, flags...)
	cmd := exec.CommandContext(context.Background(), "go", append(args, "./cmd/footfall")...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if len(flags) > 0 {
		cmd.Env = append(cmd.Env, "CGO_ENABLED=1")
	}
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", name, err, text)
	}
	return path, nil
}

// must is for what a test cannot go on without: must(f())(t).
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		check(t, err)
		return v
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
