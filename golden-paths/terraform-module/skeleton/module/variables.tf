variable "component" {
  type        = string
  description = "Component that it is for"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.component))
    error_message = "component is a-z, 0-9 and -, and begins with a letter."
  }
}

variable "environment" {
  type        = string
  description = "Environment that it is for"

  validation {
    condition     = length(var.environment) > 0
    error_message = "environment must not be empty."
  }
}

variable "name" {
  type        = string
  description = "Name of the resource within the component"
  default     = "main"
}

variable "max_length" {
  type        = number
  description = "Longest name that the resource may have; a longer one is cut, and ends in a hash that keeps it apart from others"
  default     = 63

  validation {
    condition     = var.max_length >= 16 && var.max_length == floor(var.max_length)
    error_message = "max_length is a whole number from 16 on."
  }
}

variable "labels" {
  type        = map(string)
  description = "More labels; the module's own win"
  default     = {}
}
