package intake

// Verdict is what became of a hit or a decision. It is a label of a metric and
// never an answer: the visitor's browser is told the same whatever it was,
// unless it should send again later.
type Verdict uint8

// The verdicts, a closed set.
const (
	Counted      Verdict = iota // stored; it will be counted
	NoConsent                   // no valid yes to a banner in force
	Objected                    // the browser sends an objection
	Bot                         // sent by a machine, by its own word
	UnknownSite                 // no site has this key
	WrongOrigin                 // sent from a page of another host
	Malformed                   // not a hit or decision at all
	UnknownValue                // a value that the site has not declared
	DroppedPage                 // a page that the site never counts
	TestOnly                    // marked by staff trying out the installation
	RateLimited                 // too many from one address: send again later
	Busy                        // more than can be stored at the moment: send again later
	Full                        // the spool has no room: send again later
	Failed                      // the spool cannot be written: send again later
	TooLate                     // for a day that is sealed; given by the counter, not here
)

var verdictNames = [...]string{
	Counted: "counted", NoConsent: "no_consent", Objected: "objected", Bot: "bot",
	UnknownSite: "unknown_site", WrongOrigin: "wrong_origin", Malformed: "malformed",
	UnknownValue: "unknown_value", DroppedPage: "dropped_page", TestOnly: "test_only",
	RateLimited: "rate_limited", Busy: "busy", Full: "full", Failed: "failed", TooLate: "too_late",
}

// String is the verdict as a metric label.
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return "unknown"
}

// Verdicts lists all of them.
func Verdicts() []Verdict {
	all := make([]Verdict, len(verdictNames))
	for i := range all {
		all[i] = Verdict(i)
	}
	return all
}
