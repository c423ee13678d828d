package attack

import "math"

// dist gives weights to the whole numbers from lo on. It need not add up to 1.
type dist struct {
	lo int
	p  []float64
}

// zero is all weight on 0.
func zero() dist { return dist{p: []float64{1}} }

func (d dist) hi() int { return d.lo + len(d.p) - 1 }

func (d dist) at(n int) float64 {
	if n < d.lo || n > d.hi() {
		return 0
	}
	return d.p[n-d.lo]
}

// within is the weight of the numbers from first to last.
func (d dist) within(first, last int) (sum float64) {
	for n := first; n <= last; n++ {
		sum += d.at(n)
	}
	return sum
}

// plus is the distribution of the sum of two independent numbers.
func (d dist) plus(e dist) dist {
	sum := dist{lo: d.lo + e.lo, p: make([]float64, len(d.p)+len(e.p)-1)}
	for i, a := range d.p {
		if a == 0 {
			continue
		}
		row := sum.p[i : i+len(e.p)]
		for j, b := range e.p {
			row[j] += a * b
		}
	}
	return sum
}

// times weighs every number with f.
func (d dist) times(f func(n int) float64) dist {
	out := dist{lo: d.lo, p: make([]float64, len(d.p))}
	for i, a := range d.p {
		if a > 0 {
			out.p[i] = a * f(d.lo+i)
		}
	}
	return out
}

// given weighs every number n of d by how well n plus the others explains f:
// the sum over x of others(x) f(n+x).
func (d dist) given(others dist, f func(n int) float64) dist {
	table := make([]float64, len(d.p)+len(others.p)-1)
	for i := range table {
		table[i] = f(d.lo + others.lo + i)
	}
	out := dist{lo: d.lo, p: make([]float64, len(d.p))}
	for i, a := range d.p {
		if a == 0 {
			continue
		}
		sum := 0.0
		for j, b := range others.p {
			sum += b * table[i+j]
		}
		out.p[i] = a * sum
	}
	return out
}

// normal makes the weights add up to 1; ok is false if there are none.
func (d dist) normal() (n dist, ok bool) {
	sum := 0.0
	for _, a := range d.p {
		sum += a
	}
	if sum <= 0 || math.IsInf(sum, 0) || math.IsNaN(sum) {
		return d, false
	}
	n = dist{lo: d.lo, p: make([]float64, len(d.p))}
	for i, a := range d.p {
		n.p[i] = a / sum
	}
	return n, true
}

// mode is the number with the most weight.
func (d dist) mode() (n int, p float64) {
	for i, a := range d.p {
		if a > p {
			n, p = d.lo+i, a
		}
	}
	return n, p
}

// burst is how often a count is that of a day on which something happened, which
// the mean says nothing about, and burstMean how large such a count is.
const (
	burst     = 0.01
	burstMean = 12.0
)

// expect is what an attacker who knows the true mean thinks of a count before
// anything is released: Poisson, with a long tail for bursts, from lo to hi.
func expect(mean float64, lo, hi int) dist {
	d := dist{lo: lo, p: make([]float64, max(hi, lo)-lo+1)} // figures that contradict each other leave no room
	logMean := math.Log(max(mean, 1e-9))
	for i := range d.p {
		n := float64(lo + i)
		log, _ := math.Lgamma(n + 1)
		d.p[i] = (1-burst)*math.Exp(n*logMean-mean-log) + burst*math.Pow(burstMean/(1+burstMean), n)/(1+burstMean)
	}
	return d
}

// reachOf is a number that a count of this mean is below, but for bursts.
func reachOf(mean float64) int { return int(mean + 7*math.Sqrt(mean) + 8) }
