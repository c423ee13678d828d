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
	signHeadset: "oculus quest oculusbrowser pico",
	signMobile:  "mobile mobi mini phone",
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
	words(t.comment, func(w string) { seen |= signOf(w) })
	if strings.Contains(t.comment, "windows phone") {
		seen |= signOldPhone
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
	short := len(word) >= 4 && len(word) <= 8
	switch {
	case strings.HasSuffix(word, "tv"): // AppleTV, MiTV
		return signTV
	case short && strings.HasPrefix(word, "aft"): // Amazon's models of Fire TV
		return signTV
	case short && strings.HasPrefix(word, "kf"): // and of Fire tablets
		return signTablet
	case strings.HasSuffix(word, "pad"): // MediaPad, MatePad
		return signTablet
	}
	return 0
}

// readSystem gives system and device. The order matters: systems of phones that
// are no more call themselves Android and iPhone, televisions Linux.
func readSystem(t *agentText, s sign) (system, device string) {
	switch {
	case s.any(signOldPhone) && !s.any(signTV):
		if s.any(signTablet) {
			return Other, Tablet
		}
		if s.any(signAndroid) && !s.any(signWindows) {
			return Android, Phone
		}
		return Other, Phone
	case s.any(signConsole):
		return Other, Other
	case s.any(signTV | signHeadset):
		if s.any(signAndroid) || t.has("oculusbrowser") || strings.Contains(t.whole, "googletv") {
			return Android, Other
		}
		return Other, Other
	case s.any(signIPhone):
		return IOS, Phone
	case s.any(signIPad):
		return IOS, Tablet
	case s.any(signChromeOS):
		return ChromeOS, Computer
	case s.any(signAndroid):
		return Android, phoneOrTablet(s)
	case s.any(signHarmony | signTizen):
		return Other, phoneOrTablet(s)
	case s.any(signWindows):
		return Windows, Computer
	case s.any(signMac):
		if onlyOnIOS(t) { // an iPad that asks for desktop sites, given away by its browser
			return IOS, Tablet
		}
		return MacOS, Computer
	case s.any(signOtherUnix):
		return Other, Computer
	case s.any(signLinux):
		if t.has("samsungbrowser") { // there is none for Linux: a tablet that asks for desktop sites
			return Android, Tablet
		}
		return Linux, Computer
	case s.any(signMobile): // KaiOS and Firefox OS name no system
		return Other, Phone
	case s.any(signTablet):
		return Other, Tablet
	}
	return Other, Other
}

func phoneOrTablet(s sign) string {
	if s.any(signMobile) && !s.any(signTablet) {
		return Phone
	}
	return Tablet
}

func onlyOnIOS(t *agentText) bool {
	mobile := t.find("mobile")
	return t.has("crios") || t.has("fxios") || t.has("edgios") || t.has("opios") || t.has("opt") || t.has("gsa") || mobile.version != ""
}
