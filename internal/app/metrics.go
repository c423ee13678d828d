package app

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/footfall-analytics/footfall/internal/counter"
	"github.com/footfall-analytics/footfall/internal/intake"
	"github.com/footfall-analytics/footfall/internal/spool"
)

// metrics are what the service tells its operator. No label says anything of a
// visitor, a page, an address or a site.
type metrics struct {
	registry  *prometheus.Registry
	hits      []prometheus.Counter // by verdict
	decisions []prometheus.Counter // by verdict
	commits   prometheus.Histogram // seconds of a group commit
	committed prometheus.Histogram // hits of a group commit
	lost      prometheus.Counter
	batches   prometheus.Histogram // seconds of adding a batch
	failed    prometheus.Counter
	retried   prometheus.Counter
	sealed    prometheus.Counter
	deleted   prometheus.Counter
	due       atomic.Int64 // since when the oldest deletion has been due, in seconds of Unix time; 0 = none is
}

func newMetrics() *metrics {
	m := &metrics{
		registry:  prometheus.NewRegistry(),
		commits:   histogram("footfall_spool_commit_seconds", "Time of a group commit, fsync included.", 0.0001, 2, 16),
		committed: histogram("footfall_spool_commit_hits", "Hits made durable by one group commit.", 1, 2, 12),
		lost:      count("footfall_spool_lost_bytes_total", "Bytes of the spool that were damaged and could not be read."),
		batches:   histogram("footfall_batch_seconds", "Time of adding a batch of cells to the database.", 0.001, 2, 16),
		failed:    count("footfall_batches_failed_total", "Batches that could not be added; they are kept and tried again."),
		retried:   count("footfall_batches_retried_total", "Batches that were tried before."),
		sealed:    count("footfall_sealed_atoms_total", "Atoms sealed into the ledger."),
		deleted:   count("footfall_deleted_cells_total", "Cells that were deleted at the end of their time, and looked for afterwards."),
	}
	m.hits = m.verdicts("footfall_hits_total", "Hits received, by what became of them.")
	m.decisions = m.verdicts("footfall_decisions_total", "Answers to banners received, by what became of them.")
	m.registry.MustRegister(m.commits, m.committed, m.lost, m.batches, m.failed, m.retried, m.sealed, m.deleted,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func count(name, help string) prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
}

func histogram(name, help string, start, factor float64, n int) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: help, Buckets: prometheus.ExponentialBuckets(start, factor, n)})
}

// verdicts makes a counter for each verdict, so that a hit costs one addition.
func (m *metrics) verdicts(name, help string) (counters []prometheus.Counter) {
	all := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{"verdict"})
	m.registry.MustRegister(all)
	for _, v := range intake.Verdicts() {
		counters = append(counters, all.WithLabelValues(v.String()))
	}
	return counters
}

// setDue notes since when the oldest deletion has been due.
func (m *metrics) setDue(since time.Time) {
	if since.IsZero() {
		m.due.Store(0)
		return
	}
	m.due.Store(since.Unix())
}

// watchDue adds for how long the oldest deletion has been due.
func (m *metrics) watchDue(clock func() time.Time) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "footfall_deletion_due_seconds", Help: "How long the oldest deletion of cells has been due; 0 if none is.",
	}, func() float64 {
		since := m.due.Load()
		if since == 0 {
			return 0
		}
		return clock().Sub(time.Unix(since, 0)).Seconds()
	}))
}

// watch adds what the spool holds, asked for at each scrape.
func (m *metrics) watch(s *spool.Spool, clock func() time.Time) {
	gauge := func(name, help string, f func(spool.Stats) float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return f(s.Stats()) }))
	}
	gauge("footfall_spool_bytes", "Bytes that wait on disk to be counted.", func(st spool.Stats) float64 { return float64(st.Bytes) })
	gauge("footfall_spool_hits", "Hits that wait on disk to be counted.", func(st spool.Stats) float64 { return float64(st.Hits) })
	gauge("footfall_spool_age_seconds", "How long the oldest of them has waited.", func(st spool.Stats) float64 {
		if st.Oldest.IsZero() {
			return 0
		}
		return clock().Sub(st.Oldest).Seconds()
	})
}

// watchDatabase adds whether the database answers, asked for at each scrape.
func (m *metrics) watchDatabase(ping func(context.Context) error) {
	up := func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), pingWithin)
		defer cancel()
		if ping(ctx) != nil {
			return 0
		}
		return 1
	}
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "footfall_database_up", Help: "1 if the database answers; if not, hits wait in the spool.",
	}, up))
}

func (m *metrics) hit(v intake.Verdict)      { m.hits[v].Inc() }
func (m *metrics) decision(v intake.Verdict) { m.decisions[v].Inc() }
func (m *metrics) tooLate(hits int)          { m.hits[intake.TooLate].Add(float64(hits)) }
func (m *metrics) lose(l spool.Loss)         { m.lost.Add(float64(l.Bytes)) }

func (m *metrics) commit(hits, _ int, took time.Duration, err error) {
	if err == nil {
		m.commits.Observe(took.Seconds())
		m.committed.Observe(float64(hits))
	}
}

func (m *metrics) batch(a counter.Attempt) {
	m.batches.Observe(a.Took.Seconds())
	if a.Err != nil {
		m.failed.Inc()
	}
	if a.Retry {
		m.retried.Inc()
	}
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
