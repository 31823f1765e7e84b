// Package links keeps the short links that the service knows.
package links

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
)

//go:embed links.json
var embedded []byte

var slugPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

// Link leads from a short name to an address.
type Link struct {
	Slug   string `json:"slug"`
	Target string `json:"target"`
	Title  string `json:"title,omitempty"`
}

// Store holds links. It never changes, so any number of requests may read it at once.
type Store struct {
	bySlug map[string]Link
	all    []Link
}

// Load reads the links that were built in.
func Load() (*Store, error) { return Parse(embedded) }

// Parse reads links from JSON, and says which one is wrong.
func Parse(content []byte) (*Store, error) {
	var all []Link
	if err := json.Unmarshal(content, &all); err != nil {
		return nil, fmt.Errorf("links are no JSON list: %w", err)
	}
	store := &Store{bySlug: make(map[string]Link, len(all)), all: all}
	for _, link := range all {
		if !slugPattern.MatchString(link.Slug) {
			return nil, fmt.Errorf("%q is no name for a link: use a-z, 0-9 and -", link.Slug)
		}
		if _, isTaken := store.bySlug[link.Slug]; isTaken {
			return nil, fmt.Errorf("there are two links %q", link.Slug)
		}
		target, err := url.Parse(link.Target)
		if err != nil || (target.Scheme != "https" && target.Scheme != "http") || target.Host == "" {
			return nil, fmt.Errorf("link %q leads to %q, which is no web address", link.Slug, link.Target)
		}
		store.bySlug[link.Slug] = link
	}
	slices.SortFunc(store.all, func(a, b Link) int {
		if a.Slug < b.Slug {
			return -1
		}
		return 1
	})
	return store, nil
}

// Find returns the link with this slug.
func (s *Store) Find(slug string) (Link, bool) {
	link, isThere := s.bySlug[slug]
	return link, isThere
}

// All returns every link, by slug.
func (s *Store) All() []Link { return slices.Clone(s.all) }

// Len returns how many links there are.
func (s *Store) Len() int { return len(s.all) }
