package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/footfall-analytics/footfall/internal/coarsen"
	"github.com/footfall-analytics/footfall/internal/secret"
)

// openGeo opens the coarse geo file. An installation that has none begins with
// a copy of the one that came with the binary.
func (a *App) openGeo() (*coarsen.Geo, error) {
	if err := shipGeo(a.cfg.GeoFile); err != nil {
		return nil, fmt.Errorf("copy geo file: %w", err)
	}
	g, err := coarsen.OpenGeo(a.cfg.GeoFile)
	if err != nil {
		return nil, fmt.Errorf("open geo file: %w", err)
	}
	if source, _ := g.Source(); source == "" {
		a.log.Warn("no geo file: countries are not told; import one with footfall geo import")
	}
	return g, nil
}

func shipGeo(path string) error {
	binary, err := os.Executable()
	if err != nil || exists(path) {
		return err
	}
	content, err := os.ReadFile(filepath.Join(filepath.Dir(binary), coarsen.GeoFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	half := path + ".half" // no process reads a file that is half written
	if err := os.WriteFile(half, content, 0o644); err != nil {
		return err
	}
	return os.Rename(half, path)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// GeoImported is what `geo import` prints.
type GeoImported struct {
	coarsen.GeoReport
	Reloaded bool `json:"reloaded"` // a running process uses it already
}

// Text is the result for people.
func (g GeoImported) Text() string {
	nations := "UK nations are not told apart"
	if g.Nations {
		nations = "UK nations are told apart"
	}
	text := fmt.Sprintf("Made a coarse file of %d areas from %d networks (%s): %s, %d kB.\n", g.Areas, g.Networks, g.Source, nations, g.Bytes/1000)
	if notice, link := coarsen.Attribution(g.Source); notice != "" {
		text += "Its licence asks for this notice where areas are shown: " + notice + " " + link + "\n"
	}
	return text
}

// ImportGeo makes the installation's coarse geo file and has a running process
// use it.
func ImportGeo(ctx context.Context, o Options, files []string) (GeoImported, error) {
	if err := os.MkdirAll(filepath.Dir(o.Config.GeoFile), 0o700); err != nil {
		return GeoImported{}, fmt.Errorf("make folder of geo file: %w", err)
	}
	r, err := coarsen.ImportGeo(ctx, files, o.Config.GeoFile)
	if err != nil {
		return GeoImported{}, err
	}
	_, err = ask(ctx, o.Config, "geo reload", []byte("{}"))
	if nobody(err) {
		return GeoImported{GeoReport: r}, nil
	}
	return GeoImported{GeoReport: r, Reloaded: err == nil}, err
}

// reloadGeo takes up a new coarse geo file.
func (a *App) reloadGeo(context.Context, None) (None, error) {
	if err := a.geo.Reload(); err != nil {
		return None{}, fmt.Errorf("reload geo file: %w", err)
	}
	return None{}, nil
}

// SecretRotated is what `secret rotate` prints.
type SecretRotated struct {
	File string `json:"file"`
	Old  string `json:"old"`
}

// Text is the result for people.
func (s SecretRotated) Text() string {
	return fmt.Sprintf("The new master secret is in %s. The old one is in %s: destroy it when your backups have the new one.\n", s.File, s.Old)
}

// RotateSecret wraps the key ring with a new master secret.
func RotateSecret(o Options) (SecretRotated, error) {
	if !exists(o.Config.SecretFile) {
		return SecretRotated{}, fmt.Errorf("rotate secret: %w: %s", fs.ErrNotExist, o.Config.SecretFile)
	}
	if err := secret.Rotate(o.Config.SecretFile, o.Config.DataDir); err != nil {
		return SecretRotated{}, fmt.Errorf("rotate secret: %w", err)
	}
	return SecretRotated{File: o.Config.SecretFile, Old: o.Config.SecretFile + ".old"}, nil
}
