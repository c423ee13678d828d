package funder

import "testing"

func TestTemplatesAreWhole(t *testing.T) {
	seen := map[string]bool{}
	if n := len(Templates()); n != 5 {
		t.Errorf("%d templates, want 5", n)
	}
	for _, template := range Templates() {
		if found, err := FindTemplate(template.ID); err != nil || found.Label.Cy == "" || found.Label.En == "" {
			t.Errorf("%s: %+v %v", template.ID, found.Label, err)
		}
		headings := map[Heading]bool{}
		for _, d := range template.Indicators {
			d.Site = "kx4f9q"
			if err := d.Validate(); err != nil {
				t.Errorf("%s: %v", d.ID, err)
			}
			if d.Source != Records || d.Meaning.Cy == "" || d.How.Cy == "" || d.Unit.Cy == "" || seen[d.ID] {
				t.Errorf("%s of %s is not whole, or there twice: %+v", d.ID, template.ID, d)
			}
			seen[d.ID], headings[d.Heading] = true, true
		}
		if !headings["contacts"] || !headings["outcomes"] {
			t.Errorf("%s has no contacts or no outcomes", template.ID)
		}
	}
	if _, err := FindTemplate("zoo"); err == nil {
		t.Error("a template that is not there")
	}
}
