//go:build linux && !noembed

package chdb

import (
	"bytes"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// setting is a name and value of the engine's configuration.
type setting struct{ name, value string }

// settings are what the engine starts with.
type settings struct {
	server []setting // of the process
	merges []setting // of every table
	query  []setting // of every statement, unless it brings its own
}

// smallMachine keeps the engine within the given bytes; its own defaults need
// several GB. The figures were found by measuring on machines of 512 MB and
// 1 GB. compiled_expression_cache_size stays as it is: at 0 every query
// compiles anew.
func smallMachine(memory int64) settings {
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	return settings{
		server: []setting{
			{"max_server_memory_usage", n(memory)},
			{"mark_cache_size", n(memory / 16)},
			{"index_mark_cache_size", n(memory / 64)},
			{"primary_index_cache_size", n(memory / 16)},
			{"uncompressed_cache_size", "0"},
			{"mmap_cache_size", "64"},
			// When threads are used up the engine waits for ever and says nothing.
			// Each engine that a process closes leaves five behind.
			{"max_thread_pool_size", "2000"},
			{"max_thread_pool_free_size", "4"},
			{"background_pool_size", "1"},
			{"background_merges_mutations_concurrency_ratio", "2"},
			{"background_schedule_pool_size", "4"},
			{"background_common_pool_size", "2"},
			{"background_fetches_pool_size", "1"},
			{"background_move_pool_size", "1"},
		},
		merges: []setting{
			{"merge_max_block_size", "1024"},
			// Noise does not repeat: entropy coding halves the ledger, LZ4 does not.
			{"default_compression_codec", "ZSTD(3)"},
			{"max_bytes_to_merge_at_max_space_in_pool", "1073741824"},
			// The pool is smaller than these thresholds, which would stop all merging.
			{"number_of_free_entries_in_pool_to_lower_max_size_of_merge", "0"},
			{"number_of_free_entries_in_pool_to_execute_mutation", "0"},
			{"number_of_free_entries_in_pool_to_execute_optimize_entire_partition", "0"}, //nolint:misspell // the engine's word
		},
		query: []setting{
			{"max_memory_usage", n(memory / 2)},
			{"max_execution_time", "60"},
			{"async_insert", "0"},
			// A large sort or grouping would spill to a directory that is not encrypted: it fails instead.
			{"max_bytes_before_external_group_by", "0"},
			{"max_bytes_ratio_before_external_group_by", "0"},
			{"max_bytes_before_external_sort", "0"},
			{"max_bytes_ratio_before_external_sort", "0"},
		},
	}
}

// xml is the configuration file. With a key, all tables live on an encrypted
// disk over sealed. That disk's own path is empty, since the engine doubles
// any other when it syncs directories.
func (s settings) xml(key []byte, sealed string) []byte {
	var b bytes.Buffer
	b.WriteString("<clickhouse>\n")
	write := func(name, value string) {
		b.WriteString("<" + name + ">")
		_ = xml.EscapeText(&b, []byte(value)) // a bytes.Buffer takes everything
		b.WriteString("</" + name + ">\n")
	}
	for _, v := range s.server {
		write(v.name, v.value)
	}
	b.WriteString("<merge_tree>\n")
	for _, v := range s.merges {
		write(v.name, v.value)
	}
	b.WriteString("</merge_tree>\n")
	if key != nil {
		b.WriteString("<storage_configuration><disks><under><type>local</type>")
		write("path", sealed+"/")
		b.WriteString("</under><sealed><type>encrypted</type><disk>under</disk><path></path><algorithm>AES_256_CTR</algorithm>")
		write("key_hex", hex.EncodeToString(key))
		b.WriteString("</sealed></disks><policies><sealed><volumes><main><disk>sealed</disk></main></volumes></sealed></policies></storage_configuration>\n")
	}
	b.WriteString("</clickhouse>\n")
	return b.Bytes()
}

// memoryFile holds text in memory under a path that the engine can open, so
// that the key in it touches no disk. Without a configuration file of ours the
// engine would read config.xml of the working directory.
func memoryFile(text []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("footfall.xml", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make memory file: %w", err)
	}
	file := os.NewFile(uintptr(fd), fmt.Sprintf("/proc/self/fd/%d", fd))
	if _, err := file.Write(text); err != nil {
		file.Close()
		return nil, fmt.Errorf("make memory file: %w", err)
	}
	return file, nil
}

// check reads the settings back: the engine ignores unknown names and a file
// that it cannot read without a word.
func (s settings) check(c *conn, encrypted bool) error {
	for _, t := range []struct {
		table string
		want  []setting
	}{{"server_settings", s.server}, {"merge_tree_settings", s.merges}, {"settings", s.query}} {
		out, err := c.run([]byte("SELECT name, value FROM system."+t.table), "TabSeparated")
		if err != nil {
			return fmt.Errorf("check settings: %w", err)
		}
		got := map[string]string{}
		for line := range strings.Lines(string(out)) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
			got[name] = value
		}
		for _, w := range t.want {
			if got[w.name] != w.value {
				return fmt.Errorf("check settings: engine has %s = %q in %s, want %q", w.name, got[w.name], t.table, w.value)
			}
		}
	}
	if !encrypted {
		return nil
	}
	out, err := c.run([]byte("SELECT count() FROM system.disks WHERE name = 'sealed' AND is_encrypted"), "TabSeparated")
	if err != nil {
		return fmt.Errorf("check encryption: %w", err)
	}
	if string(out) != "1\n" {
		return fmt.Errorf("check encryption: the engine has no encrypted disk")
	}
	return nil
}
