package collector

import "strings"

// only says whether every byte of s is a lower-case letter, a digit or in more.
func only(s, more string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && strings.IndexByte(more, c) < 0 {
			return false
		}
	}
	return true
}

const capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

func isSiteKey(s string) bool { return len(s) == 6 && only(s, "") }

func isID(s string) bool { return s != "" && len(s) <= 40 && only(s, "-") }

func isHash(s string) bool { return len(s) == 16 && only(s, "") }

func isToken(s string) bool { return len(s) <= 256 && only(s, capitals+"-_.~") }

func isPath(s string) bool {
	return strings.HasPrefix(s, "/") && len(s) <= 2048 && !strings.ContainsAny(s, "?#")
}

// isReferrer keeps addresses out: what comes after a host may be about a person.
func isReferrer(s string) bool {
	if app, ok := strings.CutPrefix(s, "android-app://"); ok {
		return app != "" && len(s) <= 255 && only(app, capitals+"._")
	}
	return len(s) <= 255 && only(s, ".-:[]_")
}

func isLang(s string) bool { return len(s) >= 2 && len(s) <= 12 && only(s, capitals+"-") }
