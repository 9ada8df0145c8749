import pulumi_aidp as aidp

photos = aidp.Dataset("photos", batch_name="vision-photos-2026-12", folder="photos")
aidp.BatchCompletion(
    "done",
    batch_id=photos.batch.batch_id,
    percent=95,
    timeout_minutes=1440,
)
