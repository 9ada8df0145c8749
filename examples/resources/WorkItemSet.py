import pulumi_aidp as aidp

signs = aidp.Batch("signs", name="vision-signs-2026-12")
photos = aidp.UploadSet("photos", folder="photos")
aidp.WorkItemSet(
    "items",
    batch_id=signs.batch_id,
    uploads=photos.paths,
    defaults={"due_in_seconds": 604800},
    items={
        "stop.jpg": {"file": "stop.jpg", "difficulty": 30},
        "yield.jpg": {"asset_url": "https://pictures.example.com/yield.jpg"},
    },
)
