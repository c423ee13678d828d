package coarsen

// Browsers, by the name that people know.
const (
	Chrome       = "Chrome"
	Safari       = "Safari"
	Edge         = "Edge"
	Firefox      = "Firefox"
	Samsung      = "Samsung Internet"
	Opera        = "Opera"
	DuckDuckGo   = "DuckDuckGo"
	FacebookApp  = "Facebook app"
	InstagramApp = "Instagram app"
	GoogleApp    = "Google app"
	OtherInApp   = "Other in-app"
)

// Systems.
const (
	Windows  = "Windows"
	MacOS    = "macOS"
	IOS      = "iOS/iPadOS"
	Android  = "Android"
	ChromeOS = "ChromeOS"
	Linux    = "Linux"
)

// Devices.
const (
	Phone    = "Phone"
	Tablet   = "Tablet"
	Computer = "Computer"
)

// Other is what is known but not named: of browsers, systems, devices and areas.
const Other = "Other"

// Version bands. A version that cannot be told is empty.
const (
	Current = "current"
	Older   = "older"
)

// Classes of source.
const (
	Search      = "Search"
	Social      = "Social"
	AIAssistant = "AI assistant"
	Email       = "Email"
	Sector      = "Charity sector"
	OtherSite   = "Other site"
	Direct      = "Direct"
	Campaign    = "Campaign"
)

// The closed vocabularies: every value that a hit can have, in the order in
// which pages list them. Areas is in area.go.
var (
	Browsers = []string{
		Chrome, Safari, Edge, Firefox, Samsung, Opera, DuckDuckGo,
		FacebookApp, InstagramApp, GoogleApp, OtherInApp, Other,
	}
	Versions = []string{Current, Older}
	Systems  = []string{Windows, MacOS, IOS, Android, ChromeOS, Linux, Other}
	Devices  = []string{Phone, Tablet, Computer, Other}
	Sources  = []string{Search, Social, AIAssistant, Email, Sector, OtherSite, Direct, Campaign}
)
