package check

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

//go:embed page.js
var pageScript string

const (
	often   = 100 * time.Millisecond
	presses = 2 // of a link that opens the choices, and of an answer
)

// look is what one visit of the website showed in one state.
type look struct {
	seen     []sighting
	calls    []call // of the first page
	tags     []tag
	at       string // address of the first page, after redirections
	second   string // address of the second page; empty if there is none
	started  bool
	lost     bool // the second page has no tag
	late     bool // the page never finished loading
	answered bool
	cover    string // element that lay over the button
}

// tag is the snippet in a page.
type tag struct {
	Src        string `json:"src"`
	Site       string `json:"site"`
	Automation bool   `json:"automation"`
}

// visit opens the page in a new profile, gives the answer that the state
// needs, goes on to a second page, and tells what was kept and called since.
func (o *Options) visit(ctx context.Context, state State) (*look, error) {
	p, err := o.openProfile(ctx)
	if err != nil {
		return nil, err
	}
	defer p.close()
	l := &look{}
	if l.late, err = p.open(o.URL, o.Timeout); err != nil {
		return nil, err
	}
	if state != Before {
		if err := p.answer(l, state == Yes, o.Timeout); err != nil || !l.answered {
			return l, err
		}
	}
	if err := p.first(l, o.Wait); err != nil {
		return nil, err
	}
	if err := p.next(l, state, o); err != nil {
		return nil, err
	}
	l.seen = append(l.seen, p.calls.sightings()...)
	return l, nil
}

// first watches the page and looks for the snippet in it.
func (p *profile) first(l *look, wait time.Duration) (err error) {
	if err = p.watch(l, wait); err != nil {
		return err
	}
	l.calls = p.calls.all()
	if l.at, err = chromedp.Run(p.ctx, chromedp.Location()); err != nil {
		return err
	}
	if l.tags, err = ask[[]tag](p.ctx, "tags()"); err != nil {
		return err
	}
	if l.started, err = ask[bool](p.ctx, "started()"); err != nil {
		return err
	}
	l.second, err = ask[string](p.ctx, "link()")
	return err
}

// next loads the page again after an answer, and goes on to the second page:
// an answer must hold on both.
func (p *profile) next(l *look, state State, o *Options) error {
	if state != Before {
		if _, err := p.open(l.at, o.Timeout); err != nil {
			return err
		}
		if err := p.watch(l, o.Wait); err != nil {
			return err
		}
	}
	if l.second == "" {
		return nil
	}
	if _, err := p.open(l.second, o.Timeout); err != nil {
		l.second = "" // a broken link is not what the check is about
		return p.ctx.Err()
	}
	if err := p.watch(l, o.Wait); err != nil {
		return err
	}
	tags, err := ask[[]tag](p.ctx, "tags()")
	l.lost = len(tags) == 0
	return err
}

// open goes to an address and says whether it never finished loading.
func (p *profile) open(address string, timeout time.Duration) (late bool, err error) {
	ctx, cancel := context.WithTimeout(p.ctx, timeout)
	defer cancel()
	err = chromedp.Do(ctx, chromedp.Navigate(address))
	status := p.calls.answered()
	if errors.Is(err, context.DeadlineExceeded) && p.ctx.Err() == nil && status != 0 {
		late, err = true, nil
	}
	if err != nil {
		return false, fmt.Errorf("open the page: it does not answer: %w", err)
	}
	if status >= 400 {
		return false, fmt.Errorf("open the page: it answered %d", status)
	}
	return late, nil
}

// answer presses the real buttons until the page holds an answer. What was
// called before the press does not count any more.
func (p *profile) answer(l *look, yes bool, patience time.Duration) error {
	for range presses {
		b, err := p.awaitButton(yes, min(patience, 10*time.Second))
		if err != nil || b == nil {
			return err
		}
		if l.cover = b.Cover; l.cover != "" {
			return nil // who knows what would be pressed
		}
		p.calls.forget()
		if err := chromedp.Do(p.ctx, chromedp.MouseClickXY(b.X, b.Y)); err != nil {
			return fmt.Errorf("press the answer: %w", err)
		}
		if l.answered, err = p.awaitAnswer(); err != nil || l.answered {
			return err
		}
	}
	return nil
}

// button is where an answer can be pressed.
type button struct {
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	Cover string  `json:"cover"`
}

// awaitButton waits for a button that stands still and that nothing lies over.
func (p *profile) awaitButton(yes bool, patience time.Duration) (found *button, err error) {
	err = p.until(patience, func() (bool, error) {
		before := found
		found, err = ask[*button](p.ctx, fmt.Sprintf("button(%t)", yes))
		still := before != nil && found != nil && *before == *found
		return still && found.Cover == "", err
	})
	return found, err
}

