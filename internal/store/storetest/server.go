package storetest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/porttest"
)

// ClickHouse is a running clickhouse-server on the loopback interface.
type ClickHouse struct {
	Addr string // host:port of the native protocol
	dir  string
	cmd  *exec.Cmd
}

// Server starts Debian's clickhouse-server with a directory of its own and
// kills it when the test ends. That it is not installed fails the test.
func Server(t testing.TB) *ClickHouse {
	t.Helper()
	if _, err := exec.LookPath("clickhouse-server"); err != nil {
		t.Fatal("clickhouse-server is missing: `make test` installs it, or run `.ci/install clickhouse`")
	}
	s := &ClickHouse{dir: t.TempDir(), Addr: porttest.Addr(t)}
	s.configure(t)
	s.Start(t)
	t.Cleanup(s.Kill)
	return s
}

// DSN names a database of the server.
func (s *ClickHouse) DSN(database string) string { return "clickhouse://" + s.Addr + "/" + database }

const serverConfig = `<yandex>
<logger><level>warning</level><log>DIR/server.log</log><errorlog>DIR/error.log</errorlog></logger>
<tcp_port>PORT</tcp_port><listen_host>127.0.0.1</listen_host>
<path>DIR/data/</path><tmp_path>DIR/tmp/</tmp_path><user_files_path>DIR/files/</user_files_path><format_schema_path>DIR/schemas/</format_schema_path>
<users_config>DIR/users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
<mark_cache_size>16777216</mark_cache_size><merge_tree><temporary_directories_lifetime>1</temporary_directories_lifetime></merge_tree><timezone>Europe/London</timezone>
</yandex>
`

const serverUsers = `<yandex>
<profiles><default><max_memory_usage>500000000</max_memory_usage><background_pool_size>2</background_pool_size><background_schedule_pool_size>4</background_schedule_pool_size></default></profiles>
<users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
<quotas><default></default></quotas>
</yandex>
`

func (s *ClickHouse) configure(t testing.TB) {
	t.Helper()
	_, port, err := net.SplitHostPort(s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	config := strings.NewReplacer("DIR", s.dir, "PORT", port).Replace(serverConfig)
	for name, text := range map[string]string{"config.xml": config, "users.xml": serverUsers} {
		if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// Start starts the server, again after Kill, and waits until it answers.
func (s *ClickHouse) Start(t testing.TB) {
	t.Helper()
	// setpriv has the system kill the server should this process die first.
	s.cmd = exec.CommandContext(context.WithoutCancel(t.Context()), "setpriv", "--pdeathsig", "KILL",
		"clickhouse-server", "--config-file="+filepath.Join(s.dir, "config.xml"))
	out, err := os.Create(filepath.Join(s.dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	s.cmd.Stdout, s.cmd.Stderr, s.cmd.Dir = out, out, s.dir
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dialer := net.Dialer{Timeout: time.Second}
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if c, err := dialer.DialContext(t.Context(), "tcp", s.Addr); err == nil {
			c.Close()
			return
		}
	}
	text, _ := os.ReadFile(out.Name())
	s.Kill()
	t.Fatal(fmt.Errorf("clickhouse-server does not answer: %s", text))
}

// Kill ends the server as a power cut would.
func (s *ClickHouse) Kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait() // "signal: killed"
}
