package main

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestTotalsCommands(t *testing.T) {
	file := freshFolder(t)
	try := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := run(t.Context(), args, &out)
		return out.String(), err
	}
	do := func(args ...string) string {
		t.Helper()
		text, err := try(args...)
		if err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return text
	}
	key := regexp.MustCompile(`^\S+`).FindString(do("site", "add", "Harbour", "--host", "www.example.org", "--funder", "Lantern"))
	do("indicator", "add", key, "--file", file("families.json", `{"id":"families","source":"records","heading":"contacts","label":{"en":"Families","cy":"Teuluoedd"},"unit":{"en":"families","cy":"teuluoedd"},"values":[{"id":"new","label":{"en":"New","cy":"Newydd"}}]}`))
	year := time.Now().UTC().Year() - 1
	csv := file("totals.csv", fmt.Sprintf("Month,Count\nQ1 %d/%02d,40\n", year, (year+1)%100))
	may := fmt.Sprintf("%d-05", year)
	if text := do("totals", "import", key, csv, "--year-starts", "october", "--preview"); !strings.Contains(text, fmt.Sprintf("new       %d-Q4  families  40", year)) {
		t.Error(text)
	}
	if text := do("totals", "add", key, "families", may, "12", "--value", "new=5"); !strings.Contains(text, may+"  families  12  new 5") {
		t.Error(text)
	}
	if text := do("totals", "list", key); !strings.Contains(text, may+"  families  by command") || strings.Contains(text, "12  ") {
		t.Error(text)
	}
	if text := do("totals", "undo", key); !strings.Contains(text, "Undone: families "+may) {
		t.Error(text)
	}
	id := strings.Fields(do("totals", "key", "add", key, "Case system"))[1]
	if text := do("totals", "key", "revoke", key, strings.TrimSuffix(id, ",")); !strings.Contains(text, "(revoked)") {
		t.Error(text)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"totals", "import", key, file("people.csv", "Name,Month\nPerson A,May\n")}, "single persons"},
		{[]string{"totals", "import", key, csv, "--year-starts", "x"}, "want a month such as april"},
		{[]string{"totals", "undo", key}, "nothing to undo"},
		{[]string{"totals", "seal", key}, "nothing can be sealed now"},
		{[]string{"totals", "list", "zzzzzz"}, "no site has the key"},
	} {
		if text, err := try(c.args...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %s %v, want %q", c.args, text, err, c.want)
		}
	}
}
