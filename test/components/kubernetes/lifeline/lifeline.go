// Package lifeline ties a process to the one that started it, however that one ends.
package lifeline

import (
	"io"
	"os"
)

// Hold ends this process when its standard input does: a pipe from the starter, which even kill -9 of the starter closes.
func Hold() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
}
