package attack

// flow finds the smallest and largest whole numbers that a cell of a two-way
// table can be, with every cell and every margin within a window. The table is
// a flow from a source through rows and columns to a sink and back, whose
// extremes are whole and exact.
type flow struct {
	rows, cols int
	room       [][]int // what can be added from one node to another
	low, high  [][]int
}

func newFlow(rows, cols int) *flow {
	f := &flow{rows: rows, cols: cols}
	n := rows + cols + 2
	for _, m := range []*[][]int{&f.room, &f.low, &f.high} {
		for range n {
			*m = append(*m, make([]int, n))
		}
	}
	return f
}

func (f *flow) row(i int) int { return i }
func (f *flow) col(j int) int { return f.rows + j }
func (f *flow) source() int   { return f.rows + f.cols }
func (f *flow) sink() int     { return f.rows + f.cols + 1 }

// edge allows lo..hi from u to v.
func (f *flow) edge(u, v, lo, hi int) { f.low[u][v], f.high[u][v] = lo, hi }

// settle finds any flow that keeps to all windows; false if there is none.
func (f *flow) settle() bool {
	f.high[f.sink()][f.source()] = far
	excess := make([]int, len(f.room))
	for u := range f.room {
		for v := range f.room {
			if f.high[u][v] < f.low[u][v] {
				return false
			}
			f.room[u][v] = f.high[u][v] - f.low[u][v]
			excess[u] -= f.low[u][v]
			excess[v] += f.low[u][v]
		}
	}
	for u := range excess {
		for v := range excess {
			if excess[u] > 0 && excess[v] < 0 {
				moved := f.push(u, v, min(excess[u], -excess[v]))
				excess[u] -= moved
				excess[v] += moved
			}
		}
		if excess[u] > 0 {
			return false
		}
	}
	return true
}

// push moves up to n from u to v by any ways, and returns how much it could.
func (f *flow) push(u, v, n int) (moved int) {
	for moved < n {
		from := f.path(u, v)
		if from == nil {
			break
		}
		step := n - moved
		for w := v; w != u; w = from[w] {
			step = min(step, f.room[from[w]][w])
		}
		for w := v; w != u; w = from[w] {
			f.room[from[w]][w] -= step
			f.room[w][from[w]] += step
		}
		moved += step
	}
	return moved
}

// path finds a shortest way with room: for each node on it the one before.
func (f *flow) path(u, v int) []int {
	from := make([]int, len(f.room))
	for i := range from {
		from[i] = -1
	}
	from[u] = u
	for queue := []int{u}; len(queue) > 0; queue = queue[1:] {
		for w, room := range f.room[queue[0]] {
			if room > 0 && from[w] < 0 {
				from[w] = queue[0]
				if w == v {
					return from
				}
				queue = append(queue, w)
			}
		}
	}
	return nil
}

// extremes are the smallest and largest value of the edge from u to v in any
// flow. The flow stays settled.
func (f *flow) extremes(u, v int) (lo, hi int) {
	more, less := f.room[u][v], f.room[v][u]
	value := f.low[u][v] + less
	f.room[u][v], f.room[v][u] = 0, 0
	up := f.push(v, u, more) // what goes round from v to u may come over the edge
	less, more = less+up, more-up
	value += up
	hi = value
	down := f.push(u, v, less)
	less, more = less-down, more+down
	f.room[u][v], f.room[v][u] = more, less
	return value - down, hi
}
