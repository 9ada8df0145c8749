import pulumi_aidp as aidp

aidp.UploadSet("photos", folder="photos", include=["*.jpg", "*.png"])
