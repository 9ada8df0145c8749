import pulumi_aidp as aidp

photo = aidp.SignedUpload("photo", source="photos/sign.jpg")
aidp.WorkItem(
    "sign",
    asset_url=photo.path,
    due_in_seconds=604800,
    difficulty=30,
    labels=[{"bbox": [10, 20, 200, 100], "metadata": {"category": "stop"}}],
)
