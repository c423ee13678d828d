package collector

import (
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"strings"

	"github.com/footfall-analytics/footfall/internal/site"
	sdkjs "github.com/footfall-analytics/footfall/sdk-js"
)

// screenWords are the words of the snippet's screens by language; what a
// language lacks is there in English.
var screenWords = readWords()

func readWords() map[string]map[string]string {
	const dir = "src/i18n"
	files, err := sdkjs.Words.ReadDir(dir)
	if err != nil {
		panic(err) // part of the binary
	}
	all := map[string]map[string]string{}
	for _, f := range files {
		text, err := sdkjs.Words.ReadFile(path.Join(dir, f.Name()))
		if err != nil {
			panic(err)
		}
		words := map[string]string{}
		if err := json.Unmarshal(text, &words); err != nil {
			panic(fmt.Sprintf("words of the screens in %s: %v", f.Name(), err))
		}
		all[strings.TrimSuffix(f.Name(), ".json")] = words
	}
	english := all[site.Langs[0]]
	for lang, words := range all {
		whole := maps.Clone(english)
		maps.Copy(whole, words)
		all[lang] = whole
	}
	return all
}
