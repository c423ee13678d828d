package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/footfall-analytics/footfall/internal/account"
	"github.com/footfall-analytics/footfall/internal/coarsen"
	"github.com/footfall-analytics/footfall/internal/config"
	"github.com/footfall-analytics/footfall/internal/day"
	"github.com/footfall-analytics/footfall/internal/demo"
	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/raw"
	"github.com/footfall-analytics/footfall/internal/site"
)

const (
	demoMonths   = 13
	demoEmail    = "demo@harbour.example"
	demoPassword = "tide-and-lantern-demo"
	demoWorkers  = 128 // browsers at a time
)

// DemoOptions says what the demo shows.
type DemoOptions struct {
	Seed  uint64
	Blank bool   // no visits
	Ahead string // how far its clock is ahead of the real one
	Out   io.Writer
}

// Demo makes a demo charity in a folder of its own, lets it live through its
// months, and serves it until ctx is done. A demo that is there already is
// shown again.
func Demo(ctx context.Context, o Options, d DemoOptions) (err error) {
	ahead, err := time.ParseDuration(d.Ahead)
	if err != nil {
		return fmt.Errorf("--ahead %q: want a duration such as 960h", d.Ahead)
	}
	real := o.Clock
	var set atomic.Pointer[time.Time] // nil: the real time and what it is ahead
	o.Clock = func() time.Time {
		if t := set.Load(); t != nil {
			return *t
		}
		return real().Add(ahead)
	}
	o.Demo = true
	o.Config = demoConfig(o.Config)
	lock, err := lockDemo(o.Config.DataDir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	fresh, err := prepareDemo(o.Config)
	if err != nil {
		return err
	}
	a, err := Open(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	p := &past{App: a, DemoOptions: d, now: o.Clock(), set: func(t *time.Time) { set.Store(t) }}
	if fresh {
		if err := p.live(ctx); err != nil {
			return err
		}
	}
	if err := p.tell(ctx); err != nil {
		return err
	}
	return a.Run(ctx)
}

// demoConfig puts the demo into a folder of its own.
func demoConfig(c config.Config) config.Config {
	c.DataDir = filepath.Join(c.DataDir, "demo")
	c.SecretFile = filepath.Join(c.DataDir, "secret")
	c.GeoFile = filepath.Join(c.DataDir, coarsen.GeoFile)
	return c
}

// doneFile marks a demo whose past is complete.
const doneFile = "demo-complete"

// lockDemo keeps a second demo from clearing away the data of the first. The
// lock is beside the folder, and gone with the process.
func lockDemo(dir string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	f, err := os.OpenFile(dir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock demo: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(errors.New("a demo is being made or shown from this folder by another process: stop that one first"), f.Close())
	}
	return f, nil
}

// prepareDemo says whether the demo has to be made, and clears away one that
// was cut short.
func prepareDemo(c config.Config) (fresh bool, err error) {
	if exists(filepath.Join(c.DataDir, doneFile)) {
		return false, nil
	}
	if err := os.RemoveAll(c.DataDir); err != nil {
		return false, fmt.Errorf("clear unfinished demo: %w", err)
	}
	return true, errors.Join(os.MkdirAll(c.DataDir, 0o700), demoAreas(c.GeoFile))
}

func demoAreas(path string) error {
	areas := map[netip.Prefix]string{}
	for _, r := range demo.Areas {
		areas[r.Prefix] = r.Area
	}
	return coarsen.WriteGeo(path, "demo", areas)
}

// past lets the demo charity live through its months: every visit goes the
// way of a real one, only the clock is moved.
type past struct {
	*App
	DemoOptions
	now  time.Time
	set  func(*time.Time)
	pass atomic.Pointer[string] // the same for everybody who says yes
}

func (p *past) live(ctx context.Context) error {
	u, err := url.Parse(p.cfg.PublicURL)
	if err != nil {
		return fmt.Errorf("read FOOTFALL_PUBLIC_URL: %w", err)
	}
	s := demo.Harbour(u.Host)
	y, m, _ := p.now.Date()
	first, last := day.New(y, m-demoMonths, 1), day.Of(p.now, s.Location())-1
	if p.Blank {
		first, last = day.Of(p.now, s.Location()), first-1
	}
	p.at(first, s.Location(), 1)
	if err := p.putSite(ctx, s); err != nil {
		return fmt.Errorf("make demo site: %w", err)
	}
	began := time.Now()
	visits := 0
	for d, day := range demo.Days(p.Seed, u.Host, first, last) {
		p.at(d, s.Location(), demo.Hour(d))
		if err := p.push(ctx, s, day); err != nil {
			return err
		}
		visits += len(day)
		if err := p.evening(ctx, s, d); err != nil {
			return err
		}
		if _, _, n := (d + 1).Time().Date(); n == 1 || d == last {
			fmt.Fprintf(p.Out, "\r%s: %d visits so far", d, visits)
		}
	}
	p.set(nil)
	if _, err := p.sealNow(ctx, None{}); err != nil {
		return fmt.Errorf("seal demo: %w", err)
	}
	fmt.Fprintf(p.Out, "\r%d visits offered, counted and sealed in %s.\n", visits, time.Since(began).Round(time.Second))
	if _, err := p.addUser(ctx, NewUser{Email: demoEmail, Name: "Demo Director", Password: demoPassword, Role: string(account.Owner), Sites: []string{s.Key}}); err != nil {
		return fmt.Errorf("make demo user: %w", err)
	}
	return os.WriteFile(filepath.Join(p.cfg.DataDir, doneFile), nil, 0o600)
}

func (p *past) at(d day.Day, loc *time.Location, hour int) {
	t := d.Start(loc).Add(time.Duration(hour) * time.Hour)
	p.set(&t)
}

// evening counts the day; every Sunday what has closed is sealed.
func (p *past) evening(ctx context.Context, s site.Site, d day.Day) error {
	p.at(d, s.Location(), 23)
	if err := p.counter.Drain(ctx); err != nil {
		return fmt.Errorf("count demo day: %w", err)
	}
	if d.Weekday() != time.Sunday {
		return nil
	}
	if _, err := p.sealNow(ctx, None{}); err != nil {
		return fmt.Errorf("seal demo: %w", err)
	}
	return nil
}

// push sends a day's visits through the intake, many at a time.
func (p *past) push(ctx context.Context, s site.Site, visits []demo.Visit) error {
	view, _ := p.Site(s.Key)
	banner, ok := view.Banners.Current()
	if !ok {
		return errors.New("demo site has no banner")
	}
	var wait sync.WaitGroup
	var failed atomic.Pointer[error]
	next := make(chan demo.Visit)
	for range demoWorkers {
		wait.Go(func() {
			for v := range next {
				if err := p.visit(ctx, banner.Hash, v); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	for _, v := range visits {
		next <- v
	}
	close(next)
	wait.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return ctx.Err()
}

func (p *past) visit(ctx context.Context, banner string, v demo.Visit) error {
	if p.pass.Load() == nil {
		v.Answers = true
	}
	if v.Answers {
		d := raw.Decision{Site: demo.Key, Banner: banner, Lang: v.Lang, Origin: v.Hits[0].Origin, UserAgent: v.Hits[0].UserAgent, Addr: v.Hits[0].Addr}
		if v.Yes {
			d.Choices = []string{site.Statistics}
		}
		answer, verdict := p.intake.Decide(ctx, &d)
		if verdict != intake.Counted {
			return fmt.Errorf("demo decision: %s", verdict)
		}
		if v.Yes {
			p.pass.Store(&answer.Pass)
		}
	}
	if !v.Yes {
		return nil
	}
	for i := range v.Hits {
		v.Hits[i].Pass = *p.pass.Load()
		if verdict := p.intake.Accept(ctx, &v.Hits[i]); verdict != intake.Counted && verdict != intake.DroppedPage {
			return fmt.Errorf("demo hit: %s", verdict)
		}
	}
	return nil
}

// tell prints where everything is, with a new link to the latest report.
func (p *past) tell(ctx context.Context) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\nHarbour Young People, a charity that does not exist\n\n")
	fmt.Fprintf(&b, "  its website       %s/demo/\n", p.cfg.PublicURL)
	if !p.Blank {
		link, err := p.demoReport(ctx)
		if err != nil {
			return fmt.Errorf("make demo report: %w", err)
		}
		fmt.Fprintf(&b, "  funder's report   %s\n", link)
	}
	fmt.Fprintf(&b, "  staff page        %s/sites/%s\n", p.cfg.PublicURL, demo.Key)
	fmt.Fprintf(&b, "                    log in as %s with %s\n\nStop it with Ctrl-C; its data is in %s\n", demoEmail, demoPassword, p.cfg.DataDir)
	_, err := io.WriteString(p.Out, b.String())
	return err
}

// mountDemo serves the demo website.
func mountDemo(app *fiber.App) {
	app.Get("/demo/style.css", func(c *fiber.Ctx) error {
		c.Type("css", "utf-8")
		return c.Send(demo.Style())
	})
	app.Get("/demo/*", func(c *fiber.Ctx) error {
		var b bytes.Buffer
		ok, err := demo.Render(&b, c.Params("*"), "/footfall.js")
		if err != nil || !ok {
			return errors.Join(err, fiber.ErrNotFound)
		}
		c.Type("html", "utf-8")
		return c.Send(b.Bytes())
	})
}
