package e2e

import (
	"context"
	"path/filepath"
	"sync"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/chdb"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/secret"
	"github.com/footfall-analytics/footfall/internal/store"
)

// engine is one at a time in a process.
var engine sync.Mutex

// ring has the keys of the installation whose processes use dir.
func (i *installation) ring(dir string) *secret.Ring {
	i.t.Helper()
	return must(secret.Open(filepath.Join(dir, "secret"), dir))(i.t)
}

// inStore reads what no reader ever sees: the true cells. No process may have
// the folder open.
func (i *installation) inStore(read func(context.Context, *store.Store)) {
	i.t.Helper()
	engine.Lock()
	defer engine.Unlock()
	lib := must(filepath.Abs(filepath.Join(root, library)))(i.t)
	ring := i.ring(i.dir)
	e := must(chdb.Open(chdb.Options{Lib: lib, Dir: filepath.Join(i.dir, "engine"), Key: ring.Engine[:]}))(i.t)
	defer func() { check(i.t, e.Close()) }()
	ctx := context.Background()
	s := must(store.Open(ctx, store.Options{Transport: e}))(i.t)
	defer func() { check(i.t, s.Close()) }()
	read(ctx, s)
}

// cells are all cells of a site, whatever their day.
func (i *installation) cells(key string) (all []cell.Cell) {
	i.t.Helper()
	i.inStore(func(ctx context.Context, s *store.Store) {
		for _, basis := range []cell.Basis{cell.BasisConsent, cell.BasisException} {
			all = append(all, must(s.Cells(ctx, key, basis, day.New(2000, 1, 1), day.New(2100, 1, 1)))(i.t)...)
		}
	})
	return all
}

// count adds up the cells of a value.
func count(cells []cell.Cell, table cell.Table, value string) (n int) {
	for _, c := range cells {
		if c.Table == table && c.Value == value {
			n += int(c.N)
		}
	}
	return n
}
