#!/usr/bin/env sh
# Checks the module by OpenTofu, or Terraform where only that is there. With REQUIRE_TOFU=1 one of them must be.
set -eu
tool=$(command -v tofu || command -v terraform || true)
if [ -z "$tool" ]; then
  echo "::warning::neither tofu nor terraform is on this machine: format, validity and tests were not checked"
  [ "${REQUIRE_TOFU:-}" = 1 ] && exit 1
  exit 0
fi
"$tool" version
"$tool" fmt -check -diff -recursive
for folder in module examples/basic; do
  "$tool" -chdir="$folder" init -backend=false -input=false -no-color
  "$tool" -chdir="$folder" validate -no-color
done
"$tool" -chdir=module test -no-color
