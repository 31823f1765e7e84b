terraform {
  required_version = ">= 1.6"
}

variable "component" {
  type        = string
  description = "Name of the component that asks"
}

variable "environment" {
  type        = string
  description = "Environment that it is for"
}

variable "name" {
  type        = string
  description = "Name of the resource in the workload"
}

resource "terraform_data" "name" {
  input = "${var.component}-${var.environment}-${var.name}"
}

output "value" {
  description = "The name"
  value       = terraform_data.name.output
}
