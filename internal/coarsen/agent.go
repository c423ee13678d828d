package coarsen

import (
	"slices"
	"strings"

	"github.com/mssola/useragent"
)

// Agent is what is kept of a browser: words of the vocabularies.
type Agent struct {
	Browser string
	Version string // Current, Older or empty
	System  string
	Device  string
	Bot     bool // not a person; the rest is empty then
}

// ReadAgent reads a User-Agent header with the Sec-CH-UA-Mobile and
// Sec-CH-UA-Platform headers, which may be empty. It cannot tell what a browser
// hides: an iPad that asks for desktop sites is a computer, Brave is Chrome.
func ReadAgent(agent, mobile, platform string) Agent {
	var t agentText
	t.parse(agent)
	seen := t.signs()
	if t.isBot(seen) {
		return Agent{Bot: true}
	}
	a := Agent{Browser: Other, System: Other, Device: Other}
	a.System, a.Device = readSystem(&t, seen)
	a.Browser = readBrowser(&t, a.System, seen)
	if a.Browser == "" {
		if a.Browser, a.Bot = askLibrary(agent); a.Bot {
			return Agent{Bot: true}
		}
	}
	a.useHints(readHints(mobile, platform), seen)
	a.Version = readVersion(&t, a, seen)
	return a
}

// browserTokens names the browser by the product that only it has. Where an
// agent has several, the first line wins: an app shows its page in somebody
// else's engine, so apps come before browsers.
var browserTokens = rank([]struct{ browser, products string }{
	{InstagramApp, "instagram"},
	{FacebookApp, "fban fbav fb_iab fbios fb4a fbforiphone"},
	{GoogleApp, "gsa"},
	{OtherInApp, "linkedinapp musical_ly trill tiktok bytelocale bytedancewebview snapchat pinterest pinterestforios " +
		"twitter twitterandroid barcelona line micromessenger wechat whatsapp kakaotalk naver viber telegram telegram-android " +
		"discord slack slack_ssb teams msteams outlook outlookmobile bingsapphire bingweb newssapphire reddit redditapp yjapp " +
		"weibo baiduboxapp qq alipayclient electron gmail googleapp flipboard quora zalo tumblr nextdoor thunderbird " +
		"chatgpt claude perplexity copilot deepseek klarna spotify"},
	{Samsung, "samsungbrowser"},
	{Opera, "opr opt opios opx opera oprgx opgx"},
	{DuckDuckGo, "duckduckgo ddg"},
	{Firefox, "fxios focus klar"},
	{Other, "vivaldi silk maxthon puffin epiphany konqueror brave ecosia whale aloha qihu metasr theworld lbbrowser mrchrome iron " + anyBrowser},
	{Edge, "edg edga edgios edge edgw"},
})

// anyBrowser stands for the products that are called browsers and that no line
// names: HuaweiBrowser, XiaoMi/MiuiBrowser.
const anyBrowser = "browser"

type ranked struct {
	browser string
	rank    int
}

func rank(lines []struct{ browser, products string }) map[string]ranked {
	m := map[string]ranked{}
	for i, line := range lines {
		for _, p := range strings.Fields(line.products) {
			m[p] = ranked{line.browser, i}
		}
	}
	return m
}

// plain are the products that browsers write without meaning themselves.
var plain = set("mozilla applewebkit webkit gecko khtml like version mobile safari chrome chromium crios build tablet ubuntu debian fedora raspbian linux mint arkweb")

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// readBrowser is empty if our rules do not know.
func readBrowser(t *agentText, system string, seen sign) string {
	named, foreign := t.named()
	switch {
	case named != "":
		return named
	case seen.any(signIE), system == Other && seen.any(signTV|signConsole):
		return Other // what is built into a television is nobody's Chrome
	case t.has("firefox"):
		return unless(foreign, Firefox)
	case seen.any(signWebView), system == Android && t.has("chrome") && t.has("version"):
		return OtherInApp // a page shown by an app's own window
	case t.has("chrome"), t.has("crios"), t.has("chromium"):
		return unless(foreign, Chrome)
	}
	return readWebKit(t, system, foreign)
}

// named is the browser that a product names, and whether there are products that
// mean another browser than the engine's own.
func (t *agentText) named() (browser string, foreign bool) {
	best := ranked{rank: len(browserTokens)}
	foreign = t.remark && t.has("applewebkit")
	for _, p := range t.products {
		r, ok := browserTokens[p.name]
		if !ok && (strings.HasSuffix(p.name, anyBrowser) || strings.Contains(p.version, "browser/")) {
			r, ok = browserTokens[anyBrowser], true
		}
		if ok && r.rank < best.rank {
			best = r
		}
		foreign = foreign || p.slash && !plain[p.name] && p.name != "firefox"
	}
	return best.browser, foreign
}

