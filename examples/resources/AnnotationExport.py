import pulumi_aidp as aidp

photos = aidp.Dataset("photos", batch_name="vision-photos-2026-12", folder="photos")
aidp.AnnotationExport(
    "results",
    batch_id=photos.batch.batch_id,
    path="results/photos.json",
)
