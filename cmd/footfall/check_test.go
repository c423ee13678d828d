package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestCheckLeavesWithItsOwnStatus(t *testing.T) {
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!DOCTYPE html><title>No tag</title>"))
	}))
	defer page.Close()
	var out bytes.Buffer
	err := run(t.Context(), []string{"--json", "check", "--wait", "100ms", page.URL}, &out)
	if status(err) != 1 {
		t.Errorf("a page with something to mend gives %d: %v", status(err), err)
	}
	var report struct {
		OK     bool `json:"ok"`
		Faults []struct{ What, Mend string }
	}
	if err := json.Unmarshal(out.Bytes(), &report); err != nil || report.OK || len(report.Faults) != 1 {
		t.Errorf("%v: %s", err, out.String())
	}
	page.Close()
	err = run(t.Context(), []string{"check", page.URL}, &out)
	if status(err) != 2 || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("a page that is down gives %d: %v", status(err), err)
	}
	if got := status(errors.New("anything else")); got != 1 {
		t.Errorf("another command's error gives %d", got)
	}
}
