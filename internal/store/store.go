// Package store keeps cells, the ledger and the records in ClickHouse: in the
// embedded engine, on a server or on a cluster, with the same statements. The
// statement of a method is the file query/<method>.sql; the tables are in
// schema. Both keep to the SQL that ClickHouse 18.16 and 26 have in common.
package store

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/record"
)

// Options say where the data is: Transport for the embedded engine, or DSN.
type Options struct {
	// DSN names a server: clickhouse://user:password@host:9000/database. One
	// alone, also of a cluster: what goes through one server is seen at once by
	// the next statement through it, but later through another.
	DSN string
	// Transport is the embedded engine.
	Transport http.RoundTripper
	// Database to use; "" takes the DSN's, or "footfall". Made if absent.
	Database string
	// Cluster is a cluster of the server's configuration, whose shards and
	// replicas then share the data; "" = the server alone. Its servers need
	// <load_balancing>in_order</load_balancing> in the user's profile: what is
	// written has to be seen by the next statement, which any other replica
	// may not have yet.
	Cluster string
}

// Store is an open database. It is safe for concurrent use.
type Store struct {
	db      driver.Conn
	dialect dialect
	adding  sync.Mutex
	sealing queue
}

var (
	_ disclosure.Counts = (*Store)(nil)
	_ disclosure.Ledger = (*Store)(nil)
	_ record.Log        = (*Store)(nil)
)

// Codes of ClickHouse's exceptions.
const (
	codeNoDatabase = 81
	codeSameID     = 216 // a statement with this query id is under way
)

// Open connects to the database and makes what is missing of it.
func Open(ctx context.Context, o Options) (*Store, error) {
	options, err := o.client()
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{dialect: dialect{database: options.Auth.Database, cluster: o.Cluster, embedded: o.Transport != nil}}
	if err := s.makeDatabase(ctx, *options); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if s.db, err = clickhouse.Open(options); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := s.migrate(ctx, schema); err != nil {
		return nil, errors.Join(fmt.Errorf("open store: %w", err), s.db.Close())
	}
	return s, nil
}

func (o Options) client() (*clickhouse.Options, error) {
	if (o.DSN == "") == (o.Transport == nil) {
		return nil, errors.New("want either a DSN or the embedded engine")
	}
	options := &clickhouse.Options{
		Protocol:      clickhouse.HTTP,
		TransportFunc: func(*http.Transport) (http.RoundTripper, error) { return o.Transport, nil },
	}
	if o.DSN != "" {
		var err error
		if options, err = o.server(); err != nil {
			return nil, fmt.Errorf("read DSN: %w", err)
		}
	}
	options.MaxOpenConns, options.MaxIdleConns = 8, 4
	options.ConnMaxLifetime = time.Hour
	options.Auth.Database = cmp.Or(o.Database, options.Auth.Database, "footfall")
	for _, name := range []string{options.Auth.Database, cmp.Or(o.Cluster, "none")} {
		if !identifier.MatchString(name) {
			return nil, fmt.Errorf("database or cluster %q: want letters, digits and _", name)
		}
	}
	return options, nil
}

func (o Options) server() (*clickhouse.Options, error) {
	if !strings.HasPrefix(o.DSN, "clickhouse://") {
		return nil, errors.New("want clickhouse://user:password@host:9000/database")
	}
	options, err := clickhouse.ParseDSN(o.DSN)
	if err != nil {
		// The text of an url.Error has the whole DSN in it, password and all.
		if bad := new(url.Error); errors.As(err, &bad) {
			err = bad.Err
		}
		return nil, err
	}
	if len(options.Addr) != 1 {
		return nil, errors.New("want one server: while it is away, hits wait in the spool")
	}
	if options.Settings == nil {
		options.Settings = clickhouse.Settings{}
	}
	options.Settings["max_execution_time"] = 60
	if o.Cluster != "" {
		options.Settings["insert_distributed_sync"] = 1
	}
	return options, nil
}

