package attack

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/footfall-analytics/footfall/internal/disclosure"
)

// check is a row of the tables that are not about small counts.
type check struct {
	what, visits string
	measured     string
	bound        string
	met          bool
}

// checks prints rows under their heads.
func checks(rows []check) string {
	var b strings.Builder
	b.WriteString("| what | visits a day | measured | bound | verdict |\n|---|---|---|---|---|\n")
	for _, c := range rows {
		verdict := "met"
		if !c.met {
			verdict = "MISSED"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", c.what, c.visits, c.measured, c.bound, verdict)
	}
	return b.String()
}

// fitness checks what is published: nothing too small, nothing unrounded.
func (p published) fitness(visits string) []check {
	share := 100 * float64(p.below8) / float64(max(p.figures, 1))
	return []check{
		{"published with a true count below 5", visits, fmt.Sprintf("%d of %d", p.below5, p.figures), "0", p.below5 == 0},
		{"published with a true count below 8", visits, fmt.Sprintf("%.2f %%", share), "1 %", share <= 1},
		{"published, below 10 or no multiple of 5", visits, fmt.Sprintf("%d of %d", p.unfit, p.figures), "0", p.unfit == 0},
	}
}

// usefulness checks that honest readers get what they need.
func (u use) usefulness(n float64) []check {
	visits := fmt.Sprintf("%g", n)
	wrong := map[float64]float64{20: 4, 50: 1.5, 200: .5}[n]
	alike := map[float64]float64{20: .96, 50: .99, 200: .999}[n]
	off, r := 100*median(u.errors), median(u.correlation)
	share := 100 * float64(u.shown) / float64(max(u.pages, 1))
	return []check{
		{"median error of a month's ten largest pages", visits, fmt.Sprintf("%.2f %%", off), fmt.Sprintf("%g %%", wrong), off <= wrong},
		{"a month's chart of visits: correlation with the truth", visits, fmt.Sprintf("%.4f, by %v", r, u.by), fmt.Sprint(alike), r >= alike},
		{"page-months with 10 visits or more that are shown", visits, fmt.Sprintf("%.1f %% of %d", share, u.pages), "95 %", share >= 95},
	}
}

// promised checks what the rule promises of one visit, by the rule itself and in
// a game against the real sealer.
func promised(ctx context.Context, keys *disclosure.KeyStore, s size, off weakness) (rows []check, err error) {
	r := sdc1(off)
	p := promiseOf(r, 60)
	both, week, month := twoAtoms(r, 24)
	one, err := member(ctx, keys, off, game{p.worst, p.worst, s.trials, false})
	if err != nil {
		return nil, err
	}
	two, err := member(ctx, keys, off, game{week, month, s.trials, true})
	if err != nil {
		return nil, err
	}
	shown, err := belowFloor(ctx, keys, off, r.floor-1, s.trials)
	if err != nil {
		return nil, err
	}
	const slack = .04 // of a game with few trials
	return []check{
		{"one visit, one atom: largest log likelihood ratio", "", fmt.Sprintf("%.4f", p.eps), "1", p.eps <= 1+1e-6 && p.eps > 0},
		{"answers that only one of the two worlds can give (at the floor)", "", fmt.Sprintf("%.4f", p.delta), "0.005", p.delta <= .005},
		{"one atom: advantage of the best attacker, by the rule", "", fmt.Sprintf("%.3f at %d visits", p.gain, p.worst), "0.462", p.gain <= .4622},
		{"one atom: advantage against the real sealer", "", fmt.Sprintf("%.3f in %d trials", one, s.trials), "0.462", one <= .462+slack},
		{"two atoms: advantage of the best attacker, by the rule", "", fmt.Sprintf("%.3f at %d and %d visits", both, week, month), "0.762", both <= .762},
		{"two atoms: advantage against the real sealer", "", fmt.Sprintf("%.3f in %d trials", two, s.trials), "0.762", two <= .762+slack},
		{"pages with 4 visits that are shown", "", fmt.Sprintf("%d of %d", shown, s.trials), "0", shown == 0},
	}, nil
}

// linked measures what the rows of single batches tell, for one site on a
// collector and for several, over as many visits each.
func linked(ctx context.Context, s size, sites []int) (rows []check, err error) {
	for _, n := range visits {
		for _, k := range sites {
			l, err := relink(ctx, k, n, s.days*slices.Max(sites)/k, nil)
			if err != nil {
				return nil, err
			}
			rows = append(rows, l.check(k, n))
		}
	}
	return rows, nil
}

func (l *linkage) check(sites int, n float64) check {
	of := func(a, b int) float64 { return 100 * float64(a) / float64(max(b, 1)) }
	measured := fmt.Sprintf("%.2f %% alone; device guessed %.1f %% (chance %.1f), certain %.1f %%; by order %.1f %% (chance %.1f)",
		of(l.alone, l.visits), of(l.right, l.targets), of(l.chance, l.targets), of(l.claims, l.targets), of(l.joined, l.ordered), 100*l.expect/float64(max(l.ordered, 1)))
	what := fmt.Sprintf("visits alone with their site and day in a batch but not in the day, %d sites on a collector", sites)
	return check{strings.Replace(what, " 1 sites", " 1 site", 1), fmt.Sprintf("%g", n), measured, "0 % alone", l.alone == 0}
}

// missed are the names of rows that missed their bound.
func missed(rows []check) (names []string) {
	for _, c := range rows {
		if !c.met && !slices.Contains(names, c.what) {
			names = append(names, c.what)
		}
	}
	return names
}
