package totals

import (
	"context"
	"fmt"

	"github.com/footfall-analytics/footfall/internal/funder"
)

// TakeTemplate defines the indicators of a template at a site, but those that
// are there. It returns how many it defined; ErrNothing if all are there.
func (d *Desk) TakeTemplate(ctx context.Context, key, template, author string) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	t, err := funder.FindTemplate(template)
	if err != nil {
		return 0, err
	}
	if _, _, err := d.vocabulary(key); err != nil {
		return 0, err
	}
	n := 0
	for _, def := range t.Indicators {
		def.Site = key
		id := key + "-" + def.ID
		if len(d.Records.History(funder.DefinitionKind, id)) > 0 {
			continue
		}
		if _, err := d.Records.Put(ctx, funder.DefinitionKind, id, 0, author, def); err != nil {
			return n, err
		}
		n++
	}
	if n == 0 {
		return 0, fmt.Errorf("%w: the indicators of %s are there already", ErrNothing, t.ID)
	}
	return n, nil
}
