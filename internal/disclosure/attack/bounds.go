package attack

// bounds finds what windows on sums of neighbouring numbers say of each number:
// the exact smallest and largest that it can be. The running sums are the nodes
// of a graph, each window bounds the difference of two of them, and shortest
// paths are the tightest bounds; with whole windows they are whole.
type bounds struct {
	n    int
	most [][]int // most[i][j]: sum of numbers i..j-1 at most; if j < i, minus the sum of j..i-1
}

const far = 1 << 40

func newBounds(n int) *bounds {
	b := &bounds{n: n + 1, most: make([][]int, n+1)}
	for i := range b.most {
		b.most[i] = make([]int, n+1)
		for j := range b.most[i] {
			if i != j {
				b.most[i][j] = far
			}
		}
	}
	return b
}

// within says that the sum of the numbers from..to lies in the window.
func (b *bounds) within(from, to int, w answer) {
	b.most[from][to+1] = min(b.most[from][to+1], w.hi)
	b.most[to+1][from] = min(b.most[to+1][from], -w.lo)
}

// close tightens all bounds by all others.
func (b *bounds) close() {
	for k := range b.n {
		via := b.most[k]
		for i := range b.n {
			row, to := b.most[i], b.most[i][k]
			if to == far {
				continue
			}
			for j, rest := range via {
				row[j] = min(row[j], to+rest)
			}
		}
	}
}

// of is the window of one number.
func (b *bounds) of(i int) (lo, hi int) { return -b.most[i+1][i], b.most[i][i+1] }
