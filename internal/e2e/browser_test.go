package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// inBrowser runs a script of the folder browser with given and decodes what it
// prints.
func inBrowser[T any](t *testing.T, script string, given map[string]any) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	defer cancel()
	text := must(json.Marshal(given))(t)
	cmd := exec.CommandContext(ctx, "node", filepath.Join("internal/e2e/browser", script), string(text))
	var out, errs bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s", script, err, errs.String())
	}
	var v T
	if err := json.Unmarshal(out.Bytes(), &v); err != nil {
		t.Fatalf("%s printed %q: %v", script, out.String(), err)
	}
	return v
}
