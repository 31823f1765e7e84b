module "name" {
  source = "../../module"

  component   = "orders"
  environment = "dev"
  labels      = { team = "payments" }
}

output "name" {
  value = module.name.value
}
