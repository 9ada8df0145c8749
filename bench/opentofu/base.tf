# What both ways to declare the items share.

terraform {
  required_providers {
    restapi = {
      # A name of our own: the provider comes from a mirror in a folder, never from a registry.
      source  = "bench.invalid/mastercard/restapi"
      version = "1.20.0"
    }
  }
}

variable "url" { type = string }
variable "api_key" { type = string }
variable "project_id" { type = string }

# Written by the benchmark, from the same items as every contender's.
variable "declared" { default = "items.json" }

locals {
  declared   = jsondecode(file("${path.module}/${var.declared}"))
  work_items = "/projects/${var.project_id}/workItems"
}

provider "restapi" {
  uri                   = var.url
  headers               = { "X-API-Key" = var.api_key }
  create_returns_object = true
}

resource "restapi_object" "batch" {
  path           = "/projects/${var.project_id}/batches"
  data           = jsonencode({ name = "pictures" })
  read_path      = "/projects/${var.project_id}/batches?limit=100"
  destroy_path   = "/projects/${var.project_id}/batches/{id}"
  destroy_method = "PATCH"
  destroy_data   = jsonencode({ metadata = { released = true } })
}
