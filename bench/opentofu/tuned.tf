# The same resources, as fast as they get: over a map of objects, OpenTofu's planning is quadratic.

locals {
  texts = tomap({ for key, item in local.declared : key => jsonencode(item) })
}

resource "restapi_object" "item" {
  for_each = local.texts

  path = local.work_items
  data = jsonencode(merge(jsondecode(each.value), { batchId = tonumber(restapi_object.batch.id) }))

  # The platform has no single get, changes nothing but labels, and cancels where others delete.
  read_path      = "${local.work_items}?workItemIDs={id}"
  update_path    = "${local.work_items}/{id}/labels"
  update_data    = jsonencode({ labels = jsondecode(each.value).labels })
  destroy_path   = "${local.work_items}/{id}/signal"
  destroy_method = "POST"
  destroy_data   = jsonencode({ signal = "cancel", taskType = "labeling", signalOutcome = "NOT_OK" })
}
