package chdb

import (
	"fmt"
	"os"
	"path/filepath"
)

// Find returns the absolute path of the engine's library: lib itself if it is
// set, else the first that is there of: next to the running binary, in the
// data directory dir, in node_modules of the working directory or of one above
// it. Returns an ErrNoLibrary if there is none.
func Find(lib, dir string) (string, error) {
	if lib != "" {
		if !isFile(lib) {
			return "", fmt.Errorf("find %s: %w", lib, ErrNoLibrary)
		}
		return filepath.Abs(lib)
	}
	var places []string
	if binary, err := os.Executable(); err == nil {
		places = append(places, filepath.Join(filepath.Dir(binary), libraryFile))
	}
	if dir != "" {
		places = append(places, filepath.Join(dir, libraryFile))
	}
	above, err := os.Getwd()
	for err == nil {
		places = append(places, filepath.Join(above, libraryPackage))
		if above == filepath.Dir(above) {
			break
		}
		above = filepath.Dir(above)
	}
	for _, p := range places {
		if isFile(p) {
			return filepath.Abs(p)
		}
	}
	return "", ErrNoLibrary
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
