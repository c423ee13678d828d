// Package archtest keeps the table of docs/ARCHITECTURE.md true. It has tests only.
package archtest
