package consent

import (
	"slices"

	"github.com/footfall-analytics/footfall/internal/site"
)

// Version is one version of a site's banner, as it was published.
type Version struct {
	Number   uint32 // from 1; content that was published again keeps its first number
	Hash     string // 16 hex digits, names the exact content
	Material string // names what was agreed to
	Banner   site.Banner

	basis  site.Basis // made once: every hit asks for them
	offers []string
}

// Offers says whether every one of purposes could be switched on in the banner.
func (v *Version) Offers(purposes []string) bool {
	for _, p := range purposes {
		if !slices.Contains(v.offers, p) {
			return false
		}
	}
	return true
}

// Banners are all versions of the banner of one site. The zero value has none.
type Banners struct {
	current *Version
	all     map[string]*Version // by hash
	inForce map[string]*Version // by hash
}

// NewBanners takes the versions of a banner, oldest first.
func NewBanners(versions []site.Banner) Banners {
	b := Banners{all: map[string]*Version{}, inForce: map[string]*Version{}}
	for i, banner := range versions {
		hash := banner.Hash()
		if b.all[hash] == nil {
			b.all[hash] = &Version{
				Number: uint32(i + 1), Hash: hash, Material: banner.Material(), Banner: banner,
				basis: banner.Basis(), offers: banner.Offers(),
			}
		}
		b.current = b.all[hash]
	}
	for hash, v := range b.all {
		if v.Material == b.current.Material {
			b.inForce[hash] = v
		}
	}
	return b
}

// Current is the newest version; false if there is none.
func (b Banners) Current() (*Version, bool) { return b.current, b.current != nil }

// Find returns the version with this hash, whenever it was published.
func (b Banners) Find(hash string) (*Version, bool) {
	v, ok := b.all[hash]
	return v, ok
}

// InForce returns the version with this hash if an answer to it still holds:
// that is, if it asked for the same as the newest version, in whatever words.
func (b Banners) InForce(hash string) (*Version, bool) {
	v, ok := b.inForce[hash]
	return v, ok
}
