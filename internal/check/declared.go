package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
)

const longestBanner = 1 << 20 // bytes

// The bases of purposes, as the banner tells them.
const (
	necessary   = "necessary"
	byException = "statistics"
	byConsent   = "consent"
)

// declared is what a site says of itself in its banner.
type declared struct {
	Basis    string   `json:"basis"`    // of statistics
	Purposes []string `json:"purposes"` // that a Yes says yes to; none where nothing is asked
	Items    []item   `json:"items"`
}

// item is one purpose of a site.
type item struct {
	ID       string    `json:"id"`
	Basis    string    `json:"basis"`
	Services []service `json:"services"`
}

// service is a third party of a purpose.
type service struct {
	Name  string   `json:"name"`
	Hosts []string `json:"hosts"`
	Keeps []kept   `json:"keeps"`
}

// kept is one thing that a service keeps on the visitor's device.
type kept struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name"`
	Days int    `json:"days"`
}

// fetchDeclared asks the collector what a site declares.
func fetchDeclared(ctx context.Context, base, key string) (declared, error) {
	address := base + "/v1/sites/" + url.PathEscape(key) + "/banner?lang=en"
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return declared{}, fmt.Errorf("ask for the banner: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return declared{}, fmt.Errorf("ask for the banner: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNotFound {
		return declared{}, errors.New("the collector knows no site with this key, or the site has no banner yet")
	}
	if response.StatusCode != http.StatusOK {
		return declared{}, fmt.Errorf("the collector answered %s", response.Status)
	}
	var d declared
	if err := json.NewDecoder(io.LimitReader(response.Body, longestBanner)).Decode(&d); err != nil {
		return declared{}, fmt.Errorf("read banner: %w", err)
	}
	return d, nil
}

// permits says whether a purpose may run in a state. A No is taken at its
// word: it leaves what the visitor asked for, and nothing else.
func (i item) permits(s State) bool {
	switch s {
	case Yes:
		return true
	case No:
		return i.Basis == necessary
	default:
		return i.Basis != byConsent
	}
}

// covers says whether one of a purpose's services declares a sighting.
func (i item) covers(s sighting) bool {
	return slices.ContainsFunc(i.Services, func(v service) bool { return v.covers(s) })
}

func (v service) covers(s sighting) bool {
	switch s.kind {
	case Request:
		return slices.ContainsFunc(v.Hosts, func(host string) bool { return under(host, s.host) })
	case Global:
		t, known := recognise(s)
		return known && (v.Name == t.name || slices.ContainsFunc(v.Hosts, func(host string) bool {
			_, ok := match(t.hosts, host, under)
			return ok
		}))
	default:
		_, ok := v.keeps(s)
		return ok
	}
}

// keeps returns the declaration of a kept thing. Of two that fit, the one that
// allows more days is meant.
func (v service) keeps(s sighting) (kept, bool) {
	var best kept
	found := false
	for _, k := range v.Keeps {
		if k.Kind == s.kind && fits(k.Name, s.name) && (!found || k.Days > best.Days) {
			best, found = k, true
		}
	}
	return best, found
}

// daysOf returns for how long a purpose may keep a thing.
func (i item) daysOf(s sighting) int {
	days := 0
	for _, v := range i.Services {
		if k, ok := v.keeps(s); ok {
			days = max(days, k.Days)
		}
	}
	return days
}
