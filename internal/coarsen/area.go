package coarsen

import "strings"

// Areas of the United Kingdom. UK stands for an address there whose nation is
// not known.
const (
	England         = "GB-ENG"
	Scotland        = "GB-SCT"
	Wales           = "GB-WLS"
	NorthernIreland = "GB-NIR"
	UK              = "GB"
)

// countries lists the countries of about a million people and more (UN, World
// Population Prospects 2024; reviewed 2026-11-21), by ISO 3166-1 code. All others
// are Other: a country of few people says too much about a visitor. So are the
// Isle of Man, Jersey and Guernsey.
const countries = `AE United Arab Emirates|AF Afghanistan|AL Albania|AM Armenia|AO Angola|AR Argentina|AT Austria|AU Australia|AZ Azerbaijan|
BA Bosnia and Herzegovina|BD Bangladesh|BE Belgium|BF Burkina Faso|BG Bulgaria|BH Bahrain|BI Burundi|BJ Benin|BO Bolivia|BR Brazil|BW Botswana|BY Belarus|
CA Canada|CD DR Congo|CF Central African Republic|CG Congo|CH Switzerland|CI Côte d’Ivoire|CL Chile|CM Cameroon|CN China|CO Colombia|CR Costa Rica|CU Cuba|CY Cyprus|CZ Czechia|
DE Germany|DJ Djibouti|DK Denmark|DO Dominican Republic|DZ Algeria|EC Ecuador|EE Estonia|EG Egypt|ER Eritrea|ES Spain|ET Ethiopia|FI Finland|FR France|
GA Gabon|GE Georgia|GH Ghana|GM Gambia|GN Guinea|GQ Equatorial Guinea|GR Greece|GT Guatemala|GW Guinea-Bissau|HK Hong Kong|HN Honduras|HR Croatia|HT Haiti|HU Hungary|
ID Indonesia|IE Ireland|IL Israel|IN India|IQ Iraq|IR Iran|IT Italy|JM Jamaica|JO Jordan|JP Japan|KE Kenya|KG Kyrgyzstan|KH Cambodia|KP North Korea|KR South Korea|KW Kuwait|KZ Kazakhstan|
LA Laos|LB Lebanon|LK Sri Lanka|LR Liberia|LS Lesotho|LT Lithuania|LV Latvia|LY Libya|MA Morocco|MD Moldova|MG Madagascar|MK North Macedonia|ML Mali|MM Myanmar|MN Mongolia|
MR Mauritania|MU Mauritius|MW Malawi|MX Mexico|MY Malaysia|MZ Mozambique|NA Namibia|NE Niger|NG Nigeria|NI Nicaragua|NL Netherlands|NO Norway|NP Nepal|NZ New Zealand|
OM Oman|PA Panama|PE Peru|PG Papua New Guinea|PH Philippines|PK Pakistan|PL Poland|PR Puerto Rico|PS Palestine|PT Portugal|PY Paraguay|QA Qatar|RO Romania|RS Serbia|RU Russia|RW Rwanda|
SA Saudi Arabia|SD Sudan|SE Sweden|SG Singapore|SI Slovenia|SK Slovakia|SL Sierra Leone|SN Senegal|SO Somalia|SS South Sudan|SV El Salvador|SY Syria|SZ Eswatini|
TD Chad|TG Togo|TH Thailand|TJ Tajikistan|TL Timor-Leste|TM Turkmenistan|TN Tunisia|TR Türkiye|TT Trinidad and Tobago|TW Taiwan|TZ Tanzania|
UA Ukraine|UG Uganda|US United States|UY Uruguay|UZ Uzbekistan|VE Venezuela|VN Vietnam|XK Kosovo|YE Yemen|ZA South Africa|ZM Zambia|ZW Zimbabwe`

// Areas lists every area code that a hit can have: the UK first, then countries
// by code, then Other.
var Areas, areaNames = listAreas()

func listAreas() ([]string, map[string]string) {
	codes := []string{England, Scotland, Wales, NorthernIreland, UK}
	names := map[string]string{
		England: "England", Scotland: "Scotland", Wales: "Wales", NorthernIreland: "Northern Ireland",
		UK: "UK, nation not known", Other: "Other countries", "": "Not known",
	}
	for _, line := range strings.Split(countries, "|") {
		code, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		codes, names[code] = append(codes, code), name
	}
	return append(codes, Other), names
}

// AreaName is the English name of an area; the code itself if it is no area.
func AreaName(code string) string {
	if name, ok := areaNames[code]; ok {
		return name
	}
	return code
}

// areaOf is the area for what a geo file says of a network. A nation counts only
// if the file is one whose nations can be trusted.
func areaOf(country, subdivision string, nations bool) string {
	country = strings.ToUpper(country)
	switch country {
	case "", "EU", "AP", "ZZ", "XX": // regions and placeholders
		return ""
	case "UK":
		country = UK
	}
	if len(country) != 2 || country[0] < 'A' || country[0] > 'Z' || country[1] < 'A' || country[1] > 'Z' {
		return ""
	}
	if country == UK {
		nation := UK + "-" + strings.ToUpper(subdivision)
		if _, ok := areaNames[nation]; ok && nations {
			return nation
		}
		return UK
	}
	if _, ok := areaNames[country]; ok {
		return country
	}
	return Other
}
