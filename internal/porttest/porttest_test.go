package porttest

import (
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// inChild makes this binary another process that wants an address.
const inChild = "PORTTEST_CHILD"

// An address is given once, to one process, even if nobody listens on it yet.
func TestAnAddressIsGivenOnce(t *testing.T) {
	if os.Getenv(inChild) != "" {
		t.Log("given", Addr(t))
		return
	}
	seen := map[string]bool{}
	for range 2*block + 1 {
		addr := Addr(t)
		if seen[addr] {
			t.Fatalf("%s is given twice", addr)
		}
		seen[addr] = true
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if len(seen)%2 == 0 {
			defer l.Close()
		} else if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^TestAnAddressIsGivenOnce$")
	cmd.Env = append(os.Environ(), inChild+"=1")
	out, err := cmd.CombinedOutput()
	_, other, ok := strings.Cut(string(out), "given ")
	other, _, _ = strings.Cut(other, "\n")
	if err != nil || !ok || seen[other] {
		t.Errorf("another process is given %q: %v\n%s", other, err, out)
	}
}
