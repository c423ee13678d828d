package coarsen

import "strings"

// starts are how the agents of browsers begin; what fetches pages by itself
// mostly begins with its own name.
var starts = []string{"mozilla/", "opera/", "ucweb/", "blackberry", "nokia"}

// botWords are whole words that no browser has.
var botWords = set(`bot bots robot robots crawl crawling spider scrapy scraper curl wget java python ruby perl php golang
	axios undici httpx aiohttp okhttp urllib libwww guzzle postman insomnia node deno
	compatible monitor uptime pingdom statuscake gtmetrix speedcurve ptst lighthouse pagespeed calibre dareboost catchpoint
	datadogsynthetics newrelicpinger dynatrace site24x7 checkly freshping betteruptime hetrixtools
	favicon slurp yeti daum heritrix nutch httrack prerender rendertron wkhtmltopdf wkhtmltoimage phantomjs slimerjs htmlunit jsdom
	puppeteer playwright selenium webdriver cypress nightmare splash
	facebookexternalhit facebookcatalog externalhit iframely embedly skypeuripreview whatsappbot vkshare
	googleother inspectiontool duplexweb mediapartners apis adsbot storebot feedfetcher notebooklm vertex
	gptbot chatgpt openai oai claude anthropic perplexity cohere mistralai bytespider diffbot omgili firecrawl tavily devin manus
	ahrefs semrush sitebulb netcraft censys zgrab nmap nikto sqlmap masscan nuclei expanse wappalyzer builtwith whatcms
	seo archiver wayback validator linkcheck linkchecker w3c rss feed subscribers collector grabber extractor downloader
	dejaclick dmbrowser datanyze sparkler optimizer googleweblight`)

// botParts are parts of words that no browser has.
var botParts = []string{"crawl", "spider", "scrap", "headless", "fetcher", "httpclient", "http-client", "monitor", "preview", "checker",
	"archive", "synthetic", "validator", "scanner", "measurement", "analyzer", "indexer", "google-", "-google", "google web", "google page", "google search", "-user/", "-extended"}

// botEnds are how words end that no browser has.
var botEnds = []string{"bot", "bots", "agent", "proxy", "probe"}

// notBots are words that end like bots and are phones.
var notBots = set("cubot")

// isBot says whether the agent is of something other than a person's browser.
func (t *agentText) isBot() bool {
	return t.isMisshapen() || t.isNamedBot()
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
	if chrome := t.find("chrome"); chrome.slash && major(chrome.version) == 0 {
		return true
	}
	return t.comment == "" || !t.hasEngine()
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
	words(t.whole, func(w string) {
		switch {
		case w == "compatible" && old, notBots[w]:
		case botWords[w], hasEndOf(w, botEnds):
			found = true
		}
	})
	return found
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
