package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// schema has a statement per file, in order: CREATE TABLE, or ALTER TABLE …
// ADD COLUMN later. Whether one is done is seen in the database itself, so
// there is no version to keep, and an older binary can work on what a newer
// one has made.
//
//go:embed schema/*.sql
var schema embed.FS

// dialect renders the schema, which is written for a single server, for the
// engine at hand.
type dialect struct {
	database string
	cluster  string // "" = none
	embedded bool
}

// On a cluster a table is Distributed, over the tables that have the rows and
// the name with this suffix.
const localSuffix = "_local"

var (
	identifier  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	comment     = regexp.MustCompile(`(?m)^--.*\n`)
	createTable = regexp.MustCompile(`(?s)^CREATE TABLE (\w+)\s*(\(.*\))\s*ENGINE = (\w+)((?:\nPARTITION BY [^\n]+)?\nORDER BY \((\w+)[^()\n]*\))$`)
	addColumn   = regexp.MustCompile(`^ALTER TABLE (\w+) ADD COLUMN ((\w+) [^\n]+)$`)
)

// step is a statement that makes a table, or a column of one. It is done if
// they are there.
type step struct{ table, column, sql string }

// steps renders the files of a schema in the order of their names.
func (d dialect) steps(files fs.FS) ([]step, error) {
	names, err := fs.Glob(files, "schema/*.sql")
	if err != nil {
		return nil, fmt.Errorf("list schema: %w", err)
	}
	var all []step
	shard := map[string]string{} // by table: the column that decides where a row goes
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read schema: %w", err)
		}
		sql := strings.TrimSpace(comment.ReplaceAllString(string(text), ""))
		if m := createTable.FindStringSubmatch(sql); m != nil {
			table := m[1]
			shard[table] = m[5]
			all = append(all, d.create(table, m[2], m[3], m[4])...)
			if d.cluster != "" {
				all = append(all, step{table: table, sql: d.distributed(table, shard[table])})
			}
		} else if m := addColumn.FindStringSubmatch(sql); m != nil {
			all = append(all, d.add(m[1], m[3], m[2], d.distributed(m[1], shard[m[1]]))...)
		} else {
			return nil, fmt.Errorf("read schema: %s is neither CREATE TABLE nor ALTER TABLE ADD COLUMN in the form that is known", name)
		}
	}
	return all, nil
}

func (d dialect) createDatabase() string {
	return "CREATE DATABASE IF NOT EXISTS " + d.database + d.onCluster()
}

func (d dialect) onCluster() string {
	if d.cluster == "" {
		return ""
	}
	return " ON CLUSTER " + d.cluster
}

// named is a table as statements name it. ON CLUSTER forgets the connection's
// database.
func (d dialect) named(table string) string { return d.database + "." + table }

// local is the table that has the rows.
func (d dialect) local(table string) string {
	if d.cluster == "" {
		return table
	}
	return table + localSuffix
}

func (d dialect) create(table, columns, engine, order string) []step {
	settings := ""
	if d.embedded {
		// What is acknowledged survives a power cut; replaced parts do not pile up.
		settings = "\nSETTINGS fsync_after_insert = 1, fsync_part_directory = 1, old_parts_lifetime = 60"
	}
	if d.cluster != "" {
		engine = fmt.Sprintf("Replicated%s('/clickhouse/tables/{shard}/%s/%s', '{replica}')", engine, d.database, table)
		// A block that is sent again is known by its checksum, among this many.
		settings = "\nSETTINGS replicated_deduplication_window = 10000"
	}
	name := d.local(table)
	return []step{{table: name, sql: "CREATE TABLE IF NOT EXISTS " + d.named(name) + d.onCluster() + "\n" + columns + "\nENGINE = " + engine + order + settings}}
}

// distributed makes the table that spreads rows over the shards. They go by
// the first column of the order, so that a site is whole in one shard.
func (d dialect) distributed(table, shard string) string {
	return fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s%s AS %s ENGINE = Distributed(%s, %s, %s, cityHash64(%s))",
		d.named(table), d.onCluster(), d.named(d.local(table)), d.cluster, d.database, d.local(table), shard)
}

// add makes a column. 18.16 cannot alter a Distributed table on a cluster;
// having no rows, it is made anew.
func (d dialect) add(table, column, definition, distributed string) []step {
	steps := []step{{d.local(table), column, "ALTER TABLE " + d.named(d.local(table)) + d.onCluster() + " ADD COLUMN " + definition}}
	if d.cluster != "" {
		steps = append(steps, step{table, column, "DROP TABLE IF EXISTS " + d.named(table) + d.onCluster()}, step{table, column, distributed})
	}
	return steps
}

// migrate runs the steps that are not done.
func (s *Store) migrate(ctx context.Context, files fs.FS) error {
	steps, err := s.dialect.steps(files)
	if err != nil {
		return err
	}
	there, err := s.columns(ctx)
	if err != nil {
		return err
	}
	for _, step := range steps {
		if there[step.table][step.column] {
			continue
		}
		if err := s.db.Exec(ctx, step.sql); err != nil {
			return fmt.Errorf("migrate %s: %w", step.table, err)
		}
	}
	return nil
}

// columns lists the columns of every table, and "" for the table itself.
func (s *Store) columns(ctx context.Context) (map[string]map[string]bool, error) {
	there := map[string]map[string]bool{}
	err := s.each(ctx, query("columns"), func(rows driver.Rows) error {
		var table, column string
		err := rows.Scan(&table, &column)
		if there[table] == nil {
			there[table] = map[string]bool{"": true}
		}
		there[table][column] = true
		return err
	}, s.dialect.database)
	if err != nil {
		return nil, fmt.Errorf("read columns: %w", err)
	}
	return there, nil
}
