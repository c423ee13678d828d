package story

import (
	"strings"
	"testing"
	"time"
)

// FuzzCheck shows that whatever is written, findings lie within the text, one
// after the other, and say what stands there.
func FuzzCheck(f *testing.F) {
	texts, _ := stories(f)
	for _, t := range texts {
		f.Add(t)
	}
	f.Add(strings.Join(texts, " "))
	f.Add(strings.Join(texts, "\n\n"))
	for _, t := range []string{"", ".", "\n\n", "A.", "I", "Mr", "Mr.", "’s", "É", "\xff\xfe X", "İ İstanbul", "called", "1–2-3", "Ann-", "Ysgol y", "ßß Straße 1"} {
		f.Add(t)
	}
	f.Fuzz(func(t *testing.T, text string) {
		last := 0
		for _, found := range Check(text, Context{Own: []string{"Harbour"}}) {
			if found.Start < last || found.End <= found.Start || found.End > len(text) || text[found.Start:found.End] != found.Words {
				t.Fatalf("%+v after %d in %q", found, last, text)
			}
			if found.Key == "" || found.Kind == "" || found.Why == "" {
				t.Fatalf("%+v says too little", found)
			}
			last = found.End
		}
	})
}

// thousand is a text of 1,000 words, findings among them.
func thousand(t testing.TB) string {
	texts, _ := stories(t)
	return strings.Join(strings.Fields(strings.Join(texts, " "))[:1000], " ")
}

// TestLongText shows that work grows with the length of a text and no faster.
func TestLongText(t *testing.T) {
	for _, text := range []string{"B ", "Ann", "Ann Ann, ", "aged 9 ", "a-", "1", "’"} {
		start := time.Now()
		Check(strings.Repeat(text, 20_000/len(text)), Context{})
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%q many times takes %v", text, took)
		} else {
			t.Log(text, took)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	text := thousand(b)
	for b.Loop() {
		Check(text, Context{})
	}
}
