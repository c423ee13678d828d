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

// ringBefore is a key ring as it was written when there first were any: no later
// version may be unable to read it.
const ringBefore = "1F5MtqbTLSxtZdJFzPIjQuUTDLGddrzvjEiwNy7Pa9UhRZTyhjtgrg3SOnUg66XOEc0BdrT4ugVfphIqdGwyRAuMrL1dCQ5KjZNHNajmI2moL1mfDbbQO5Svrvp7WhLVb7tL" +
	"83yXC7528bI7mjEjlEqNJdg6A0lV2x8XSFMcx4VGnpfmLJfnxWk6BOOp4jLa5jw2e77Ptu39nh7e5YTGUWkcUrua3dZyQQ13vkTzVnUR5qo8NEeU4+r3eQXAj8d4pYZhRMj5" +
	"3kOM91MrRQAU8BZXJ0QyIgdcVVW2WYVfdSr77fz7pA68hfJZUfRgkEXIESIouTlIdS54GbYfdzVs/luqOLzPE6m19Xr/ZtFcKAM/6dmL8rEFka6LZzArOD+ut0nKbmXJog99" +
	"qqbQGbFlljpLDpB1gMxU6AUgRtDJ9gXpl4HgSA=="

func TestOldRingsOpen(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "secret")
	sealed, err := base64.StdEncoding.DecodeString(ringBefore)
	if err := errors.Join(err, os.WriteFile(filepath.Join(dir, ringFile), sealed, 0o600), os.WriteFile(file, []byte("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if ring, err := Open(file, dir); err != nil || *ring != (Ring{[32]byte{1}, [32]byte{2}, [32]byte{3}, [32]byte{4}}) {
		t.Errorf("%v %v", ring, err)
	}
}
