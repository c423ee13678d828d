// Package account has the charity's staff: who they are, what they may see,
// and how they prove it.
package account

import (
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/footfall-analytics/footfall/internal/record"
)

// Kind is the record kind of users; the record id is the user's id.
const Kind record.Kind = "user"

// AllSites in a user's Sites stands for every site.
const AllSites = "*"

// Role says what a user may do.
type Role string

// The roles of a user.
const (
	Owner    Role = "owner"
	Editor   Role = "editor"
	Data     Role = "data"
	Reporter Role = "reporter"
	Approver Role = "approver"
	ReadOnly Role = "read-only"
)

// Roles lists every role, most powerful first.
var Roles = []Role{Owner, Editor, Data, Reporter, Approver, ReadOnly}

// User is one member of staff.
type User struct {
	ID       string   `json:"id"`
	Email    string   `json:"email"` // lower case
	Name     string   `json:"name"`
	Password string   `json:"password"` // as Hash wrote it
	Role     Role     `json:"role"`
	Sites    []string `json:"sites"` // keys, or AllSites
	Disabled bool     `json:"disabled,omitempty"`
}

// Sees says whether the user may see the site with this key.
func (u User) Sees(key string) bool {
	return slices.Contains(u.Sites, key) || slices.Contains(u.Sites, AllSites)
}

// Writes says whether the user may write reports, publish what was approved, and
// make links.
func (u User) Writes() bool { return slices.Contains([]Role{Owner, Editor, Reporter}, u.Role) }

// Approves says whether the user may approve what others wrote.
func (u User) Approves() bool { return slices.Contains([]Role{Owner, Approver}, u.Role) }

// Excepts says whether the user may let an agreement have its totals exactly:
// the one exception from the rule by which figures are rounded.
func (u User) Excepts() bool { return u.Role == Owner }

// Validate says everything that is wrong with the user.
func (u User) Validate() error {
	var wrong []error
	if a, err := mail.ParseAddress(u.Email); err != nil || a.Address != u.Email || u.Email != strings.ToLower(u.Email) {
		wrong = append(wrong, errors.New("user email: want one address in lower case"))
	}
	if u.ID == "" || u.Name == "" {
		wrong = append(wrong, errors.New("user name: give an id and a name"))
	}
	if !slices.Contains(Roles, u.Role) {
		wrong = append(wrong, fmt.Errorf("user role: want one of %v", Roles))
	}
	if !strings.HasPrefix(u.Password, hashPrefix) {
		wrong = append(wrong, errors.New("user password: not hashed"))
	}
	return errors.Join(wrong...)
}

// The bounds of a password, in characters. The upper one keeps hashing cheap.
const (
	minPassword = 12
	maxPassword = 200
)

// CheckPassword says what is wrong with a password somebody wants to have.
func CheckPassword(password string) error {
	if n := utf8.RuneCountInString(password); n < minPassword || n > maxPassword {
		return fmt.Errorf("password: want %d to %d characters; three or four words do well", minPassword, maxPassword)
	}
	return nil
}
