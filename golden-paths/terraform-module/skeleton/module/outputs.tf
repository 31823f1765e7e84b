output "value" {
  description = "The name: a-z, 0-9 and -, at most max_length characters"
  value       = terraform_data.name.output
}

output "labels" {
  description = "Labels for everything that is made for it"
  value       = local.labels
}
