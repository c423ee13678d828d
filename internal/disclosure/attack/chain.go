package attack

import (
	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// chain is one value's weeks and months. A month is made of whole weeks and at
// either end of a block that it shares a week with its neighbour for:
//
//	month   head | week | week | week | tail
//	                                   tail + head of the next = a week
//
// The graph of blocks and figures is a chain, so messages that run along it
// once in each direction give the exact posterior of every block.
type chain struct {
	v     *view
	rule  *rule
	col   int
	links []link
	next  dist // what follows the last tail
}

// block is a run of days within one week and one month.
type block struct {
	disclosure.Period
	prior dist
	seen  dist // prior times what its own week's figure says, if it is a whole week
}

// link is a month.
type link struct {
	month      answer
	head, tail *block // nil if the month begins, ends with a week
	weeks      []block
	border     answer // of the week of the tail
	fromLeft   dist   // of the head: prior and all that lies before it
	fromRight  dist   // of the tail: prior and all that lies behind it
}

func newChain(v *view, col int, months []answer) *chain {
	c := &chain{v: v, rule: v.ruleOf(col), col: col}
	for i, m := range v.months() {
		l := link{month: months[i], fromLeft: zero(), fromRight: zero()}
		for _, w := range v.weeks() {
			a := v.answer(col, w)
			part := disclosure.Period{First: max(w.First, m.First), Last: min(w.Last, m.Last)}
			switch {
			case w.Last < m.First || w.First > m.Last:
			case w.First < m.First && i > 0:
				l.head = c.block(part, a)
			case w.Last > m.Last:
				l.tail, l.border = c.block(part, a), a
				c.next = c.block(disclosure.Period{First: m.Last + 1, Last: w.Last}, a).prior
			default:
				b := c.block(part, a)
				b.seen = b.prior.times(c.rule.of(a))
				l.weeks = append(l.weeks, *b)
			}
		}
		c.links = append(c.links, l)
	}
	return c
}

// block looks at the numbers that the week's figure leaves room for.
func (c *chain) block(days disclosure.Period, week answer) *block {
	least, most := c.rule.room(week)
	if week.shown && days.Last-days.First < 6 {
		mean := c.v.rate[c.col] * c.v.busy(days.First, days.Last)
		least, most = 0, min(most, max(reachOf(mean), 60))
	}
	return &block{Period: days, prior: c.v.prior(c.col, days.First, days.Last, least, most)}
}

// small tells whether the judge has anything to look at: nothing else would be
// worth the sums.
func (c *chain) small() bool {
	for _, l := range c.links {
		for _, b := range l.blocks() {
			if n := c.v.truth(c.col, b.First, b.Last); n <= small {
				return true
			}
		}
	}
	return false
}

func (l *link) blocks() (all []block) {
	if l.head != nil {
		all = append(all, *l.head)
	}
	all = append(all, l.weeks...)
	if l.tail != nil {
		all = append(all, *l.tail)
	}
	return all
}

// inner are the whole weeks but one (-1 for all) together.
func (l *link) inner(but int) dist {
	sum := zero()
	for i, w := range l.weeks {
		if i != but {
			sum = sum.plus(trim(w.seen))
		}
	}
	return sum
}

// trim drops the ends of a distribution that weigh nothing.
func trim(d dist) dist {
	d, ok := d.normal()
	if !ok {
		return d
	}
	const nothing = 1e-9
	for len(d.p) > 1 && d.p[0] < nothing {
		d = dist{d.lo + 1, d.p[1:]}
	}
	for len(d.p) > 1 && d.p[len(d.p)-1] < nothing {
		d.p = d.p[:len(d.p)-1]
	}
	return d
}

// attack gives the score on small blocks, and that of the question whether
// anybody was there.
func (c *chain) attack() (s, presence score) {
	if !c.small() {
		return s, presence
	}
	c.solve(func(b *block, posterior dist) {
		truth := c.v.truth(c.col, b.First, b.Last)
		own := b.prior
		if b.seen.p != nil {
			own = b.seen
		}
		s.judge(truth, opinion{b.prior, own, posterior})
		presence.judgePresence(truth, b.prior, posterior)
	})
	return s, presence
}

// solve finds the posterior of every block.
func (c *chain) solve(each func(b *block, posterior dist)) {
	c.rightward()
	c.leftward()
	for i := range c.links {
		l := &c.links[i]
		month := c.rule.of(l.month)
		for k := range l.weeks {
			rest := trim(l.fromLeft.plus(l.fromRight)).plus(l.inner(k))
			each(&l.weeks[k], l.weeks[k].seen.given(rest, month))
		}
		all := l.inner(-1)
		if l.head != nil {
			each(l.head, l.fromLeft.given(trim(l.fromRight).plus(all), month))
		}
		if l.tail != nil {
			each(l.tail, l.fromRight.given(trim(l.fromLeft).plus(all), month))
		}
	}
}

// rightward tells each head what lies before it.
func (c *chain) rightward() {
	for i := 1; i < len(c.links); i++ {
		l, before := &c.links[i], &c.links[i-1]
		if l.head == nil {
			continue
		}
		tail := before.tail.prior.given(trim(before.fromLeft).plus(before.inner(-1)), c.rule.of(before.month))
		l.fromLeft = l.head.prior.given(trim(tail), c.rule.of(before.border))
	}
}

// leftward tells each tail what lies behind it.
func (c *chain) leftward() {
	for i := len(c.links) - 1; i >= 0; i-- {
		l := &c.links[i]
		if l.tail == nil {
			continue
		}
		head := c.next
		if i+1 < len(c.links) {
			behind := &c.links[i+1]
			head = behind.head.prior.given(trim(behind.fromRight).plus(behind.inner(-1)), c.rule.of(behind.month))
		}
		l.fromRight = l.tail.prior.given(trim(head), c.rule.of(l.border))
	}
}