// makeDatabase makes the database if it is absent.
func (s *Store) makeDatabase(ctx context.Context, o clickhouse.Options) error {
	there, err := clickhouse.Open(&o)
	if err != nil {
		return err
	}
	err = there.Ping(ctx)
	if err := there.Close(); err != nil {
		return err
	}
	if code(err) != codeNoDatabase {
		return err
	}
	o.Auth.Database = "default"
	base, err := clickhouse.Open(&o)
	if err != nil {
		return err
	}
	if err := errors.Join(base.Exec(ctx, s.dialect.createDatabase()), base.Close()); err != nil {
		return fmt.Errorf("make database: %w", err)
	}
	return nil
}

// code is ClickHouse's number for an error, or 0.
func code(err error) int32 {
	if x := new(clickhouse.Exception); errors.As(err, &x) {
		return x.Code
	}
	return 0
}

// Close closes the connections.
func (s *Store) Close() error {
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.db.Ping(ctx); err != nil {
		return fmt.Errorf("ping store: %w", err)
	}
	return nil
}

// Bytes returns how many bytes each table takes on disk,
// without the copies of a cluster's replicas.
func (s *Store) Bytes(ctx context.Context) (map[string]uint64, error) {
	parts := "system.parts"
	if s.dialect.cluster != "" {
		parts = "cluster('" + s.dialect.cluster + "', system, parts)"
	}
	sizes := map[string]uint64{}
	err := s.each(ctx, strings.Replace(query("Bytes"), "system.parts", parts, 1), func(rows driver.Rows) error {
		var table string
		var n uint64
		err := rows.Scan(&table, &n)
		sizes[strings.TrimSuffix(table, localSuffix)] += n
		return err
	}, s.dialect.database)
	if err != nil {
		return nil, fmt.Errorf("read stored bytes: %w", err)
	}
	return sizes, nil
}

// each runs a query and calls scan for every row.
func (s *Store) each(ctx context.Context, statement string, scan func(driver.Rows) error, args ...any) (err error) {
	rows, err := s.db.Query(ctx, statement, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

//go:embed query/*.sql
var queries embed.FS

// query returns the statement of a method.
func query(method string) string {
	text, err := queries.ReadFile("query/" + method + ".sql")
	if err != nil {
		panic(err) // a test asks for each of them
	}
	return strings.TrimSpace(string(text))
}

// inTurn runs a statement that looks and then writes, while no other of the
// same key runs on the server: ClickHouse refuses a second statement with the
// query id of one that is under way, and what one has written the next one
// sees. So of two such statements the first wins, whoever sends them; and a
// process that dies leaves no lock behind.
//
// On a cluster this holds for all who are connected to the same server. Two
// that write through different ones at the same moment may both succeed;
// readers therefore all take the earliest by time and then by a random text
// (see settled).
func (s *Store) inTurn(ctx context.Context, key, statement string, args ...any) error {
	own := clickhouse.Context(ctx, clickhouse.WithQueryID(s.dialect.database+"/"+key),
		// The statement has the body of a document in it.
		clickhouse.WithSettings(clickhouse.Settings{"max_query_size": 64 << 20}))
	return whenFree(ctx, func() error { return s.db.Exec(own, statement, args...) })
}

// settling is a time in which every replica of a cluster has what any has, if
// they are well.
const settling = time.Second

// settled asks whether this process was first, and on a cluster, if it seems
// so, once more a little later: one who wrote through another server at the
// same moment cannot be seen at once.
func (s *Store) settled(ctx context.Context, first func() (bool, error)) (bool, error) {
	ok, err := first()
	if !ok || err != nil || s.dialect.cluster == "" {
		return ok, err
	}
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case <-time.After(settling):
		return first()
	}
}

// whenFree repeats f while another statement with its query id is under way.
func whenFree(ctx context.Context, f func() error) error {
	for {
		err := f()
		if code(err) != codeSameID {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}
