package app

import (
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
)

// What visitors are told follows each change at once, and the end of a link
// within a minute, though it is not gathered for everybody who asks.
func TestFactsFollowTheRecords(t *testing.T) {
	s := start(t)
	recipients := func() int {
		t.Helper()
		f, found, err := s.facts(s.site.Key)
		if err != nil || !found {
			t.Fatal(found, err)
		}
		return len(f.Recipients)
	}
	if n := recipients(); n != 0 {
		t.Fatalf("%d recipients before there is a link", n)
	}
	began := s.clock()
	s.share(t, "Tide Trust", began.Add(time.Hour))
	if n := recipients(); n != 1 {
		t.Errorf("%d recipients right after a link was made", n)
	}
	for after, want := range map[time.Duration]int{59 * time.Minute: 1, 61 * time.Minute: 0} {
		s.at(began.Add(after))
		if n := recipients(); n != want {
			t.Errorf("%d recipients %v after a link of an hour was made, want %d", n, after, want)
		}
	}
	if _, found, _ := s.facts("zzzzzz"); found {
		t.Error("facts of a site that is not there")
	}
}

func TestStrictnessFollowsTheRecords(t *testing.T) {
	s := start(t) // on the site's first day, which is open
	for _, strict := range []bool{false, true, false} {
		s.change(t, map[bool]string{true: `{"strict":["issue"]}`, false: `{"strict":[]}`}[strict])
		for range 2 {
			if got := s.strict(s.site.Key, 2026, cell.Issue); got != strict {
				t.Errorf("strict is %v right after it was set %v", got, strict)
			}
		}
	}
}
