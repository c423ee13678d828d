package storetest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// ClusterName is the name that the servers of a Cluster know it by.
const ClusterName = "footfall"

// ClickHouseCluster is a running cluster on the loopback interface: nodes 1
// and 2 are the replicas of one shard, nodes 3 and 4 of another.
type ClickHouseCluster struct {
	addr [5]string // host:port of the native protocol, by node
	in   io.WriteCloser
	out  *bufio.Scanner
	said bytes.Buffer // errors
	cmd  *exec.Cmd
}

// Cluster starts a cluster with files of its own and ends it with the test.
// Should this process die before, however it does, the cluster ends too: the
// script that runs it sees the end of its input. That a part of it is not
// installed fails the test.
func Cluster(t testing.TB) *ClickHouseCluster {
	t.Helper()
	script, err := findScript()
	if err != nil {
		t.Fatal(err)
	}
	c := &ClickHouseCluster{cmd: exec.CommandContext(context.WithoutCancel(t.Context()), script, "run")}
	c.cmd.Env = append(os.Environ(), "CLUSTER_DIR="+filepath.Join(t.TempDir(), "cluster"))
	c.cmd.Stderr = &c.said
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.out = bufio.NewScanner(out)
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.down(t) })
	for range 4 {
		var n int
		var addr string
		if line := c.line(t); !read(line, &n, &addr) {
			t.Fatalf("the cluster says %q", line)
		}
		c.addr[n] = addr
	}
	return c
}

func read(line string, n *int, addr *string) bool {
	_, err := fmt.Sscanf(line, "node %d %s", n, addr)
	return err == nil && *n >= 1 && *n <= 4
}

// findScript looks for .ci/cluster in the folders above the working directory.
func findScript() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		script := filepath.Join(dir, ".ci", "cluster")
		if _, err := os.Stat(script); err == nil {
			return script, nil
		}
	}
	return "", fmt.Errorf(".ci/cluster is in no folder above the test")
}

func (c *ClickHouseCluster) line(t testing.TB) string {
	t.Helper()
	if !c.out.Scan() {
		_ = c.cmd.Wait() // said is complete then
		t.Fatalf("the cluster is gone (`.ci/install cluster` installs what it needs): %s", c.said.String())
	}
	return c.out.Text()
}

func (c *ClickHouseCluster) down(t testing.TB) {
	t.Helper()
	if c.cmd.ProcessState != nil {
		return // it is down already
	}
	if err := c.in.Close(); err != nil {
		t.Error(err)
	}
	if err := c.cmd.Wait(); err != nil {
		t.Errorf("end cluster: %v: %s", err, c.said.String())
	}
}

// DSN names a database, as a process that is connected to the node does.
func (c *ClickHouseCluster) DSN(node int, database string) string {
	return "clickhouse://" + c.addr[node] + "/" + database
}

// Kill ends the server of a node as a power cut would.
func (c *ClickHouseCluster) Kill(t testing.TB, node int) { t.Helper(); c.tell(t, "kill", node) }

// Start starts the server of a node again. It answers then, but takes no rows
// for the seconds in which ZooKeeper thinks that its former life goes on.
func (c *ClickHouseCluster) Start(t testing.TB, node int) { t.Helper(); c.tell(t, "start", node) }

func (c *ClickHouseCluster) tell(t testing.TB, verb string, node int) {
	t.Helper()
	if _, err := fmt.Fprintln(c.in, verb, node); err != nil {
		t.Fatalf("tell the cluster: %v: %s", err, c.said.String())
	}
	if line := c.line(t); line != "done" {
		t.Fatalf("the cluster says %q", line)
	}
}
