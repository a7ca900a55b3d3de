//go:build unix

package stack

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// native says that stacks can run as processes here.
const native = true

// apart gives a process a session of its own, so that an interrupt meant for dashgen does not
// reach it.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// isOurs reports whether a process runs that was started for a folder: a number alone may
// belong to another process by now. Each of ours has the folder in its command line or its
// environment.
func isOurs(pid int, run string) bool {
	if err := syscall.Kill(pid, 0); err != nil {
		return false
	}
	proc := fmt.Sprintf("/proc/%d/", pid)
	line, err := os.ReadFile(proc + "cmdline")
	if errors.Is(err, os.ErrNotExist) {
		line, _ = exec.Command("ps", "-E", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
		return strings.Contains(string(line), run)
	}
	environ, _ := os.ReadFile(proc + "environ")
	return strings.Contains(string(line), run) || len(line) > 0 && strings.Contains(string(environ), run)
}

// end asks a process to end, or has it end.
func end(pid int, force bool) error {
	signal := syscall.SIGTERM
	if force {
		signal = syscall.SIGKILL
	}
	if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}
