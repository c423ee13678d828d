package coarsen

import "strings"

// sign is a set of things that words of an agent say about a device.
type sign uint32

const (
	signWindows sign = 1 << iota
	signMac
	signIPhone
	signIPad
	signAndroid
	signChromeOS
	signLinux
	signOtherUnix
	signOldPhone // systems of phones that are no more: Windows Phone, BlackBerry, KaiOS …
	signTV
	signConsole
	signHeadset
	signMobile
	signTablet
	signWebView
	signIE
	signTizen
	signHarmony
)

func (s sign) any(other sign) bool { return s&other != 0 }

// signWords gives the sign of a word in what an agent runs on.
var signWords = signsOf(map[sign]string{
	signWindows:   "windows win32 win64 wow64 win98",
	signMac:       "macintosh macos mac ppc",
	signIPhone:    "iphone ipod",
	signIPad:      "ipad",
	signAndroid:   "android adr",
	signChromeOS:  "cros",
	signLinux:     "linux x11 ubuntu fedora debian wayland",
	signOtherUnix: "freebsd openbsd netbsd dragonfly sunos solaris haiku",
	signOldPhone: "blackberry bb10 symbian symbianos series40 series60 s60 kaios j2me midp meego maemo bada webos palm wpdesktop " +
		"iemobile zunewp7",
	signTV:      "tv dtv smarttv googletv hbbtv netcast viera bravia roku crkey chromecast web0s mibox inettvbrowser vidaa",
	signConsole: "playstation xbox nintendo",
	signHeadset: "oculus quest oculusbrowser pico vr",
	signMobile:  "mobile mobi phone",
	signTablet:  "tablet playbook rim tab kindle",
	signWebView: "wv",
	signIE:      "msie trident",
	signTizen:   "tizen",
	signHarmony: "openharmony harmonyos",
})

func signsOf(lines map[sign]string) map[string]sign {
	m := map[string]sign{}
	for s, line := range lines {
		for _, w := range strings.Fields(line) {
			m[w] |= s
		}
	}
	return m
}

// signs reads the first comment and the names of the products.
func (t *agentText) signs() sign {
	var seen sign
	words(t.comment, func(w string) {
		seen |= signOf(w)
		if seen.any(signLinux) {
			seen |= signOfAmazon(w)
		}
	})
	if strings.Contains(t.comment, "windows phone") {
		seen |= signOldPhone
	}
	if strings.Contains(t.comment, "opera mini") {
		seen |= signMobile
	}
	for _, p := range t.products {
		seen |= signWords[p.name] & (signMobile | signOldPhone | signTV | signHeadset | signConsole | signTizen)
	}
	return seen
}

func signOf(word string) sign {
	if s, ok := signWords[word]; ok {
		return s
	}
	switch {
	case strings.HasSuffix(word, "tv") && !strings.ContainsAny(word, "0123456789"): // AppleTV, MiTV; not a model's number
		return signTV
	case strings.HasSuffix(word, "pad") && word != "coolpad": // MediaPad, MatePad; Coolpad makes phones
		return signTablet
	}
	return 0
}

// signOfAmazon knows models of Fire TV and of Fire tablets, on which Android
// calls itself Linux at times.
func signOfAmazon(word string) sign {
	if len(word) < 4 || len(word) > 8 {
		return 0
	}
	switch {
	case strings.HasPrefix(word, "aft"):
		return signTV | signAndroid
	case strings.HasPrefix(word, "kf"):
		return signTablet | signAndroid
	}
	return 0
}

// bySpeech stands for a device that is a phone if it says mobile, else a tablet.
const bySpeech = ""

// systemOf gives system and device by the first sign seen. The order matters:
// televisions and Android call themselves Linux, an iPhone is like a Mac.
var systemOf = []struct {
	seen           sign
	system, device string
}{
	{signConsole, Other, Other},
	{signIPhone, IOS, Phone},
	{signIPad, IOS, Tablet},
	{signChromeOS, ChromeOS, Computer},
	{signAndroid, Android, bySpeech},
	{signHarmony | signTizen, Other, bySpeech},
	{signWindows, Windows, Computer},
	{signMac, MacOS, Computer},
	{signOtherUnix, Other, Computer},
	{signLinux, Linux, Computer},
	{signMobile, Other, Phone}, // Firefox OS names no system
	{signTablet, Other, Tablet},
}

func readSystem(t *agentText, seen sign) (system, device string) {
	switch {
	case seen.any(signTV | signHeadset):
		return readTelevision(t, seen)
	case seen.any(signOldPhone):
		return readOldPhone(seen)
	case seen.any(signMac) && onlyOnIOS(t), seen.any(signLinux) && onlyOnAndroid(t):
		return readDesktopMode(seen)
	}
	for _, line := range systemOf {
		if !seen.any(line.seen) {
			continue
		}
		if line.device == bySpeech {
			return line.system, phoneOrTablet(seen)
		}
		return line.system, line.device
	}
	return Other, Other
}

func readTelevision(t *agentText, seen sign) (system, device string) {
	if seen.any(signAndroid) || t.has("oculusbrowser") || strings.Contains(t.whole, "googletv") {
		return Android, Other
	}
	return Other, Other
}

// readOldPhone goes first where Android and iPhone are only likened to.
func readOldPhone(seen sign) (system, device string) {
	if seen.any(signAndroid) && !seen.any(signWindows) { // Opera Mini for Android says MIDP too
		return Android, Phone
	}
	if seen.any(signTablet) {
		return Other, Tablet
	}
	return Other, Phone
}

// readDesktopMode reads tablets that ask for desktop sites, given away by a
// browser that there is for tablets alone.
func readDesktopMode(seen sign) (system, device string) {
	switch {
	case seen.any(signIPhone):
		return IOS, Phone
	case seen.any(signMac | signIPad):
		return IOS, Tablet
	case seen.any(signAndroid):
		return Android, phoneOrTablet(seen)
	}
	return Android, Tablet
}

func phoneOrTablet(seen sign) string {
	if seen.any(signMobile) && !seen.any(signTablet) {
		return Phone
	}
	return Tablet
}

func onlyOnIOS(t *agentText) bool {
	mobile := t.find("mobile")
	return t.has("crios") || t.has("fxios") || t.has("edgios") || t.has("opios") || t.has("opt") || t.has("gsa") || mobile.version != ""
}

func onlyOnAndroid(t *agentText) bool {
	return t.has("samsungbrowser") || t.has("silk") || t.has("xiaomi") || t.has("heytapbrowser") || t.has("vivobrowser") || t.has("huaweibrowser") || t.has("edga")
}
