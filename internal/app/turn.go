package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/footfall-analytics/footfall/internal/disclosure"
	"github.com/footfall-analytics/footfall/internal/record"
)

// Where several processes share a database one of them seals: see
// docs/decisions/0007-one-sealer.md. The embedded engine lets one process in.

// errSealedElsewhere is no failure.
var errSealedElsewhere = errors.New("another process that uses this database seals")

const (
	sealLease      = 30 * time.Minute
	sealSiteWithin = sealLease / 2 // a site's work ends before another process may begin
)

// sealerKind is the record kind of the binding of sealing to one folder of
// noise keys.
const sealerKind record.Kind = "sealer"

type keyFolder struct {
	ID string `json:"id"`
}

// maySeal returns nil if this process has its turn to seal.
func (a *App) maySeal(ctx context.Context) error {
	if a.cfg.ClickHouseDSN == "" {
		return nil
	}
	if err := a.bindKeys(ctx); err != nil {
		return err
	}
	held, err := a.store.Lease(ctx, "sealer", a.holder, sealLease)
	if err == nil && !held {
		err = errSealedElsewhere
	}
	return err
}

// sealSite seals one site within this process's turn.
func (a *App) sealSite(ctx context.Context, plan disclosure.Plan) (disclosure.Report, error) {
	if a.cfg.ClickHouseDSN != "" {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, sealSiteWithin)
		defer cancel()
	}
	return a.sealer.Seal(ctx, plan, a.clock())
}

// bindKeys makes sure that the noise keys of this database are in this
// process's folder: the first folder that sealed is the only one that may.
func (a *App) bindKeys(ctx context.Context) error {
	id, err := folderID(filepath.Join(a.cfg.DataDir, "keys.id"))
	if err != nil {
		return err
	}
	bound, err := record.Get[keyFolder](a.records, sealerKind, "keys")
	if errors.Is(err, record.ErrNotFound) {
		bound = keyFolder{id}
		_, err = a.records.Put(ctx, sealerKind, "keys", 0, a.holder, bound)
		var late *record.ConflictError
		if errors.As(err, &late) { // another process was first; the book has followed
			bound, err = record.Get[keyFolder](a.records, sealerKind, "keys")
		}
	}
	if err != nil {
		return fmt.Errorf("bind noise keys: %w", err)
	}
	if bound.ID != id {
		a.log.Info("sealing is left to the process that has the noise keys of this database")
		return errSealedElsewhere
	}
	return nil
}

// folderID reads the random identity of the folder of noise keys, or makes it.
func folderID(path string) (string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		var b [16]byte
		_, _ = rand.Read(b[:]) // never fails
		text = []byte(hex.EncodeToString(b[:]))
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		return "", fmt.Errorf("read identity of noise keys: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}
