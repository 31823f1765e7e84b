-- Names of repositories are listed in the order of code points, as the distribution specification wants, a page at a time.
create index registry_manifest_name on registry_manifest (repository collate "C");
