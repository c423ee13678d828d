package coarsen

import "strings"

// starts are how the agents of browsers begin; what fetches pages by itself
// mostly begins with its own name.
var starts = []string{"mozilla/", "opera/", "ucweb/", "blackberry", "nokia"}

// botWords are whole words that no browser has.
var botWords = set(`bot bots robot robots crawl crawling spider scrapy scraper curl wget java python ruby perl php golang
	axios undici httpx aiohttp okhttp urllib libwww guzzle postman insomnia node deno windowspowershell
	compatible monitor uptime pingdom statuscake gtmetrix speedcurve ptst lighthouse pagespeed calibre dareboost appinsights
	datadogsynthetics newrelicpinger dynatrace site24x7 checkly freshping betteruptime hetrixtools nodeping
	favicon slurp yeti daum heritrix nutch httrack prerender rendertron wkhtmltopdf wkhtmltoimage phantomjs slimerjs htmlunit jsdom
	puppeteer playwright selenium webdriver cypress nightmare splash browserless
	facebookexternalhit facebookcatalog externalhit iframely embedly skypeuripreview whatsappbot vkshare linkpreview
	googleother inspectiontool duplexweb mediapartners apis adsbot storebot feedfetcher notebooklm vertex mariner
	gptbot openai oai anthropic cohere mistralai bytespider diffbot omgili firecrawl tavily devin manus
	ahrefs semrush sitebulb siteimprove silktide netcraft censys zgrab nmap nikto sqlmap masscan nuclei expanse wappalyzer builtwith whatcms
	seo archiver wayback validator linkcheck linkchecker w3c rss feed subscribers collector grabber extractor downloader transcoder
	dejaclick dmbrowser datanyze sparkler optimizer googleweblight`)

// botParts are parts of words that no browser has.
var botParts = []string{"crawl", "spider", "scrap", "headless", "fetcher", "httpclient", "http-client", "monitor", "preview", "checker",
	"archive", "synthetic", "validator", "scanner", "scanning", "measurement", "analyzer", "inspector", "indexer", "catchpoint",
	"google-", "-google", "google web", "google page", "google search", "-user/", "-extended"}

// botEnds are how words end that no browser has.
var botEnds = []string{"bot", "bots", "agent", "proxy", "probe", "rss"}

// notBots are words that end like bots and are phones.
var notBots = set("cubot")

// isBot says whether the agent is of something other than a person's browser.
func (t *agentText) isBot(seen sign) bool {
	return t.isMisshapen() || t.isNamedBot() || t.isStrangeDesktop(seen)
}

// isMisshapen knows agents that no browser sends.
func (t *agentText) isMisshapen() bool {
	w := t.whole
	if len(w) < 20 || t.tooMany || !hasPrefixOf(w, starts) {
		return true
	}
	if strings.ContainsAny(w, "<>{}`\\\x00\t\r\n") || strings.Contains(w, "://") || strings.Contains(w, "www.") {
		return true
	}
	if hasMailAddress(w) {
		return true
	}
	if !strings.HasPrefix(w, "mozilla/") {
		return false
	}
	return t.comment == "" || !t.hasEngine() || t.isNoChrome()
}

// isNoChrome knows versions that no Chrome has: W.X.Y.Z, 98.
func (t *agentText) isNoChrome() bool {
	chrome := t.find("chrome")
	return chrome.slash && (major(chrome.version) == 0 || !strings.Contains(chrome.version, "."))
}

// hasEngine wants the engine that each browser of this century names. WebKit and
// all that came of it say what they are like.
func (t *agentText) hasEngine() bool {
	if t.has("applewebkit") {
		return strings.Contains(t.whole, "khtml")
	}
	return t.has("gecko") || t.has("goanna") || strings.Contains(t.comment, "msie ") || strings.Contains(t.comment, "trident/") ||
		strings.Contains(t.whole, "khtml") || strings.Contains(t.whole, "presto/")
}

func (t *agentText) isNamedBot() bool {
	for _, part := range botParts {
		if strings.Contains(t.whole, part) {
			return true
		}
	}
	old := strings.Contains(t.comment, "msie ") || strings.Contains(t.comment, "konqueror") // they say compatible, and mean it
	found := false
	look := func(w string) {
		switch {
		case w == "compatible" && old, notBots[w]:
		case botWords[w], hasEndOf(w, botEnds):
			found = true
		}
	}
	device, rest := t.device()
	words(rest, look)
	for found := strings.IndexByte(device, '/'); found >= 0; found = strings.IndexByte(device, '/') {
		words(device[strings.LastIndexAny(device[:found], "; (")+1:found], look) // name/version is a product, not a model
		device = device[found+1:]
	}
	return found
}

// device parts the comment of an Android from the rest of the agent: it has the
// names of models in it, which may be any words (Vertex, Robot, Cubot).
func (t *agentText) device() (device, rest string) {
	if i := strings.Index(t.whole, t.comment); i >= 0 && strings.HasPrefix(t.comment, "linux; ") && strings.Contains(t.comment, "android") {
		return t.comment, t.whole[i+len(t.comment):]
	}
	return "", t.whole
}

// desktopWords are words of what Chrome and Firefox run on, on computers.
var desktopWords = set(`windows win64 win32 wow64 win x64 x86 arm arm64 x11 u i linux gnu cros macintosh intel ppc freebsd openbsd netbsd
	dragonfly sunos wayland ubuntu fedora debian arch gentoo centos mint kubuntu redhat suse opensuse manjaro rv xbox touch tablet`)

// chinese are free words that browsers of China put behind the engine.
var chinese = set("qihu 360se 360ee lbbrowser metasr theworld mrchrome iron viber qqbrowser 2345explorer 2345chrome")

// isStrangeDesktop knows Chrome and Firefox on a computer that say more than they
// do: monitors and the like put their names among what it runs on, or behind it.
// Those who build browsers write name/version.
func (t *agentText) isStrangeDesktop(seen sign) bool {
	if !t.has("chrome") && !t.has("firefox") || t.has("edge") || !hasPrefixOf(t.comment, desktops) || seen.any(signTV|signHeadset|signAndroid) {
		return false
	}
	for part := range strings.SplitSeq(t.comment, ";") {
		known := false
		words(part, func(w string) { known = known || desktopWords[w] })
		if !known && !isLanguage(strings.TrimSpace(part)) {
			return true
		}
	}
	return t.hasFreeWord()
}

var desktops = []string{"windows nt", "x11; ", "macintosh; "}

// hasFreeWord is true of a word behind the engine that is no name/version.
func (t *agentText) hasFreeWord() bool {
	behind := false
	for _, p := range t.products {
		if behind && !p.slash && len(p.name) >= 4 && isLetters(p.name) && !chinese[p.name] {
			return true
		}
		behind = behind || p.name == "safari"
	}
	return false
}

// isLanguage knows en and en-gb.
func isLanguage(s string) bool {
	return (len(s) == 2 || len(s) == 5 && s[2] == '-') && isLetter(s[0]) && isLetter(s[1])
}

func isLetters(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isLetter(s[i]) {
			return false
		}
	}
	return true
}

// hasMailAddress finds letter@letter: apps write ios@9, crawlers the address of
// whoever runs them.
func hasMailAddress(w string) bool {
	for i := 1; i+1 < len(w); i++ {
		if w[i] == '@' && isLetter(w[i-1]) && isLetter(w[i+1]) {
			return true
		}
	}
	return false
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func hasPrefixOf(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

func hasEndOf(s string, ends []string) bool {
	for _, e := range ends {
		if strings.HasSuffix(s, e) {
			return true
		}
	}
	return false
}
