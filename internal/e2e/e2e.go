// Package e2e has no code of its own: its tests start the real binary, send it
// real visits over HTTP and from a real browser, kill it, and read what it
// shows, writes and keeps.
package e2e
