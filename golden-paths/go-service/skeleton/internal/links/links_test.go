package links

import (
	"strings"
	"testing"
)

func TestBuiltInLinksAreGood(t *testing.T) {
	store, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if store.Len() == 0 {
		t.Error("there are no links")
	}
}

func TestLinksAreFoundAndListedBySlug(t *testing.T) {
	store, err := Parse([]byte(`[{"slug":"b","target":"https://b.example"},{"slug":"a","target":"https://a.example"}]`))
	if err != nil {
		t.Fatal(err)
	}
	if link, isThere := store.Find("a"); !isThere || link.Target != "https://a.example" {
		t.Errorf("a leads to %q", link.Target)
	}
	if _, isThere := store.Find("c"); isThere {
		t.Error("c was never said")
	}
	if all := store.All(); all[0].Slug != "a" || all[1].Slug != "b" {
		t.Errorf("the order is %v", all)
	}
}

func TestAWrongLinkIsNamed(t *testing.T) {
	for content, want := range map[string]string{
		`{}`: "no JSON list",
		`[{"slug":"A","target":"https://a.example"}]`:                                           `"A" is no name`,
		`[{"slug":"a","target":"javascript:alert(1)"}]`:                                         "no web address",
		`[{"slug":"a","target":"/etc/passwd"}]`:                                                 "no web address",
		`[{"slug":"a","target":"https://a.example"},{"slug":"a","target":"https://b.example"}]`: `two links "a"`,
	} {
		if _, err := Parse([]byte(content)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", content, err, want)
		}
	}
}
