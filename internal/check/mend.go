package check

import (
	"fmt"
	"slices"
)

// mend says what to do about a thing; nothing if every verdict on it is good.
func (t *Thing) mend() string {
	wrongs := t.wrongs()
	switch {
	case len(wrongs) == 0:
		return ""
	case t.Purpose == ourselves:
		return "Footfall itself kept this too early. Please report it: this must never happen."
	case t.Purpose == "":
		return t.declare(wrongs)
	case slices.Equal(wrongs, []string{string(NotDeclared)}), t.basis != byConsent && t.tooLong():
		return fmt.Sprintf("It is declared for %s but kept for %s: shorten it, or declare the true time.", span(t.declaredDays), span(*t.Days))
	case t.basis != byConsent:
		return fmt.Sprintf("It is declared under %q (basis %s), which a No switches off: let it listen to footfall.on(\"change\", …).", t.Purpose, t.basis)
	default:
		return fmt.Sprintf("It is declared under %q, which waits for a yes. %s", t.Purpose, t.hold(t.Purpose))
	}
}

// declare is the advice on what no purpose declares.
func (t *Thing) declare(wrongs []string) string {
	const take = "Declare it: under which purpose, whose it is, what it holds and for how long. Or take it off the page."
	switch {
	case t.use == fonts:
		return "Serve the files from your own website: then nobody else learns of the visit and nothing is to be declared."
	case t.Tracker != "":
		return t.hold("…") + " Declare " + t.Tracker + " under that purpose."
	case slices.Equal(wrongs, []string{string(NotDeclared)}):
		return take
	case t.HTTPOnly && t.Party == "first":
		return "Your server sets it. If what the visitor asks for cannot work without it, declare it under a necessary purpose; otherwise let the server set it after a yes only."
	default:
		return "If what the visitor asks for cannot work without it, declare it under a necessary purpose. Otherwise declare it under one of basis consent. " + t.hold("…")
	}
}

// hold is the advice on how to make a thing wait for its purpose.
func (t *Thing) hold(purpose string) string {
	markup := fmt.Sprintf(`<script type="text/plain" data-footfall-purpose=%q …>`, purpose)
	if t.use == embed || slices.Contains(t.Via, "frame") {
		markup = fmt.Sprintf(`<iframe data-footfall-purpose=%q data-footfall-src="https://…" title="…">`, purpose)
	}
	text := "Hold back what brings it until the visitor says yes: " + markup + "."
	if t.Tracker == "YouTube" {
		text = "Embed from www.youtube-nocookie.com. " + text
	}
	return text
}

func (t *Thing) tooLong() bool {
	return t.Kind == Cookie && t.Days != nil && *t.Days > t.declaredDays+1
}

// span says a time in days.
func span(days int) string {
	switch days {
	case 0:
		return "until the browser closes"
	case 1:
		return "1 day"
	default:
		return fmt.Sprintf("%d days", days)
	}
}
