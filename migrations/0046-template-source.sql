-- Lineage: where the template of a creation came from, e.g. `github.com/acme/templates`; empty for those made before it was kept.
alter table creation add column template_source text not null default '';
