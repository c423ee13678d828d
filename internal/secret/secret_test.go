package secret

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestTheSameKeysComeBack(t *testing.T) {
	file, dir := filepath.Join(t.TempDir(), "secret"), filepath.Join(t.TempDir(), "data")
	first, err := Open(file, dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Open(file, dir)
	if err != nil || *again != *first {
		t.Fatalf("second open: other keys, error %v", err)
	}
	if first.Engine == first.Spool || first.Noise == first.Sign {
		t.Error("two uses share a key")
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("secret file: %v %v", info.Mode(), err)
	}
}

func TestTheRingIsUnreadableWithoutTheSecret(t *testing.T) {
	file, dir := filepath.Join(t.TempDir(), "secret"), t.TempDir()
	ring, err := Open(file, dir)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := os.ReadFile(filepath.Join(dir, ringFile))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, ring.Spool[:]) || bytes.Contains(sealed, []byte(base64.StdEncoding.EncodeToString(ring.Spool[:30]))) {
		t.Error("a key stands in the ring file")
	}
}

func TestAWrongOrMissingSecretChangesNothing(t *testing.T) {
	file, dir := filepath.Join(t.TempDir(), "secret"), t.TempDir()
	if _, err := Open(file, dir); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(filepath.Join(dir, ringFile))
	if err := os.WriteFile(file, []byte(newMaster()), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file, dir); !errors.Is(err, ErrSecret) {
		t.Errorf("wrong secret: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file, dir); err == nil {
		t.Error("missing secret was accepted")
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a new secret was made for old data")
	}
	if after, _ := os.ReadFile(filepath.Join(dir, ringFile)); !bytes.Equal(before, after) {
		t.Error("the key ring was changed")
	}
}

func TestDataWithoutItsRingIsRefused(t *testing.T) {
	file, dir := filepath.Join(t.TempDir(), "secret"), t.TempDir()
	if _, err := Open(file, dir); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Remove(filepath.Join(dir, ringFile)), os.Mkdir(filepath.Join(dir, "spool"), 0o700)); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file, dir); err == nil {
		t.Error("a new ring was made for old data")
	}
}

func TestRotationKeepsTheKeys(t *testing.T) {
	file, dir := filepath.Join(t.TempDir(), "secret"), t.TempDir()
	first, err := Open(file, dir)
	if err != nil {
		t.Fatal(err)
	}
	old, _ := os.ReadFile(file)
	if err := Rotate(file, dir); err != nil {
		t.Fatal(err)
	}
	again, err := Open(file, dir)
	if err != nil || *again != *first {
		t.Fatalf("after rotation: other keys, error %v", err)
	}
	if err := os.WriteFile(file, old, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(file, dir); !errors.Is(err, ErrSecret) {
		t.Errorf("the old secret still opens the ring: %v", err)
	}
}
