package funder

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/footfall-analytics/footfall/internal/site"
)

//go:embed template/*.json
var templateFiles embed.FS

// Template is a list of indicators of case records for one kind of service, to
// begin with.
type Template struct {
	ID         string       `json:"id"`
	Label      site.Text    `json:"label"`
	Indicators []Definition `json:"indicators"` // of no site yet
}

// Templates lists the templates by id. Callers share them.
var Templates = sync.OnceValue(func() (all []Template) {
	files, err := templateFiles.ReadDir("template")
	if err != nil {
		panic(err) // they are embedded: this cannot happen in a program that built
	}
	for _, f := range files {
		var t Template
		text, err := templateFiles.ReadFile("template/" + f.Name())
		if err == nil {
			err = json.Unmarshal(text, &t)
		}
		if err != nil {
			panic(err) // as above: a test reads all of them
		}
		all = append(all, t)
	}
	return all
})

// FindTemplate returns the template with an id.
func FindTemplate(id string) (Template, error) {
	var ids []string
	for _, t := range Templates() {
		if t.ID == id {
			return t, nil
		}
		ids = append(ids, t.ID)
	}
	slices.Sort(ids)
	return Template{}, fmt.Errorf("no template %q: want one of %v", id, ids)
}
