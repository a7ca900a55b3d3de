package main

import (
	"errors"
	"testing"
)

// What has nothing from the go command in it stays as it is.
func TestFromGo(t *testing.T) {
	if err := fromGo(nil); err != nil {
		t.Error(err)
	}
	other := errors.New("read the schema: permission denied")
	if err := fromGo(other); err != other {
		t.Error(err)
	}
	silent := errors.New("load ./...: err: signal: killed: stderr: ")
	if err := fromGo(silent); err != silent {
		t.Error(err)
	}
	const missing = "read packages: there is no go command in PATH: install Go"
	if err := fromGo(errors.New(`load ./...: err: go command required, not found: exec: "go": executable file not found in $PATH: stderr: `)); err.Error() != missing {
		t.Error(err)
	}
	var e goError
	if err := fromGo(errors.New("load ./...: err: exit status 1: stderr: go: errors parsing go.mod:\n../go.mod:4:2: invalid module version\n")); !errors.As(err, &e) || e.Pos.String() != "../go.mod:4:2" || e.Message != "invalid module version" {
		t.Errorf("%v: %v", e.Pos, err)
	}
}
