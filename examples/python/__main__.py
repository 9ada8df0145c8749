"""Six photographs become a batch of work for people: uploaded, with a deadline and pre-drawn boxes."""

import pulumi
import pulumi_aidp as aidp

days = pulumi.Config().require_int("dueInDays")

photos = aidp.Dataset(
    "photos",
    batch_name="vision-quickstart-python-2026-12",
    batch_metadata={"owner": "vision-team", "purpose": "quickstart"},
    folder="../quickstart/photos",
    manifest="../quickstart/photos.coco.json",
    defaults={"due_in_seconds": days * 24 * 60 * 60, "difficulty": 30},
)

pulumi.export("batchId", photos.batch.batch_id)
pulumi.export("workItems", photos.work_items.ids)
