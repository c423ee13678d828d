//go:build linux && !noembed

package chdb

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"unsafe"
)

// conn is a session of the engine. It runs one statement at a time.
type conn struct {
	lib      *library
	session  unsafe.Pointer // chdb_connection *
	base     []setting      // what settings are put back to
	own      []setting      // settings of the last statement that differ from base
	database string
}

func connect(lib *library, args []string, base []setting) (*conn, error) {
	p, err := lib.open(args)
	if err != nil {
		return nil, err
	}
	c := &conn{lib: lib, session: p, base: base}
	for _, s := range base {
		if err := c.set(s.name, s.value); err != nil {
			c.close()
			return nil, err
		}
	}
	return c, nil
}

func (c *conn) close() { c.lib.closeConn(c.session) }

// handle is the chdb_connection that the library's calls want.
func (c *conn) handle() unsafe.Pointer { return *(*unsafe.Pointer)(c.session) }

// run runs a statement and returns its whole answer.
func (c *conn) run(sql []byte, format string) ([]byte, error) {
	out, err := c.call(sql, format)
	if err != nil {
		c.drain()
	}
	return out, err
}

func (c *conn) call(sql []byte, format string) ([]byte, error) {
	f := []byte(format)
	r := c.lib.query(c.handle(), unsafe.Pointer(unsafe.SliceData(sql)), uint64(len(sql)), unsafe.Pointer(&f[0]), uint64(len(f)))
	runtime.KeepAlive(sql)
	runtime.KeepAlive(f)
	if r != nil {
		defer c.lib.destroyResult(r)
	}
	if err := c.lib.failure(r); err != nil {
		return nil, err
	}
	return bytes.Clone(c.lib.bytes(r)), nil
}

// drain throws away what a failed statement leaves behind: the engine puts the
// part of the answer that was ready before the connection's next answer.
func (c *conn) drain() { _, _ = c.call([]byte("SELECT 1 FORMAT Null"), "Native") }

// insert runs an INSERT whose rows are data. They go beside the statement and
// never into its text, whose parser ends the data at the first empty line and
// runs the rest as SQL.
func (c *conn) insert(sql, data []byte) error {
	err := c.callInsert(sql, data)
	if err != nil {
		c.drain()
	}
	return err
}

func (c *conn) callInsert(sql, data []byte) error {
	f := []byte("Native")
	in := c.lib.insert(c.handle(), unsafe.Pointer(unsafe.SliceData(sql)), uint64(len(sql)), unsafe.Pointer(&f[0]), uint64(len(f)))
	runtime.KeepAlive(sql)
	runtime.KeepAlive(f)
	if in == nil {
		return errors.New("engine gave no insert stream")
	}
	defer c.lib.insertDestroy(in)
	if text := cString(c.lib.insertError(in)); text != "" {
		return errors.New(text)
	}
	const success = 0
	appended := c.lib.insertAppend(in, unsafe.Pointer(unsafe.SliceData(data)), uint64(len(data)))
	runtime.KeepAlive(data)
	r := c.lib.insertDone(in) // also after a failed append: it has the engine's own words
	if r != nil {
		defer c.lib.destroyResult(r)
	}
	if err := c.lib.failure(r); err != nil {
		return err
	}
	if appended != success {
		return fmt.Errorf("append rows: %s", cString(c.lib.insertError(in)))
	}
	return nil
}

// prepare gives the session the database and the settings of the next
// statement, and takes away those of the one before.
func (c *conn) prepare(database string, want []setting) error {
	if database != "" && database != c.database {
		if _, err := c.run([]byte("USE `"+database+"`"), "Native"); err != nil {
			return err
		}
		c.database = database
	}
	for len(c.own) > 0 && !slices.Equal(c.own, want) {
		last := c.own[len(c.own)-1]
		if err := c.reset(last.name); err != nil {
			return err
		}
		c.own = c.own[:len(c.own)-1]
	}
	if len(c.own) > 0 {
		return nil
	}
	for _, s := range want {
		if err := c.set(s.name, s.value); err != nil {
			return err
		}
		c.own = append(c.own, s)
	}
	return nil
}

// reset puts a setting back. The word DEFAULT means the engine's own value,
// not the one in base.
func (c *conn) reset(name string) error {
	for _, s := range c.base {
		if s.name == name {
			return c.set(name, s.value)
		}
	}
	_, err := c.run([]byte("SET "+name+" = DEFAULT"), "Native")
	return err
}

var (
	settingName  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	settingValue = regexp.MustCompile(`^[A-Za-z0-9_.,-]*$`)
)

func (c *conn) set(name, value string) error {
	if !settingName.MatchString(name) || !settingValue.MatchString(value) {
		return fmt.Errorf("setting %q = %q cannot be written", name, value)
	}
	_, err := c.run([]byte("SET "+name+" = '"+value+"'"), "Native")
	return err
}
