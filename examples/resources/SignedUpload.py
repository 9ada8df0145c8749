import pulumi_aidp as aidp

aidp.SignedUpload("photo", source="photos/sign.jpg")
