package coarsen

import (
	"fmt"
	"net/netip"

	"github.com/maxmind/mmdbwriter/mmdbtype"
)

// WriteGeo makes a coarse geo file out of a list of ranges and their areas, for
// installations that know their own (the demo does). Source is what the file
// says it was made from.
func WriteGeo(out, source string, areas map[netip.Prefix]string) error {
	tree, err := newTree(source)
	if err != nil {
		return fmt.Errorf("write geo: %w", err)
	}
	for p, area := range areas {
		if err := tree.Insert(ipNet(p), mmdbtype.String(area)); err != nil {
			return fmt.Errorf("write geo: insert network: %w", err)
		}
	}
	check := func(path string) error {
		_, err := readGeo(path)
		return err
	}
	if _, err := replaceFile(out, tree, check); err != nil {
		return fmt.Errorf("write geo: %w", err)
	}
	return nil
}
