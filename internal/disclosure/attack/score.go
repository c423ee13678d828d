package attack

import (
	"fmt"
	"math"
	"strings"
)

// sure is how likely the attacker must hold a number for a claim.
const sure = 0.95

// small is the largest true count that must not be found out. Zero is no secret
// number of visits; the attack on presence is about it.
const small = 9

// score is how an attack fared on small true counts. Nobody tells the attacker
// which counts are small: the judge looks at those alone. A best guess is made
// among the small numbers, as if somebody had told; without that a prior whose
// likeliest number is large would look worse than it is.
type score struct {
	cells   int // attacked
	claims  int // numbers named with sure
	correct int
	prior   int // right guesses before anything was released
	own     int // from the count's own figure alone
	guess   int // from all figures
	// reckoned is guess less prior as the attacker expects it to be, by the
	// posterior of all figures. It says the same without the luck of one run.
	reckoned float64
	untold   int // right guesses of all figures less those of the prior, if nobody tells
}

func (s *score) add(t score) {
	s.cells += t.cells
	s.claims += t.claims
	s.correct += t.correct
	s.prior += t.prior
	s.own += t.own
	s.guess += t.guess
	s.reckoned += t.reckoned
	s.untold += t.untold
}

// opinion is what an attacker thinks of a count: before anything is released,
// when its own figure is (the prior, if it has none), and with all figures. None
// of them needs to be normal.
type opinion struct{ prior, own, all dist }

// judge holds an opinion against the truth.
func (s *score) judge(truth int, o opinion) {
	if truth < 1 || truth > small {
		return
	}
	before, ok := o.prior.normal()
	after, possible := o.all.normal()
	if !ok || !possible {
		// The attacker finds the figures impossible, and knows nothing.
		after, o.own = before, before
	}
	s.cells++
	was, p := before.mode()
	is, q := after.mode()
	s.untold += b2i(is == truth) - b2i(was == truth)
	first, last := before.told(), after.told()
	s.prior += b2i(first == truth)
	s.own += b2i(o.own.told() == truth)
	s.guess += b2i(last == truth)
	if among := after.within(1, small); among > 0 {
		s.reckoned += (after.at(last) - after.at(first)) / among
	}
	if q >= sure && (p < sure || was != is) {
		s.claims++
		s.correct += b2i(is == truth)
	}
}

// told is the best guess of one who is told that the number is small.
func (d dist) told() (n int) {
	best := 0.0
	for i := 1; i <= small; i++ {
		if p := d.at(i); p > best {
			n, best = i, p
		}
	}
	return n
}

// judgePresence is judge for the question whether anybody was there at all.
func (s *score) judgePresence(truth int, prior, posterior dist) {
	if truth > small {
		return
	}
	before, ok := somebody(prior)
	after, possible := somebody(posterior)
	if !ok || !possible {
		after = before
	}
	there, first, last := truth > 0, before > .5, after > .5
	s.cells++
	s.prior += b2i(first == there)
	s.own += b2i(first == there)
	s.guess += b2i(last == there)
	if first != last {
		nobody := posterior.at(0) / posterior.within(0, small)
		gain := 1 - 2*nobody // of who says somebody now and said nobody before
		if !last {
			gain = -gain
		}
		s.reckoned += gain
	}
	if max(after, 1-after) >= sure && max(before, 1-before) < sure {
		s.claims++
		s.correct += b2i(after > .5 == there)
	}
}

// somebody is the probability that a count is not 0.
func somebody(d dist) (p float64, ok bool) {
	d, ok = d.normal()
	return 1 - d.at(0), ok
}

// percent is a share of the cells.
func (s score) percent(n int) float64 {
	if s.cells == 0 {
		return 0
	}
	return 100 * float64(n) / float64(s.cells)
}

// points is how far the best guess is above that of the prior, in points.
func (s score) points() float64 { return 100 * s.reckoned / float64(max(s.cells, 1)) }

// counted is points as this run had it.
func (s score) counted() float64 { return s.percent(s.guess - s.prior) }

// chance is the standard deviation of counted: in at most two of five cells the
// two guesses differ in being right.
func (s score) chance() float64 { return 63 / math.Sqrt(float64(max(s.cells, 1))) }

// honest tells whether what the attacker expects came true, but for chance.
func (s score) honest() bool { return math.Abs(s.counted()-s.points()) <= 5*s.chance() }

// bound is what an attack must not go beyond.
type bound struct {
	points float64 // of the best guess above the prior; 0 = none is set
	free   bool    // correct claims are no breach
	extra  string  // what else, in words
	broken bool    // the extra bound
}

// line is one row of the results.
type line struct {
	attack string
	size   string
	score
	bound
}

// few cells say nothing of a best guess.
const few = 50

// within tells whether a gain keeps the bound, if one is set.
func (l line) within(points float64) bool { return l.bound.points == 0 || points <= l.bound.points }

// met tells whether the attack failed, as it should.
func (l line) met() bool {
	kept := l.within(l.counted() - 3*l.chance())
	if l.cells >= few {
		kept = kept && l.honest() && l.within(l.score.points())
	}
	return kept && (l.correct == 0 || l.free) && !l.broken
}

func (l line) String() string {
	verdict := "met"
	switch {
	case l.cells < few:
		verdict = "few"
	case !l.met():
		verdict = "MISSED"
	}
	limit := "0 correct"
	if l.free {
		limit = "none on claims"
	}
	if l.bound.points > 0 {
		limit += fmt.Sprintf(", %g points", l.bound.points)
	}
	if l.extra != "" {
		limit += ", " + l.extra
	}
	s := l.score
	return fmt.Sprintf("| %s | %s | %d | %d of %d | %.1f | %.1f | %.1f | %+.1f | %+.1f | %+.1f | %s | %s |", l.attack, l.size, s.cells,
		s.correct, s.claims, s.percent(s.prior), s.percent(s.own), s.percent(s.guess), s.counted(), s.points(), s.percent(s.untold), limit, verdict)
}

// table prints lines under their heads.
func table(lines []line) string {
	var b strings.Builder
	b.WriteString("| attack | visits a day | small cells | correct claims | best guess right: prior, % | own figure, % | all figures, % | points above prior, counted | expected | untold | bound | verdict |\n")
	b.WriteString("|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, l := range lines {
		b.WriteString(l.String() + "\n")
	}
	return b.String()
}
