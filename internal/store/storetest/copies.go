package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/footfall-analytics/footfall/internal/day"
)

// Copies are sealed figures of many sites over years, made from those of one.
type Copies struct {
	Site   string  // key of the one
	Before day.Day // copied are the figures of 364 days, or of a year in whole months, that end before it; all are sealed
	Sites  int     // with the one; the others are c00001 and so on
	Years  int     // with that of the one
	Have   int     // years that were copied before
}

// figuresOf names the columns of a copy. Days and weeks go back by 52 weeks a
// year, so that a week still begins on Monday.
const figuresOf = `
	if(s = 0, site, concat('c', substring(toString(100000 + s), 2))), basis, grain,
	if(grain IN ('day', 'week'), first_day - 364 * y, subtractYears(first_day, y)) AS from_day,
	if(grain IN ('day', 'week'), last_day - 364 * y, subtractYears(last_day, y)) AS to_day,
	multiIf(period = '', '', grain = 'day', toString(from_day),
		grain = 'week', concat(toString(toISOYear(from_day)), '-W', substring(toString(100 + toISOWeek(from_day)), 2)),
		concat(toString(toYear(from_day)), substring(period, 5)))`

// Make adds the copies to the ledger in a database of the embedded engine.
func (c Copies) Make(ctx context.Context, engine http.RoundTripper, database string) error {
	db, err := clickhouse.Open(&clickhouse.Options{
		Protocol: clickhouse.HTTP, Auth: clickhouse.Auth{Database: database},
		TransportFunc: func(*http.Transport) (http.RoundTripper, error) { return engine, nil },
	})
	if err != nil {
		return err
	}
	for y := c.Have; y < c.Years; y++ {
		for from := 0; from < c.Sites; from += copiedAtOnce {
			if err := c.copy(ctx, db, y, from); err != nil {
				return errors.Join(err, db.Close())
			}
		}
	}
	return db.Close()
}

// copiedAtOnce bounds the memory of the engine.
const copiedAtOnce = 20

// copy makes the copies of a year for some of the sites.
func (c Copies) copy(ctx context.Context, db driver.Conn, year, from int) error {
	to := min(from+copiedAtOnce, c.Sites)
	if year == 0 && from == 0 {
		from = 1 // the one is there
	}
	for table, more := range map[string]string{"ledger": ", table_name, value, n, noisy, shown, year, sealed, seal", "seals": ", sealed, seal"} {
		sql := fmt.Sprintf(`INSERT INTO %s (site, basis, grain, first_day, last_day, period%s) SELECT %s%s
			FROM (SELECT * FROM %s WHERE site = ? AND last_day < toDate(?)
				AND last_day >= if(grain IN ('day', 'week'), toDate(?) - 364, subtractYears(toDate(?), 1))) AS one
			CROSS JOIN (SELECT toUInt32(number + %d) AS s, toUInt16(%d) AS y FROM numbers(%d)) AS many`, table, more, figuresOf, more, table, from, year, to-from)
		before := c.Before.String()
		if err := db.Exec(ctx, sql, c.Site, before, before, before); err != nil {
			return fmt.Errorf("copy %s: %w", table, err)
		}
	}
	return nil
}
