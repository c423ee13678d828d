package app

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// maxJump is how far the clock may go ahead of the machine's own count of
// seconds between two rounds of sealing.
const maxJump = 10 * time.Minute

// steady notices a clock that was put forward. Such a clock would close periods
// that are still open, and what is sealed is never changed.
type steady struct {
	clock   func() time.Time
	uptime  func() time.Duration
	mu      sync.Mutex // a command seals beside the schedule
	wall    time.Time
	elapsed time.Duration
}

func newSteady(clock func() time.Time, uptime func() time.Duration) *steady {
	return &steady{clock: clock, uptime: uptime, wall: clock(), elapsed: uptime()}
}

// check returns an error as long as the clock is ahead. A clock that was put
// back harms nothing: it closes periods late.
func (s *steady) check() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	wall, elapsed := s.clock(), s.uptime()
	ahead := wall.Sub(s.wall) - (elapsed - s.elapsed)
	if ahead > maxJump {
		return fmt.Errorf("the clock was put forward by %s: nothing is sealed, so that no period closes early; put the clock right, or restart footfall if it is right now", ahead.Round(time.Second))
	}
	if ahead > -maxJump { // the small differences of a year must not add up
		s.wall, s.elapsed = wall, elapsed
	}
	return nil
}

// Uptime is how long the machine has been up, time asleep included. Nobody can set it.
func Uptime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		panic(err) // Linux has had this clock since 2.6.39
	}
	return time.Duration(t.Nano())
}
