package store

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/footfall-analytics/footfall/internal/cell"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

func sealingOf(site string, year int) disclosure.Sealing {
	d := day.New(year, time.June, 1)
	p := disclosure.Period{Grain: disclosure.Day, Name: d.String(), First: d, Last: d}
	return disclosure.Sealing{Site: site, Basis: cell.BasisConsent, Parts: []disclosure.Sealed{{Period: p}}}
}

// names says what an attempt is for.
func names(all []disclosure.Sealing) (names []string) {
	for _, s := range all {
		names = append(names, s.Site)
	}
	slices.Sort(names)
	return names
}

// rush calls together for all, in order and at once, while the first is
// attempted. It returns the attempts and what each caller was told.
func rush(all []disclosure.Sealing, outcome func(attempt []string) error) (attempts []string, told []error) {
	told = make([]error, len(all))
	var q queue
	var wg sync.WaitGroup
	begun, end := make(chan bool), make(chan bool)
	for i, s := range all {
		wg.Go(func() {
			told[i] = q.together(s, func(all []disclosure.Sealing) error {
				if i == 0 {
					close(begun)
					<-end
				}
				attempts = append(attempts, fmt.Sprint(names(all)))
				return outcome(names(all))
			})
		})
		<-begun
		for waiting := 0; waiting < i; runtime.Gosched() {
			q.mu.Lock()
			waiting = len(q.waiting)
			q.mu.Unlock()
		}
	}
	close(end)
	wg.Wait()
	return attempts, told
}

func TestSitesThatWaitShareAnAttempt(t *testing.T) {
	all := []disclosure.Sealing{sealingOf("a", 2025), sealingOf("b", 2025), sealingOf("c", 2026), sealingOf("b", 2025), sealingOf("d", 2025)}
	attempts, told := rush(all, func([]string) error { return nil })
	slices.Sort(attempts)
	// A site twice, or another year, wants an attempt of its own.
	if want := []string{"[a]", "[b d]", "[b]", "[c]"}; !slices.Equal(attempts, want) {
		t.Errorf("attempts %v, want %v", attempts, want)
	}
	for i, err := range told {
		if err != nil {
			t.Errorf("%s was told %v", all[i].Site, err)
		}
	}
}

func TestASharedAttemptThatFailsIsMadeAlone(t *testing.T) {
	bad := errors.New("bad")
	all := []disclosure.Sealing{sealingOf("a", 2025), sealingOf("b", 2025), sealingOf("c", 2025), sealingOf("d", 2025)}
	attempts, told := rush(all, func(attempt []string) error {
		if slices.Contains(attempt, "c") {
			return bad
		}
		return nil
	})
	slices.Sort(attempts)
	if want := []string{"[a]", "[b c d]", "[b]", "[c]", "[d]"}; !slices.Equal(attempts, want) {
		t.Errorf("attempts %v, want %v", attempts, want)
	}
	for i, err := range told {
		if want := all[i].Site == "c"; errors.Is(err, bad) != want {
			t.Errorf("%s was told %v", all[i].Site, err)
		}
	}
}

func TestAnAttemptTakesOnlySoManyRows(t *testing.T) {
	big := sealingOf("b", 2025)
	big.Parts[0].Entries = make([]disclosure.Entry, rowsAtOnce)
	attempts, _ := rush([]disclosure.Sealing{sealingOf("a", 2025), big, sealingOf("c", 2025), sealingOf("d", 2025)}, func([]string) error { return nil })
	slices.Sort(attempts)
	if want := []string{"[a]", "[b]", "[c d]"}; !slices.Equal(attempts, want) {
		t.Errorf("attempts %v, want %v", attempts, want)
	}
}
