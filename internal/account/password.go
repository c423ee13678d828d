package account

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost of argon2id, after OWASP's password storage sheet: 19 MiB, two passes.
const (
	hashMemory = 19 * 1024 // KiB
	hashPasses = 2
	hashBytes  = 32
	saltBytes  = 16
)

const hashPrefix = "$argon2id$v=19$m=19456,t=2,p=1$"

// hashing bounds the memory that logins at one moment can take.
var hashing = make(chan struct{}, 2)

// Hash makes the text under which a secret is kept: argon2id with its salt, in
// the usual PHC form.
func Hash(secret string) string {
	salt := make([]byte, saltBytes)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program instead
	enc := base64.RawStdEncoding
	return hashPrefix + enc.EncodeToString(salt) + "$" + enc.EncodeToString(derive(secret, salt))
}

// Matches says whether secret is what hash was made from. It takes as long for
// a hash that cannot be read as for any other.
func Matches(hash, secret string) bool {
	salt, want, err := parseHash(hash)
	if err != nil {
		salt, want = make([]byte, saltBytes), nil
	}
	return subtle.ConstantTimeCompare(derive(secret, salt), want) == 1
}

func derive(secret string, salt []byte) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(secret), salt, hashPasses, hashMemory, 1, hashBytes)
}

func parseHash(hash string) (salt, sum []byte, err error) {
	rest, ok := strings.CutPrefix(hash, hashPrefix)
	a, b, cut := strings.Cut(rest, "$")
	if !ok || !cut {
		return nil, nil, fmt.Errorf("password hash: want it to begin with %s", hashPrefix)
	}
	if salt, err = base64.RawStdEncoding.DecodeString(a); err != nil {
		return nil, nil, fmt.Errorf("read salt: %w", err)
	}
	if sum, err = base64.RawStdEncoding.DecodeString(b); err != nil {
		return nil, nil, fmt.Errorf("read hash: %w", err)
	}
	return salt, sum, nil
}
