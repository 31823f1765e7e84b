locals {
  whole = lower(join("-", [var.component, var.environment, var.name]))
  clean = trim(replace(replace(local.whole, "/[^a-z0-9-]/", "-"), "/-+/", "-"), "-")
  hash  = substr(sha256(local.whole), 0, 8)
  short = "${trimsuffix(substr(local.clean, 0, var.max_length - 9), "-")}-${local.hash}"

  labels = merge(var.labels, {
    component   = var.component
    environment = var.environment
    managed-by  = "fairway"
  })
}

# Keeps the name in the state, so that a change of it shows in a plan.
resource "terraform_data" "name" {
  input = length(local.clean) <= var.max_length ? local.clean : local.short
}
