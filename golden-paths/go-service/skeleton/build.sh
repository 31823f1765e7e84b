#!/usr/bin/env sh
# Builds dist/service, one static binary, which is all that runs; and bom.json, which says what is in it.
set -eu
export CGO_ENABLED=0
version="1.0.0+$(printf %.7s "${GITHUB_SHA:-local}")"
rm -rf dist
mkdir dist
go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$version" -o dist/service ./cmd/service
go list -m -f '{{if not .Main}}{"type":"library","name":"{{.Path}}","version":"{{.Version}}","purl":"pkg:golang/{{.Path}}@{{.Version}}"}{{end}}' all |
  sed '/^$/d' | paste -sd, - > dist.modules
printf '{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"component":{"type":"application","name":"%s","version":"%s"}},"components":[%s]}\n' \
  "${{ values.name }}" "$version" "$(cat dist.modules)" > bom.json
rm dist.modules