// readWebKit knows Safari from apps on Apple's systems, and from others' WebKit
// elsewhere: televisions, GNOME Web, old Android.
func readWebKit(t *agentText, system string, foreign bool) string {
	apple := system == IOS || system == MacOS
	switch {
	case apple && t.has("applewebkit") && !t.has("safari"):
		return OtherInApp
	case (apple || system == Windows) && t.has("version"):
		return unless(foreign, Safari)
	case t.has("safari"):
		return Other
	}
	return ""
}

// unless names the browser that writes nothing else beside its own products: a
// further product means that somebody built another browser on it.
func unless(foreign bool, browser string) string {
	if foreign {
		return Other
	}
	return browser
}

var libraryNames = map[string]string{"Chrome": Chrome, "Chromium": Chrome, "Safari": Safari, "Edge": Edge, "Firefox": Firefox, "Opera": Opera, "DuckDuckGo": DuckDuckGo}

// askLibrary has the last word on agents that our own rules do not know. Its
// text is the sender's, so only names of our vocabulary are taken from it.
func askLibrary(agent string) (browser string, bot bool) {
	ua := useragent.New(agent[:min(len(agent), maxAgent)])
	name, _ := ua.Browser()
	if b, ok := libraryNames[name]; ok {
		return b, ua.Bot()
	}
	return Other, ua.Bot()
}

// hints are the client hints that say more than the agent does.
type hints struct {
	system string // empty: not sent or not telling
	phone  byte   // '1' yes, '0' no, 0 not sent
}

// readHints leaves out "Linux", which Android's desktop mode says as well.
func readHints(mobile, platform string) hints {
	var h hints
	switch strings.Trim(platform[:min(len(platform), 16)], `" `) {
	case "Windows":
		h.system = Windows
	case "macOS":
		h.system = MacOS
	case "Android":
		h.system = Android
	case "iOS":
		h.system = IOS
	case "Chrome OS", "Chromium OS":
		h.system = ChromeOS
	}
	switch mobile {
	case "?1":
		h.phone = '1'
	case "?0":
		h.phone = '0'
	}
	return h
}

// useHints lets a hint correct the system, and the device of Android.
func (a *Agent) useHints(h hints, seen sign) {
	if seen.any(signTV | signConsole | signHeadset) {
		return
	}
	if h.system != "" && h.system != a.System {
		a.System = h.system
		switch h.system {
		case Windows, MacOS, ChromeOS:
			a.Device = Computer
		case IOS:
			a.Device = Phone
		case Android:
			a.Device = Tablet
		}
	}
	if a.System != Android || seen.any(signTablet) {
		return
	}
	switch h.phone {
	case '1':
		a.Device = Phone
	case '0':
		a.Device = Tablet
	}
}

// The majors that were the newest of their browser at some time in the twelve
// months before the review: they and all later ones are current. Chrome stands
// for every browser on its engine.
const (
	MajorsReviewed = "2026-11-21" // from caniuse-lite 1.0.30001826

	chromeCurrent  = 142
	firefoxCurrent = 145
	safariCurrent  = 26
	samsungCurrent = 29
	iosFrozen      = 18 // Safari 26 and later still say that they run on iOS 18
)

// engines are the products whose version counts, first those that say their own.
var engines = []struct {
	product string
	current int
}{
	{"samsungbrowser", samsungCurrent},
	{"fxios", firefoxCurrent},
	{"firefox", firefoxCurrent},
	{"chrome", chromeCurrent},
	{"edgios", chromeCurrent},
	{"crios", chromeCurrent},
}

// readVersion goes by the engine, whoever put a name on it.
func readVersion(t *agentText, a Agent, seen sign) string {
	if seen.any(signIE) {
		return Older
	}
	for _, e := range engines {
		if t.has(e.product) {
			return band(t.find(e.product).version, e.current)
		}
	}
	if a.System != IOS && a.System != MacOS {
		return ""
	}
	for _, product := range [...]string{"version", "fbsv"} {
		if t.has(product) {
			return band(t.find(product).version, safariCurrent)
		}
	}
	if _, os, ok := strings.Cut(t.comment, " os "); ok && major(os) != iosFrozen {
		return band(os, safariCurrent)
	}
	return ""
}

func band(version string, current int) string {
	switch n := major(version); {
	case n == 0:
		return ""
	case n >= current:
		return Current
	}
	return Older
}

// class packs an agent into 16 bits, never 0. agentOf is its inverse.
func (a Agent) class() uint16 {
	if a.Bot {
		return 1
	}
	return 2 | uint16(slices.Index(Browsers, a.Browser))<<2 | uint16(slices.Index(Systems, a.System))<<6 |
		uint16(slices.Index(Devices, a.Device))<<9 | uint16(slices.Index(Versions, a.Version)+1)<<11
}

func agentOf(class uint16) Agent {
	if class == 1 {
		return Agent{Bot: true}
	}
	a := Agent{Browser: Browsers[class>>2&15], System: Systems[class>>6&7], Device: Devices[class>>9&3]}
	if v := class >> 11 & 3; v > 0 {
		a.Version = Versions[v-1]
	}
	return a
}
