package attack

import "math"

// reach is how far noise goes at most.
const reach = 40

// rule is what everybody knows of rule sdc1: it is published. It is written here
// a second time, so that a wrong rule in the sealer does not make the attacks
// believe the same wrong thing.
type rule struct {
	floor, threshold int
	rounding         int // 5, or 1 where it is switched off
	reach            int // 0 where the noise is switched off
	margin           int // how far noise reaches, but for a chance of one in a hundred thousand
	eps              float64
	cdf              []float64
}

// sdc1 is the rule, but for what is switched off.
func sdc1(off weakness) *rule {
	return newRule(off, &rule{floor: 5, threshold: 10, rounding: 5, reach: reach, margin: 12, eps: 1})
}

// sdc1Strict is the rule of tables with the strict profile.
func sdc1Strict(off weakness) *rule {
	return newRule(off, &rule{floor: 5, threshold: 20, rounding: 5, reach: reach, margin: 22, eps: .5})
}

func newRule(off weakness, r *rule) *rule {
	if off.threshold {
		r.threshold = 1
	}
	if off.rounding {
		r.rounding = 1
	}
	if off.noise {
		r.reach = 0
	}
	r.cdf = make([]float64, 2*reach+1)
	total := 0.0
	for i := range r.cdf {
		total += r.noise(i - reach)
		r.cdf[i] = total
	}
	return r
}

// noise is the probability that the noise is e.
func (r *rule) noise(e int) float64 {
	if r.reach == 0 {
		if e == 0 {
			return 1
		}
		return 0
	}
	a := math.Exp(-r.eps)
	return (1 - a) / (1 + a) * math.Pow(a, math.Abs(float64(e)))
}

// atMost is the probability that the noise is e or less.
func (r *rule) atMost(e int) float64 {
	if e < -reach {
		return 0
	}
	return r.cdf[min(e, reach)+reach]
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// answer is what a figure says of its noisy count: that it lies in lo..hi, and
// whether the figure shows a number.
type answer struct {
	lo, hi int
	shown  bool
}

// answerOf reads a figure; 0 is "fewer than 10".
func (r *rule) answerOf(shown int) answer {
	if shown == 0 {
		// Below the threshold, or below the floor with whatever noise.
		return answer{lo: -r.reach, hi: max(r.threshold-1, r.floor-1+r.reach)}
	}
	return r.window(shown, r.threshold)
}

// window is what a shown number says.
func (r *rule) window(shown, threshold int) answer {
	half := r.rounding / 2
	return answer{lo: max(shown-half, threshold), hi: shown + half, shown: true}
}

// like is the probability of the answer if the true count is n.
func (r *rule) like(a answer, n int) float64 {
	hi := a.hi
	switch {
	case a.shown && n < r.floor:
		return 0
	case !a.shown && n >= r.floor:
		hi = min(hi, r.threshold-1)
	}
	if hi < a.lo {
		return 0
	}
	return r.atMost(hi-n) - r.atMost(a.lo-1-n)
}

// of makes the likelihood of an answer.
func (r *rule) of(a answer) func(n int) float64 {
	return func(n int) float64 { return r.like(a, n) }
}

// room is the true counts that an answer leaves room for. It goes down to 0
// unless the answer is so large that no small count is near, so that it does not
// tell a prior what only the figure can.
func (r *rule) room(a answer) (lo, hi int) {
	if a.lo > 4*r.margin {
		lo = a.lo - r.margin
	}
	return lo, a.hi + r.margin
}