func (p *profile) awaitAnswer() (held bool, err error) {
	err = p.until(2*time.Second, func() (bool, error) {
		held, err = ask[bool](p.ctx, "answered()")
		return held, err
	})
	return held, err
}

// until asks again and again until it is done or the time is over.
func (p *profile) until(limit time.Duration, done func() (bool, error)) error {
	for range limit / often {
		if ok, err := done(); ok || err != nil {
			return err
		}
		if err := chromedp.Do(p.ctx, chromedp.Sleep(often)); err != nil {
			return err
		}
	}
	return nil
}

// watch waits for what a page does late, and takes what it keeps.
func (p *profile) watch(l *look, wait time.Duration) error {
	if err := chromedp.Do(p.ctx, chromedp.Sleep(wait)); err != nil {
		return fmt.Errorf("watch the page: %w", err)
	}
	for _, take := range []func() ([]sighting, error){p.cookies, p.stored, p.globals} {
		seen, err := take()
		if err != nil {
			return fmt.Errorf("watch the page: %w", err)
		}
		l.seen = append(l.seen, seen...)
	}
	return nil
}

// cookies returns all cookies of the profile, without their values.
func (p *profile) cookies() ([]sighting, error) {
	all, err := chromedp.Run(p.ctx, func(ctx context.Context, t *chromedp.Target) (storage.GetCookiesResult, error) {
		return cdp.Call(ctx, t, storage.GetCookies, storage.GetCookiesParams{})
	})
	if err != nil {
		return nil, err
	}
	var seen []sighting
	for _, c := range all.Cookies {
		s := sighting{kind: Cookie, name: c.Name, host: strings.TrimPrefix(c.Domain, "."), httpOnly: c.HTTPOnly}
		if !c.Session {
			s.days = days(c.Expires - float64(p.clock().Unix()))
		}
		seen = append(seen, s)
	}
	return seen, nil
}

// days rounds up, but for the moments between the setting of a cookie and now.
func days(seconds float64) int {
	const minute, day = 60, 24 * 60 * 60
	return max(1, int(math.Ceil((seconds-minute)/day)))
}

// stored returns the names in the storage of every frame.
func (p *profile) stored() ([]sighting, error) {
	tree, err := chromedp.Run(p.ctx, func(ctx context.Context, t *chromedp.Target) (page.GetFrameTreeResult, error) {
		return cdp.Call(ctx, t, page.GetFrameTree, cdp.Empty{})
	})
	if err != nil {
		return nil, err
	}
	var seen []sighting
	for _, frame := range frames(tree.FrameTree) {
		seen = append(seen, p.storedIn(frame)...)
	}
	return seen, nil
}

func frames(tree *page.FrameTree) []cdp.FrameID {
	ids := []cdp.FrameID{tree.Frame.ID}
	for _, child := range tree.ChildFrames {
		ids = append(ids, frames(child)...)
	}
	return ids
}

// storedIn returns the names in one frame's storage; none of a frame that went
// away meanwhile.
func (p *profile) storedIn(frame cdp.FrameID) []sighting {
	type names struct {
		Host     string   `json:"host"`
		Local    []string `json:"local"`
		Session  []string `json:"session"`
		Database []string `json:"database"`
	}
	n, err := chromedp.Run(p.ctx, func(ctx context.Context, t *chromedp.Target) (n names, err error) {
		// A world of its own: scripts of the page cannot bend what is asked there.
		world, err := cdp.Call(ctx, t, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: frame})
		if err != nil {
			return n, err
		}
		in := func(e *runtime.EvaluateParams) { e.ContextID = world.ExecutionContextID }
		return chromedp.Evaluate[names](pageScript+".storage()", in, chromedp.EvalAwaitPromise)(ctx, t)
	})
	if err != nil || n.Host == "" {
		return nil
	}
	var seen []sighting
	for kind, list := range map[Kind][]string{Local: n.Local, Session: n.Session, Database: n.Database} {
		for _, name := range list {
			seen = append(seen, sighting{kind: kind, name: name, host: n.Host})
		}
	}
	return seen
}

// globals returns the names of trackers that scripts of the page can see.
func (p *profile) globals() ([]sighting, error) {
	names, err := json.Marshal(globals())
	if err != nil {
		return nil, err
	}
	found, err := ask[[]string](p.ctx, "globals("+string(names)+")")
	if err != nil {
		return nil, err
	}
	at, err := chromedp.Run(p.ctx, chromedp.Location())
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(at)
	if err != nil {
		return nil, err
	}
	var seen []sighting
	for _, name := range found {
		seen = append(seen, sighting{kind: Global, name: name, host: u.Hostname()})
	}
	return seen, nil
}

// ask calls a function of page.js in the page.
func ask[T any](ctx context.Context, call string) (T, error) {
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](strings.TrimSpace(pageScript)+"."+call))
	if err != nil {
		err = fmt.Errorf("ask the page: %w", err)
	}
	return v, err
}
