package spool

import (
	"errors"
	"os"
	"syscall"
)

// Sync makes what was written, and the size, safe. It leaves out the times of
// the file, which nothing reads.
func (f diskFile) Sync() error {
	for {
		err := syscall.Fdatasync(int(f.Fd()))
		if !errors.Is(err, syscall.EINTR) {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
