variables {
  component   = "orders"
  environment = "production"
}

run "a_name_says_what_it_is_for" {
  assert {
    condition     = output.value == "orders-production-main"
    error_message = "it is ${output.value}"
  }
}

run "odd_characters_become_a_dash" {
  variables {
    name = "Read Replica_2!"
  }

  assert {
    condition     = output.value == "orders-production-read-replica-2"
    error_message = "it is ${output.value}"
  }
}

run "a_long_name_is_cut_and_stays_its_own" {
  variables {
    name       = "a-very-long-name-that-goes-on"
    max_length = 24
  }

  assert {
    condition     = length(output.value) <= 24 && can(regex("^orders-prod[a-z]*-[0-9a-f]{8}$", output.value))
    error_message = "it is ${output.value}"
  }
}

run "own_labels_win" {
  command = plan

  variables {
    labels = { component = "another", team = "payments" }
  }

  assert {
    condition     = output.labels["component"] == "orders" && output.labels["team"] == "payments"
    error_message = "the labels are wrong"
  }
}

run "a_wrong_component_is_refused" {
  command = plan

  variables {
    component = "Orders!"
  }

  expect_failures = [var.component]
}
