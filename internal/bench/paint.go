package main

import (
	"context"
	"errors"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// slowdown is how much slower than this machine a visitor's phone is taken to be.
const slowdown = 4

// paint measures in a browser how soon something is seen of a page, with an
// empty cache each time, and how much is sent for it.
func paint(ctx context.Context, o *options, address string) error {
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.WindowSize(390, 844))
	own, cancel := chromedp.NewExecAllocator(ctx, flags...)
	defer cancel()
	own, cancel = chromedp.NewContext(own)
	defer cancel()
	var painted, sent []float64
	for range o.rounds + 1 {
		if err := chromedp.Do(own, slow(), chromedp.Navigate(address), chromedp.Sleep(time.Second)); err != nil {
			return err
		}
		first, err := chromedp.Run(own, chromedp.Evaluate[float64](`performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0`))
		if err != nil {
			return err
		}
		bytes, err := chromedp.Run(own, chromedp.Evaluate[float64](`performance.getEntries().reduce((sum, e) => sum + (e.transferSize ?? 0), 0)`))
		if err != nil {
			return err
		}
		if first == 0 || bytes == 0 {
			return errors.New("the browser has painted nothing")
		}
		painted, sent = append(painted, first), append(sent, bytes)
	}
	// The first of them starts the browser's processes.
	o.results.set("report_first_paint_ms", median(painted[1:]))
	o.results.set("report_transferred_bytes", median(sent[1:]))
	return nil
}

// slow slows the browser down and empties its cache.
func slow() chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: slowdown})
		if err != nil {
			return err
		}
		_, err = cdp.Call(ctx, t, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true})
		return err
	})
}
