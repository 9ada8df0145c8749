import pulumi_aidp as aidp

aidp.Dataset(
    "photos",
    batch_name="vision-photos-2026-12",
    folder="photos",
    manifest="photos.coco.json",
    defaults={"due_in_seconds": 604800},
)
