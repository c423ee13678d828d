package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// browsers are the names that Chromium goes by.
var browsers = []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"}

// unwanted are features of the browser: what would part a page's frames from
// it, and what would call the browser's maker while a charity's page is open.
var unwanted = []string{
	"IsolateOrigins", "site-per-process",
	"NetworkTimeServiceQuerying", "OptimizationHints", "MediaRouter", "Translate",
}

// maker are rules that keep the browser from its maker's own services, which
// no page calls.
var maker = []string{"MAP clients2.google.com ~NOTFOUND", "MAP update.googleapis.com ~NOTFOUND"}

const closing = 10 * time.Second // for the browser to go and its profile with it

// findBrowser returns the browser to drive.
func findBrowser(path string) (string, error) {
	if path != "" {
		found, err := exec.LookPath(path)
		if err != nil {
			return "", fmt.Errorf("find browser: %w: name Chromium or Chrome with --browser", err)
		}
		return found, nil
	}
	for _, name := range browsers {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", errors.New("find browser: no Chromium or Chrome on PATH: install one (apt install chromium) or name it with --browser")
}

// preferences of a new profile: cookies of third parties are taken, because a
// check must see what the most open browser keeps; nobody signs in to a maker.
const preferences = `{"profile":{"cookie_controls_mode":0},"signin":{"allowed":false,"allowed_on_next_startup":false}}`

// profile is a browser that was just started, and knows nothing yet.
type profile struct {
	ctx   context.Context
	close func()
	calls *calls
	clock func() time.Time
}

// openProfile starts the browser with a new profile, which is removed when the
// browser is closed. One process for all frames lets one connection see all of
// them; the pages of one website are all that this browser sees.
func (o *Options) openProfile(ctx context.Context) (*profile, error) {
	folder, err := newFolder()
	if err != nil {
		return nil, fmt.Errorf("make browser profile: %w", err)
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(o.Browser),
		chromedp.UserDataDir(folder),
		chromedp.Flag("disable-features", strings.Join(unwanted, ",")),
		chromedp.Flag("disable-site-isolation-trials", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("host-resolver-rules", strings.Join(append(maker, o.hosts...), ", ")),
		chromedp.Flag("ignore-certificate-errors", len(o.hosts) > 0),
		chromedp.Flag("gaia-url", "https://localhost:1"), // the maker's log-in, asked for at every start
		chromedp.Flag("lang", "en-GB"),
		chromedp.WindowSize(1280, 900),
	)
	// An interrupted check must not kill the browser: it would leave its files.
	own, cancel := chromedp.NewExecAllocator(context.WithoutCancel(ctx), flags...)
	own, _ = chromedp.NewContext(own, chromedp.WithErrorf(func(string, ...any) {}))
	p := &profile{ctx: own, calls: &calls{}, clock: o.Clock}
	p.close = sync.OnceFunc(func() {
		end(own)
		cancel()
		remove(folder)
	})
	if err := p.prepare(); err != nil {
		p.close()
		return nil, fmt.Errorf("start browser %s: %w", o.Browser, err)
	}
	context.AfterFunc(ctx, p.close)
	return p, nil
}

func newFolder() (string, error) {
	folder, err := os.MkdirTemp("", "footfall-check-")
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(filepath.Join(folder, "Default"), 0o700); err != nil {
		return "", err
	}
	return folder, os.WriteFile(filepath.Join(folder, "Default", "Preferences"), []byte(preferences), 0o600)
}

// end asks the browser to go.
func end(browser context.Context) {
	ctx, done := context.WithTimeout(browser, closing)
	defer done()
	_ = chromedp.Cancel(ctx) // the caller kills it if it does not go
}

// remove removes a profile. The last processes of the browser may still write
// there for a moment.
func remove(folder string) {
	for range closing / often {
		_ = os.RemoveAll(folder)
		time.Sleep(often)
		if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
			return
		}
	}
}

// prepare follows what the page calls, closes its alerts, and holds back
// hits and decisions: a check is no visit, even where the tag lets automated
// browsers be counted.
func (p *profile) prepare() error {
	if err := chromedp.Listen(p.ctx, p.hear); err != nil {
		return err
	}
	var patterns []*network.BlockPattern
	for _, path := range []string{"/v1/hits", "/*/v1/hits", "/v1/decisions", "/*/v1/decisions"} {
		patterns = append(patterns, &network.BlockPattern{URLPattern: "*://*:*" + path, Block: true})
	}
	return chromedp.Do(p.ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, network.SetBlockedURLs, network.SetBlockedURLsParams{URLPatterns: patterns}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, audits.Enable, cdp.Empty{})
		return err
	}))
}

func (p *profile) hear(event any) {
	if _, ok := event.(*page.EventJavascriptDialogOpening); ok {
		go p.dismiss() // a command waits for the loop that called us
		return
	}
	p.calls.hear(event)
}

// dismiss closes a dialog of the page, which would hold up everything. The
// answer lets a page go that asks whether it may be left.
func (p *profile) dismiss() {
	_ = chromedp.Do(p.ctx, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		return err
	}))
}
