// Package campaign breaks the write path (spool, counter, store) at random
// moments, again and again, and compares what was acknowledged with what is
// counted. It has tests only.
package campaign
